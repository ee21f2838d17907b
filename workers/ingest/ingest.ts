// The ingest verbs: each settles as a Result, whatever its readers throw.
import { expose, wrap } from 'comlink';
import type { IngestFailure, IngestFormat, IngestOverrides, Preview } from '#core/ingest/options.ts';
import type { PathFile } from '#core/ingest/partitioned-folder.ts';
import { err, exhaustive, invariant, ok, type Result } from '#core/result.ts';
import { adoptDuckDb } from '../duckdb.ts';
import type { IngestInput, IngestOutput, IngestWorkerApi, ReadAheadApi } from './api.ts';
import { ask } from './ask.ts';
import { askFile } from './ask-file.ts';
import { guessArrow, readArrow } from './arrow.ts';
import { guessCsv, readCsv, type ReadContext, type ReadTable } from './csv.ts';
import { download } from './download.ts';
import { Engine } from './engine.ts';
import { guessExcel, readExcel } from './excel.ts';
import { checkTypes, settle } from './failures.ts';
import { guessFolder, isArchive, openFolder, readFolder, type Folder } from './folder.ts';
import { guessJson, readJsonSource } from './json.ts';
import { mixedFiles, readMixed, withPartitions } from './mixed-files.ts';
import { guessParquet, readParquet } from './parquet.ts';
import { formatOf } from './read-format.ts';
import { createReadAhead } from './read-ahead.ts';
import { unpack } from './zip.ts';
import { openSource, type Source } from './source.ts';
import { guessSqlite, readSqlite } from './sqlite.ts';

export function createIngest(): IngestWorkerApi {
	let opened: Promise<Engine> | undefined;
	const engine = (): Promise<Engine> => {
		if (!opened) {
			opened = Engine.open();
			opened.catch(() => (opened = undefined));
		}
		return opened;
	};
	return {
		guess: (input, overrides) => guess(engine, input, overrides),
		read: (input, overrides, onProgress, ahead) =>
			read(engine, input, overrides, { onProgress, ahead: ahead ? wrap<ReadAheadApi>(ahead) : createReadAhead() }),
		readAhead: (port) => expose(createReadAhead(), port),
		download,
		ask: (question, relay) => ask(question, relay),
		askFile: (question, relay, onBytes) => askFile(question, relay, onBytes),
		unpack: ({ name, blob }) =>
			settle(
				name,
				() => 'zip',
				async () => ok(await unpack(name, blob))
			),
		adopt: adoptDuckDb,
		warm: () => void rehearse(engine)
	};
}

const REHEARSED_ROWS = 20_000;

/** Reads a table of no use, so that the engine's code is compiled when the first real one comes. */
async function rehearse(engine: OpenEngine): Promise<void> {
	const rows = Array.from(
		{ length: REHEARSED_ROWS },
		(_, row) => `2024-01-01 00:00:00,${row},${row / 7},word ${row % 99}`
	);
	const blob = new Blob([`at,number,share,text\n${rows.join('\n')}\n`]);
	const alone = { onProgress: () => undefined, ahead: createReadAhead() };
	await read(engine, { name: 'rehearsal.csv', blob }, {}, alone);
}

type OpenEngine = () => Promise<Engine>;

async function guess(
	engine: OpenEngine,
	given: IngestInput,
	overrides: IngestOverrides
): Promise<Result<Preview, IngestFailure>> {
	let format: IngestFormat | 'zip' = overrides.format ?? 'zip';
	return settle(
		given.name,
		() => format,
		async () => {
			const input = await unpacked(given);
			const mixed = mixedFiles(input, overrides);
			if (mixed) {
				const [first] = mixed;
				const only = { name: first?.path ?? input.name, blob: first?.file ?? input.blob, log: first?.log };
				const { filters: _filters, only: _only, ...others } = overrides;
				const guessed = await guess(engine, only, others);
				return guessed.ok ? ok(withPartitions(guessed.value, mixed, overrides)) : guessed;
			}
			const source = { ...(await openSource(input.name, input.blob)), log: input.log };
			const folder = await folderOf(input, overrides);
			if (folder) return ok(await guessFolder(await engine(), source, folder, overrides));
			const own = formatOf(source, overrides);
			format = own;
			switch (own) {
				// Delimited text needs no engine for its guess, so a preview comes at once; what is read after it needs one.
				case 'csv': {
					const preview = await guessCsv(source, overrides);
					setTimeout(() => void engine());
					return ok(preview);
				}
				case 'json':
				case 'ndjson':
					return ok(await guessJson(await engine(), source, overrides));
				case 'parquet':
					return ok(await guessParquet(await engine(), source, overrides));
				case 'arrow':
					return ok(await guessArrow(await engine(), source, overrides));
				case 'excel':
					return ok(await guessExcel(source, overrides));
				case 'sqlite':
					return ok(await guessSqlite(source, overrides));
				default:
					return exhaustive(own);
			}
		}
	);
}

