// One step as SQL over the rows before it, as a person would write it.
import { writeName, writeValue } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { expressionsOf } from './expressions.ts';
import { joinSql } from './join-sql.ts';
import { calledSql, functionOf } from './function-step.ts';
import type { Path } from './problem.ts';
import type { Step } from './recipe.ts';
import { SqlText, type MarkedSql, type Piece } from './sql-text.ts';
import { overInput } from './sql-step.ts';
import type { StepValue } from './step-schemas.ts';
import { orderText, windowText, wrapped } from './window-text.ts';

export type StepContext = {
	/** What FROM names: the step before, or the input. */
	readonly from: string;
	readonly columns: readonly Column[];
	/** What FROM calls another table that the step names, and its columns; null where there is no such table. */
	readonly table: (name: string) => { readonly from: string; readonly columns: readonly Column[] } | null;
};

export function stepSql(step: Step, context: StepContext): MarkedSql {
	const path = ['steps', step.index];
	return new SqlText().add(...pieces(step, path, context)).marked;
}

function pieces(step: Step, path: Path, context: StepContext): readonly Piece[] {
	const { from, columns } = context;
	const all = (...clauses: readonly Piece[]): readonly Piece[] => ['SELECT *\nFROM ', from, ...clauses];
	const written = expressionsOf(step, path);
	switch (step.kind) {
		case 'select': {
			if (Array.isArray(step.value)) return [`SELECT${wrapped(step.value.map(writeName), ' ')}\nFROM ${from}`];
			const { except } = step.value as { readonly except: readonly string[] };
			return [`SELECT * EXCLUDE (${except.map(writeName).join(', ')})\nFROM ${from}`];
		}
		case 'rename': {
			const renamed = Object.entries(step.value).map(([old, name]) => `${writeName(old)} AS ${writeName(name)}`);
			return [`SELECT * RENAME (${renamed.join(', ')})\nFROM ${from}`];
		}
		case 'cast':
			return [castSql(step.value, from)];
		case 'derive':
			return [...starWith(columns, Object.keys(step.value), written), `\nFROM ${from}`];
		case 'filter':
			return all('\nWHERE ', ...written);
		case 'deduplicate': {
			const { by, keep = 'first', order } = step.value ?? {};
			if (!by) return [`SELECT DISTINCT *\nFROM ${from}`];
			const over = windowText({ by, order: order ?? null, isReversed: keep === 'last' });
			return all(`\nQUALIFY row_number() OVER (${over}) = 1`);
		}
		case 'fill': {
			const filled = step.value.columns.map((name) => `${fillText(step.value, name)} AS ${writeName(name)}`);
			return [`SELECT * REPLACE (${wrapped(filled)})\nFROM ${from}`];
		}
		case 'split':
			return [splitSql(step.value, context)];
		case 'join':
			return [joinSql(step.value, context)];
		case 'union': {
			const { others, isDistinct } = unionParts(step.value);
			const word = isDistinct ? 'UNION BY NAME' : 'UNION ALL BY NAME';
			return all(...others.map((name) => `\n${word}\nSELECT *\nFROM ${context.table(name)?.from ?? writeName(name)}`));
		}
		case 'aggregate': {
			const by = (step.value.by ?? []).map(writeName);
			const shown: readonly Piece[][] = [
				...by.map((name) => [name]),
				...named(Object.keys(step.value.columns ?? {}), written)
			];
			return ['SELECT', ...listed(shown), `\nFROM ${from}`, ...(by.length > 0 ? [`\nGROUP BY ${by.join(', ')}`] : [])];
		}
		case 'pivot': {
			const { on, in: values, by } = step.value;
			const needed = `\nFROM ${from}\nPIVOT (\n  `;
			const list = values.map((value) => writeValue(value)).join(', ');
			return [
				`SELECT *${needed}`,
				...written,
				`\n  FOR ${writeName(on)} IN (${list})\n  GROUP BY ${by.map(writeName).join(', ')}\n)`
			];
		}
		case 'unpivot': {
			const { columns: shown, name = 'name', value = 'value', nulls = false } = step.value;
			const list = `${writeName(value)} FOR ${writeName(name)} IN (${shown.map(writeName).join(', ')})`;
			return all(`\nUNPIVOT ${nulls ? 'INCLUDE NULLS ' : ''}(${list})`);
		}
		case 'window':
			return windowSql(step.value, written, context);
		case 'sample': {
			const { rows, fraction, seed = 0 } = step.value;
			if (rows !== undefined) return all(`\nUSING SAMPLE reservoir(${rows} ROWS) REPEATABLE (${seed})`);
			const percent = writeValue(Number(((fraction ?? 1) * 100).toPrecision(12)));
			return all(`\nUSING SAMPLE ${percent} PERCENT (bernoulli, ${seed})`);
		}
		case 'sort':
			return all(`\nORDER BY ${orderText(step.value, false)}`);
		case 'limit': {
			const { rows, offset = 0 } = typeof step.value === 'number' ? { rows: step.value } : step.value;
			return all(`\nLIMIT ${rows}${offset > 0 ? ` OFFSET ${offset}` : ''}`);
		}
		case 'sql':
			return overInput(step.value, from, [...path, 'sql']);
		case 'javascript':
			return [calledSql(functionOf(step.value), columns, from)];
	}
}

