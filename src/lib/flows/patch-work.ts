// Patches that a change makes: which of the touched segments get one instead of being written whole, and what is in it.
import { columnOfChunks } from '../core/parquet/parquet-file.ts';
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { hitCountsSql, movedHitsSql } from '../core/sql/change-sql.ts';
import { heldTableSql } from '../core/sql/held.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import { layoutOf } from '../core/version/layout.ts';
import { isPatchWorthwhile, splitRuns } from '../core/version/patch.ts';
import { overrideCountsSql, overridesSql, patchRowsSql, type Override } from '../core/version/patch-sql.ts';
import { sizeOf, type Segment } from '../core/version/segment.ts';
import type { Version } from '../core/version/version.ts';
import type { TablePiece } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';
import type { PatchedSegments, SegmentRewrite, SegmentWork } from './segment-work.ts';

/** A segment, by number, and how many of its rows a change means. */
export type TouchedSegment = { readonly segment: number; readonly changed: number; readonly removed: number };

export type PatchedChange = {
	readonly touched: readonly TouchedSegment[];
	/** Numbers of the columns that change; null for all. */
	readonly columns: readonly number[] | null;
	readonly override: Override;
	readonly rewrites: readonly SegmentRewrite[];
};
type Outcome<T> = Promise<Result<T, RunSqlFailure>>;

export type FoundChange = Pick<PatchedChange, 'columns'> &
	Pick<Override, 'gone' | 'cell'> & {
		readonly sql: string;
		readonly relations: readonly Relation[];
		/** A query for the new rows of a segment over a table of the old ones. */
		readonly rewrite: SegmentRewrite['sql'];
		/** Not where columns get other types: then all touched segments are written again. */
		readonly mayPatch: boolean;
	};

const PLACED_VIEW = '@placed';
const PATCHES_VIEW = '@patches';

export class PatchWork {
	readonly #id: ResultId;
	readonly #version: Version;
	readonly #work: SegmentWork;
	readonly #signal: AbortSignal;
	readonly #effects: Pick<Effects, 'engine' | 'store'>;

	constructor(
		{ id, version, signal }: { readonly id: ResultId; readonly version: Version; readonly signal: AbortSignal },
		work: SegmentWork,
		effects: Pick<Effects, 'engine' | 'store'>
	) {
		this.#id = id;
		this.#version = version;
		this.#work = work;
		this.#signal = signal;
		this.#effects = effects;
	}

	/**
	 * The table with the touched segments patched, or written again where that costs less; `rewrites` are of all that may be, in
	 * order. Segments that are not touched but rewritten get no patch.
	 */
	async change({ touched, columns, override, rewrites }: PatchedChange): Outcome<readonly TablePiece[]> {
		const numbers = await this.choose(touched, columns);
		if (!numbers.ok) return numbers;
		const left = rewrites.filter(({ segment }) => !numbers.value.includes(segment));
		if (numbers.value.length === 0) return this.#work.rewrite(this.#version, left);
		const piece = await this.patch(numbers.value, override);
		if (!piece.ok) return piece;
		return this.#work.rewrite(this.#version, left, { numbers: numbers.value, piece: piece.value });
	}

	/**
	 * The same for the rows that a query finds: `"@row"`, and what `gone` and `cell` read of them.
	 */
	async changeFound({
		sql,
		relations,
		columns,
		gone,
		cell,
		rewrite,
		mayPatch
	}: FoundChange): Outcome<readonly TablePiece[]> {
		const { segments } = this.#version.table;
		const hits = heldTableSql(`hits-${this.#id}`);
		const made = await this.#work.run(`CREATE OR REPLACE TABLE ${hits} AS ${sql}`, relations);
		if (!made.ok) return made;
		try {
			const found = await this.#work.rows(hitCountsSql(hits, segments, gone), []);
			if (!found.ok) return found;
			const touched = found.value.map((row) => {
				const removed = Number(row['removed']);
				return { segment: Number(row['segment']), changed: Number(row['rows']) - removed, removed };
			});
			const rewrites = touched.map(({ segment }) => ({ segment, sql: rewrite }));
			const override = { hits, gone, cell };
			return await this.change({ touched: mayPatch ? touched : [], columns, override, rewrites });
		} finally {
			await this.#work.drop(hits);
		}
	}

