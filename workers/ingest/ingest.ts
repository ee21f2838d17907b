// The ingest verbs: each settles as a Result, whatever its readers throw.
import type { IngestFailure, IngestFormat, IngestOverrides, IngestProgress, Preview } from '#core/ingest/options.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { IngestApi, IngestInput, IngestOutput } from './api.ts';
import { guessCsv, readCsv, type ReadTable } from './csv.ts';
import { download } from './download.ts';
import { Engine } from './engine.ts';
import { settle } from './failures.ts';
import { hashBlob } from './hash.ts';
import { openSource, type Source } from './source.ts';

export function createIngest(): IngestApi {
	let opened: Promise<Engine> | undefined;
	const engine = (): Promise<Engine> => (opened ??= Engine.open());
	return {
		guess: (input, overrides) => guess(engine, input, overrides),
		read: (input, overrides, onProgress) => read(engine, input, overrides, onProgress),
		hash: hashBlob,
		download
	};
}

type OpenEngine = () => Promise<Engine>;

async function guess(
	_engine: OpenEngine,
	input: IngestInput,
	overrides: IngestOverrides
): Promise<Result<Preview, IngestFailure>> {
	const format: IngestFormat = overrides.format ?? 'csv';
	return settle(
		input.name,
		() => format,
		async () => {
			const source = await openSource(input.name, input.blob);
			if (source.head.length === 0) return err({ kind: 'empty-source', source: input.name });
			return ok(await guessCsv(source, overrides));
		}
	);
}

async function read(
	engine: OpenEngine,
	input: IngestInput,
	overrides: IngestOverrides,
	onProgress: (progress: IngestProgress) => void
): Promise<Result<IngestOutput, IngestFailure>> {
	const format: IngestFormat = overrides.format ?? 'csv';
	return settle(
		input.name,
		() => format,
		async () => {
			const source = await openSource(input.name, input.blob);
			if (source.head.length === 0) return err({ kind: 'empty-source', source: input.name });
			const opened = await engine();
			return finish(opened, source, await readCsv(opened, source, overrides, onProgress));
		}
	);
}

function finish(engine: Engine, source: Source, read: ReadTable): Result<IngestOutput, IngestFailure> {
	const rejects = read.rejects.finish();
	if (read.table.rowCount === 0 && rejects !== null) {
		return err({ kind: 'no-rows-fit', source: source.name, rejects: read.rejects.first });
	}
	return ok({ table: read.table.finish(), rejects, options: read.options, engine: engine.version });
}
