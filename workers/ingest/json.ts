// Reads JSON: lines, values one after another, or an array inside a document, in chunks; widens types when records surprise.
import { quoteName, quoteText } from '#core/ingest/cast-sql.ts';
import { typeOf } from '#core/ingest/guess-csv.ts';
import { planJson, type JsonLayout, type JsonPlan } from '#core/ingest/json-layout.ts';
import { splitJson } from '#core/ingest/json-splitter.ts';
import type { IngestOptions, IngestOverrides, IngestProgress, Preview, Reject } from '#core/ingest/options.ts';
import type { Column } from '#core/version/version.ts';
import { readChunks, RECORD_MAX_BYTES, RecordTooLong } from './chunks.ts';
import type { ReadTable } from './csv.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import { recordsOf, type JsonRecord } from './json-records.ts';
import { Rejects } from './rejects.ts';
import { encodingOf, laterPieces, readUtf8, type Piece, type Source } from './source.ts';
import { TableWriter } from './table-writer.ts';

// Note: types that records surprise. Types are read from sampled records. A later record with a new key or a value of
// another type widens them, and reading starts again; after RESTARTS such rows are rejected. Nothing is dropped in silence.
const RESTARTS = 6;
const CHUNK_RECORD_BYTES = 16 * 1024 * 1024;

type Prepared = { readonly plan: JsonPlan; readonly encoding: string; readonly mark: number; readonly ndjson: boolean };

async function prepare(source: Source, overrides: IngestOverrides): Promise<Prepared> {
	const { encoding, markLength } = encodingOf(source, await laterPieces(source), undefined);
	const decoder = new TextDecoder(encoding, { ignoreBOM: true });
	const body = source.head.subarray(markLength);
	const bytes = /^utf-8$/i.test(encoding) ? body : new TextEncoder().encode(decoder.decode(body, { stream: true }));
	const ndjson = overrides.format === 'ndjson' || /\.(ndjson|jsonl)(\.gz)?$/i.test(source.name);
	const head = { bytes, complete: source.complete, decode: (part: Uint8Array) => new TextDecoder().decode(part) };
	const plan = planJson(head, overrides.json?.recordPath, ndjson);
	if (plan === null) {
		throw new Stopped({
			kind: 'unsupported-option',
			option: 'recordPath',
			value: overrides.json?.recordPath ?? '',
			reason: 'there is no array of records at this path in the first 4 MB'
		});
	}
	return { plan, encoding, mark: markLength, ndjson: plan.layout.kind === 'lines' };
}

type Batch = {
	readonly records: readonly JsonRecord[];
	readonly rejects: readonly Reject[];
	readonly readBytes: number;
};

async function* readBatches(source: Source, prepared: Prepared): AsyncGenerator<Batch> {
	const { layout } = prepared.plan;
	const pieces = readUtf8(source, prepared.encoding, prepared.mark);
	if (layout.kind === 'lines') {
		for await (const chunk of readChunks(pieces, { delimiter: ',', quote: '', escape: '' })) {
			yield { ...recordsOf(linesIn(chunk.bytes, chunk.line)), readBytes: chunk.readBytes };
		}
		return;
	}
	yield* readValues(pieces, layout);
}

type RawValue = { readonly text: string; readonly line: number; readonly tooDeep: boolean };

function* linesIn(bytes: Uint8Array, firstLine: number): Generator<RawValue> {
	const decoder = new TextDecoder();
	let line = firstLine;
	for (let at = 0; at < bytes.length; line++) {
		const found = bytes.indexOf(10, at);
		const end = found < 0 ? bytes.length : found;
		const one = bytes.subarray(at, end);
		at = end + 1;
		const text = decoder.decode(one);
		if (text.trim() === '') continue;
		const [value] = splitJson(one, true).values;
		yield { text, line, tooDeep: value?.tooDeep ?? false };
	}
}