	/** Numbers of the segments for which a patch costs less. Without one, `columns` are written, or all of them. */
	async choose(touched: readonly TouchedSegment[], columns: readonly number[] | null): Outcome<readonly number[]> {
		const bases = await this.#bases(touched.map(({ segment }) => segment));
		if (!bases.ok) return bases;
		const { schema, table } = this.#version;
		const owners = columnOfChunks(table.shell);
		const chosen = touched.filter(({ segment, changed, removed }, at) => {
			const [base, patch] = [bases.value[at], table.segments[segment]?.patch];
			if (!base) return false;
			const own = columns === null || patch !== undefined || removed > 0 ? null : columns;
			const written = base.chunks.filter((_chunk, index) => own === null || own.includes(owners[index] ?? -1));
			return isPatchWorthwhile({
				rowCount: base.rowCount,
				sizeBytes: sizeOf(base),
				columnCount: schema.length,
				patchedRows: patch?.rowCount ?? 0,
				changedRows: changed,
				removedRows: removed,
				writtenBytes: written.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
			});
		});
		return ok(chosen.map(({ segment }) => segment));
	}

	/** New patches of segments; `hits` has the numbers of the rows that are meant, among all of the version, as `"@row"`. */
	async patch(numbers: readonly number[], override: Override): Outcome<PatchedSegments['piece']> {
		const { id, schema, table } = this.#version;
		const segments = numbers.flatMap((number) => table.segments[number] ?? []);
		const isOld = segments.some(({ patch }) => patch !== undefined);
		const bases = await this.#bases(numbers);
		if (!bases.ok) return bases;
		const baseRows = bases.value.map(({ rowCount }) => rowCount);
		const of = (form: Relation['form'], name: string): Relation => ({
			name,
			version: id,
			rows: 'data',
			segments: numbers,
			form
		});
		const overrides = heldTableSql(`overrides-${this.#id}`);
		const hits = `(${movedHitsSql(override.hits, table.segments, numbers)})`;
		const sql = overridesSql(
			{ placed: quoteName(PLACED_VIEW), patches: isOld ? quoteName(PATCHES_VIEW) : null },
			{ ...override, hits },
			schema
		);
		try {
			const made = await this.#work.run(`CREATE OR REPLACE TABLE ${overrides} AS ${sql}`, [
				of('placed', PLACED_VIEW),
				...(isOld ? [of('patches', PATCHES_VIEW)] : [])
			]);
			if (!made.ok) return made;
			const counted = await this.#work.rows(overrideCountsSql(overrides, baseRows), []);
			if (!counted.ok) return counted;
			const counts = counted.value.map((row) => ({
				overridden: Number(row['overridden']),
				removed: Number(row['removed'])
			}));
			const files = await this.#split(
				overrides,
				baseRows,
				counts.map(({ overridden }) => overridden)
			);
			if (!files.ok) return files;
			const patches = files.value.map((file, at) => ({
				file,
				rowCount: (baseRows[at] ?? 0) - (counts[at]?.removed ?? 0)
			}));
			return ok({ kind: 'patched', segments, patches });
		} finally {
			await this.#work.drop(overrides);
		}
	}

	async #split(overrides: string, baseRows: readonly number[], counts: readonly number[]): Outcome<readonly Blob[]> {
		const files: Blob[] = [];
		for (const run of splitRuns(counts)) {
			const sql = patchRowsSql(overrides, baseRows, this.#version.schema, run);
			const written = await whileCancellable(this.#id, this.#signal, this.#effects, () =>
				this.#effects.engine.split({ id: this.#id, sql, params: [], relations: [], writer: layoutOf(this.#version) })
			);
			if (!written.ok) return written;
			files.push(...written.value);
		}
		return ok(files);
	}

	async #bases(numbers: readonly number[]): Outcome<readonly Segment[]> {
		const ids = numbers.flatMap((number) => this.#version.table.segments[number]?.id ?? []);
		const bases = await this.#effects.store.segments(ids);
		if (!bases.ok) return bases;
		return bases.value === null ? err({ kind: 'damaged-version', version: this.#version.id }) : ok(bases.value);
	}
}
