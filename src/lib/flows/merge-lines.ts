// The three versions of a merge: what it would do, and the version that it makes.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import { layoutOf, mergedLayout } from '../core/version/layout.ts';
import type { MergedSchema } from '../core/version/merge-schema.ts';
import {
	conflictsSql,
	mergeAddedSql,
	mergeCountsSql,
	mergeHitsSql,
	mergedSegmentSql,
	type MergePlan
} from '../core/version/merge-sql.ts';
import type { LineageParameters, Version } from '../core/version/version.ts';
import { commitComposed } from './commit-table.ts';
import { composeTable, type TablePiece } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { HitWork } from './hit-work.ts';
import type { JobHandle } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import type { MergeConflict, MergeCounts, MergeFailure, MergeInput, MergePreview, Merged } from './merge-branch.ts';
import { MergePlanning } from './plan-merge.ts';
import { SegmentWork } from './segment-work.ts';

const CONFLICTS_MAX = 1000;
const CHOICES_TOLD = 200;
const none: MergeCounts = { changed: 0, added: 0, removed: 0, conflicts: 0, open: 0 };

type MergeOf = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	readonly base: Version;
	readonly theirs: Version;
};

/** The three versions of a merge. */
export class MergeLines {
	readonly #id: ResultId;
	readonly #item: CatalogueItem;
	readonly #base: Version;
	readonly #ours: Version;
	readonly #theirs: Version;
	readonly #job: JobHandle;
	readonly #effects: Effects;
	readonly #work: SegmentWork;
	readonly #planning: MergePlanning;

	constructor({ id, item, base, theirs }: MergeOf, job: JobHandle, effects: Effects) {
		this.#id = id;
		this.#item = item;
		this.#base = base;
		this.#ours = item.version;
		this.#theirs = theirs;
		this.#job = job;
		this.#effects = effects;
		this.#work = new SegmentWork(id, job, effects, layoutOf(item.version));
		const sides = { base, ours: item.version, theirs };
		this.#planning = new MergePlanning(sides, item.dataset.branch, this.#work, effects);
	}

	async preview(input: MergeInput): Promise<Result<MergePreview, MergeFailure>> {
		const facts = { base: this.#base.id, ours: this.#ours.id, theirs: this.#theirs.id };
		if (this.#isForward)
			return ok({ ...facts, kind: 'forward', counts: none, conflicts: [], columnsAdded: [], columnsDropped: [] });
		return this.#planning.plan(input, 'every column', async (plan, schema) => {
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
		return this.#planning.plan(input, 'what may change', async (plan, merged) => {
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

	async #pieces(plan: MergePlan, { columns }: MergedSchema): Promise<Result<readonly TablePiece[], MergeFailure>> {
		const { schema, table } = this.#ours;
		const pieces = this.#planning.hasSchema(columns)
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
