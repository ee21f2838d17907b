// Reads JSON: lines, values one after another, or an array inside a document, in chunks; widens types when records surprise.
import { quoteName } from '#core/ingest/cast-sql.ts';
import type { IngestOptions, IngestOverrides, IngestProgress, Preview, Reject } from '#core/ingest/options.ts';
import type { ReadContext, ReadTable } from './csv.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import type { JsonRecord } from './json-records.ts';
import { prepareJson, readBatches, type PreparedJson } from './json-batches.ts';
import { JsonSchema } from './json-schema.ts';
import { Rejects } from './rejects.ts';
import type { Source } from './source.ts';
import { TableWriter } from './table-writer.ts';

// Note: types that records surprise. Types are read from sampled records. A later record with a new key or a value of
// another type widens them, and reading starts again; after RESTARTS such rows are rejected. Nothing is dropped in silence.
const RESTARTS = 6;

class Surprise extends Error {
	readonly records: readonly JsonRecord[];
	constructor(records: readonly JsonRecord[]) {
		super('A record has a key or type not seen before');
		this.records = records;
	}
}

export async function readJsonSource(
	engine: Engine,
	source: Source,
	overrides: IngestOverrides,
	{ onProgress }: Pick<ReadContext, 'onProgress'>
): Promise<ReadTable> {
	const prepared = await prepareJson(source, overrides);
	const schema = new JsonSchema(engine, overrides);
	for (let restarts = 0; ; restarts++) {
		try {
			const { table, rejects } = await readAll(
				engine,
				{ source, prepared, schema, strict: restarts >= RESTARTS },
				onProgress
			);
			return { table, rejects, options: optionsOf(source, prepared, schema), sha256: null };
		} catch (thrown) {
			if (!(thrown instanceof Surprise)) throw thrown;
			schema.learn(thrown.records);
		}
	}
}

type Reading = {
	readonly source: Source;
	readonly prepared: PreparedJson;
	readonly schema: JsonSchema;
	readonly strict: boolean;
};

async function readAll(
	engine: Engine,
	{ source, prepared, schema, strict }: Reading,
	onProgress: (progress: IngestProgress) => void
): Promise<{ table: TableWriter; rejects: Rejects }> {
	const rejects = new Rejects(engine);
	let table = new TableWriter(engine, schema.kept);
	for await (const batch of readBatches(source, prepared)) {
		if (schema.columns.length === 0 && batch.records.length > 0) {
			schema.learn(batch.records.slice(0, 20_000));
			table = new TableWriter(engine, schema.kept);
		}
		const surprising = batch.records.filter((record) => schema.surprises(record));
		if (surprising.length > 0 && !strict) throw new Surprise(surprising.slice(0, 2000));
		const known = surprising.length === 0 ? batch.records : batch.records.filter((record) => !schema.surprises(record));
		const strays = known.flatMap((record) => {
			const column = schema.strayColumn(record);
			return column === null
				? []
				: [rejectOf(record, column, 'it has a member that the column’s type has no room for')];
		});
		const fitting = strays.length === 0 ? known : known.filter((record) => schema.strayColumn(record) === null);
		const isWhole = surprising.length === 0 && strays.length === 0;
		const bad = [
			...batch.rejects,
			...surprising.map((record) => rejectOf(record, null, 'a key or a member that no sampled record has')),
			...strays,
			...writeBatch(engine, { schema, table, strict }, fitting, isWhole ? batch.lines : null)
		];
		rejects.add(bad.sort((a, b) => a.line - b.line));
		onProgress({ readBytes: batch.readBytes, totalBytes: source.blob.size, rowCount: table.rowCount });
	}
	if (schema.columns.length === 0 && rejects.first.length === 0)
		throw new Stopped({ kind: 'empty-source', source: source.name });
	return { table, rejects };
}

type Writing = { readonly schema: JsonSchema; readonly table: TableWriter; readonly strict: boolean };

/** All at once where each value fits, else record by record; `lines` are the records as bytes, where they are at hand. */
function writeBatch(
	engine: Engine,
	writing: Writing,
	records: readonly JsonRecord[],
	lines: Uint8Array | null
): Reject[] {
	if (records.length === 0) return [];
	const { schema, table } = writing;
	const file = engine.freshName('ndjson');
	engine.file(file, lines ?? bytesOf(records));
	try {
		const columns = keptOf(schema).map(
			({ source, name, type }) => `CAST(${quoteName(source)} AS ${type}) AS ${quoteName(name)}`
		);
		table.write(`SELECT ${columns.join(', ')} FROM ${schema.readCall(file)}`);
		return [];
	} catch (thrown) {
		if (!isOfValues(thrown)) throw thrown;
	} finally {
		engine.drop(file);
	}
	return writeRecords(engine, writing, records);
}

function bytesOf(records: readonly JsonRecord[]): Uint8Array {
	return new TextEncoder().encode(records.map(({ text }) => text).join('\n'));
}

function keptOf({ columns }: JsonSchema): readonly (JsonSchema['columns'][number] & { readonly type: string })[] {
	return columns.flatMap((column) => (column.type === null ? [] : [{ ...column, type: column.type }]));
}

function isOfValues(thrown: unknown): thrown is Error {
	return thrown instanceof Error && /JSON|cast|convert/i.test(thrown.message) && !/out of memory/i.test(thrown.message);
}

