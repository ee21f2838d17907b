// Compares two versions: first what differs, row by row, of which shared segments are not read; then column by column.
import {
	areAlike,
	pairColumns,
	schemaChanges,
	type ColumnPair,
	type Renames,
	type SchemaChange
} from '../core/diff/column-pairs.ts';
import {
	changeCountsSql,
	changeRowsSql,
	changesSql,
	filteredCountSql,
	type ChangeFilter,
	type ChangesPlan,
	type ChangeWindow
} from '../core/diff/changes-sql.ts';
import { keyCandidates, uniqueSql } from '../core/diff/key-guess.ts';
import { sharedSegments, type Sharing } from '../core/diff/shared-segments.ts';
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
	readonly sharing: Sharing;
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
 * Finds the rows that differ and counts them. Segments that both versions have are not read.
 *
 * Owner:  the rows stay in the engine until `closeDiff`.
 * Fails:  unknown-column · key-not-unique, as far as the segments that were read tell; `summariseDiff` tells the rest
 */
export async function compareVersions(
	input: DiffInput,
	effects: Pick<Effects, 'engine' | 'jobs'>
): Promise<Result<Comparison, DiffFailure>> {
	const { id, left, right } = input;
	const pairs = pairColumns(left.version.schema, right.version.schema, input.renames);
	const keys: ColumnPair[] = [];
	for (const column of input.key) {
		const pair = pairs.find(({ name }) => name.toLowerCase() === column.toLowerCase());
		if (!pair?.from || !pair.to) return err({ kind: 'unknown-column', column });
		if (!keys.includes(pair)) keys.push(pair);
	}
	const plan: ChangesPlan = {
		table: tableOf(id),
		keys,
		values: pairs.filter((pair) => !keys.includes(pair))
	};
	const [from, to] = comparedRelations(left.version, right.version, pairs);
	return asJob(effects.jobs, `Compare ${left.reference} with ${right.reference}`, input.signal, async (job) => {
		const work = new SegmentWork(id, job, effects);
		const wrong = await checkKeys(work, { left, right, keys }, [from, to]);
		if (wrong) return err(wrong);
		job.progress({ fraction: 0.2 });
		const tables = { from: quoteName(from.name), to: quoteName(to.name) };
		const made = await work.run(`CREATE OR REPLACE TABLE ${plan.table} AS ${changesSql(plan, tables)}`, [from, to]);
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
			sharing: areAlike(left.version.schema, right.version.schema, pairs)
				? sharedSegments(left.version.table.segments, right.version.table.segments)
				: { segmentCount: 0, rowCount: 0 }
		});
	});
}

/** Rows of a comparison as `changeRowsSql` gives them. */
export function changedRows({ plan }: Comparison, window: ChangeWindow, effects: Engine): Rows {
	return ask(changeRowsSql(plan, window), [], undefined, effects);
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

/** All rows of a version, under a name that no other version has. */
export function wholeRelation({ id }: Version): Relation {
	return { name: `@version ${id}`, version: id, rows: 'data' };
}

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

function comparedRelations(left: Version, right: Version, pairs: readonly ColumnPair[]): readonly [Relation, Relation] {
	if (!areAlike(left.schema, right.schema, pairs)) return [wholeRelation(left), wholeRelation(right)];
	const unlike = (one: Version, other: Version): Relation => ({
		name: `@version ${one.id} without ${other.id}`,
		version: one.id,
		rows: 'data',
		unlike: other.id
	});
	return [unlike(left, right), unlike(right, left)];
}

/** Null when every row has a key of its own; `key-not-unique` names the side and examples. */
export async function checkKeys(
	work: SegmentWork,
	{ left, right, keys }: { readonly left: DiffSide; readonly right: DiffSide; readonly keys: readonly ColumnPair[] },
	[from, to]: readonly [Relation, Relation]
): Promise<DiffFailure | null> {
	if (keys.length === 0) return null;
	const names = (side: 'from' | 'to'): readonly string[] => keys.flatMap((pair) => pair[side]?.name ?? []);
	const before = { table: quoteName(from.name), where: left.reference, key: names('from') };
	const after = { table: quoteName(to.name), where: right.reference, key: names('to') };
	return (await work.checkKey(before, [from])) ?? (await work.checkKey(after, [to]));
}

function tableOf(id: ResultId): string {
	return `main.${quoteName(`@diff ${id}`)}`;
}
