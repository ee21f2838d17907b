// Which family of types a DuckDB type belongs to: decides alignment, icon and first width, never a value's text.

export type TypeFamily =
	'number' | 'text' | 'boolean' | 'date' | 'time' | 'timestamp' | 'interval' | 'list' | 'struct' | 'binary' | 'other';

export function typeFamily(type: string): TypeFamily {
	const upper = type.trim().toUpperCase();
	if (upper.endsWith(']')) return 'list';
	if (/^(STRUCT|MAP|UNION)\b/.test(upper) || upper === 'JSON') return 'struct';
	if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|UINTEGER|DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC)\b/.test(upper)) return 'number';
	if (/^(VARCHAR|TEXT|STRING|CHAR|ENUM|UUID)\b/.test(upper)) return 'text';
	if (upper === 'BOOLEAN') return 'boolean';
	if (upper === 'DATE') return 'date';
	if (upper.startsWith('TIMESTAMP')) return 'timestamp';
	if (upper.startsWith('TIME')) return 'time';
	if (upper === 'INTERVAL') return 'interval';
	return upper === 'BLOB' || upper === 'BIT' ? 'binary' : 'other';
}

/** Long nested types in a header: `STRUCT(…)[]`. */
export function shortType(type: string): string {
	const opening = type.indexOf('(');
	if (opening < 0 || type.startsWith('DECIMAL')) return type.toLowerCase();
	return `${type.slice(0, opening)}(…)${/(\[\d*\])*$/.exec(type)?.[0] ?? ''}`.toLowerCase();
}
