// Compares two versions: first what differs, row by row, of which nothing is read that both have; then column by column.
import {
	keyPairs,
	pairColumns,
	schemaChanges,
	type ColumnPair,
	type Renames,
	type SchemaChange
} from '../core/diff/column-pairs.ts';
import {
	changeCountsSql,
	changePlacesSql,
	changeRowsSql,
	changesSql,
	filteredCountSql,
	pairsOf,
	type ChangeFilter,
	type ChangesPlan,
	type ChangeWindow
} from '../core/diff/changes-sql.ts';
import { keyCandidates, uniqueSql } from '../core/diff/key-guess.ts';
import type { Pairing, Sharing } from '../core/diff/pair-segments.ts';
import { pairedRelations, segmentsRelation, wholeRelation } from '../core/diff/paired-relations.ts';
import { rowsInSegments, segmentsOfRows } from '../core/diff/row-positions.ts';
import { resultId, type ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import type { Version } from '../core/version/version.ts';
import { versionInSql } from './change-refs.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { pairVersions } from './pair-versions.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';
import { SegmentWork, type KeyNotUnique } from './segment-work.ts';

/** A version, and what people call it, such as `people@v1`. */
export type DiffSide = { readonly reference: string; readonly version: Version };

export type DiffInput = {
	/** Names the comparison, and the rows it leaves in the engine until `closeDiff`. */
	readonly id: ResultId;
	readonly left: DiffSide;
	readonly right: DiffSide;
	/** Columns that tell rows apart, by their names after; none to compare whole rows. */
	readonly key: readonly string[];
	readonly renames?: Renames;
	readonly signal?: AbortSignal | undefined;
};

export type DiffCounts = {
	readonly added: number;
	readonly removed: number;
	/** Rows with another cell, and those cells; 0 where whole rows are compared. */
	readonly changed: number;
	readonly cellsChanged: number;
	readonly unchanged: number;
};

export type Comparison = {
	readonly id: ResultId;
	readonly left: DiffSide;
	readonly right: DiffSide;
	readonly pairs: readonly ColumnPair[];
	readonly plan: ChangesPlan;
	readonly schema: readonly SchemaChange[];
	readonly counts: DiffCounts;
	/** Changed cells of the plan's value columns; null where whole rows are compared. */
	readonly cellsChanged: readonly number[] | null;
	/** Segments of which nothing was read. */
	readonly sharing: Sharing;
	/** Sides some of whose keys were not read, so that nothing tells yet whether they are unique; equal keys are of one side. */
	readonly unreadKeys: readonly ('left' | 'right')[];
};

export type DiffFailure = RunSqlFailure | KeyNotUnique | { readonly kind: 'unknown-column'; readonly column: string };
type Rows = Promise<Result<readonly Record<string, unknown>[], RunSqlFailure>>;
type Engine = Pick<Effects, 'engine' | 'randomId'>;

/** The version a text names: a dataset, or `name@` and a branch, tag, number, id or time. */
export function findSide(reference: string, items: readonly CatalogueItem[]): Result<DiffSide, RunSqlFailure> {
	const mark = reference.indexOf('@');
	const name = mark < 0 ? reference : reference.slice(0, mark);
	const at = mark < 0 ? null : reference.slice(mark + 1);
	const item = items.find(({ dataset }) => dataset.name.toLowerCase() === name.toLowerCase());
	if (!item) return err({ kind: 'unknown-dataset', name });
	const version = versionInSql(item, at);
	return version.ok ? ok({ reference, version: version.value }) : version;
}

/**
 * Finds the rows that differ and counts them. Of segments whose rows stand beside each other in both versions, only the columns
 * that are not the same are read.
 *
 * Owner:  the rows' numbers stay in the engine until `closeDiff`.
 * Fails:  unknown-column · key-not-unique, as far as the keys that were read tell; `summariseDiff` tells the rest
 */
export async function compareVersions(
	input: DiffInput,
	effects: Pick<Effects, 'engine' | 'jobs' | 'store'>
): Promise<Result<Comparison, DiffFailure>> {
	const { id, left, right } = input;
	const pairs = pairColumns(left.version.schema, right.version.schema, input.renames);
	const { keys, missing } = keyPairs(pairs, input.key);
	if (missing[0] !== undefined) return err({ kind: 'unknown-column', column: missing[0] });
	const plan: ChangesPlan = {
		table: tableOf(id),
		keys,
		values: pairs.filter((pair) => !keys.includes(pair))
	};
	return asJob(effects.jobs, `Compare ${left.reference} with ${right.reference}`, input.signal, async (job) => {
		const versions = { from: left.version, to: right.version };
		const paired = await pairVersions(versions, pairsOf(plan), keys, effects);
		if (!paired.ok) return paired;
		const { groups, rest, gone, sources } = pairedRelations(versions, pairsOf(plan), paired.value);
		const work = new SegmentWork(id, job, effects);
		const sides = [['from', left.reference, rest.from] as const, ['to', right.reference, rest.to] as const];
		const wrong = await checkKeys(work, keys, sources.rest ? sides : []);
		if (wrong) return err(wrong);
		job.progress({ fraction: 0.2 });
		const made = await work.run(`CREATE OR REPLACE TABLE ${plan.table} AS ${changesSql(plan, sources)}`, [
			...groups,
			...(sources.rest ? [rest.from, rest.to, ...gone] : [])
		]);
		if (!made.ok) {
			await work.drop(plan.table);
			return made;
		}
		job.progress({ fraction: 0.9 });
		const counted = await work.rows(changeCountsSql(plan), []);
		if (!counted.ok) {
			await work.drop(plan.table);
			return counted;
		}
		const of = (name: string): number => Number(counted.value[0]?.[name] ?? 0);
		const cellsChanged = keys.length === 0 ? null : plan.values.map((_pair, index) => of(`c${index}`));
		const [added, removed, changed] = [of('added'), of('removed'), of('changed')];
		return ok({
			id,
			left,
			right,
			pairs,
			plan,
			schema: schemaChanges(pairs),
			counts: {
				added,
				removed,
				changed,
				cellsChanged: (cellsChanged ?? []).reduce((sum, count) => sum + count, 0),
				unchanged: right.version.table.rowCount - added - changed
			},
			cellsChanged,
			sharing: paired.value.same,
			unreadKeys: unreadKeys(left, right, paired.value)
		});
	});
}

function unreadKeys(left: DiffSide, right: DiffSide, { rest }: Pairing): Comparison['unreadKeys'] {
	const isAllRead = (side: DiffSide, read: readonly number[]): boolean =>
		read.length === side.version.table.segments.length;
	if (rest.from.length + rest.to.length === 0) return isAllRead(right, rest.to) ? [] : ['right'];
	return [
		...(isAllRead(left, rest.from) ? [] : ['left' as const]),
		...(isAllRead(right, rest.to) ? [] : ['right' as const])
	];
}

/** Rows of a comparison as `changeRowsSql` gives them. */
export async function changedRows(comparison: Comparison, window: ChangeWindow, effects: Engine): Rows {
	const { plan, left, right } = comparison;
	const isLong = window.endRow - window.startRow > PLACED_ROWS_MAX;
	const placed = isLong ? ok(null) : await ask(changePlacesSql(plan, window), [], undefined, effects);
	if (!placed.ok) return placed;
	const cellsOf = ({ version }: DiffSide, letter: 'f' | 't') => {
		const refs = version.table.segments;
		const rows = placed.value?.flatMap((row) => (row[letter] === null ? [] : Number(row[letter])));
		const numbers = rows ? segmentsOfRows(refs, rows) : [...refs.keys()];
		const relation = segmentsRelation(version, numbers);
		return { relation, table: quoteName(relation.name), rows: rowsInSegments(refs, numbers) };
	};
	const [from, to] = [cellsOf(left, 'f'), cellsOf(right, 't')];
	return ask(changeRowsSql(plan, window, { from, to }), [from.relation, to.relation], undefined, effects);
}

export async function countChanges(
	{ plan }: Comparison,
	filter: ChangeFilter,
	effects: Engine
): Promise<Result<number, RunSqlFailure>> {
	const rows = await ask(filteredCountSql(plan, filter), [], undefined, effects);
	return rows.ok ? ok(Number(rows.value[0]?.['n'] ?? 0)) : rows;
}

/** Frees the rows that a comparison holds. */
export async function closeDiff(id: ResultId, effects: Pick<Effects, 'engine'>): Promise<void> {
	const input = { id, sql: `DROP TABLE IF EXISTS ${tableOf(id)}`, params: [], relations: [] };
	await effects.engine.run(input, () => undefined);
	await effects.engine.release(id);
}

/** A column whose values are unique in both versions, all of which are read for it; null when none of the likeliest is. */
export async function guessKey(
	sides: Pick<DiffInput, 'left' | 'right' | 'renames' | 'signal'>,
	effects: Engine
): Promise<Result<string | null, RunSqlFailure>> {
	const candidates = keyCandidates(pairColumns(sides.left.version.schema, sides.right.version.schema, sides.renames));
	const first = await uniqueColumns(sides, candidates, 'first', effects);
	if (!first.ok) return first;
	for (const pair of first.value.slice(0, GUESSES_MAX)) {
		const all = await uniqueColumns(sides, [pair], 'all', effects);
		if (!all.ok) return all;
		if (all.value.length > 0) return ok(pair.name);
	}
	return ok(null);
}

async function ask(
	sql: string,
	relations: readonly Relation[],
	signal: AbortSignal | undefined,
	effects: Engine
): Rows {
	const id = resultId(`diff-${effects.randomId()}`);
	const ran = await whileCancellable(id, signal, effects, () =>
		effects.engine.run({ id, sql, params: [], relations }, () => undefined)
	);
	const bytes = ran.ok ? await effects.engine.arrow(id) : ran;
	await effects.engine.release(id);
	return bytes.ok ? ok(decodeRows(bytes.value)) : bytes;
}

/** Of more rows than this, all segments are read rather than those that the rows are in. */
const PLACED_ROWS_MAX = 20_000;

/** How many columns are tried in full: each is read in both versions. */
const GUESSES_MAX = 3;

async function uniqueColumns(
	{ left, right, signal }: Pick<DiffInput, 'left' | 'right' | 'signal'>,
	pairs: readonly ColumnPair[],
	rows: 'first' | 'all',
	effects: Engine
): Promise<Result<readonly ColumnPair[], RunSqlFailure>> {
	let unique = pairs;
	for (const [{ version }, which] of [[left, 'from'] as const, [right, 'to'] as const]) {
		if (unique.length === 0) break;
		const relation = wholeRelation(version);
		const names = unique.flatMap((pair) => pair[which]?.name ?? []);
		const found = await ask(uniqueSql(quoteName(relation.name), names, rows), [relation], signal, effects);
		if (!found.ok) return found;
		unique = unique.filter((_pair, index) => found.value[0]?.[`u${index}`] === true);
	}
	return ok(unique);
}

/** Null when every row of the relations has a key of its own; `key-not-unique` names the side and examples. */
export async function checkKeys(
	work: SegmentWork,
	keys: readonly ColumnPair[],
	sides: readonly (readonly [side: 'from' | 'to', reference: string, relation: Relation])[]
): Promise<DiffFailure | null> {
	if (keys.length === 0) return null;
	for (const [side, where, relation] of sides) {
		const key = keys.flatMap((pair) => pair[side]?.name ?? []);
		const wrong = await work.checkKey({ table: quoteName(relation.name), where, key }, [relation]);
		if (wrong) return wrong;
	}
	return null;
}

function tableOf(id: ResultId): string {
	return `main.${quoteName(`@diff ${id}`)}`;
}
