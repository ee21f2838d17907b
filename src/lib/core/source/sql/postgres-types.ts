// Which type of DuckDB keeps what a column of PostgreSQL has, and how its values are written on the way. `docs/sources.md` has the table of it.

/** A type as PostgreSQL's catalogue has it, domains already led back to what they are made of. */
export type PostgresType = {
	/** `typname`, such as `int4`. */
	readonly name: string;
	/** Of an array, the `typname` of what is in it. */
	readonly element: string | null;
	/** `atttypmod`; -1 for none. */
	readonly modifier: number;
};

/** Of a numeric without precision: what it does not keep exactly is refused, and never rounded. */
export const FREE_NUMERIC = { precision: 38, scale: 10 } as const;

const duckDbTypes: Readonly<Record<string, string>> = {
	bool: 'BOOLEAN',
	int2: 'SMALLINT',
	int4: 'INTEGER',
	int8: 'BIGINT',
	oid: 'BIGINT',
	float4: 'FLOAT',
	float8: 'DOUBLE',
	date: 'DATE',
	time: 'TIME',
	timetz: 'TIME WITH TIME ZONE',
	timestamp: 'TIMESTAMP',
	timestamptz: 'TIMESTAMP WITH TIME ZONE',
	interval: 'INTERVAL',
	uuid: 'UUID',
	json: 'JSON',
	jsonb: 'JSON',
	bytea: 'BLOB'
};

export function duckDbTypeOf({ name, element, modifier }: PostgresType): string {
	if (element !== null) return `${duckDbTypeOf({ name: element, element: null, modifier })}[]`;
	if (name !== 'numeric') return duckDbTypes[name] ?? 'VARCHAR';
	const { precision, scale } = numericOf(modifier);
	return `DECIMAL(${precision}, ${scale})`;
}

/** What DuckDB has no room for is kept as far as it has. */
function numericOf(modifier: number): { readonly precision: number; readonly scale: number } {
	if (modifier < 4) return FREE_NUMERIC;
	const precision = ((modifier - 4) >> 16) & 0xff_ff;
	const bits = (modifier - 4) & 0x7_ff;
	const scale = bits > 1023 ? bits - 2048 : bits;
	const wide = scale < 0 ? precision - scale : Math.max(precision, scale);
	return wide > 38 ? FREE_NUMERIC : { precision: wide, scale: Math.max(scale, 0) };
}

/** Whose numbers JSON does not keep, or has no word for: they travel as texts. */
const asText = new Set(['int8', 'oid', 'float4', 'float8', 'numeric']);

/** SQL for a value as it goes into JSON, from which DuckDB reads its type again. */
export function jsonValue(column: string, type: PostgresType): string {
	if (type.element !== null) return asText.has(type.element) ? `${column}::text[]` : column;
	if (type.name === 'bytea') return blobText(column);
	return asText.has(type.name) ? exactText(column, type) : column;
}

/** SQL for a value as it goes into CSV; null for what CSV has no form for. */
export function csvValue(column: string, type: PostgresType): string | null {
	if (type.element !== null || type.name === 'bytea') return null;
	return type.name === 'numeric' ? exactText(column, type) : column;
}

/** `\x41` for each byte, which is how DuckDB writes it. */
function blobText(column: string): string {
	return `regexp_replace(encode(${column}, 'hex'), '(..)', '\\\\x\\1', 'g')`;
}

function exactText(column: string, { name, modifier }: PostgresType): string {
	const isFree = name === 'numeric' && numericOf(modifier) === FREE_NUMERIC;
	if (!isFree) return `${column}::text`;
	const { precision, scale } = FREE_NUMERIC;
	const fits = `${column} = round(${column}, ${scale}) AND abs(${column}) < 1e${precision - scale}`;
	return `CASE WHEN ${fits} THEN round(${column}, ${scale})::text ELSE ${column}::text || ' does not fit' END`;
}
