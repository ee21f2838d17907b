// What a change of a stored table asks of the engine: rows of a query, a key checked, and touched segments written again.
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import { keyCheckSql } from '../core/version/upsert-sql.ts';
import { USUAL_WRITER, writerOf, type WriterSettings } from '../core/version/layout.ts';
import type { Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { TablePiece } from './compose-table.ts';
import type { Effects } from './effects.ts';
import type { JobHandle } from './jobs.ts';
import { whileCancellable, type RunSqlFailure } from './run-sql.ts';

/** A key is null or names several rows; `examples` are such keys. */
export type KeyNotUnique = {
	readonly kind: 'key-not-unique';
	/** What people call the rows that were looked at. */
	readonly where: string;
	readonly key: readonly string[];
	readonly nulls: number;
	readonly examples: readonly string[];
};

/** A segment to write again: its number, and a query for its new rows over a table of the old ones. */
export type SegmentRewrite = { readonly segment: number; readonly sql: (table: string) => string };

/** A view's name that no dataset has: it holds an `@`. */
const SEGMENT_VIEW = '@segment';

export class SegmentWork {
	readonly #id: ResultId;
	readonly #job: JobHandle;
	readonly #effects: Pick<Effects, 'engine'>;
	readonly #writer: WriterSettings;

	/** What it writes is written as `writer` says. */
	constructor(id: ResultId, job: JobHandle, effects: Pick<Effects, 'engine'>, writer: WriterSettings = USUAL_WRITER) {
		this.#id = id;
		this.#job = job;
		this.#effects = effects;
		this.#writer = writerOf(writer);
	}

	async rows(
		sql: string,
		relations: readonly Relation[]
	): Promise<Result<readonly Record<string, unknown>[], RunSqlFailure>> {
		const bytes = await this.arrow(sql, relations);
		return bytes.ok ? ok(decodeRows(bytes.value)) : bytes;
	}

	/** Rows as one Arrow IPC stream. */
	async arrow(
		sql: string,
		relations: readonly Relation[] = []
	): Promise<Result<Uint8Array<ArrayBuffer>, RunSqlFailure>> {
		const ran = await this.run(sql, relations);
		if (!ran.ok) return ran;
		const bytes = await this.#effects.engine.arrow(this.#id);
		await this.#effects.engine.release(this.#id);
		return bytes;
	}

	run(sql: string, relations: readonly Relation[]): Promise<Result<unknown, RunSqlFailure>> {
		const input = { id: this.#id, sql, params: [], relations };
		return whileCancellable(this.#id, this.#job.signal, this.#effects, () =>
			this.#effects.engine.run(input, () => undefined)
		);
	}

	/** Drops a table that `run` made, also when the work was cancelled. */
	async drop(table: string): Promise<void> {
		const input = { id: this.#id, sql: `DROP TABLE IF EXISTS ${table}`, params: [], relations: [] };
		await this.#effects.engine.run(input, () => undefined);
	}

	write(sql: string, relations: readonly Relation[]): Promise<Result<WrittenTable, RunSqlFailure>> {
		const input = { id: this.#id, sql, params: [], relations, writer: this.#writer };
		return whileCancellable(this.#id, this.#job.signal, this.#effects, () =>
			this.#effects.engine.write(input, () => undefined)
		);
	}

	/** Null when every row of `table` has a key of its own. */
	async checkKey(
		{ table, where, key }: { readonly table: string; readonly where: string; readonly key: readonly string[] },
		relations: readonly Relation[]
	): Promise<RunSqlFailure | KeyNotUnique | null> {
		const checked = await this.rows(keyCheckSql(table, key), relations);
		if (!checked.ok) return checked.error;
		const [row] = checked.value;
		const nulls = Number(row?.['nulls']);
		if (nulls === 0 && Number(row?.['rows']) === Number(row?.['distincts'])) return null;
		const examples = Array.isArray(row?.['repeated']) ? row['repeated'].map(String) : [];
		return { kind: 'key-not-unique', where, key, nulls, examples };
	}

	/** The table of `version` with some segments written again, which are given in order. */
	async rewrite(
		version: Version,
		rewrites: readonly SegmentRewrite[]
	): Promise<Result<readonly TablePiece[], RunSqlFailure>> {
		const { segments } = version.table;
		const pieces: TablePiece[] = [];
		let at = 0;
		for (const [done, { segment, sql }] of rewrites.entries()) {
			pieces.push({ kind: 'kept', segments: segments.slice(at, segment) });
			at = segment + 1;
			const written = await this.rewriteOne(version, { segment, sql });
			if (!written.ok) return written;
			pieces.push(written.value);
			this.#job.progress({ fraction: (done + 1) / (rewrites.length + 1) });
		}
		return ok([...pieces, { kind: 'kept', segments: segments.slice(at) }]);
	}

	async rewriteOne(version: Version, { segment, sql }: SegmentRewrite): Promise<Result<TablePiece, RunSqlFailure>> {
		const relation: Relation = { name: SEGMENT_VIEW, version: version.id, rows: 'data', segments: [segment] };
		const written = await this.write(sql(quoteName(SEGMENT_VIEW)), [relation]);
		return written.ok ? ok({ kind: 'written', table: written.value }) : written;
	}
}
