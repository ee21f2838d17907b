// Takes read rows into the version that a dataset has: added, by key, or by key with what was before.
import type { IngestFailure, IngestOverrides } from '../core/ingest/options.ts';
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { heldTableSql } from '../core/sql/held.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import {
	begunRowsSql,
	endedRowsSql,
	historyTimeSql,
	numberOf,
	openRowsSql,
	VALID_FROM,
	VALID_TO,
	type History,
	type HistoryTerms
} from '../core/version/history-sql.ts';
import { isUsualWriter, layoutOf } from '../core/version/layout.ts';
import {
	conformedRowsSql,
	newRowsSql,
	parquetFilesSql,
	updatedRowsSql,
	upsertCell,
	upsertHitsSql,
	type Upsert
} from '../core/version/upsert-sql.ts';
import type { Column, LineageParameters, Version } from '../core/version/version.ts';
import { retypedTableSql, wideSchema } from '../core/version/widen.ts';
import type { TakenItems } from '../db/inbox.ts';
import { commitComposed, type CheckpointOf, type Committed } from './commit-table.ts';
import { composeTable, type TablePiece } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { HitWork, type TouchedSegment } from './hit-work.ts';
import { sourceName, type ReadSource, type Source } from './ingest-source.ts';
import type { JobHandle } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork, type KeyNotUnique } from './segment-work.ts';
import { fittingSchema, widenKept } from './widen-columns.ts';

export const ingestModes = ['append', 'replace', 'upsert'] as const;
export type IngestMode = (typeof ingestModes)[number];

export type IngestIntoInput = {
	readonly id: ResultId;
	readonly source: Source;
	/** The dataset's name. */
	readonly into: string;
	readonly mode: IngestMode;
	/** With `upsert`: rows that change stay as they were, and stand once more as they are. The dataset has `historyColumns`. */
	readonly history?: HistoryTerms | undefined;
	/** Columns that tell rows apart: what `upsert` matches by, else the dataset's from now on. Empty, its key stays. */
	readonly key: readonly string[];
	readonly overrides: IngestOverrides;
	readonly message?: string | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly checkpoint?: CheckpointOf | undefined;
	/** Items of the inbox that the source is made of. */
	readonly taken?: TakenItems | undefined;
	/** Kept in the lineage beside what this flow keeps. */
	readonly parameters?: LineageParameters | undefined;
};

export type IngestIntoFailure =
	| IngestFailure
	| RunSqlFailure
	| { readonly kind: 'columns-differ'; readonly dataset: string; readonly extra: readonly string[] }
	| { readonly kind: 'no-key' }
	| { readonly kind: 'unknown-column'; readonly column: string }
	| KeyNotUnique;

const TABLE_VIEW = '@table';

/** Takes read rows into the version that a dataset has. */
export class Intake {
	readonly #input: IngestIntoInput;
	readonly #item: CatalogueItem;
	readonly #read: ReadSource;
	readonly #job: JobHandle;
	readonly #effects: Effects;
	readonly #files: readonly string[];
	readonly #work: SegmentWork;

	constructor(input: IngestIntoInput, item: CatalogueItem, read: ReadSource, job: JobHandle, effects: Effects) {
		this.#input = input;
		this.#item = item;
		this.#read = read;
		this.#job = job;
		this.#effects = effects;
		this.#work = new SegmentWork(input.id, job, effects, layoutOf(item.version));
		this.#files = read.table.files.map((_file, index) => `${input.id}-${index}.parquet`);
	}

