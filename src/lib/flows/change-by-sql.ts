// A dataset changed by a statement: UPDATE, DELETE, INSERT and ALTER TABLE become a version that writes what they change, and nothing else.
import type { ResultId } from '../core/ids.ts';
import type { ColumnSource } from '../core/parquet/parquet-file.ts';
import { err, ok, type Result } from '../core/result.ts';
import {
	columnSql,
	hitCountsSql,
	hitsSql,
	insertedSql,
	withHitsSql,
	withoutHitsSql,
	type ColumnValue
} from '../core/sql/change-sql.ts';
import type { ChangeStatement, NamedColumn } from '../core/sql/change-statement.ts';
import { heldTableSql } from '../core/sql/held.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation, SqlParam } from '../core/sql/relation.ts';
import type { Rewritten } from '../core/sql/rewrite.ts';
import { layoutOf, renamedInLayout, writerOf, type Layout } from '../core/version/layout.ts';
import { wideSchema } from '../core/version/widen.ts';
import type { Column, LineageParameter, SegmentRef } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import { commitComposed, type Committed } from './commit-table.ts';
import { composeTable, type TablePiece } from './compose-table.ts';
import { cutAt, cutAfter, keptKey } from './cut-after.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { atOriginal, bindSql, runInput, whileCancellable, type RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';
import { fitWritten, fittingSchema, widenKept } from './widen-columns.ts';

export type ChangeBySqlInput = {
	readonly id: ResultId;
	readonly sql: string;
	readonly statement: ChangeStatement;
	readonly params: readonly SqlParam[];
	readonly item: CatalogueItem;
	readonly signal?: AbortSignal | undefined;
};

/** `rowCount` rows were changed, removed or added; `committed` is null when that is none. */
export type ChangedBySql = { readonly rowCount: number; readonly committed: Committed | null };

type Outcome<T> = Promise<Result<T, RunSqlFailure>>;
/** What becomes of the table. */
type Change = {
	readonly rowCount: number;
	readonly schema: readonly Column[];
	readonly pieces: readonly TablePiece[];
	readonly primaryKey?: readonly string[];
	readonly layout?: Layout;
};

const TOUCHED_VIEW = '@touched';
/** Rewriting segments of which little stays would leave many that are tiny. */
const KEPT_SHARE = 0.5;

export async function changeBySql(input: ChangeBySqlInput, effects: Effects): Outcome<ChangedBySql> {
	return asJob(effects.jobs, `Change ${input.item.dataset.name}`, input.signal, async (job) => {
		const work = new StatementWork(input, job, effects);
		try {
			const change = await work.change();
			if (!change.ok) return change;
			if (change.value.rowCount === 0) return ok({ rowCount: 0, committed: null });
			const committed = await commitChange(input, change.value, work, job, effects);
			return committed.ok ? ok({ rowCount: change.value.rowCount, committed: committed.value }) : committed;
		} finally {
			await work.end();
		}
	});
}

async function commitChange(
	{ id, item, sql, params }: ChangeBySqlInput,
	{ schema, pieces, primaryKey, layout, rowCount }: Change,
	work: StatementWork,
	job: JobHandle,
	effects: Effects
): Outcome<Committed> {
	const key = await effects.store.idKey(effects.makeIdKey);
	if (!key.ok) return key;
	const table = await composeTable({ id, base: item.version, schema, pieces }, key.value, effects);
	if (!table.ok) return table;
	const opened = await effects.engine.open();
	if (!opened.ok) return opened;
	if (job.signal.aborted) return err({ kind: 'cancelled' });
	return commitComposed(
		{
			name: item.dataset.name,
			onto: item.dataset,
			message: messageOf(sql),
			schema,
			table: table.value,
			rejects: null,
			lineage: {
				operation: 'sql',
				source: null,
				options: null,
				sql,
				inputs: [...new Set([item.version.id, ...work.inputs])],
				parameters: {
					rowCount,
					...(params.length > 0 ? { values: params.map(parameterOf) } : {})
				},
				engine: opened.value.version
			},
			...(primaryKey ? { primaryKey } : {}),
			...(layout ? { layout } : {})
		},
		effects
	);
}

