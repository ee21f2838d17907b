// The engine's verbs over one DuckDB: holds results by id, and turns what goes wrong into failures.
import { transfer } from 'comlink';
import type { ResultId, VersionId } from '#core/ids.ts';
import { SAMPLE_ROWS } from '#core/profile/profile-sql.ts';
import type { ColumnProfile } from '#core/profile/profile.ts';
import { err, ok, type Result } from '#core/result.ts';
import { castQuery } from '#core/sql/cast-query.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { GridView } from '#core/sql/relation.ts';
import { viewSql, type SourceColumn } from '#core/sql/view-sql.ts';
import { arrowType } from '#core/sql/types.ts';
import { quoteName, quoteText } from '#core/sql/quote.ts';
import { USUAL_WRITER } from '#core/version/layout.ts';
import { adoptDuckDb, compiledDuckDb, ENGINE_PACKAGE } from '../duckdb.ts';
import type { EngineWorkerApi, RunOutcome } from './api.ts';
import { appendRows } from './append.ts';
import { attempt, FailureError } from './attempt.ts';
import { BrowsedRows } from './browse.ts';
import { copy } from './copy.ts';
import { Duck } from './duck.ts';
import { dropTable, heldColumns, heldTable, sampleTable } from './held-table.ts';
import type { HeldRows } from './held.ts';
import { Job } from './job.ts';
import { statisticsOf } from './parquet-statistics.ts';
import { profileColumn, sampleOf } from './profile.ts';
import { recut } from './recut.ts';
import { Relations } from './relations.ts';
import { answer, holdStream, run, type TellProgress } from './run.ts';
import { readShapes } from './shapes.ts';
import { split } from './split.ts';
import { describe, prepare } from './statement.ts';
import { write } from './write.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Instance = { readonly duck: Duck; readonly relations: Relations };

export function createEngine(): EngineWorkerApi {
	const engine = new Engine();
	return {
		compiled: () => compiledDuckDb(),
		adopt: (module) => adoptDuckDb(module),
		open: () => engine.open(),
		run: (input, onProgress) =>
			engine.work(input.id, async (job, { duck, relations }) =>
				run(input, { duck, relations, job, hold: (rows) => engine.hold(input.id, rows), tell: quietly(onProgress) })
			),
		answer: (input) =>
			engine.work(input.id, async (job, { duck, relations }) => {
				const answered = await answer(input, { duck, relations, job });
				return answered.ok ? moved(answered.value) : answered;
			}),
		shapes: (input) => engine.work(input.id, (job, { duck, relations }) => readShapes(input, { duck, relations, job })),
		browse: (id, relation) =>
			engine.work(id, async (_job, { relations }) => {
				const rows = await BrowsedRows.open(relation, relations);
				engine.hold(id, rows);
				return ok(rows.shape);
			}),
		view: (id, viewId, view, onProgress) =>
			engine.work(viewId, (job) => engine.view(id, viewId, view, job, quietly(onProgress))),
		window: (id, startRow, endRow) =>
			engine.work(id, async (job, { duck }) => {
				const rows = engine.held(id);
				const bytes =
					rows instanceof BrowsedRows
						? await rows.window(duck, { startRow, endRow }, job)
						: rows.window(startRow, endRow);
				return moved(bytes);
			}),
		arrow: (id) =>
			engine.work(id, async (job, { duck }) => {
				const rows = engine.held(id);
				const bytes = rows instanceof BrowsedRows ? await rows.all(duck, job) : rows.all();
				return moved(bytes);
			}),
		profile: (id, column, onProfile) => engine.work(id, (job) => engine.profile(id, column, job, quietly(onProfile))),
		describe: (input) =>
			engine.work(input.id, (job, { duck, relations }) =>
				duck.using(async (connection) => {
					const statement = await prepare(duck, relations, connection, { ...input, id: input.id }, job);
					if (statement.columns) return ok(statement.columns);
					return ok(await describe(duck, connection, `SELECT * FROM (${statement.sql}\n)`, job));
				})
			),
		write: (input, onProgress) =>
			engine.work(input.id, (job, { duck, relations }) => write(duck, relations, input, job, quietly(onProgress))),
		recut: (id, table, rowCounts, writer = USUAL_WRITER) =>
			engine.work(id, async (job, { duck }) => ok(await recut(duck, table, rowCounts, writer, job))),
		split: (input) => engine.work(input.id, (job, { duck, relations }) => split(duck, relations, input, job)),
		statistics: (id, file, schema) =>
			engine.work(id, async (job, { duck }) => {
				const name = `${duck.freshName()}.parquet`;
				duck.registerBlob(name, file);
				try {
					return ok(await duck.using((connection) => statisticsOf(duck, connection, quoteText(name), schema, job)));
				} finally {
					duck.db.dropFile(name);
				}
			}),
		copy: (input, options, onChunk) =>
			engine.work(input.id, (job, { duck, relations }) =>
				copy(input, options, {
					duck,
					relations,
					job,
					give: async (bytes) => onChunk(transfer(bytes, [bytes.buffer]))
				})
			),
		append: (table, columns, arrow) =>
			engine.work(null, async (_job, { duck }) => ok(await appendRows(duck, table, columns, arrow))),
		register: (name, blob) => engine.register(name, blob),
		unregister: (name) => engine.unregister(name),
		load: (relation) => engine.work(null, async (_job, { relations }) => ok(await relations.load(relation))),
		unload: (version) => engine.unload(version),
		cancel: async (id) => engine.cancel(id),
		release: (id) => engine.release(id)
	};
}