async function read(
	engine: OpenEngine,
	given: IngestInput,
	overrides: IngestOverrides,
	context: ReadContext
): Promise<Result<IngestOutput, IngestFailure>> {
	let format: IngestFormat | 'zip' = overrides.format ?? 'zip';
	return settle(
		given.name,
		() => format,
		async () => {
			const input = await unpacked(given);
			const source = { ...(await openSource(input.name, input.blob)), log: input.log };
			const mixed = mixedFiles(input, overrides);
			const folder = mixed ? null : await folderOf(input, overrides);
			const own = folder || mixed ? 'parquet' : formatOf(source, overrides);
			format = own;
			const opened = await engine();
			checkTypes(opened, overrides);
			const reading = (): ReadTable | Promise<ReadTable> => {
				if (mixed) return readMixed(opened, source, mixed, overrides, context, readAs);
				if (folder) return readFolder(opened, source, folder, overrides, context);
				return readerOf(own)(opened, source, overrides, context);
			};
			const isHashed = own === 'csv' && input === given;
			const [table, hashed] = await Promise.all([reading(), isHashed ? null : context.ahead.hash(allBytes(given))]);
			const sha256 = hashed ?? table.sha256;
			invariant(sha256, 'a source is hashed as it is read, or beside that');
			return finish(opened, source, table, sha256);
		}
	);
}

/** An archive of one file is that file; of several, all of them. What is a folder of Parquet or a workbook stays. */
async function unpacked(input: IngestInput): Promise<IngestInput> {
	if (input.files || !/\.zip$/i.test(input.name) || !(await isArchive(input))) return input;
	const files = await unpack(input.name, input.blob);
	const [only] = files;
	return only && files.length === 1
		? { name: only.path.split('/').at(-1) ?? only.path, blob: only.file, log: only.log }
		: { ...input, files };
}

function allBytes({ blob, log }: IngestInput): Blob {
	return log ? new Blob([blob, log]) : blob;
}

/** Null for one file, and for a ZIP that a person says is something else. */
async function folderOf(input: IngestInput, { format = 'parquet' }: IngestOverrides): Promise<Folder | null> {
	return format === 'parquet' ? openFolder(input) : null;
}

/** One file among others, by its own format. */
async function readAs(
	engine: Engine,
	{ path, file, log }: PathFile<Blob>,
	overrides: IngestOverrides,
	context: ReadContext
): Promise<ReadTable> {
	const source = { ...(await openSource(path, file)), log };
	return readerOf(formatOf(source, overrides))(engine, source, overrides, context);
}

type Reader = (engine: Engine, source: Source, overrides: IngestOverrides, context: ReadContext) => Promise<ReadTable>;

function readerOf(format: IngestFormat): Reader {
	switch (format) {
		case 'csv':
			return readCsv;
		case 'json':
		case 'ndjson':
			return readJsonSource;
		case 'parquet':
			return readParquet;
		case 'arrow':
			return readArrow;
		case 'excel':
			return readExcel;
		case 'sqlite':
			return readSqlite;
		default:
			return exhaustive(format);
	}
}

function finish(engine: Engine, source: Source, read: ReadTable, sha256: string): Result<IngestOutput, IngestFailure> {
	const rejects = read.rejects.finish();
	if (read.table.rowCount === 0 && rejects !== null) {
		return err({ kind: 'no-rows-fit', source: source.name, rejects: read.rejects.first });
	}
	const { options, notes = [] } = read;
	return ok({ table: read.table.finish(), rejects, options, notes, sha256, engine: engine.version });
}
