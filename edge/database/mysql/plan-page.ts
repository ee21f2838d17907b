// The SQL that reads a table or a query of MySQL or MariaDB: chosen columns, filters, the page behind a place. Values stand in the text as numbers,
// times and bytes in hex, each read as one before: none of them can be anything else. See note: where a page ends.
//
// Note: where a page ends. Rows with the values of the last one are to come too, which LIMIT cannot say. So the value at the end of a page is asked
// for first, in the same transaction, and the page then reads up to it. Only behind the last such value come the rows that have none.
import { csvValue, duckDbTypeOf, exactSql, jsonValue, LONGITUDE_FIRST, type MysqlType } from './types.ts';
import {
	chosenColumns,
	innerQuery,
	type PlanFailure,
	type SqlRead,
	type SqlSource
} from '#core/source/sql/sql-read.ts';

/** A column as it was described. */
export type MysqlColumn = { readonly name: string; readonly type: MysqlType; readonly isNullable: boolean };

export type PlannedPage = {
	readonly columns: readonly { readonly name: string; readonly type: string }[];
	readonly format: 'ndjson' | 'csv';
	/** Asks for the values of `order` at the end of the page, each as its text; null where all is read. No row: the page is the last one. */
	readonly endSql: string | null;
	/** `end` is what `endSql` answered. Null: a value of it is none of its type. */
	readonly rowsSql: (end: readonly string[] | null) => string | null;
	/** From what a row came as to its line, without the break. */
	readonly lineOf: (row: readonly (Uint8Array | null)[]) => string;
};

export function quoteIdentifier(name: string): string {
	return `\`${name.replaceAll('`', '``')}\``;
}

/** What stands after FROM. */
export function fromSql(source: SqlSource): string {
	return source.kind === 'table'
		? `${quoteIdentifier(source.schema)}.${quoteIdentifier(source.name)} AS q`
		: `${innerQuery(source.sql)} AS q`;
}

export function planPage(read: SqlRead<MysqlColumn>): PlannedPage | PlanFailure {
	const chosen = chosenColumns(read);
	if ('kind' in chosen) return chosen;
	const unfit = chosen.find(({ type }) => csvValue(type) === null);
	if (read.format === 'csv' && unfit) return { kind: 'not-csv', column: unfit.name };
	const isCsv = read.format === 'csv' || (read.format === 'any' && !unfit && chosen.length > 1);
	const known = new Map(read.known.map((column) => [column.name, column]));
	const conditions: string[] = [];
	for (const { column, op, values } of read.filters) {
		const type = known.get(column)?.type ?? textType;
		const literals = values.map((value) => literal(value, type));
		if (literals.some((one) => one === null)) return { kind: 'bad-value', column };
		conditions.push(condition({ column: columnOf(column), type, op, literals: literals.map(String) }));
	}
	const order = read.order.map((name) => {
		const { type = textType, isNullable = true } = known.get(name) ?? {};
		return { name, type, isNullable, sql: comparedSql(columnOf(name), type) };
	});
	const literalsOf = (values: readonly string[]): readonly string[] | null => {
		const literals = order.map(({ type }, index) => literal(values[index] ?? '', type));
		return literals.every((one) => one !== null) ? literals : null;
	};
	const sqls = order.map(({ sql }) => sql);
	const nulls = order.filter(({ isNullable }) => isNullable).map(({ name }) => `${columnOf(name)} IS NULL`);
	const after = read.after && order.length > 0 ? literalsOf(read.after.values) : [];
	if (after === null) return { kind: 'bad-value', column: order[0]?.name ?? '' };
	const behind = after.length > 0 ? [compared(sqls, after, read.after?.isFrom ? '>=' : '>')] : [];
	const list = chosen.map(({ name, type }) => `${exactSql(columnOf(name), type)} AS ${quoteIdentifier(name)}`);
	const statement = (select: readonly string[], where: readonly string[], tail: string): string =>
		[
			`SELECT ${select.join(', ')} FROM ${fromSql(read.source)}`,
			...(where.length > 0 ? [`WHERE ${where.map((one) => `(${one})`).join(' AND ')}`] : []),
			tail
		]
			.join(' ')
			.trimEnd();
	const by = sqls.length > 0 ? `ORDER BY ${sqls.join(', ')}` : '';
	const someNull = nulls.join(' OR ');
	const last = behind.length > 0 && nulls.length > 0 ? [`${behind.join('')} OR ${someNull}`] : behind;
	const isPaged = read.limit !== null && order.length > 0;
	return {
		columns: chosen.map(({ name, type }) => ({ name, type: duckDbTypeOf(type) })),
		format: isCsv ? 'csv' : 'ndjson',
		lineOf: isCsv ? csvLines(chosen) : jsonLines(chosen),
		endSql: isPaged
			? statement(
					order.map(({ name, type }) => exactSql(columnOf(name), type)),
					[
						...conditions,
						...behind,
						...order.filter((one) => one.isNullable).map(({ name }) => `${columnOf(name)} IS NOT NULL`)
					],
					`${by} LIMIT 1 OFFSET ${(read.limit ?? 1) - 1}`
				)
			: null,
		rowsSql: (end) => {
			const until = end && literalsOf(end);
			if (end && !until) return null;
			if (until) return statement(list, [...conditions, ...behind, compared(sqls, until, '<=')], by);
			const tail =
				order.length === 0
					? read.limit === null
						? ''
						: `LIMIT ${read.limit}`
					: nulls.length > 0
						? `ORDER BY (${someNull}), ${sqls.join(', ')}`
						: by;
			return statement(list, [...conditions, ...last], tail);
		}
	};
}

