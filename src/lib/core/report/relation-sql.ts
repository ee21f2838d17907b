// What a block's `from` is in SQL: a dataset by its name, or a query of the report with those it stands on before it.
import { tableNames } from '../pipeline/table-names.ts';
import { quoteValue, writeName, writeReference } from '../sql/quote.ts';
import { rewrite, type Edit } from '../sql/rewrite.ts';
import { tokenize } from '../sql/tokens.ts';
import { err, ok, type Result } from '../result.ts';
import type { InputBlock, InputValue, QueryBlock, Report } from './report.ts';

/** What a reader chose, by the input's name in small letters; an input that is missing has the value its block says. */
export type ChosenInputs = ReadonlyMap<string, InputValue>;

export type RelationSql = {
	/** `WITH …` and a blank, or nothing. */
	readonly before: string;
	/** What stands behind FROM. */
	readonly name: string;
	/** The block whose rows they are; null for a dataset. */
	readonly query: QueryBlock | null;
	/** Where the query's own text begins in `before`. */
	readonly queryStart: number;
};

export type RelationFailure =
	/** `$name` in a query, of which the report has no input. */
	| { readonly kind: 'unknown-input'; readonly name: string; readonly query: string; readonly known: readonly string[] }
	/** Queries that stand on themselves. */
	| { readonly kind: 'query-cycle'; readonly names: readonly string[] };

export function relationSql(
	from: string,
	report: Pick<Report, 'blocks'>,
	chosen: ChosenInputs
): Result<RelationSql, RelationFailure> {
	const queries = new Map(
		report.blocks.flatMap((block) => (block.kind === 'query' ? [[block.name.toLowerCase(), block] as const] : []))
	);
	const query = queries.get(from.toLowerCase());
	if (!query) return ok({ before: '', name: writeReference(from), query: null, queryStart: 0 });
	const ordered = needed(query, queries);
	if (!ordered.ok) return ordered;
	let before = 'WITH ';
	let queryStart = 0;
	for (const [at, one] of ordered.value.entries()) {
		const bound = withInputs(one, report, chosen);
		if (!bound.ok) return bound;
		before += `${at > 0 ? ', ' : ''}${writeName(one.name)} AS (`;
		queryStart = before.length;
		// A comment at the end of a text must not swallow the bracket.
		before += `${bound.value}\n)`;
	}
	return ok({ before: `${before} `, name: writeName(query.name), query, queryStart });
}

/** The query and those it reads, each behind what it reads itself. */
function needed(
	query: QueryBlock,
	queries: ReadonlyMap<string, QueryBlock>
): Result<readonly QueryBlock[], RelationFailure> {
	const done = new Set<QueryBlock>();
	const open: string[] = [];
	const visit = (one: QueryBlock): RelationFailure | null => {
		if (done.has(one)) return null;
		if (open.includes(one.name))
			return { kind: 'query-cycle', names: [...open.slice(open.indexOf(one.name)), one.name] };
		open.push(one.name);
		for (const { name } of tableNames(one.sql)) {
			const read = queries.get(name.toLowerCase());
			// A query named for a dataset that it reads means the dataset.
			const failed = read && read !== one ? visit(read) : null;
			if (failed) return failed;
		}
		open.pop();
		done.add(one);
		return null;
	};
	const failed = visit(query);
	return failed ? err(failed) : ok([...done]);
}

/** The text with literals in the place of `$name`. */
function withInputs(
	{ name: query, sql }: QueryBlock,
	{ blocks }: Pick<Report, 'blocks'>,
	chosen: ChosenInputs
): Result<string, RelationFailure> {
	const inputs = blocks.filter((block) => block.kind === 'input');
	const values = new Map(inputs.flatMap((input) => parametersOf(input, chosen)));
	const edits: Edit[] = [];
	for (const { kind, start, end } of tokenize(sql)) {
		const name = sql.slice(start + 1, end);
		if (kind !== 'parameter' || sql[start] !== '$' || /^\d/.test(name)) continue;
		const literal = values.get(name.toLowerCase());
		if (literal === undefined) return err({ kind: 'unknown-input', name, query, known: [...values.keys()] });
		edits.push({ start, end, text: literal });
	}
	return ok(rewrite(sql, edits).sql);
}

function parametersOf(input: InputBlock, chosen: ChosenInputs): readonly (readonly [string, string])[] {
	const name = input.name.toLowerCase();
	const value = valueOf(input, chosen);
	if (input.type === 'range' || input.type === 'date') {
		const span = typeof value === 'object' && value !== null && 'from' in value ? value : { from: null, to: null };
		const literal = (end: string | number | null): string =>
			typeof end === 'string' && input.type === 'date' ? `CAST(${quoteValue(end)} AS DATE)` : quoteValue(end);
		return [
			[`${name}_from`, literal(span.from)],
			[`${name}_to`, literal(span.to)]
		];
	}
	if (!input.isMultiple) return [[name, quoteValue(typeof value === 'object' ? null : value)]];
	const one = typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
	const several = Array.isArray(value) ? (value as readonly string[]) : one;
	return [[name, `[${several.map(quoteValue).join(', ')}]`]];
}

export function valueOf(input: InputBlock, chosen: ChosenInputs): InputValue {
	const name = input.name.toLowerCase();
	return chosen.has(name) ? (chosen.get(name) ?? null) : input.value;
}
