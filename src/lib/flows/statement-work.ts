// What the statements that change a dataset share: names bound, rows found and written, and refusals told at their place.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ChangeStatement, NamedColumn } from '../core/sql/change-statement.ts';
import { heldTableSql } from '../core/sql/held.ts';
import type { Relation, SqlParam } from '../core/sql/relation.ts';
import type { Rewritten } from '../core/sql/rewrite.ts';
import { layoutOf, writerOf, type Layout } from '../core/version/layout.ts';
import type { Column, SegmentRef } from '../core/version/version.ts';
import { wideSchema } from '../core/version/widen.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { TablePiece } from './compose-table.ts';
import { cutAt } from './cut-after.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { HitWork, type TouchedSegment } from './hit-work.ts';
import { atOriginal, bindSql, runInput, whileCancellable, type RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

export type ChangeBySqlInput = {
	readonly id: ResultId;
	readonly sql: string;
	readonly statement: ChangeStatement;
	readonly params: readonly SqlParam[];
	readonly item: CatalogueItem;
	readonly signal?: AbortSignal | undefined;
};

export type Outcome<T> = Promise<Result<T, RunSqlFailure>>;

/** What becomes of the table. */
export type Change = {
	readonly rowCount: number;
	readonly schema: readonly Column[];
	readonly pieces: readonly TablePiece[];
	readonly primaryKey?: readonly string[];
	readonly layout?: Layout;
};

export type Hits = { readonly rowCount: number; readonly touched: readonly TouchedSegment[] };

export class StatementWork {
	/** Versions that the statement read. */
	inputs: readonly Relation['version'][] = [];
	readonly input: ChangeBySqlInput;
	readonly job: JobHandle;
	readonly effects: Effects;
	/** The engine's table of the rows that an UPDATE or DELETE means. */
	readonly hits: string;
	readonly changes: HitWork;
	/** What new values are cast to before it is known whether they fit. */
	readonly wide: readonly Column[];
	readonly layout: Layout;
	readonly work: SegmentWork;

	constructor(input: ChangeBySqlInput, job: JobHandle, effects: Effects) {
		this.input = input;
		this.job = job;
		this.effects = effects;
		const { version } = input.item;
		this.wide = wideSchema(version);
		this.layout = layoutOf(version);
		this.work = new SegmentWork(input.id, job, effects, this.layout);
		this.changes = new HitWork({ id: input.id, version }, this.work, job, effects);
		this.hits = heldTableSql(`hits-${input.id}`);
	}

	get schema(): readonly Column[] {
		return this.input.item.version.schema;
	}

	get segments(): readonly SegmentRef[] {
		return this.input.item.version.table.segments;
	}

	end(): Promise<void> {
		return this.work.drop(this.hits);
	}

	/** Makes the table of hits, and says which segments have how many of them. */
	async findHits(rewritten: Rewritten, gone: 'true' | 'false'): Outcome<Hits> {
		const bound = await this.#bind(rewritten);
		if (!bound.ok) return bound;
		const { sql, toOriginal, input } = bound.value;
		const create = `CREATE OR REPLACE TABLE ${this.hits} AS `;
		const relations = [...input.relations, this.changes.numbered];
		const made = await whileCancellable(this.input.id, this.job.signal, this.effects, () =>
			this.effects.engine.run({ ...input, relations, sql: create + sql }, () => undefined)
		);
		if (!made.ok) return atOriginal(made, { toOriginal: (at) => toOriginal(Math.max(0, at - create.length)) });
		const touched = await this.changes.touched(this.hits, gone);
		if (!touched.ok) return touched;
		const rowCount = touched.value.reduce((sum, { changed, removed }) => sum + changed + removed, 0);
		return ok({ touched: touched.value, rowCount });
	}

	/** Writes what a text of the statement's names gives. */
	async write(rewritten: Rewritten): Outcome<WrittenTable> {
		const bound = await this.#bind(rewritten);
		if (!bound.ok) return bound;
		const written = await whileCancellable(this.input.id, this.job.signal, this.effects, () =>
			this.effects.engine.write({ ...bound.value.input, writer: writerOf(this.layout) }, (rowCount) =>
				this.job.progress({ rowCount })
			)
		);
		return written.ok ? written : atOriginal(written, bound.value);
	}

	cut(table: WrittenTable, rowCounts: readonly number[]): Outcome<WrittenTable> {
		return cutAt({ id: this.input.id, table, rowCounts, writer: this.layout }, this.job, this.effects);
	}

	/** Names are bound in the rewritten text; positions lead back to the one that was written. */
	async #bind({ sql, toOriginal }: Rewritten) {
		const bound = await bindSql(sql, this.effects);
		if (!bound.ok) return bound;
		this.inputs = bound.value.inputs;
		const { id, params } = this.input;
		return ok({
			sql: bound.value.sql,
			input: runInput({ id, params }, bound.value),
			toOriginal: (position: number) => toOriginal(bound.value.toOriginal(position))
		});
	}

	has(name: string): boolean {
		return this.schema.some((column) => column.name.toLowerCase() === name.toLowerCase());
	}

	column({ name, start }: NamedColumn): Result<Column, RunSqlFailure> {
		const found = this.schema.find((column) => column.name.toLowerCase() === name.toLowerCase());
		return found ? ok(found) : this.refuse(`${this.input.item.dataset.name} has no column ${name}`, start);
	}

	/** Each once; `what` is what one that is there twice is told to be. */
	columns(named: readonly NamedColumn[], what: string): Result<readonly Column[], RunSqlFailure> {
		const columns: Column[] = [];
		for (const column of named) {
			const found = this.column(column);
			if (!found.ok) return found;
			if (columns.includes(found.value)) return this.refuse(`${column.name} is ${what} twice`, column.start);
			columns.push(found.value);
		}
		return ok(columns);
	}

	refuse(message: string, position: number) {
		const candidates = this.schema.map(({ name }) => name);
		return err({ kind: 'sql-error', type: 'Binder', message, position, candidates } as const);
	}
}