	async commit(): Promise<Result<Committed, IngestIntoFailure>> {
		const { engine } = this.#effects;
		const { version, dataset } = this.#item;
		const names = this.#read.table.schema.map(({ name }) => name);
		const extra = names.filter((name) => !version.schema.some((column) => column.name === name));
		if (extra.length > 0) return err({ kind: 'columns-differ', dataset: dataset.name, extra });
		for (const [index, { blob }] of this.#read.table.files.entries())
			await engine.register(this.#files[index] ?? '', blob);
		try {
			const values = retypedTableSql(parquetFilesSql(this.#files), this.#read.table.schema, wideSchema(version));
			const incoming = { table: values, relations: [], given: this.#given };
			const fitting = await fittingSchema(version, incoming, this.#work);
			if (!fitting.ok) return fitting;
			const schema = fitting.value;
			const taken = await this.#take(schema);
			if (!taken.ok) return taken;
			const widening = { id: this.#input.id, version, pieces: taken.value, schema };
			const pieces = await widenKept(widening, this.#job, this.#effects);
			if (!pieces.ok) return pieces;
			if (this.#job.signal.aborted) return err({ kind: 'cancelled' });
			const key = await this.#effects.store.idKey(this.#effects.makeIdKey);
			if (!key.ok) return key;
			const composed = { id: this.#input.id, base: version, schema, pieces: pieces.value };
			const table = await composeTable(composed, key.value, this.#effects);
			if (!table.ok) return table;
			const words = this.#input.mode === 'append' ? 'Append' : 'Take in';
			return await commitComposed(
				{
					name: dataset.name,
					onto: dataset,
					message: this.#input.message ?? `${words} ${sourceName(this.#input.source)}`,
					schema,
					table: table.value,
					rejects: this.#read.rejects,
					lineage: {
						...this.#read.lineage,
						inputs: [version.id],
						parameters: intakeParameters(this.#input, matchingKey(this.#input, version))
					},
					primaryKey: [...matchingKey(this.#input, version), ...(this.#input.history ? [VALID_FROM] : [])],
					checkpoint: this.#input.checkpoint,
					taken: this.#input.taken
				},
				this.#effects
			);
		} finally {
			for (const file of this.#files) await engine.unregister(file);
		}
	}

	get #given(): readonly string[] {
		return this.#read.table.schema.map(({ name }) => name);
	}

	async #append(schema: readonly Column[]): Promise<Result<readonly TablePiece[], IngestIntoFailure>> {
		const { version } = this.#item;
		const kept = { kind: 'kept', segments: version.table.segments } as const;
		if (isSameSchema(this.#read.table.schema, schema) && isUsualWriter(layoutOf(version)))
			return ok([kept, { kind: 'written', table: this.#read.table }]);
		const incoming = parquetFilesSql(this.#files);
		const written = await this.#work.write(conformedRowsSql({ incoming, schema, given: this.#given }), []);
		return written.ok ? ok([kept, { kind: 'written', table: written.value }]) : written;
	}

	#take(schema: readonly Column[]): Promise<Result<readonly TablePiece[], IngestIntoFailure>> {
		const { mode, history } = this.#input;
		if (mode === 'append') return this.#append(schema);
		return this.#byKey(schema, (upsert, whole) =>
			history ? this.#withHistory({ ...upsert, ...history }, whole) : this.#upsert(upsert, whole)
		);
	}

	async #byKey(
		schema: readonly Column[],
		take: (upsert: Upsert, whole: Relation) => Promise<Result<readonly TablePiece[], IngestIntoFailure>>
	): Promise<Result<readonly TablePiece[], IngestIntoFailure>> {
		const { version, dataset } = this.#item;
		const { history } = this.#input;
		const key = matchingKey(this.#input, version);
		const missing = key.find((name) => !this.#given.includes(name));
		if (missing !== undefined) return err({ kind: 'unknown-column', column: missing });
		const rows = retypedTableSql(parquetFilesSql(this.#files), this.#read.table.schema, schema);
		// In memory: each touched segment is joined with all of it.
		const incoming = `main.${quoteName(`@incoming ${this.#input.id}`)}`;
		const made = await this.#work.run(`CREATE OR REPLACE TABLE ${incoming} AS SELECT * FROM ${rows}`, []);
		if (!made.ok) return made;
		try {
			const whole = relationOf(TABLE_VIEW, version);
			const upsert: Upsert = {
				table: quoteName(TABLE_VIEW),
				incoming,
				schema,
				given: this.#given,
				key
			};
			const kept = history ? openRowsSql(upsert.table) : upsert.table;
			const unique =
				(await this.#work.checkKey({ table: incoming, where: sourceName(this.#input.source), key }, [])) ??
				(await this.#work.checkKey({ table: kept, where: dataset.name, key }, [whole]));
			return unique ? err(unique) : await take(upsert, whole);
		} finally {
			await this.#work.drop(incoming);
		}
	}

	async #upsert(upsert: Upsert, whole: Relation): Promise<Result<readonly TablePiece[], IngestIntoFailure>> {
		const pieces = await this.#changed(upsert);
		if (!pieces.ok) return pieces;
		const added = await this.#work.write(newRowsSql(upsert), [whole]);
		return added.ok ? ok([...pieces.value, { kind: 'written', table: added.value }]) : added;
	}

	/** Rows that changed are closed, and stand once more as they are now. */
	async #withHistory(history: History, whole: Relation): Promise<Result<readonly TablePiece[], IngestIntoFailure>> {
		const { version } = this.#item;
		const timed = await this.#work.rows(historyTimeSql(history.table, history.atMs), [whole]);
		if (!timed.ok) return timed;
		const at = String(timed.value[0]?.['at']);
		const begun = await this.#work.write(begunRowsSql(history, at), [whole]);
		if (!begun.ok) return begun;
		const changes = new HitWork({ id: this.#input.id, version }, this.#work, this.#job, this.#effects);
		const ended = await changes.changeFound({
			sql: endedRowsSql({ ...history, table: quoteName(changes.numbered.name) }),
			relations: [changes.numbered],
			columns: [numberOf(version.schema, VALID_TO)],
			gone: 'false',
			cell: (index) => (history.schema[index]?.name === VALID_TO ? `TIMESTAMP '${at}'` : `s.c${index}`)
		});
		return ended.ok ? ok([ended.value, { kind: 'written', table: begun.value }]) : ended;
	}

	async #changed(upsert: Upsert): Promise<Result<readonly TablePiece[], IngestIntoFailure>> {
		const { version } = this.#item;
		const { schema, given, key } = upsert;
		const changes = new HitWork({ id: this.#input.id, version }, this.#work, this.#job, this.#effects);
		const numbered = { ...upsert, table: quoteName(changes.numbered.name) };
		if (schema === version.schema) {
			const piece = await changes.changeFound({
				sql: upsertHitsSql(numbered),
				relations: [changes.numbered],
				columns: schema.flatMap(({ name }, index) => (given.includes(name) && !key.includes(name) ? [index] : [])),
				gone: 'false',
				cell: (index) => upsertCell(upsert, index)
			});
			return piece.ok ? ok([piece.value]) : piece;
		}
		const touched = await this.#touched(numbered, changes);
		if (!touched.ok) return touched;
		const rewrites = touched.value.map(({ segment }) => ({
			segment,
			sql: (table: string) => updatedRowsSql({ ...upsert, table: retypedTableSql(table, version.schema, schema) })
		}));
		return this.#work.rewrite(version, rewrites);
	}

	/** Segments with rows that the incoming ones change. */
	async #touched(upsert: Upsert, changes: HitWork): Promise<Result<readonly TouchedSegment[], IngestIntoFailure>> {
		const hits = heldTableSql(`hits-${this.#input.id}`);
		const sql = `CREATE OR REPLACE TABLE ${hits} AS ${upsertHitsSql(upsert)}`;
		const made = await this.#work.run(sql, [changes.numbered]);
		if (!made.ok) return made;
		try {
			return await changes.touched(hits);
		} finally {
			await this.#work.drop(hits);
		}
	}
}

export function intakeParameters(
	{ mode, taken, parameters }: IngestIntoInput,
	key: readonly string[]
): LineageParameters {
	return { ...parameters, mode, ...(key.length > 0 && { key }), ...(taken && { inbox: taken.keys }) };
}

/** By what incoming rows are matched. */
export function matchingKey({ key }: IngestIntoInput, { primaryKey = [] }: Version): readonly string[] {
	return key.length > 0 ? key : primaryKey;
}

function relationOf(name: string, version: Version): Relation {
	return { name, version: version.id, rows: 'data' };
}

function isSameSchema(one: readonly Column[], other: readonly Column[]): boolean {
	return (
		one.length === other.length &&
		one.every(({ name, type }, index) => name === other[index]?.name && type === other[index].type)
	);
}
