// What other systems call DuckDB's types, so that a suite written for them says the same here.

const integers = 'TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|UHUGEINT';

/** Names in lower case; what they stand for are DuckDB's names without arguments, any of which will do. */
const meanings: Readonly<Record<string, string>> = {
	str: 'VARCHAR',
	string: 'VARCHAR',
	object: 'VARCHAR',
	object_: 'VARCHAR',
	o: 'VARCHAR',
	text: 'VARCHAR',
	char: 'VARCHAR',
	nvarchar: 'VARCHAR',
	stringtype: 'VARCHAR',
	int: integers,
	integer: 'INTEGER',
	integertype: 'INTEGER',
	int8: 'TINYINT',
	int16: 'SMALLINT',
	int32: 'INTEGER',
	int64: 'BIGINT',
	uint8: 'UTINYINT',
	uint16: 'USMALLINT',
	uint32: 'UINTEGER',
	uint64: 'UBIGINT',
	long: 'BIGINT',
	longtype: 'BIGINT',
	biginteger: 'BIGINT',
	smallinteger: 'SMALLINT',
	float: 'FLOAT|DOUBLE',
	float32: 'FLOAT',
	float64: 'DOUBLE',
	floattype: 'FLOAT',
	doubletype: 'DOUBLE',
	double_precision: 'DOUBLE',
	real: 'FLOAT',
	numeric: 'DECIMAL',
	decimaltype: 'DECIMAL',
	bool: 'BOOLEAN',
	booleantype: 'BOOLEAN',
	datetime: 'TIMESTAMP',
	'datetime64[ns]': 'TIMESTAMP|TIMESTAMP_NS',
	datetime64: 'TIMESTAMP|TIMESTAMP_NS|TIMESTAMP_MS|TIMESTAMP_S',
	timestamptype: 'TIMESTAMP',
	datetype: 'DATE',
	timestamptz: 'TIMESTAMP WITH TIME ZONE',
	bytes: 'BLOB',
	binarytype: 'BLOB'
};

/** Whether a DuckDB type is what the name means. A name with arguments, such as DECIMAL(9,2), is meant to the letter. */
export function isOfType(type: string, name: string): boolean {
	const wanted = name.trim();
	if (plain(type) === plain(wanted)) return true;
	if (wanted.includes('(') && !type.startsWith('VARCHAR')) return false;
	const base = /^[^(]*/.exec(wanted)?.[0].trim().toLowerCase() ?? '';
	const known = (meanings[base] ?? base.toUpperCase()).split('|');
	return known.includes(type) || known.includes(type.replace(/\(.*\)$/, ''));
}

function plain(type: string): string {
	return type.toUpperCase().replace(/\s+/g, '');
}