/** The statement on one line, as far as a line goes. */
function messageOf(sql: string): string {
	const line = sql.trim().replaceAll(/\s+/g, ' ');
	return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** A bound value as lineage keeps it. */
function parameterOf(value: SqlParam): LineageParameter {
	if (value instanceof Date) return value.toISOString();
	const isPlain =
		typeof value !== 'bigint' && !(typeof value === 'number' && (Number.isNaN(value) || Object.is(value, -0)));
	return isPlain ? value : String(value);
}

class StatementWork {
	/** Versions that the statement read. */
	inputs: readonly Relation['version'][] = [];
	readonly #input: ChangeBySqlInput;
	readonly #job: JobHandle;
	readonly #effects: Effects;
	readonly #segments: readonly SegmentRef[];
	readonly #schema: readonly Column[];
	/** What new values are cast to before it is known whether they fit. */
	readonly #wide: readonly Column[];
	readonly #layout: Layout;
	readonly #work: SegmentWork;
	readonly #hits: string;

	constructor(input: ChangeBySqlInput, job: JobHandle, effects: Effects) {
		this.#input = input;
		this.#job = job;
		this.#effects = effects;
		this.#segments = input.item.version.table.segments;
		this.#schema = input.item.version.schema;
		this.#wide = wideSchema(input.item.version);
		this.#layout = layoutOf(input.item.version);
		this.#work = new SegmentWork(input.id, job, effects, this.#layout);
		this.#hits = heldTableSql(`hits-${input.id}`);
	}

	change(): Outcome<Change> {
		const { statement } = this.#input;
		switch (statement.kind) {
			case 'update':
				return this.#update(statement);
			case 'delete':
				return this.#delete(statement);
			case 'insert':
				return this.#insert(statement);
			default:
				return this.#alter(statement);
		}
	}

	end(): Promise<void> {
		return this.#work.drop(this.#hits);
	}

	async #update(statement: Extract<ChangeStatement, { kind: 'update' }>): Outcome<Change> {
		const columns: Column[] = [];
		for (const { column } of statement.sets) {
			const found = this.#column(column);
			if (!found.ok) return found;
			if (columns.includes(found.value)) return this.#refuse(`${column.name} is set twice`, column.start);
			columns.push(found.value);
		}
		const rewritten = hitsSql(
			this.#input.sql,
			statement,
			columns.map((column) => this.#wide[this.#schema.indexOf(column)]?.type ?? column.type)
		);
		const hits = await this.#findHits(rewritten);
		if (!hits.ok) return hits;
		const { rowCount } = hits.value;
		if (rowCount === 0) return ok({ rowCount, schema: this.#schema, pieces: [] });
		const names = columns.map(({ name }) => name);
		const values = names.map((name, index) => `v${index} AS ${quoteName(name)}`).join(', ');
		const given = { table: `(SELECT ${values} FROM ${this.#hits})`, relations: [], given: names };
		const fitting = await fittingSchema(this.#input.item.version, given, this.#work);
		if (!fitting.ok) return fitting;
		const schema = fitting.value;
		const set = columns.flatMap((column) => schema[this.#schema.indexOf(column)] ?? []);
		// A column that gets wider is written whole.
		const touched = schema === this.#schema ? hits.value.touched : this.#segments.map((_ref, at) => at);
		const rows = withHitsSql(quoteName(TOUCHED_VIEW), this.#hits, set, this.#segments, touched);
		const refs = touched.flatMap((number) => this.#segments[number] ?? []);
		const table = await this.#writeTouched(
			rows,
			touched,
			refs.map((ref) => ref.rowCount)
		);
		if (!table.ok) return table;
		const sources = this.#schema.map(({ name }, column): ColumnSource => {
			const written = names.indexOf(name);
			return written < 0 ? { from: 'kept', column } : { from: 'written', column: written };
		});
		const by = { kind: 'spliced', segments: refs, columns: sources, table: table.value } as const;
		return ok({ rowCount, schema, pieces: [this.#exchange(this.#segments, touched, by)] });
	}

	async #delete(statement: Extract<ChangeStatement, { kind: 'delete' }>): Outcome<Change> {
		const hits = await this.#findHits(hitsSql(this.#input.sql, statement, []));
		if (!hits.ok) return hits;
		const { rowCount, counts } = hits.value;
		const left = (number: number): number => (this.#segments[number]?.rowCount ?? 0) - (counts.get(number) ?? 0);
		const touched = hits.value.touched.filter((number) => left(number) > 0);
		const refs = this.#segments.filter((_ref, number) => left(number) > 0);
		const lefts = touched.map(left);
		const rows = withoutHitsSql(quoteName(TOUCHED_VIEW), this.#hits, this.#schema, this.#segments, touched);
		const [stay, had] = [sum(lefts), sum(touched.map((number) => this.#segments[number]?.rowCount ?? 0))];
		const schema = this.#schema;
		if (rowCount === 0 || touched.length === 0)
			return ok({ rowCount, schema, pieces: [{ kind: 'kept', segments: refs }] });
		if (stay < had * KEPT_SHARE && touched.length > 1) return this.#rewriteAll(rowCount);
		const table = await this.#writeTouched(rows, touched, lefts);
		if (!table.ok) return table;
		const numbers = touched.map((number) => refs.indexOf(this.#segments[number] as SegmentRef));
		return ok({ rowCount, schema, pieces: [this.#exchange(refs, numbers, { kind: 'written', table: table.value })] });
	}

	async #insert(statement: Extract<ChangeStatement, { kind: 'insert' }>): Outcome<Change> {
		const columns: Column[] = [];
		for (const column of statement.columns ?? []) {
			const found = this.#column(column);
			if (!found.ok) return found;
			if (columns.includes(found.value)) return this.#refuse(`${column.name} is named twice`, column.start);
			columns.push(found.value);
		}
		const given = (statement.columns ? columns : this.#schema).map(({ name }) => name);
		const wide = await this.#write(insertedSql(this.#input.sql, statement, this.#wide, given));
		if (!wide.ok) return wide;
		const { id, item } = this.#input;
		const fitted = await fitWritten({ id, version: item.version, table: wide.value, given }, this.#work, this.#effects);
		if (!fitted.ok) return fitted;
		const { schema, table } = fitted.value;
		const pieces = await widenKept(
			{
				id,
				version: item.version,
				pieces: [
					{ kind: 'kept', segments: this.#segments },
					{ kind: 'written', table }
				],
				schema
			},
			this.#job,
			this.#effects
		);
		return pieces.ok ? ok({ rowCount: table.rowCount, schema, pieces: pieces.value }) : pieces;
	}

	/** Every row has a changed column, so all of them count. */
	async #alter(
		statement: Exclude<ChangeStatement, { kind: 'update' } | { kind: 'delete' } | { kind: 'insert' }>
	): Outcome<Change> {
		const { kind, column } = statement;
		const kept = this.#schema.map((_column, at): ColumnSource => ({ from: 'kept', column: at }));
		const rowCount = Math.max(1, this.#input.item.version.table.rowCount);
		const spliced = (
			schema: readonly Column[],
			columns: readonly ColumnSource[],
			table: WrittenTable | null
		): Change => ({
			rowCount,
			schema,
			pieces: [{ kind: 'spliced', segments: this.#segments, columns, table }]
		});
		if (kind === 'add-column') {
			if (this.#has(column.name)) return this.#refuse(`There is a column ${column.name} already`, column.start);
			const table = await this.#writeColumn({ ...statement, as: column.name, otherwise: 'NULL' });
			if (!table.ok) return table;
			const sources = [...kept, { from: 'written', column: 0 } as const];
			return ok(spliced([...this.#schema, ...table.value.schema], sources, table.value));
		}
		const found = this.#column(column);
		if (!found.ok) return found;
		const { name } = found.value;
		const at = this.#schema.indexOf(found.value);
		switch (kind) {
			case 'drop-column':
				if (this.#schema.length === 1) return this.#refuse('The only column cannot be dropped', column.start);
				return ok(spliced(this.#schema.toSpliced(at, 1), kept.toSpliced(at, 1), null));
			case 'rename-column': {
				const { to } = statement;
				if (this.#has(to) && to.toLowerCase() !== name.toLowerCase())
					return this.#refuse(`There is a column ${to} already`, column.start);
				const schema = this.#schema.with(at, { ...found.value, name: to });
				const key = this.#input.item.version.primaryKey?.map((one) => (one === name ? to : one));
				const change = spliced(schema, kept.with(at, { from: 'kept', column: at, name: to }), null);
				return ok({ ...change, ...(key ? { primaryKey: key } : {}), layout: renamedInLayout(this.#layout, name, to) });
			}
			case 'retype-column': {
				const table = await this.#writeColumn({ ...statement, as: name, otherwise: quoteName(name) });
				if (!table.ok) return table;
				const schema = this.#schema.with(at, table.value.schema[0] ?? found.value);
				return ok(spliced(schema, kept.with(at, { from: 'written', column: 0 }), table.value));
			}
		}
	}

	/** A column for every row, in row groups as the table has them. */
	async #writeColumn(column: Omit<ColumnValue, 'dataset'>): Outcome<WrittenTable> {
		const { item, sql } = this.#input;
		const table = await this.#write(columnSql(sql, { ...column, dataset: item.dataset.name }));
		if (!table.ok) return table;
		return this.#cut(
			table.value,
			this.#segments.map(({ rowCount }) => rowCount)
		);
	}

	async #rewriteAll(rowCount: number): Outcome<Change> {
		const { item, id } = this.#input;
		const all = this.#segments.map((_ref, at) => at);
		const rows = withoutHitsSql(quoteName(TOUCHED_VIEW), this.#hits, this.#schema, this.#segments, all);
		const written = await this.#writeRows(rows, all);
		if (!written.ok) return written;
		const key = keptKey(item.version, this.#schema);
		const table = await cutAfter({ id, table: written.value, key, earlier: item.version }, this.#job, this.#effects);
		return table.ok ? ok({ rowCount, schema: this.#schema, pieces: [{ kind: 'written', table: table.value }] }) : table;
	}

	/** Makes the table of hits, and says which segments have how many of them. */
	async #findHits(rewritten: Rewritten) {
		const bound = await this.#bind(rewritten);
		if (!bound.ok) return bound;
		const { sql, toOriginal } = bound.value;
		const create = `CREATE OR REPLACE TABLE ${this.#hits} AS `;
		const made = await whileCancellable(this.#input.id, this.#job.signal, this.#effects, () =>
			this.#effects.engine.run({ ...bound.value.input, sql: create + sql }, () => undefined)
		);
		if (!made.ok) return atOriginal(made, { toOriginal: (at) => toOriginal(Math.max(0, at - create.length)) });
		const found = await this.#work.rows(hitCountsSql(this.#hits, this.#segments), []);
		if (!found.ok) return found;
		const counts = new Map(found.value.map((row) => [Number(row['segment']), Number(row['rows'])]));
		return ok({ counts, touched: [...counts.keys()], rowCount: sum([...counts.values()]) });
	}

	async #write(rewritten: Rewritten): Outcome<WrittenTable> {
		const bound = await this.#bind(rewritten);
		if (!bound.ok) return bound;
		const written = await whileCancellable(this.#input.id, this.#job.signal, this.#effects, () =>
			this.#effects.engine.write({ ...bound.value.input, writer: writerOf(this.#layout) }, (rowCount) =>
				this.#job.progress({ rowCount })
			)
		);
		return written.ok ? written : atOriginal(written, bound.value);
	}

	async #writeRows(sql: string, segments: readonly number[]): Outcome<WrittenTable> {
		const relation: Relation = { name: TOUCHED_VIEW, version: this.#input.item.version.id, rows: 'data', segments };
		const piece = await this.#work.write(sql, [relation]);
		return piece.ok ? ok(piece.value) : piece;
	}

	/** Rows over the touched segments, in row groups of as many rows as told. */
	async #writeTouched(sql: string, touched: readonly number[], rowCounts: readonly number[]): Outcome<WrittenTable> {
		const table = await this.#writeRows(sql, touched);
		return table.ok ? this.#cut(table.value, rowCounts) : table;
	}

	#cut(table: WrittenTable, rowCounts: readonly number[]): Outcome<WrittenTable> {
		return cutAt({ id: this.#input.id, table, rowCounts, writer: this.#layout }, this.#job, this.#effects);
	}

	/** Names are bound in the rewritten text; positions lead back to the one that was written. */
	async #bind({ sql, toOriginal }: Rewritten) {
		const bound = await bindSql(sql, this.#effects);
		if (!bound.ok) return bound;
		this.inputs = bound.value.inputs;
		const { id, params } = this.#input;
		return ok({
			sql: bound.value.sql,
			input: runInput({ id, params }, bound.value),
			toOriginal: (position: number) => toOriginal(bound.value.toOriginal(position))
		});
	}

	#exchange(segments: readonly SegmentRef[], numbers: readonly number[], by: TablePiece): TablePiece {
		return numbers.length === segments.length ? by : { kind: 'exchanged', segments, numbers, by };
	}

	#has(name: string): boolean {
		return this.#schema.some((column) => column.name.toLowerCase() === name.toLowerCase());
	}

	#column({ name, start }: NamedColumn): Result<Column, RunSqlFailure> {
		const found = this.#schema.find((column) => column.name.toLowerCase() === name.toLowerCase());
		return found ? ok(found) : this.#refuse(`${this.#input.item.dataset.name} has no column ${name}`, start);
	}

	#refuse(message: string, position: number) {
		const candidates = this.#schema.map(({ name }) => name);
		return err({ kind: 'sql-error', type: 'Binder', message, position, candidates } as const);
	}
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
