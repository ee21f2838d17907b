// The ingest worker's interface. It has an engine of its own, so that an import never stops a query. Types only.
import type { Dialect } from '#core/ingest/dialect.ts';
import type {
	IngestFailure,
	IngestOptions,
	IngestOverrides,
	IngestProgress,
	Preview,
	PreviewNote
} from '#core/ingest/options.ts';
import type { PathFile } from '#core/ingest/partitioned-folder.ts';
import type { Result } from '#core/result.ts';
import type { AskFailure, RelayAccess } from '#core/source/relayed.ts';
import type { FileQuestion, FileTold } from '#core/source/files/file-question.ts';
import type { Asked, SourceQuestion } from '#core/source/asked.ts';
import type { WrittenTable } from '#workers/engine/api.ts';

export type IngestInput = {
	readonly name: string;
	readonly blob: Blob;
	/** Of a partitioned folder, whose bytes are `blob`, one file after another. */
	readonly files?: readonly PathFile<Blob>[] | undefined;
	/** Of a database, see `PathFile`. */
	readonly log?: Blob | null | undefined;
};

/** `blob` is null of an answer that is a text, or too large. */
export type FileAnswer = FileTold & { readonly blob: Blob | null };

export type IngestOutput = {
	readonly table: WrittenTable;
	/** Columns `line` BIGINT, `column` VARCHAR, `reason` VARCHAR, `text` VARCHAR; null when every row fitted. */
	readonly rejects: WrittenTable | null;
	/** The options in force, guesses included. */
	readonly options: IngestOptions;
	readonly notes: readonly PreviewNote[];
	/** Of the source's bytes as they are stored, hex. */
	readonly sha256: string;
	readonly engine: string;
};

/** What a second thread does for the one that reads: it reads ahead while an engine works. */
export type ReadAheadApi = {
	/** SHA-256 of the blob's bytes, hex. */
	hash(blob: Blob): Promise<string>;
	/** Begins to cut a text into chunks. */
	begin(request: TextRequest): Promise<void>;
	/** The next chunk, or at the end the SHA-256 of the source's bytes. `used` is a chunk whose memory is used again. */
	next(used: Uint8Array<ArrayBuffer> | null): Promise<Result<Ahead, IngestFailure>>;
};

export type TextRequest = {
	readonly source: Omit<IngestInput, 'files' | 'log'> & { readonly compression: 'none' | 'gzip' };
	readonly encoding: string;
	/** Bytes of its byte-order mark. */
	readonly mark: number;
	/** Bytes of UTF-8 before the first record. */
	readonly skip: number;
	readonly dialect: Pick<Dialect, 'delimiter' | 'quote' | 'escape'>;
};

/** Text that ends at a record's border. */
export type Chunk = {
	/** The taker's own. Given back with the next call, its memory is used again. */
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly line: number;
	readonly loneCr: boolean;
	readonly readBytes: number;
};

export type Ahead =
	{ readonly chunk: Chunk; readonly sha256: null } | { readonly chunk: null; readonly sha256: string };

/** Cancelling is terminating the worker: it stores nothing, so nothing half-written stays. */
export type IngestApi = {
	guess(input: IngestInput, overrides: IngestOverrides): Promise<Result<Preview, IngestFailure>>;
	read(
		input: IngestInput,
		overrides: IngestOverrides,
		onProgress: (progress: IngestProgress) => void
	): Promise<Result<IngestOutput, IngestFailure>>;
	/** The bytes behind a URL. It, `ask` and `askFile` alone reach out, and only to what a person named. */
	download(url: string, onProgress: (progress: IngestProgress) => void): Promise<Result<IngestInput, IngestFailure>>;
	/** One answer of a connection's source, by the edge where `relay` is given. */
	ask(question: SourceQuestion, relay: RelayAccess | null): Promise<Result<Asked, AskFailure | IngestFailure>>;
	/** One answer of a store of files, by the edge where `relay` is given. */
	askFile(
		question: FileQuestion,
		relay: RelayAccess | null,
		onBytes: (readBytes: number) => void
	): Promise<Result<FileAnswer, AskFailure | IngestFailure>>;
	/** The files of a ZIP that hold tables, by their paths. */
	unpack(input: IngestInput): Promise<Result<readonly PathFile<Blob>[], IngestFailure>>;
};

/** What the worker does for the page's threads. */
export type IngestWorkerApi = Omit<IngestApi, 'read'> & {
	/** `ahead` leads to a thread that reads ahead; without one this thread does it itself. */
	read(
		input: IngestInput,
		overrides: IngestOverrides,
		onProgress: (progress: IngestProgress) => void,
		ahead?: MessagePort
	): Promise<Result<IngestOutput, IngestFailure>>;
	/** Reads ahead for whoever has the port's other end. */
	readAhead(port: MessagePort): void;
	/** Takes the engine's code from a worker that compiled it; before the first verb. */
	adopt(module: WebAssembly.Module): void;
	/** Opens the engine ahead of the first verb that needs it. What fails here fails there again, with its reason. */
	warm(): void;
};
