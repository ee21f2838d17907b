// A recipe's steps as one readable SELECT: a common table expression a step, and the last step below them.
import { writeName } from '../sql/quote.ts';
import { rewrite } from '../sql/rewrite.ts';
import { tokenize } from '../sql/tokens.ts';
import type { Path } from './problem.ts';
import type { Step } from './recipe.ts';
import { originOf, type MarkedSql } from './sql-text.ts';
import type { StepKind } from './step-schemas.ts';

export type StepPart = { readonly name: string; readonly path: Path; readonly body: MarkedSql };

export type RecipeSql = {
	readonly sql: string;
	/** Where in the recipe a position in the SQL comes from. */
	readonly origin: (position: number) => { readonly path: Path; readonly offset?: number | undefined } | null;
};

/** At least one part. */
export function joinParts(given: readonly StepPart[]): RecipeSql {
	const parts = withOwnEnd(given);
	let sql = '';
	const placed: { start: number; end: number; part: StepPart; toBody: (position: number) => number }[] = [];
	for (const [at, part] of parts.entries()) {
		const isLast = at === parts.length - 1;
		if (!isLast) sql += `${at === 0 ? 'WITH ' : ''}${writeName(part.name)} AS (\n  `;
		const { sql: body, toOriginal } = isLast ? { sql: part.body.sql, toOriginal: same } : indented(part.body.sql);
		placed.push({ start: sql.length, end: sql.length + body.length, part, toBody: toOriginal });
		sql += body.trimEnd();
		if (!isLast) sql += at === parts.length - 2 ? '\n)\n' : '\n),\n';
	}
	return {
		sql,
		origin: (position) => {
			const found = placed.find(({ start, end }) => start <= position && position <= end);
			if (!found) return null;
			const { part, start, toBody } = found;
			return originOf(part.body.marks, toBody(position - start)) ?? { path: part.path };
		}
	};
}

/** A text that begins with WITH may stand in brackets, and not behind another WITH. */
function withOwnEnd(parts: readonly StepPart[]): readonly StepPart[] {
	const last = parts.at(-1);
	if (!last || parts.length === 1) return parts;
	const first = tokenize(last.body.sql).find(({ kind }) => kind !== 'space' && kind !== 'comment');
	if (!first || last.body.sql.slice(first.start, first.end).toLowerCase() !== 'with') return parts;
	const body = { sql: `SELECT *\nFROM ${writeName(last.name)}`, marks: [] };
	return [...parts, { name: '', path: last.path, body }];
}

const same = (position: number): number => position;

/** Line breaks inside of texts and quoted names are theirs. */
function indented(sql: string) {
	const breaks = tokenize(sql)
		.filter(({ kind, start, end }) => kind === 'space' && sql.slice(start, end).includes('\n'))
		.map(({ start, end }) => ({ start, end, text: sql.slice(start, end).replaceAll('\n', '\n  ') }));
	return rewrite(sql, breaks);
}

const words: Readonly<Record<StepKind, string>> = {
	select: 'selected',
	rename: 'renamed',
	cast: 'typed',
	derive: 'derived',
	filter: 'filtered',
	deduplicate: 'deduplicated',
	fill: 'filled',
	split: 'divided',
	join: 'joined',
	union: 'united',
	aggregate: 'aggregated',
	pivot: 'pivoted',
	unpivot: 'unpivoted',
	window: 'windowed',
	sample: 'sampled',
	sort: 'sorted',
	limit: 'limited',
	sql: 'queried',
	javascript: 'computed'
};

/** A name that no table has yet. */
export function stepName(step: Step, taken: ReadonlySet<string>): string {
	const wanted = step.name ?? words[step.kind];
	let name = wanted;
	for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted}_${number}`;
	return name;
}
