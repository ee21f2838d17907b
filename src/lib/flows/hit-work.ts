// What becomes of the segments whose rows a change means: columns are written again beside the others, and rows go by patches.
import type { ColumnSource } from '../core/parquet/parquet-file.ts';
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { changedRowsSql, hitCountsSql, movedHitsSql, type RowChange } from '../core/sql/change-sql.ts';
import { heldTableSql } from '../core/sql/held.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation, RelationForm } from '../core/sql/relation.ts';
import { layoutOf } from '../core/version/layout.ts';
import { changesRows, isPatchWorthwhile, splitRuns } from '../core/version/patch.ts';
import { removalsSql } from '../core/version/patch-sql.ts';
import type { Column, SegmentRef, Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { TablePiece } from './compose-table.ts';
import { cutAt } from './cut-after.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';
import type { SegmentWork } from './segment-work.ts';

/** A segment, by number, and how many of its rows a change means. */
export type TouchedSegment = { readonly segment: number; readonly changed: number; readonly removed: number };

export type HitChange = RowChange & {
	/** Ascending. */
	readonly touched: readonly TouchedSegment[];
	/** Of the new table: a column of another type is among `columns`, and then all segments are written. */
	readonly schema: readonly Column[];
	/** Numbers of the columns that change. */
	readonly columns: readonly number[];
};

/** Rows that a query finds: their places as `"@row"`, and for each of `columns` as `d0`, …, by number, whether it changes. */
export type FoundChange = Pick<HitChange, 'gone' | 'cell' | 'columns'> & {
	readonly sql: string;
	readonly relations: readonly Relation[];
};

type Outcome<T> = Promise<Result<T, RunSqlFailure>>;
type Exchange = Extract<TablePiece, { readonly kind: 'exchanged' }>['by'][number];

export class HitWork {
	readonly #id: ResultId;
	readonly #version: Version;
	readonly #work: SegmentWork;
	readonly #job: JobHandle;
	readonly #effects: Pick<Effects, 'engine' | 'store'>;
	#baseRows: readonly number[] | null = null;

	constructor(
		{ id, version }: { readonly id: ResultId; readonly version: Version },
		work: SegmentWork,
		job: JobHandle,
		effects: Pick<Effects, 'engine' | 'store'>
	) {
		this.#id = id;
		this.#version = version;
		this.#work = work;
		this.#job = job;
		this.#effects = effects;
	}

	/** The version's rows with their places, under a name that nothing else has. */
	get numbered(): Relation {
		const { id } = this.#version;
		return { name: `@numbered ${id}`, version: id, rows: 'data', form: 'numbered' };
	}

	/** How many of the hits each segment has, and how many of those go. */
	async touched(hits: string, gone = 'false'): Outcome<readonly TouchedSegment[]> {
		const baseRows = await this.baseRows();
		if (!baseRows.ok) return baseRows;
		const found = await this.#work.rows(hitCountsSql(hits, baseRows.value, gone), []);
		if (!found.ok) return found;
		return ok(
			found.value.map((row) => {
				const removed = Number(row['removed']);
				return { segment: Number(row['segment']), changed: Number(row['rows']) - removed, removed };
			})
		);
	}

	async changeFound({ sql, relations, ...change }: FoundChange): Outcome<TablePiece> {
		const hits = heldTableSql(`hits-${this.#id}`);
		const made = await this.#work.run(`CREATE OR REPLACE TABLE ${hits} AS ${sql}`, relations);
		if (!made.ok) return made;
		try {
			const touched = await this.touched(hits, change.gone);
			if (!touched.ok) return touched;
			const flags = change.columns.map((index) => `coalesce(bool_or(h.d${index}), false) AS d${index}`);
			const found = await this.#work.rows(`SELECT ${['true', ...flags].join(', ')} FROM ${hits} AS h`, []);
			if (!found.ok) return found;
			const columns = change.columns.filter((index) => found.value[0]?.[`d${index}`] === true);
			const { schema } = this.#version;
			return await this.change({ ...change, hits, touched: touched.value, schema, columns });
		} finally {
			await this.#work.drop(hits);
		}
	}

	/** The table as changed. */
	async change(change: HitChange): Outcome<TablePiece> {
		const baseRows = await this.baseRows();
		if (!baseRows.ok) return baseRows;
		const { segments } = this.#version.table;
		const { emptied, whole, spliced, patched } = this.#plan(change, baseRows.value);
		const written = await this.#splice(spliced, change, baseRows.value);
		if (!written.ok) return written;
		const kept: TablePiece = { kind: 'kept', segments };
		const columns: TablePiece = written.value ? { kind: 'exchanged', of: kept, by: [written.value] } : kept;
		const fewer = await this.#patch(columns, patched, change, baseRows.value);
		if (!fewer.ok) return fewer;
		const anew = await this.#writeWhole(whole, change, baseRows.value);
		if (!anew.ok) return anew;
		const none = emptied.map((number): Exchange => ({ numbers: [number], piece: { kind: 'kept', segments: [] } }));
		const by = [...none, ...(anew.value ? [anew.value] : [])];
		return ok(by.length === 0 ? fewer.value : { kind: 'exchanged', of: fewer.value, by });
	}

	/** Of the segments that would be written whole: how many there are, the rows they have, and those that stay. */
	async writtenWhole(change: HitChange): Outcome<{ readonly segmentCount: number; had: number; stay: number }> {
		const baseRows = await this.baseRows();
		if (!baseRows.ok) return baseRows;
		const { whole } = this.#plan(change, baseRows.value);
		const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
		const stay = sum(whole.map((number) => this.#left(number, change)));
		return ok({ segmentCount: whole.length, had: sum(this.#refs(whole).map(({ rowCount }) => rowCount)), stay });
	}

	/** Of the segments, the rows that each was written with. */
	async baseRows(): Outcome<readonly number[]> {
		const { segments } = this.#version.table;
		const patched = segments.filter(({ patch }) => patch !== undefined);
		if (!this.#baseRows && patched.length > 0) {
			const bases = await this.#effects.store.segments(patched.map(({ id }) => id));
			if (!bases.ok) return bases;
			if (bases.value === null) return err({ kind: 'damaged-version', version: this.#version.id });
			const byId = new Map(bases.value.map(({ id, rowCount }) => [id, rowCount]));
			this.#baseRows = segments.map(({ id, rowCount }) => byId.get(id) ?? rowCount);
		}
		this.#baseRows ??= segments.map(({ rowCount }) => rowCount);
		return ok(this.#baseRows);
	}

	/** Numbers of segments by what happens to them. Those with a patch of changed rows are written whole: no column is its own there. */
	#plan({ touched, schema }: HitChange, baseRows: readonly number[]) {
		const { table, schema: before } = this.#version;
		const isWider = schema !== before;
		const meant = new Map(touched.map((one) => [one.segment, one]));
		const plan = { emptied: [] as number[], whole: [] as number[], spliced: [] as number[], patched: [] as number[] };
		for (const [number, ref] of table.segments.entries()) {
			const { changed, removed } = meant.get(number) ?? { changed: 0, removed: 0 };
			if (changed + removed === 0 && !isWider) continue;
			const rowCount = baseRows[number] ?? 0;
			const sizeBytes = (table.sizeBytes / Math.max(1, table.rowCount)) * rowCount;
			const removedRows = rowCount - ref.rowCount + removed;
			if (removed >= ref.rowCount && ref.rowCount > 0) plan.emptied.push(number);
			else if (
				changesRows(ref, rowCount) ||
				(isWider && ref.patch !== undefined) ||
				(removed > 0 && !isPatchWorthwhile({ rowCount, sizeBytes, columnCount: before.length, removedRows }))
			)
				plan.whole.push(number);
			else {
				if (changed > 0 || isWider) plan.spliced.push(number);
				if (removed > 0) plan.patched.push(number);
			}
		}
		return plan;
	}

	/** The columns that change, for all rows that the segments were written with: their patches stay true. */
	async #splice(numbers: readonly number[], change: HitChange, baseRows: readonly number[]): Outcome<Exchange | null> {
		const { columns, schema } = change;
		if (numbers.length === 0 || columns.length === 0) return ok(null);
		const shown = columns.flatMap((index) => (schema[index] ? [{ ...schema[index], index }] : []));
		const source = this.#source('written', numbers);
		const kept = { ...change, gone: 'false' };
		const sql = changedRowsSql(quoteName(source.name), kept, shown, baseRows, numbers);
		const table = await this.#write(
			sql,
			source,
			numbers.map((number) => baseRows[number] ?? 0)
		);
		if (!table.ok) return table;
		const sources = schema.map((_column, column): ColumnSource => {
			const at = columns.indexOf(column);
			return at < 0 ? { from: 'kept', column } : { from: 'written', column: at };
		});
		const of = { kind: 'kept', segments: this.#refs(numbers) } as const;
		return ok({ numbers, piece: { kind: 'spliced', of, columns: sources, table: table.value } });
	}

	async #writeWhole(
		numbers: readonly number[],
		change: HitChange,
		baseRows: readonly number[]
	): Outcome<Exchange | null> {
		if (numbers.length === 0) return ok(null);
		const shown = change.schema.map((column, index) => ({ ...column, index }));
		const source = this.#source('placed', numbers);
		const sql = changedRowsSql(quoteName(source.name), change, shown, baseRows, numbers);
		const left = numbers.map((number) => this.#left(number, change));
		const table = await this.#write(sql, source, left);
		return table.ok ? ok({ numbers, piece: { kind: 'written', table: table.value } }) : table;
	}

	async #patch(
		of: TablePiece,
		numbers: readonly number[],
		change: HitChange,
		baseRows: readonly number[]
	): Outcome<TablePiece> {
		if (numbers.length === 0) return ok(of);
		const old = this.#source('patches', numbers);
		const isOld = this.#refs(numbers).some(({ patch }) => patch !== undefined);
		const moved = movedHitsSql(change.hits, baseRows, numbers);
		const fresh = `SELECT h."@row" AS place FROM (${moved}) AS h WHERE ${change.gone}`;
		const places = isOld ? `${fresh} UNION ALL SELECT place FROM ${quoteName(old.name)}` : fresh;
		const rows = numbers.map((number) => baseRows[number] ?? 0);
		const left = numbers.map((number) => this.#left(number, change));
		const files: Blob[] = [];
		for (const { from, to } of splitRuns(rows.map((count, at) => count - (left[at] ?? 0)))) {
			const sql = `SELECT * FROM (${removalsSql(places, rows, this.#version.schema)}) WHERE segment >= ${from} AND segment < ${to}`;
			const input = { id: this.#id, sql, params: [], relations: isOld ? [old] : [], writer: layoutOf(this.#version) };
			const written = await whileCancellable(this.#id, this.#job.signal, this.#effects, () =>
				this.#effects.engine.split(input)
			);
			if (!written.ok) return written;
			files.push(...written.value);
		}
		const patches = files.map((file, at) => ({ file, rowCount: left[at] ?? 0 }));
		return ok({ kind: 'patched', of, numbers, patches });
	}

	async #write(sql: string, source: Relation, rowCounts: readonly number[]): Outcome<WrittenTable> {
		const written = await this.#work.write(sql, [source]);
		if (!written.ok) return written;
		const cut = { id: this.#id, table: written.value, rowCounts, writer: layoutOf(this.#version) };
		return cutAt(cut, this.#job, this.#effects);
	}

	#left(number: number, { touched }: HitChange): number {
		const removed = touched.find(({ segment }) => segment === number)?.removed ?? 0;
		return (this.#version.table.segments[number]?.rowCount ?? 0) - removed;
	}

	#refs(numbers: readonly number[]): readonly SegmentRef[] {
		return numbers.flatMap((number) => this.#version.table.segments[number] ?? []);
	}

	#source(form: RelationForm, segments: readonly number[]): Relation {
		return { name: `@${form} ${this.#id}`, version: this.#version.id, rows: 'data', segments, form };
	}
}