async function* readValues(
	pieces: AsyncIterable<Piece>,
	layout: JsonLayout & { start: number }
): AsyncGenerator<Batch> {
	const decoder = new TextDecoder();
	let buffer = new Uint8Array(CHUNK_RECORD_BYTES + 5 * 1024 * 1024);
	let used = 0;
	let line = 1;
	let wanted = CHUNK_RECORD_BYTES;
	let readBytes = 0;
	let skip = layout.start;
	let closed = false;
	const take = (atEnd: boolean): Batch => {
		const bytes = buffer.subarray(0, used);
		const split = splitJson(bytes, atEnd);
		const raw = split.values.map(({ start, end, linesBefore, tooDeep }) => ({
			text: decoder.decode(bytes.subarray(start, end)),
			line: line + linesBefore,
			tooDeep
		}));
		closed = layout.kind === 'array' && split.closed;
		for (let at = 0; at < split.next; at++) if (buffer[at] === 10) line++;
		buffer.copyWithin(0, split.next, used);
		used -= split.next;
		return { ...recordsOf(raw), readBytes };
	};
	for await (const piece of pieces) {
		readBytes = piece.readBytes;
		let { bytes } = piece;
		if (skip > 0) {
			const cut = Math.min(skip, bytes.length);
			for (let at = 0; at < cut; at++) if (bytes[at] === 10) line++;
			bytes = bytes.subarray(cut);
			skip -= cut;
		}
		if (used + bytes.length > buffer.length) {
			const larger = new Uint8Array(Math.max(buffer.length * 2, used + bytes.length));
			larger.set(buffer.subarray(0, used));
			buffer = larger;
		}
		buffer.set(bytes, used);
		used += bytes.length;
		if (used < wanted) continue;
		yield take(false);
		if (closed) return;
		if (used > RECORD_MAX_BYTES) throw new RecordTooLong(line);
		wanted = Math.max(CHUNK_RECORD_BYTES, used * 2);
	}
	yield take(true);
	if (!closed && used > 0) {
		const text = decoder.decode(buffer.subarray(0, Math.min(used, 2000)));
		const reject = { line, column: null, reason: 'the source ends inside this value, which is no JSON', text };
		yield { records: [], rejects: text.trim() === '' ? [] : [reject], readBytes };
	}
}

class Schema {
	readonly #engine: Engine;
	readonly #overrides: IngestOverrides;
	/** Records that between them show every key and type seen. */
	#sample: string[] = [];
	columns: readonly {
		readonly source: string;
		readonly name: string;
		readonly type: string | null;
		readonly read: string;
	}[] = [];
	#keys: ReadonlySet<string> = new Set();

	constructor(engine: Engine, overrides: IngestOverrides) {
		this.#engine = engine;
		this.#overrides = overrides;
	}

	/** A name no column has. */
	get rowName(): string {
		let name = 'row';
		while (this.columns.some(({ source }) => source.toLowerCase() === name)) name += '_';
		return name;
	}

	get kept(): readonly Column[] {
		return this.columns.flatMap(({ name, type }) => (type === null ? [] : [{ name, type }]));
	}

	learn(records: readonly JsonRecord[]): void {
		this.#sample = [...this.#sample, ...records.map(({ text }) => text)];
		const file = this.#engine.freshName('ndjson');
		this.#engine.file(file, new TextEncoder().encode(this.#sample.join('\n')));
		try {
			const found = this.#engine.query(
				`DESCRIBE SELECT * FROM read_json('${file}', ${common}, sample_size=-1, maximum_depth=-1)`
			);
			this.columns = found.map((row) => {
				const source = String(row.column_name);
				const type = this.#scalarType(file, source, String(row.column_type));
				const wanted = typeOf(source, type, this.#overrides);
				const name = this.#overrides.names?.[source] ?? source;
				return { source, name, type: wanted, read: wanted === null || wanted === type ? type : plainer(type) };
			});
			this.#keys = new Set(this.columns.map(({ source }) => source));
		} finally {
			this.#engine.drop(file);
		}
	}

