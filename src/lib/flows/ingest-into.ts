// New rows into a dataset that is there already: added, put in the place of all others, or taken in by key.
import type { IngestFailure, IngestOverrides } from '../core/ingest/options.ts';
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { heldTableSql } from '../core/sql/held.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import {
	conformedRowsSql,
	newRowsSql,
	parquetFilesSql,
	updatedRowsSql,
	upsertCell,
	upsertHitsSql,
	type Upsert
} from '../core/version/upsert-sql.ts';
import { USUAL_WRITER, isUsualWriter, keptLayout, layoutOf } from '../core/version/layout.ts';
import { retypedTableSql, wideSchema } from '../core/version/widen.ts';
import type { Column, LineageParameters, Version } from '../core/version/version.ts';
import { commitComposed, commitTable, type CheckpointOf, type Committed } from './commit-table.ts';
import type { TakenItems } from '../db/inbox.ts';
import { cutAfter, keptKey } from './cut-after.ts';
import { composeTable, type TablePiece } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { readSource, sourceName, type ReadSource, type Source } from './ingest-source.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { findDataset, type CatalogueItem } from './list-datasets.ts';
import { HitWork, type TouchedSegment } from './hit-work.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork, type KeyNotUnique } from './segment-work.ts';
import { layOut } from './lay-out.ts';
import { fittingSchema, widenKept } from './widen-columns.ts';

export const ingestModes = ['append', 'replace', 'upsert'] as const;
export type IngestMode = (typeof ingestModes)[number];

export type IngestIntoInput = {
	readonly id: ResultId;
	readonly source: Source;
	/** The dataset's name. */
	readonly into: string;
	readonly mode: IngestMode;
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

/** `readCount` rows came from the source, whatever became of them. */
export type TakenIn = Committed & { readonly readCount: number };

const TABLE_VIEW = '@table';

export async function ingestInto(
	input: IngestIntoInput,
	effects: Effects
): Promise<Result<TakenIn, IngestIntoFailure>> {
	const found = await findDataset(input.into, effects);
	if (!found.ok) return found;
	const item = found.value;
	if (input.mode !== 'replace') {
		const key = upsertKey(input, item.version);
		if (input.mode === 'upsert' && key.length === 0) return err({ kind: 'no-key' });
		const unknown = key.find((name) => !item.version.schema.some((column) => column.name === name));
		if (unknown !== undefined) return err({ kind: 'unknown-column', column: unknown });
	}
	const label = `Import ${sourceName(input.source)} into ${item.dataset.name}`;
	return asJob(effects.jobs, label, input.signal, async (job) => {
		const overrides = input.mode === 'replace' ? input.overrides : withTypes(input.overrides, wideSchema(item.version));
		const read = await readSource({ source: input.source, overrides }, job, effects);
		if (!read.ok) return read;
		if (input.mode === 'replace') {
			const message = input.message ?? `Replace all rows by ${sourceName(input.source)}`;
			const { schema } = read.value.table;
			const key = input.key.length > 0 ? input.key : keptKey(item.version, schema);
			const missing = key.find((name) => !schema.some((column) => column.name === name));
			if (missing !== undefined) return err({ kind: 'unknown-column', column: missing });
			const layout = keptLayout(item.version, schema);
			const laid = await layOut({ id: input.id, table: read.value.table, from: USUAL_WRITER, layout }, job, effects);
			if (!laid.ok) return laid;
			const cut = await cutAfter({ id: input.id, table: laid.value, key, earlier: item.version }, job, effects);
			if (!cut.ok) return cut;
			const { name } = item.dataset;
			const { checkpoint } = input;
			const committed = await commitTable(
				{
					...read.value,
					lineage: { ...read.value.lineage, parameters: intakeParameters(input, key) },
					table: cut.value,
					name,
					onto: item.dataset,
					message,
					primaryKey: key,
					checkpoint
				},
				effects
			);
			return withReadCount(committed, read.value);
		}
		return withReadCount(await new Intake(input, item, read.value, job, effects).commit(), read.value);
	});
}

function withReadCount<E>(committed: Result<Committed, E>, { table }: ReadSource): Result<TakenIn, E> {
	return committed.ok ? ok({ ...committed.value, readCount: table.rowCount }) : committed;
}

/** A column of the dataset is read as its type, so that what does not fit is told line by line. */
function withTypes(overrides: IngestOverrides, schema: readonly Column[]): IngestOverrides {
	const types = Object.fromEntries(schema.map(({ name, type }) => [name, type]));
	return { ...overrides, types: { ...types, ...overrides.types } };
}

/** Takes read rows into the version that a dataset has. */
class Intake {
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
			const taken = this.#input.mode === 'append' ? await this.#append(schema) : await this.#upsert(schema);
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
						parameters: intakeParameters(this.#input, upsertKey(this.#input, version))
					},
					primaryKey: upsertKey(this.#input, version),
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

	async #upsert(schema: readonly Column[]): Promise<Result<readonly TablePiece[], IngestIntoFailure>> {
		const { version, dataset } = this.#item;
		const key = upsertKey(this.#input, version);
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
			const unique =
				(await this.#work.checkKey({ table: incoming, where: sourceName(this.#input.source), key }, [])) ??
				(await this.#work.checkKey({ table: upsert.table, where: dataset.name, key }, [whole]));
			if (unique) return err(unique);
			const pieces = await this.#changed(upsert);
			if (!pieces.ok) return pieces;
			const added = await this.#work.write(newRowsSql(upsert), [whole]);
			return added.ok ? ok([...pieces.value, { kind: 'written', table: added.value }]) : added;
		} finally {
			await this.#work.drop(incoming);
		}
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

function intakeParameters({ mode, taken, parameters }: IngestIntoInput, key: readonly string[]): LineageParameters {
	return { ...parameters, mode, ...(key.length > 0 && { key }), ...(taken && { inbox: taken.keys }) };
}

function upsertKey({ key }: IngestIntoInput, { primaryKey = [] }: Version): readonly string[] {
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