/** The tables that a union puts below, by the names the step gives. */
export function unionParts(value: StepValue<'union'>): {
	readonly others: readonly string[];
	readonly isDistinct: boolean;
} {
	if (typeof value === 'string') return { others: [value], isDistinct: false };
	if (Array.isArray(value)) return { others: value, isDistinct: false };
	const { with: given, distinct = false } = value;
	return { others: typeof given === 'string' ? [given] : given, isDistinct: distinct };
}

/** The rows that a cast with `misfits: reject` refuses, with the columns of rejects; null for any other step. */
export function rejectsSql(step: Step, from: string): string | null {
	if (step.kind !== 'cast' || step.value.misfits !== 'reject') return null;
	const casts = Object.entries(step.value.columns);
	const cases = (what: (name: string, type: string) => string): string =>
		casts.map(([name, type]) => `WHEN ${misfit(name, type)} THEN ${what(name, type)}`).join(' ');
	return [
		`SELECT line, CASE ${cases((name) => writeValue(name))} END AS "column",`,
		`  CASE ${cases((_name, type) => writeValue(`not ${type}`))} END AS reason,`,
		`  CASE ${cases((name) => `CAST(${writeName(name)} AS VARCHAR)`)} END AS text`,
		`FROM (SELECT row_number() OVER () AS line, * FROM ${from})`,
		`WHERE ${casts.map(([name, type]) => misfit(name, type)).join(' OR ')}`
	].join('\n');
}

function misfit(name: string, type: string): string {
	return `(${writeName(name)} IS NOT NULL AND TRY_CAST(${writeName(name)} AS ${type}) IS NULL)`;
}

function castSql({ columns, misfits = 'fail' }: StepValue<'cast'>, from: string): string {
	const word = misfits === 'fail' ? 'CAST' : 'TRY_CAST';
	const entries = Object.entries(columns);
	const casts = entries.map(([name, type]) => `${word}(${writeName(name)} AS ${type}) AS ${writeName(name)}`);
	const kept = entries.map(([name, type]) => `NOT ${misfit(name, type)}`).join('\n  AND ');
	return `SELECT * REPLACE (${wrapped(casts)})\nFROM ${from}${misfits === 'reject' ? `\nWHERE ${kept}` : ''}`;
}