const textType: MysqlType = { name: 'text', isUnsigned: false, precision: 0, scale: 0 };

function columnOf(name: string): string {
	return `q.${quoteIdentifier(name)}`;
}

/** Texts by their bytes, as they are compared here: a language's own order is none that both sides know. */
export function comparedSql(column: string, type: MysqlType): string {
	return isText(type.name) ? bytesOf(exactSql(column, type)) : column;
}

function bytesOf(column: string): string {
	return `CAST(CONVERT(${column} USING utf8mb4) AS BINARY)`;
}

function isText(name: MysqlType['name']): boolean {
	return name === 'text' || name === 'json' || name === 'uuid' || name === 'geometry';
}

type Condition = {
	readonly column: string;
	readonly type: MysqlType;
	readonly op: SqlRead<MysqlColumn>['filters'][number]['op'];
	readonly literals: readonly string[];
};

function condition({ column, type, op, literals }: Condition): string {
	const told = op === 'in' ? `IN (${literals.join(', ')})` : `${op} ${literals[0] ?? 'NULL'}`;
	const exact = `${comparedSql(column, type)} ${told}`;
	const isEqual = type.name === 'text' && (op === '=' || op === 'in');
	// What no column of an older charset can have, MySQL refuses to look for.
	if (!isEqual || !literals.every((one) => /^X'(?:[0-7][0-9a-f])*'$/.test(one))) return exact;
	// What is equal by its bytes is equal in any language, and that an index knows.
	return `${column} IN (${literals.map((one) => `_utf8mb4 ${one}`).join(', ')}) AND ${exact}`;
}

/** As many columns as values, the first before the next; its first condition is one that an index knows. */
function compared(columns: readonly string[], values: readonly string[], op: '>' | '>=' | '<='): string {
	const [column = '', ...rest] = columns;
	const [value = '', ...others] = values;
	if (rest.length === 0) return `${column} ${op} ${value}`;
	const strict = op === '<=' ? '<' : '>';
	return `${column} ${strict}= ${value} AND (${column} ${strict} ${value} OR (${compared(rest, others, op)}))`;
}

// Without days of zeros: comparing with them is comparing with nothing.
const day = String.raw`\d{4}-(?!00)\d\d-(?!00)\d\d`;
const clock = String.raw`\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?`;
const forms = {
	whole: /^[+-]?\d{1,20}$/,
	number: /^[+-]?\d{1,65}(?:\.\d{1,40})?(?:e[+-]?\d{1,3})?$/i,
	date: new RegExp(`^${day}$`),
	time: new RegExp(`^-?\\d?${clock}$`),
	moment: new RegExp(`^(${day})(?:[ T](${clock}))?( ?(?:Z|[+-]\\d\\d(?::?\\d\\d)?))?$`)
} as const;

