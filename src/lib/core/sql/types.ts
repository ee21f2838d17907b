// Reads DuckDB's type texts: what kind of values a type holds, and what it must be cast to before it can leave the engine.
import { tokenize } from './tokens.ts';

export type TypeFamily = 'number' | 'boolean' | 'date' | 'time' | 'text' | 'nested' | 'other';

const families: Readonly<Record<string, TypeFamily>> = Object.fromEntries(
	(
		[
			['number', 'TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT BIGNUM'],
			['number', 'FLOAT DOUBLE DECIMAL'],
			['boolean', 'BOOLEAN'],
			['date', 'DATE TIMESTAMP TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS'],
			['time', 'TIME TIME_NS INTERVAL'],
			['text', 'VARCHAR JSON ENUM UUID'],
			['nested', 'STRUCT MAP UNION']
		] as const
	).flatMap(([family, names]) => names.split(' ').map((name) => [name, family] as const))
);

export function typeFamily(type: string): TypeFamily {
	if (type.endsWith(']')) return 'nested';
	return families[/^\w+/.exec(type)?.[0] ?? ''] ?? 'other';
}

/** What Arrow can carry to the page: the same type, or one with texts where DuckDB's Arrow loses the value. */
export function arrowType(type: string): string {
	return replaceNames(type, {
		ENUM: 'VARCHAR',
		BIT: 'VARCHAR',
		BIGNUM: 'VARCHAR',
		UHUGEINT: 'VARCHAR',
		UNION: 'VARCHAR'
	});
}

/** What Parquet keeps without loss; DuckDB itself would write a HUGEINT as a DOUBLE. */
export function parquetType(type: string): string {
	return replaceNames(type, {
		HUGEINT: 'DECIMAL(38,0)',
		UHUGEINT: 'DECIMAL(38,0)',
		BIT: 'VARCHAR',
		BIGNUM: 'VARCHAR',
		UNION: 'VARCHAR'
	});
}

/** Replaces type names at any depth with their arguments, so that `ENUM('a', 'b')[]` becomes `VARCHAR[]`. */
function replaceNames(type: string, replacements: Readonly<Record<string, string>>): string {
	const tokens = tokenize(type);
	let replaced = '';
	for (let index = 0; index < tokens.length; index++) {
		const token = tokens[index];
		if (!token) continue;
		const text = type.slice(token.start, token.end);
		const zoned = text === 'TIME' && type.startsWith('TIME WITH TIME ZONE', token.start);
		const replacement = token.kind !== 'word' ? undefined : zoned ? 'VARCHAR' : replacements[text];
		replaced += replacement ?? text;
		// Six tokens more: three words, and the spaces before them.
		if (zoned) index += 6;
		if (replacement === undefined || zoned) continue;
		// The name's own arguments go with it.
		for (let depth = 0; index + 1 < tokens.length; index++) {
			const next = tokens[index + 1];
			const mark = next ? type.slice(next.start, next.end) : '';
			if (depth === 0 && mark !== '(') break;
			depth += mark === '(' ? 1 : mark === ')' ? -1 : 0;
			if (depth === 0) {
				index++;
				break;
			}
		}
	}
	return replaced;
}