function writeRecords(engine: Engine, writing: Writing, records: readonly JsonRecord[]): Reject[] {
	if (records.length === 0) return [];
	const { schema, table, strict } = writing;
	const file = engine.freshName('ndjson');
	engine.file(file, bytesOf(records));
	try {
		engine.query(
			`CREATE TEMP TABLE read AS SELECT row_number() OVER () - 1 AS ${quoteName(schema.rowName)}, * FROM ${schema.readCall(file)}`
		);
		return castRecords(engine, { schema, table }, records);
	} catch (thrown) {
		if (!isOfValues(thrown)) throw thrown;
		if (records.length === 1) {
			if (!strict) throw new Surprise(records);
			return records.map((record) => rejectOf(record, null, firstLine(thrown.message)));
		}
		const half = records.length >> 1;
		return [
			...writeRecords(engine, writing, records.slice(0, half)),
			...writeRecords(engine, writing, records.slice(half))
		];
	} finally {
		engine.query('DROP TABLE IF EXISTS read');
		engine.drop(file);
	}
}

function castRecords(
	engine: Engine,
	{ schema, table }: Pick<Writing, 'schema' | 'table'>,
	records: readonly JsonRecord[]
): Reject[] {
	const kept = keptOf(schema);
	const cast = kept.map(({ source, type, read }) =>
		type === read ? quoteName(source) : `TRY_CAST(${quoteName(source)} AS ${type})`
	);
	const bad = kept.flatMap(({ source, type, read }, index) =>
		type === read ? [] : [`WHEN ${quoteName(source)} IS NOT NULL AND ${cast[index]} IS NULL THEN ${index}`]
	);
	const misfit = bad.length === 0 ? 'NULL' : `CASE ${bad.join(' ')} END`;
	const rows =
		bad.length === 0
			? []
			: engine.query(
					`SELECT ${quoteName(schema.rowName)} AS n, ${misfit} AS bad FROM read WHERE ${misfit} IS NOT NULL`
				);
	const columns = kept.map(({ name }, index) => `${cast[index]} AS ${quoteName(name)}`);
	if (rows.length < records.length) table.write(`SELECT ${columns.join(', ')} FROM read WHERE ${misfit} IS NULL`);
	return rows.flatMap((row) => {
		const record = records[Number(row.n)];
		const column = kept[Number(row.bad)];
		return record && column ? [rejectOf(record, column.name, `the value is no ${column.type}`)] : [];
	});
}

const rejectOf = (record: JsonRecord, column: string | null, reason: string): Reject => ({
	line: record.line,
	column,
	reason,
	text: record.text.slice(0, 2000)
});

const firstLine = (text: string): string => text.split('\n')[0] ?? text;

/** Types come from the engine, so a guess reads the head as an import would. */
export async function guessJson(engine: Engine, source: Source, overrides: IngestOverrides): Promise<Preview> {
	const prepared = await prepareJson(source, overrides);
	const schema = new JsonSchema(engine, overrides);
	const head = { ...source, blob: new Blob([source.head]), compression: 'none' as const };
	let records: readonly JsonRecord[] = [];
	let rejects: readonly Reject[] = [];
	for await (const batch of readBatches(head, prepared)) {
		records = [...records, ...batch.records];
		rejects = [...rejects, ...batch.rejects];
	}
	if (!source.complete) rejects = rejects.filter(({ reason }) => !reason.startsWith('the source ends'));
	if (records.length === 0) {
		if (rejects.length > 0) throw new Stopped({ kind: 'no-rows-fit', source: source.name, rejects });
		if (!source.complete) {
			const reason = 'its first record does not end within the first 4 MB; cut it into smaller ones';
			throw new Stopped({ kind: 'unreadable-source', source: source.name, format: 'json', reason, line: 1 });
		}
		throw new Stopped({ kind: 'empty-source', source: source.name });
	}
	schema.learn(records.slice(0, 20_000));
	const file = engine.freshName('ndjson');
	engine.file(
		file,
		new TextEncoder().encode(
			records
				.slice(0, 100)
				.map(({ text }) => text)
				.join('\n')
		)
	);
	const shown = schema.columns
		.filter(({ type }) => type !== null)
		.map(({ source: name }, index) => `${quoteName(name)}::VARCHAR AS c${index}`);
	try {
		const rows = engine.rows(`SELECT ${shown.join(', ')} FROM ${schema.readCall(file)}`);
		const ratio = source.blob.size / source.head.length;
		return {
			options: optionsOf(source, prepared, schema),
			rows,
			rejects: rejects.slice(0, 20),
			rowEstimate: source.complete ? records.length : Math.round(records.length * ratio),
			exact: source.complete,
			tables: [],
			notes: [],
			recordPaths: prepared.plan.recordPaths
		};
	} finally {
		engine.drop(file);
	}
}

function optionsOf(source: Source, { plan, ndjson }: PreparedJson, schema: JsonSchema): IngestOptions {
	return {
		format: ndjson ? 'ndjson' : 'json',
		compression: source.compression,
		csv: null,
		json: { recordPath: plan.layout.kind === 'array' ? plan.layout.path : '' },
		excel: null,
		columns: schema.columns.map(({ source: from, name, type }) => ({ source: from, name, type }))
	};
}
