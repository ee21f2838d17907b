// Merges another line of versions into the open branch: by key, cell by cell, schema and data together.
import type { ResultId, VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import { mergeBase } from '../core/version/merge-base.ts';
import type { MergedColumn, MergedSchema, SchemaClash } from '../core/version/merge-schema.ts';
import {
	changedInDroppedSql,
	conflictsSql,
	mergeAddedSql,
	mergeCountsSql,
	mergeHitsSql,
	mergeRowsSql,
	mergedSegmentSql,
	type MergeChoice,
	type MergePlan,
	type MergeSide
} from '../core/version/merge-sql.ts';
import { layoutOf, mergedLayout } from '../core/version/layout.ts';
import type { Dataset, LineageParameters, Version } from '../core/version/version.ts';
import { versionAt } from './change-refs.ts';
import { commitComposed } from './commit-table.ts';
import { composeTable, type TablePiece } from './compose-table.ts';
import { refTo } from './dataset-history.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { findDataset, type CatalogueItem } from './list-datasets.ts';
import { narrowSource, sideChanges } from './merge-sides.ts';
import { HitWork } from './hit-work.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { mergedSchema } from './merged-schema.ts';
import { SegmentWork, type KeyNotUnique } from './segment-work.ts';

export type MergeInput = {
	readonly id: ResultId;
	readonly dataset: string;
	/** The line that is merged into the open branch: a branch, a tag, or whatever names a version. */
	readonly from: string;
	/** Columns that tell rows apart; none means the dataset's key. */
	readonly key: readonly string[];
	readonly choices: readonly MergeChoice[];
	/** What is taken in conflicts that no choice names; null leaves them open, and nothing is committed. */
	readonly settle: MergeSide | null;
	readonly message?: string | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type MergeCounts = {
	/** Rows of ours that get other cells, rows that come, and rows that go. */
	readonly changed: number;
	readonly added: number;
	readonly removed: number;
	/** Rows in which both lines changed the same; `open`: those no choice settles yet. */
	readonly conflicts: number;
	readonly open: number;
};

export type MergeConflict = {
	/** Texts of the key's values. */
	readonly key: readonly string[];
	/** `cells`: both changed the same cells; `removed`: one removed the row that the other changed. */
	readonly kind: 'cells' | 'removed';
	readonly removedBy: 'ours' | 'theirs' | null;
	readonly isOpen: boolean;
	/** All cells of the row as texts; `isConflict` marks those in question. */
	readonly cells: readonly {
		readonly column: string;
		readonly isConflict: boolean;
		readonly base: string | null;
		readonly ours: string | null;
		readonly theirs: string | null;
	}[];
};

export type MergePreview = {
	readonly base: VersionId;
	readonly ours: VersionId;
	readonly theirs: VersionId;
	/** `forward`: ours made no version since, so that it only goes on to theirs. */
	readonly kind: 'forward' | 'merge';
	readonly counts: MergeCounts;
	/** The first thousand. */
	readonly conflicts: readonly MergeConflict[];
	readonly columnsAdded: readonly string[];
	readonly columnsDropped: readonly string[];
};

export type Merged = { readonly dataset: Dataset; readonly version: Version; readonly counts: MergeCounts };

export type MergeFailure =
	| RunSqlFailure
	| { readonly kind: 'nothing-to-merge'; readonly from: string }
	/** The lines have no version in common. */
	| { readonly kind: 'unrelated'; readonly from: string }
	| { readonly kind: 'no-key' }
	| { readonly kind: 'unknown-column'; readonly column: string }
	| KeyNotUnique
	| { readonly kind: 'schemas-clash'; readonly clashes: readonly SchemaClash[] }
	| { readonly kind: 'merge-conflicts'; readonly count: number };

const CONFLICTS_MAX = 1000;
const CHOICES_TOLD = 200;
const none: MergeCounts = { changed: 0, added: 0, removed: 0, conflicts: 0, open: 0 };
const views = {
	base: '@base',
	ours: '@ours',
	theirs: '@theirs',
	segment: '@segment'
} as const;

/** What a merge would do; nothing is changed. */
export async function previewMerge(input: MergeInput, effects: Effects): Promise<Result<MergePreview, MergeFailure>> {
	return withLines(input, effects, (lines, keyed) => lines.preview(keyed));
}

/** One new version with two parents; or, where the open branch has nothing of its own, its head goes on to theirs. */
export async function mergeBranch(input: MergeInput, effects: Effects): Promise<Result<Merged, MergeFailure>> {
	return withLines(input, effects, (lines, keyed) => lines.commit(keyed));
}

async function withLines<T>(
	input: MergeInput,
	effects: Effects,
	work: (lines: MergeLines, keyed: MergeInput) => Promise<Result<T, MergeFailure>>
): Promise<Result<T, MergeFailure>> {
	const found = await findDataset(input.dataset, effects);
	if (!found.ok) return found;
	const item = found.value;
	const named = versionAt(item, input.from);
	if (!named.ok) return named;
	const theirs = named.value;
	const baseId = mergeBase(item.version.id, theirs.id, [...item.reached, ...item.collected]);
	const base = item.reached.find(({ id }) => id === baseId);
	const gone = item.collected.find(({ id }) => id === baseId);
	if (gone) {
		const version = refTo(gone.id, item);
		const { collectedAtMs } = gone;
		return err({ kind: 'version-collected', dataset: item.dataset.name, version, collectedAtMs, position: null });
	}
	if (!base) return err({ kind: 'unrelated', from: input.from });
	if (base.id === theirs.id) return err({ kind: 'nothing-to-merge', from: input.from });
	const key = input.key.length > 0 ? input.key : (item.version.primaryKey ?? []);
	const lease = await effects.leases.hold([base.id, item.version.id, theirs.id]);
	try {
		return await asJob(effects.jobs, `Merge ${input.from} into ${item.dataset.name}`, input.signal, (job) =>
			work(new MergeLines({ id: input.id, item, base, theirs }, job, effects), { ...input, key })
		);
	} finally {
		await lease.end();
	}
}

type MergeOf = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	readonly base: Version;
	readonly theirs: Version;
};

/** The three versions of a merge. */
class MergeLines {
	readonly #id: ResultId;
	readonly #item: CatalogueItem;
	readonly #base: Version;
	readonly #ours: Version;
	readonly #theirs: Version;
	readonly #job: JobHandle;
	readonly #effects: Effects;
	readonly #work: SegmentWork;

	constructor({ id, item, base, theirs }: MergeOf, job: JobHandle, effects: Effects) {
		this.#id = id;
		this.#item = item;
		this.#base = base;
		this.#ours = item.version;
		this.#theirs = theirs;
		this.#job = job;
		this.#effects = effects;
		this.#work = new SegmentWork(id, job, effects, layoutOf(item.version));
	}

	async preview(input: MergeInput): Promise<Result<MergePreview, MergeFailure>> {
		const facts = { base: this.#base.id, ours: this.#ours.id, theirs: this.#theirs.id };
		if (this.#isForward)
			return ok({ ...facts, kind: 'forward', counts: none, conflicts: [], columnsAdded: [], columnsDropped: [] });
		return this.#planned(input, 'every column', async (plan, schema) => {
			const counts = await this.#counts(plan);
			if (!counts.ok) return counts;
			const rows = await this.#work.rows(conflictsSql(plan, CONFLICTS_MAX), []);
			if (!rows.ok) return rows;
			return ok({
				...facts,
				kind: 'merge',
				counts: counts.value,
				conflicts: rows.value.map((row) => conflictOf(row, plan)),
				columnsAdded: plan.columns.filter(({ ours }) => ours === null).map(({ name }) => name),
				columnsDropped: schema.dropped
					.filter(({ droppedBy }) => droppedBy === 'theirs')
					.map(({ column }) => column.name)
			});
		});
	}

	async commit(input: MergeInput): Promise<Result<Merged, MergeFailure>> {
		if (this.#isForward) return this.#forward();
		return this.#planned(input, 'what may change', async (plan, merged) => {
			const counts = await this.#counts(plan);
			if (!counts.ok) return counts;
			if (counts.value.open > 0) return err({ kind: 'merge-conflicts', count: counts.value.open });
			const pieces = await this.#pieces(plan, merged);
			if (!pieces.ok) return pieces;
			const opened = await this.#effects.engine.open();
			if (!opened.ok) return opened;
			const key = await this.#effects.store.idKey(this.#effects.makeIdKey);
			if (!key.ok) return key;
			const schema = merged.columns.map(({ name, type }) => ({ name, type }));
			const composed = { id: input.id, base: this.#ours, schema, pieces: pieces.value };
			const table = await composeTable(composed, key.value, this.#effects);
			if (!table.ok) return table;
			if (this.#job.signal.aborted) return err({ kind: 'cancelled' });
			const committed = await commitComposed(
				{
					name: this.#item.dataset.name,
					onto: this.#item.dataset,
					merged: this.#theirs.id,
					message: input.message ?? `Merge ${input.from}`,
					schema,
					table: table.value,
					rejects: null,
					lineage: {
						operation: 'merge',
						source: null,
						options: null,
						sql: null,
						inputs: [this.#base.id, this.#ours.id, this.#theirs.id],
						parameters: mergeParameters(input),
						engine: opened.value.version
					},
					primaryKey: input.key,
					layout: mergedLayout(this.#ours, this.#theirs, schema)
				},
				this.#effects
			);
			return committed.ok ? ok({ ...committed.value, counts: counts.value }) : committed;
		});
	}

	get #isForward(): boolean {
		return this.#base.id === this.#ours.id;
	}

	async #forward(): Promise<Result<Merged, MergeFailure>> {
		const before = this.#item.dataset;
		const after = { ...before, head: this.#theirs.id };
		const atMs = this.#effects.now();
		const committed = await this.#effects.store.commit({ kind: 'commit', before, after, made: null, atMs });
		return committed.ok ? ok({ dataset: after, version: this.#theirs, counts: none }) : committed;
	}

	/** Makes the table of rows that theirs changed, for as long as `work` takes. */
	async #planned<T>(
		input: MergeInput,
		needs: 'every column' | 'what may change',
		work: (plan: MergePlan, schema: MergedSchema) => Promise<Result<T, MergeFailure>>
	): Promise<Result<T, MergeFailure>> {
		const merged = await mergedSchema({ base: this.#base, ours: this.#ours, theirs: this.#theirs }, this.#work);
		if (!merged.ok) return merged;
		const { columns } = merged.value;
		if (input.key.length === 0) return err({ kind: 'no-key' });
		for (const name of input.key) {
			const column = columns.find((one) => one.name === name);
			if (!column?.base || !column.ours || !column.theirs) return err({ kind: 'unknown-column', column: name });
		}
		for (const choice of input.choices)
			if (choice.column !== null && !columns.some(({ name }) => name === choice.column))
				return err({ kind: 'unknown-column', column: choice.column });
		const changes = (which: 'ours' | 'theirs') =>
			sideChanges(
				{ which, base: this.#base, side: which === 'ours' ? this.#ours : this.#theirs, columns, key: input.key },
				this.#effects
			);
		const [ours, theirs] = [await changes('ours'), await changes('theirs')];
		if (!ours.ok) return ours;
		if (!theirs.ok) return theirs;
		const isAsBase = { ours: ours.value.changed !== null, theirs: theirs.value.changed !== null };
		const wrongKey = await this.#checkKeys(input, isAsBase);
		if (wrongKey) return err(wrongKey);
		const clashes = await this.#checkDropped(input, merged.value);
		if (!clashes.ok) return clashes;
		const rows = `main.${quoteName(`@merge ${input.id}`)}`;
		const { changed } = theirs.value;
		// Where no row comes or goes, cells of other columns stay as ours has them.
		const isNarrow = needs === 'what may change' && ours.value.changed !== null && this.#hasSchema(columns);
		const needed =
			isNarrow && changed ? columns.filter(({ name }) => input.key.includes(name) || changed.includes(name)) : columns;
		const choices = input.choices.filter(({ column }) => !column || needed.some(({ name }) => name === column));
		const own = ours.value.source;
		const sources = {
			ours: isNarrow ? narrowSource(own, new Set(needed.map(({ name }) => name))) : own,
			theirs: theirs.value.source
		};
		const isInPlace = isNarrow && ours.value.isInPlace && theirs.value.isInPlace;
		const relations = [...ours.value.relations, ...theirs.value.relations];
		const made = await this.#work.run(
			`CREATE OR REPLACE TABLE ${rows} AS ${mergeRowsSql(sources, { columns: needed, key: input.key })}`,
			relations
		);
		if (!made.ok) return made;
		try {
			const { key, settle } = input;
			return await work({ columns: needed, key, rows, isInPlace, choices, settle }, merged.value);
		} finally {
			await this.#work.drop(rows);
		}
	}

	/** A side whose keys are those of the base is checked with it. */
	async #checkKeys(
		{ key, from }: MergeInput,
		isAsBase: Readonly<Record<'ours' | 'theirs', boolean>>
	): Promise<MergeFailure | null> {
		for (const which of ['ours', 'theirs', 'base'] as const) {
			if (which !== 'base' && isAsBase[which]) continue;
			const version = { base: this.#base, ours: this.#ours, theirs: this.#theirs }[which];
			const relation: Relation = { name: views[which], version: version.id, rows: 'data' };
			const where = {
				ours: this.#item.dataset.branch,
				theirs: from,
				base: 'the version both come from'
			}[which];
			const wrong = await this.#work.checkKey({ table: quoteName(views[which]), where, key }, [relation]);
			if (wrong) return wrong;
		}
		return null;
	}

	/** A column that one line dropped may not have changed on the other. */
	async #checkDropped(input: MergeInput, { dropped }: MergedSchema): Promise<Result<void, MergeFailure>> {
		const clashes: SchemaClash[] = [];
		for (const { column, droppedBy } of dropped) {
			const keeper = droppedBy === 'ours' ? this.#theirs : this.#ours;
			const relations: readonly Relation[] = [
				{ name: views.base, version: this.#base.id, rows: 'data' },
				{ name: views.segment, version: keeper.id, rows: 'data' }
			];
			const sql = changedInDroppedSql(quoteName(views.base), quoteName(views.segment), column, input.key);
			const counted = await this.#work.rows(sql, relations);
			if (!counted.ok) return counted;
			const rowCount = Number(counted.value[0]?.['n']);
			if (rowCount > 0) clashes.push({ kind: 'dropped-and-changed', column: column.name, droppedBy, rowCount });
		}
		return clashes.length > 0 ? err({ kind: 'schemas-clash', clashes }) : ok(undefined);
	}

	async #counts(plan: MergePlan): Promise<Result<MergeCounts, MergeFailure>> {
		const rows = await this.#work.rows(mergeCountsSql(plan), []);
		if (!rows.ok) return rows;
		const of = (name: keyof MergeCounts): number => Number(rows.value[0]?.[name]);
		return ok({
			changed: of('changed'),
			added: of('added'),
			removed: of('removed'),
			conflicts: of('conflicts'),
			open: of('open')
		});
	}

	/** Whether the merge has the columns of ours, and no others. */
	#hasSchema(columns: readonly MergedColumn[]): boolean {
		const { schema } = this.#ours;
		return (
			columns.length === schema.length &&
			columns.every(({ name, type }, index) => name === schema[index]?.name && type === schema[index].type)
		);
	}

	async #pieces(plan: MergePlan, { columns }: MergedSchema): Promise<Result<readonly TablePiece[], MergeFailure>> {
		const { schema, table } = this.#ours;
		const pieces = this.#hasSchema(columns)
			? await this.#changedPieces(plan)
			: await this.#work.rewrite(
					this.#ours,
					table.segments.map((_segment, segment) => ({
						segment,
						sql: (of: string) => mergedSegmentSql(of, schema, plan)
					}))
				);
		if (!pieces.ok || plan.columns.length < columns.length) return pieces;
		const added = await this.#work.write(mergeAddedSql(plan), []);
		return added.ok ? ok([...pieces.value, { kind: 'written', table: added.value }]) : added;
	}

	async #changedPieces(plan: MergePlan): Promise<Result<readonly TablePiece[], MergeFailure>> {
		const { schema } = this.#ours;
		const changes = new HitWork({ id: this.#id, version: this.#ours }, this.#work, this.#job, this.#effects);
		const piece = await changes.changeFound({
			sql: mergeHitsSql(quoteName(changes.numbered.name), schema, plan),
			relations: plan.isInPlace ? [] : [changes.numbered],
			columns: schema.flatMap(({ name }, index) =>
				plan.columns.some(({ ours }) => ours?.name === name) ? [index] : []
			),
			gone: 'h.gone',
			cell: (index) => `h.v${index}`
		});
		return piece.ok ? ok([piece.value]) : piece;
	}
}

/** Choices are told one by one up to a number: a manifest is no place for a million of them. */
function mergeParameters({ from, key, settle, choices }: MergeInput): LineageParameters {
	const told = choices
		.slice(0, CHOICES_TOLD)
		.map(({ key: row, column, take: side }) => ({ key: row, column, take: side }));
	return { from, key, settle, choiceCount: choices.length, ...(told.length > 0 ? { choices: told } : {}) };
}

function conflictOf(row: Record<string, unknown>, { columns, key }: MergePlan): MergeConflict {
	const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
	const isRemoved = row['gone'] === true;
	return {
		key: key.map((_name, index) => text(row[`k${index}`]) ?? ''),
		kind: isRemoved ? 'removed' : 'cells',
		removedBy: !isRemoved ? null : row['has_a'] === true ? 'theirs' : 'ours',
		isOpen: row['open'] === true,
		cells: columns.map(({ name }, index) => ({
			column: name,
			isConflict: row[`c${index}`] === true,
			base: text(row[`o${index}`]),
			ours: text(row[`a${index}`]),
			theirs: text(row[`b${index}`])
		}))
	};
}