/** SQL of a value as the column has it; null for what is none. */
function literal(value: string, { name, precision }: MysqlType): string | null {
	switch (name) {
		case 'tinyint':
		case 'smallint':
		case 'mediumint':
		case 'int':
		case 'bigint':
		case 'year':
		case 'bit':
			if ((value === 'true' || value === 'false') && (name === 'tinyint' || precision === 1))
				return value === 'true' ? '1' : '0';
			return forms.whole.test(value) ? value : null;
		case 'decimal':
			return forms.number.test(value) ? value : null;
		case 'float':
		case 'double':
			return forms.number.test(value) ? `(${value} + 0e0)` : null;
		case 'date':
			return forms.date.test(value) && isDay(value) ? `CAST('${value}' AS DATE)` : null;
		case 'time':
			return forms.time.test(value) ? `CAST('${value}' AS TIME(6))` : null;
		case 'datetime':
		case 'timestamp': {
			const moment = momentText(value, name === 'timestamp');
			return moment === null ? null : `CAST('${moment}' AS DATETIME(6))`;
		}
		case 'blob': {
			const hex = value.replaceAll('\\x', '');
			return /^(?:\\x[0-9a-f]{2})*$/i.test(value) ? `X'${hex}'` : null;
		}
		case 'vector':
			return null;
		case 'json':
		case 'uuid':
		case 'text':
		case 'geometry':
			return `X'${hexOf(new TextEncoder().encode(value))}'`;
	}
}

/** SQL of a value that is written into a column; what is none of its type is left to the server to refuse. */
export function writtenLiteral(value: string, type: MysqlType = textType, referenceSystem = 0): string {
	// In no language of its own: that of the column decides.
	const text = `_utf8mb4 X'${hexOf(new TextEncoder().encode(value))}'`;
	switch (type.name) {
		case 'text':
		case 'json':
		case 'uuid':
			return text;
		case 'geometry':
			// MariaDB makes nothing of a text that is no shape, and refuses the text itself.
			return `/*M!100000 COALESCE( */ ST_GeomFromText(${text}, ${referenceSystem}${LONGITUDE_FIRST}) /*M!100000 , ${text}) */`;
		case 'datetime':
		case 'timestamp': {
			const moment = momentText(value, true);
			return moment === null ? text : `CAST('${moment}' AS DATETIME(6))`;
		}
		case 'blob':
			return /^\\x(?:[0-9a-f]{2})*$/i.test(value) ? `X'${value.slice(2)}'` : text;
		case 'vector':
			return vectorLiteral(value) ?? text;
		default:
			return literal(value, type) ?? text;
	}
}

function vectorLiteral(value: string): string | null {
	try {
		const parsed: unknown = JSON.parse(value);
		if (!Array.isArray(parsed) || !parsed.every((one) => typeof one === 'number')) return null;
		const view = new DataView(new ArrayBuffer(parsed.length * 4));
		for (const [at, one] of parsed.entries()) view.setFloat32(at * 4, one, true);
		return `X'${hexOf(new Uint8Array(view.buffer))}'`;
	} catch {
		return null;
	}
}

function hexOf(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isDay(date: string): boolean {
	const at = new Date(`${date}T00:00:00Z`);
	return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
}

/** In UTC where it has a zone, which a column without one does not take. */
function momentText(value: string, mayHaveZone: boolean): string | null {
	const [, date, time = '00:00:00', zone] = forms.moment.exec(value) ?? [];
	if (date === undefined || !isDay(date) || (zone !== undefined && !mayHaveZone)) return null;
	const [, clockText = '', fraction = ''] = /^(\d\d:\d\d(?::\d\d)?)(\.\d+)?$/.exec(time) ?? [];
	if (zone === undefined || /Z|[+-]00(?::?00)?$/.test(zone)) return `${date} ${clockText}${fraction}`;
	const [, sign, hours = '', minutes = '00'] = /([+-])(\d\d):?(\d\d)?/.exec(zone) ?? [];
	const full = clockText.length === 5 ? `${clockText}:00` : clockText;
	const atMs = Date.parse(`${date}T${full}${sign}${hours}:${minutes}`);
	return Number.isNaN(atMs) ? null : `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')}${fraction}`;
}

type Line = (row: readonly (Uint8Array | null)[]) => string;

function csvLines(chosen: readonly MysqlColumn[]): Line {
	const writers = chosen.map(({ type }) => csvValue(type));
	return (row) => writers.map((write, index) => (row[index] && write ? write(row[index]) : '')).join(',');
}

function jsonLines(chosen: readonly MysqlColumn[]): Line {
	const members = chosen.map(({ name, type }) => ({ begun: `${JSON.stringify(name)}:`, write: jsonValue(type) }));
	return (row) =>
		`{${members.map(({ begun, write }, index) => `${begun}${row[index] ? write(row[index]) : 'null'}`).join(',')}}`;
}