function fillText({ with: method, value, by = [], order }: StepValue<'fill'>, column: string): string {
	const name = writeName(column);
	const over = (frame: string | null): string => `OVER (${windowText({ by, order: order ?? null, frame })})`;
	switch (method) {
		case 'constant':
			return `coalesce(${name}, ${writeValue(value ?? null)})`;
		case 'previous':
			return `last_value(${name} IGNORE NULLS) ${over('ROWS UNBOUNDED PRECEDING')}`;
		case 'next':
			return `first_value(${name} IGNORE NULLS) ${over('ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING')}`;
		case 'mean':
			return `coalesce(${name}, avg(${name}) ${over(null)})`;
		case 'median':
		case 'mode':
			return `coalesce(${name}, ${method}(${name}) ${over(null)})`;
	}
}

function splitSql(
	{ column, by, pattern, into, rows, keep }: StepValue<'split'>,
	{ from, columns }: StepContext
): string {
	const name = writeName(column);
	const parts =
		pattern === undefined
			? by === undefined
				? name
				: `string_split(${name}, ${writeValue(by)})`
			: `string_split_regex(${name}, ${writeValue(pattern)})`;
	// A row without parts stays, with none.
	if (rows) return `SELECT * REPLACE (unnest(if(len(${parts}) > 0, ${parts}, [NULL])) AS ${name})\nFROM ${from}`;
	const made = (into ?? []).map((part, at) => ({ part, text: `${parts}[${at + 1}] AS ${writeName(part)}` }));
	const isOwn = (part: string): boolean => part.toLowerCase() === column.toLowerCase();
	const kept = keep === true || made.some(({ part }) => isOwn(part)) ? '' : ` EXCLUDE (${name})`;
	const replaced = made.filter(({ part }) => isOwn(part) && columns.length > 0).map(({ text }) => text);
	const added = made.filter(({ part }) => !isOwn(part)).map(({ text }) => text);
	const star = `*${kept}${replaced.length > 0 ? ` REPLACE (${replaced.join(', ')})` : ''}`;
	return `SELECT${wrapped([star, ...added], ' ')}\nFROM ${from}`;
}

function windowSql(value: StepValue<'window'>, written: readonly Piece[], context: StepContext): readonly Piece[] {
	const { columns: made, by = [], order = null, frame = null } = value;
	const over = windowText({ by, order, frame });
	const texts = Object.values(made).map(String);
	const isNamed = texts.length > 1 || texts.some((text) => /\bover\b/i.test(text));
	const shown = written.map((piece, at): readonly Piece[] =>
		/\bover\b/i.test(texts[at] ?? '') ? [piece] : [piece, isNamed ? ' OVER w' : ` OVER (${over})`]
	);
	const clause = isNamed ? [`\nWINDOW w AS (${over})`] : [];
	return [...starWith(context.columns, Object.keys(made), shown), `\nFROM ${context.from}`, ...clause];
}

/** All columns, with some replaced where they stand and others added behind. */
function starWith(
	columns: readonly Column[],
	names: readonly string[],
	texts: readonly (Piece | readonly Piece[])[]
): readonly Piece[] {
	const present = new Set(columns.map(({ name }) => name.toLowerCase()));
	const items = named(names, texts).map((item, at) => ({
		item,
		isThere: present.has((names[at] ?? '').toLowerCase())
	}));
	const replaced = items.filter(({ isThere }) => isThere).map(({ item }) => item);
	const added = items.filter(({ isThere }) => !isThere).map(({ item }) => item);
	const star = replaced.length === 0 ? ['*'] : ['* REPLACE (', ...joined(replaced, ', '), ')'];
	return ['SELECT', ...listed([star, ...added])];
}

function named(names: readonly string[], texts: readonly (Piece | readonly Piece[])[]): readonly Piece[][] {
	return names.map((name, at) => [...[texts[at] ?? ''].flat(), ` AS ${writeName(name)}`]);
}

/** One a line, unless there is one alone. */
function listed(items: readonly (readonly Piece[])[]): readonly Piece[] {
	return items.length === 1 ? [' ', ...(items[0] ?? [])] : ['\n  ', ...joined(items, ',\n  ')];
}

function joined(items: readonly (readonly Piece[])[], between: string): readonly Piece[] {
	return items.flatMap((item, at) => (at === 0 ? item : [between, ...item]));
}