	/** A column of differing scalars is text; only where objects or arrays are among them it stays JSON. */
	#scalarType(file: string, column: string, type: string): string {
		if (type !== 'JSON') return type;
		const value = quoteName(column);
		const [found] = this.#engine.query(
			`SELECT count(*) AS n FROM read_json('${file}', ${common}, columns={${quoteText(column)}: 'JSON'})
			 WHERE json_type(${value}) IN ('OBJECT', 'ARRAY')`
		);
		return Number(found?.n ?? 0) === 0 ? 'VARCHAR' : type;
	}

	surprises(record: JsonRecord): boolean {
		return record.keys.some((key) => !this.#keys.has(key));
	}

	readCall(file: string): string {
		const columns = this.columns.map(({ source, read }) => `${quoteText(source)}: ${quoteText(read)}`);
		return `read_json('${file}', ${common}, columns={${columns.join(', ')}})`;
	}
}

const common = `format='newline_delimited', records=true, map_inference_threshold=-1, maximum_object_size=${RECORD_MAX_BYTES}`;

/** What a column is read as before it is cast to another type than its own. */
const plainer = (type: string): string => (/[[(]/.test(type) ? 'JSON' : 'VARCHAR');

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
	onProgress: (progress: IngestProgress) => void
): Promise<ReadTable> {
	const prepared = await prepare(source, overrides);
	const schema = new Schema(engine, overrides);
	for (let restarts = 0; ; restarts++) {
		try {
			const { table, rejects } = await readAll(
				engine,
				{ source, prepared, schema, strict: restarts >= RESTARTS },
				onProgress
			);
			return { table, rejects, options: optionsOf(source, prepared, schema) };
		} catch (thrown) {
			if (!(thrown instanceof Surprise)) throw thrown;
			schema.learn(thrown.records);
		}
	}
}

type Reading = {
	readonly source: Source;
	readonly prepared: Prepared;
	readonly schema: Schema;
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
		const bad = [
			...batch.rejects,
			...surprising.map((record) => rejectOf(record, null, 'a key that no sampled record has')),
			...writeRecords(engine, { schema, table, strict }, known)
		];
		rejects.add(bad.sort((a, b) => a.line - b.line));
		onProgress({ readBytes: batch.readBytes, totalBytes: source.blob.size, rowCount: table.rowCount });
	}
	if (schema.columns.length === 0 && rejects.first.length === 0)
		throw new Stopped({ kind: 'empty-source', source: source.name });
	return { table, rejects };
}

type Writing = { readonly schema: Schema; readonly table: TableWriter; readonly strict: boolean };

function writeRecords(engine: Engine, writing: Writing, records: readonly JsonRecord[]): Reject[] {
	if (records.length === 0) return [];
	const { schema, table, strict } = writing;
	const file = engine.freshName('ndjson');
	engine.file(file, new TextEncoder().encode(records.map(({ text }) => text).join('\n')));
	try {
		engine.query(
			`CREATE TEMP TABLE read AS SELECT row_number() OVER () - 1 AS ${quoteName(schema.rowName)}, * FROM ${schema.readCall(file)}`
		);
		return castRecords(engine, { schema, table }, records);
	} catch (thrown) {
		if (!(thrown instanceof Error) || !/JSON|cast|convert/i.test(thrown.message)) throw thrown;
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
	const kept = schema.columns.flatMap((column) => (column.type === null ? [] : [{ ...column, type: column.type }]));
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
	const prepared = await prepare(source, overrides);
	const schema = new Schema(engine, overrides);
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
			sheets: [],
			recordPaths: prepared.plan.recordPaths
		};
	} finally {
		engine.drop(file);
	}
}

function optionsOf(source: Source, { plan, ndjson }: Prepared, schema: Schema): IngestOptions {
	return {
		format: ndjson ? 'ndjson' : 'json',
		compression: source.compression,
		csv: null,
		json: { recordPath: plan.layout.kind === 'array' ? plan.layout.path : '' },
		excel: null,
		columns: schema.columns.map(({ source: from, name, type }) => ({ source: from, name, type }))
	};
}