class Engine {
	#instance: Promise<Instance> | null = null;
	/** A trap leaves wasm memory in no known state: from then on every call says so, until the page replaces the worker. */
	#crash: SqlFailure | null = null;
	readonly #held = new Map<ResultId, HeldRows | BrowsedRows>();
	readonly #jobs = new Map<ResultId, Set<Job>>();

	async open(): Promise<Result<{ readonly version: string }, SqlFailure>> {
		this.#instance ??= this.#open();
		const opening = this.#instance;
		try {
			const { duck } = await opening;
			return ok({ version: `${ENGINE_PACKAGE} (${duck.db.getVersion()})` });
		} catch (error) {
			// The next call tries again: the engine's file may have been out of reach for a moment.
			if (this.#instance === opening) this.#instance = null;
			return err({ kind: 'engine-crashed', reason: error instanceof Error ? error.message : String(error) });
		}
	}

	/** Runs one verb as a job that `cancel` finds under the id. */
	async work<T, E>(
		id: ResultId | null,
		verb: (job: Job, instance: Instance) => Promise<Result<T, E>>
	): Promise<Result<T, E | SqlFailure>> {
		if (this.#crash) return err(this.#crash);
		const opened = await this.open();
		if (!opened.ok) return opened;
		const job = new Job();
		const jobs = id === null ? new Set<Job>() : (this.#jobs.get(id) ?? new Set<Job>());
		if (id !== null) this.#jobs.set(id, jobs.add(job));
		const result = await attempt(async () => verb(job, await this.#ready()));
		jobs.delete(job);
		if (id !== null && jobs.size === 0) this.#jobs.delete(id);
		if (!result.ok && isCrash(result.error)) this.#crash = result.error;
		return result;
	}

	hold(id: ResultId, rows: HeldRows | BrowsedRows): void {
		this.#held.set(id, rows);
	}

	held(id: ResultId): HeldRows | BrowsedRows {
		const rows = this.#held.get(id);
		if (!rows) throw new FailureError({ kind: 'unknown-result' });
		return rows;
	}

	async view(
		id: ResultId,
		viewId: ResultId,
		view: GridView,
		job: Job,
		tell: TellProgress
	): Promise<Result<RunOutcome, SqlFailure>> {
		const startedMs = performance.now();
		const { duck } = await this.#ready();
		const { source, columns } = await this.#source(id, job);
		const query = viewSql(source, columns, view);
		const { prefix, suffix } = castQuery(columns, arrowType);
		return duck.using(async (connection) => {
			const stream = await duck.start(connection, prefix + query + suffix, job);
			const context = { hold: (rows: HeldRows) => this.hold(viewId, rows), tell };
			const shown = columns.map(({ name, type }) => ({ name, type }));
			const outcome = await holdStream(stream, shown, context, { startedMs, keepsRows: true });
			if (!outcome.ok) duck.rollBack(connection);
			return outcome;
		});
	}

	async profile(
		id: ResultId,
		name: string,
		job: Job,
		tell: (profile: ColumnProfile) => void
	): Promise<Result<ColumnProfile, SqlFailure>> {
		const { duck } = await this.#ready();
		const rows = this.held(id);
		const columns = await this.#columns(rows);
		const column = columns.find((candidate) => candidate.name === name);
		if (!column) return err({ kind: 'unknown-result' });
		const sample = await this.#sample(rows, job);
		try {
			tell(await profileColumn(duck, sample.source, column, 'sample', job));
		} finally {
			await sample.drop();
		}
		const { source } = await this.#source(id, job);
		const full = await profileColumn(duck, source, column, 'full', job);
		tell(full);
		return ok(full);
	}

	async register(name: string, blob: Blob): Promise<void> {
		const { duck } = await this.#ready();
		await this.unregister(name);
		duck.registerBlob(name, blob);
	}

	async unregister(name: string): Promise<void> {
		const { duck } = await this.#ready();
		duck.db.dropFile(name);
		// What DuckDB cached of the file would be taken for another file's bytes under the same name.
		await duck.using((connection) => {
			duck.db.runQuery(connection, 'SET GLOBAL enable_external_file_cache=false');
			duck.db.runQuery(connection, 'SET GLOBAL enable_external_file_cache=true');
		});
	}

	async unload(version: VersionId): Promise<void> {
		const { relations } = await this.#ready();
		await relations.unload(version);
	}

	cancel(id: ResultId): void {
		for (const job of this.#jobs.get(id) ?? []) job.cancel();
	}

	async release(id: ResultId): Promise<void> {
		this.cancel(id);
		const rows = this.#held.get(id);
		this.#held.delete(id);
		const { duck } = await this.#ready();
		if (rows && !(rows instanceof BrowsedRows)) await rows.dropTable((table) => dropTable(duck, table));
	}

	/** A FROM item with a held result's rows, and how each column is read from it. */
	async #source(
		id: ResultId,
		job: Job
	): Promise<{ readonly source: string; readonly columns: readonly SourceColumn[] }> {
		const { duck, relations } = await this.#ready();
		const rows = this.held(id);
		const columns = await this.#columns(rows);
		if (rows instanceof BrowsedRows) return { source: await relations.source(rows.relation), columns };
		return { source: await heldTable(duck, rows, job), columns };
	}

	async #columns(rows: HeldRows | BrowsedRows): Promise<readonly SourceColumn[]> {
		if (!(rows instanceof BrowsedRows)) return heldColumns(rows);
		return rows.columns.map((column) => ({ ...column, expression: quoteName(column.name) }));
	}

	async #sample(
		rows: HeldRows | BrowsedRows,
		job: Job
	): Promise<{ readonly source: string; readonly drop: () => Promise<void> }> {
		const { duck, relations } = await this.#ready();
		if (rows instanceof BrowsedRows) {
			return { source: sampleOf(await relations.source(rows.relation)), drop: () => Promise.resolve() };
		}
		const made = rows.madeTable;
		if (made) return { source: sampleOf(await made), drop: () => Promise.resolve() };
		const table = await sampleTable(duck, rows, SAMPLE_ROWS, job);
		return { source: table, drop: () => dropTable(duck, table) };
	}

	async #open(): Promise<Instance> {
		const duck = await Duck.open();
		return { duck, relations: new Relations(duck) };
	}

	#ready(): Promise<Instance> {
		this.#instance ??= this.#open();
		return this.#instance;
	}
}

/** Comlink looks for what is transferred at the answer itself, not inside it. */
function moved(bytes: Bytes): Result<Bytes, never> {
	return transfer(ok(bytes), [bytes.buffer]);
}

/** A page that went away does not answer, and nobody waits for it. */
function quietly<T>(tell: (value: T) => void): (value: T) => void {
	return (value) => void Promise.resolve(tell(value)).catch(() => undefined);
}

function isCrash(error: unknown): error is SqlFailure & { readonly kind: 'engine-crashed' } {
	return typeof error === 'object' && error !== null && 'kind' in error && error.kind === 'engine-crashed';
}
