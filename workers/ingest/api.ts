// The ingest worker's interface. It has an engine of its own, so that an import never stops a query. Types only.
import type { IngestFailure, IngestOptions, IngestOverrides, IngestProgress, Preview } from '#core/ingest/options.ts';
import type { CsvPlan } from '#core/ingest/guess-csv.ts';
import type { Result } from '#core/result.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { WrittenFile } from './table-writer.ts';

export type IngestInput = { readonly name: string; readonly blob: Blob };

export type IngestOutput = {
	readonly table: WrittenTable;
	/** Columns `line` BIGINT, `column` VARCHAR, `reason` VARCHAR, `text` VARCHAR; null when every row fitted. */
	readonly rejects: WrittenTable | null;
	/** The options in force, guesses included. */
	readonly options: IngestOptions;
	readonly engine: string;
};

/** What a second worker does for the one that reads: a chunk is long, synchronous work. */
export type AssistantApi = {
	/** The chunk as a file, or null where something does not fit. The bytes move there and come back. */
	readFast(
		plan: CsvPlan,
		bytes: Uint8Array<ArrayBuffer>
	): Promise<{ readonly file: WrittenFile | null; readonly returned: Uint8Array<ArrayBuffer> }>;
};

/** Cancelling is terminating the worker: it stores nothing, so nothing half-written stays. */
export type IngestApi = {
	guess(input: IngestInput, overrides: IngestOverrides): Promise<Result<Preview, IngestFailure>>;
	read(
		input: IngestInput,
		overrides: IngestOverrides,
		onProgress: (progress: IngestProgress) => void
	): Promise<Result<IngestOutput, IngestFailure>>;
	/** SHA-256 of a blob's bytes, hex, read in slices. */
	hash(blob: Blob): Promise<string>;
	/** The bytes behind a URL. The only place that reaches out, and only to what a person named. */
	download(url: string, onProgress: (progress: IngestProgress) => void): Promise<Result<IngestInput, IngestFailure>>;
};

/** What the worker does for the page's threads. */
export type IngestWorkerApi = Omit<IngestApi, 'read'> & {
	/** `openAssistant` is asked for a port to a second worker when the source is worth one; null when there can be none. */
	read(
		input: IngestInput,
		overrides: IngestOverrides,
		onProgress: (progress: IngestProgress) => void,
		openAssistant: () => Promise<MessagePort | null>
	): Promise<Result<IngestOutput, IngestFailure>>;
	/** Answers as an assistant on this port. */
	assist(port: MessagePort): void;
	/** Takes the engine's code from a worker that compiled it; before the first verb. */
	adopt(module: WebAssembly.Module): void;
	/** Opens the engine ahead of the first verb that needs it. What fails here fails there again, with its reason. */
	warm(): void;
};
