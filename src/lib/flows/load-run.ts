// One load: from batches of a source to rows that are kept, with the place behind them. See note: why nothing is lost or doubled.
//
// Note: why nothing is lost or doubled. Rows are kept together with where the first page is that is not kept, in one transaction. What ends
// in between begins again at that page. The mark, by which the next load asks for what came since, moves with the last rows of a load
// and never before. Of rows that have the mark itself, those that are kept are known by their hashes. Rows with a key are matched by
// it, so that pages which shifted, and rows that are asked for again because others come late, are the same rows.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Connection } from '../core/source/connection.ts';
import type { KnownFiles } from '../core/source/files/file-facts.ts';
import { isWholeLoad } from '../core/source/load-terms.ts';
import { compareMarks, markBefore } from '../core/source/marks.ts';
import type { LoadRun, LoadState } from '../core/source/load-state.ts';
import type { Mark } from '../core/source/rest/page.ts';
import type { SourceFile, SourceReader, SourceRows } from './source-reader.ts';

export type LoadSink = {
	/** All of it with the state, or nothing. */
	readonly keep: (rows: LoadedRows, state: LoadState) => Promise<Result<KeptRows, Failure>>;
};
/** Lines of JSON, or files in their order; at least one of them. */
export type LoadedRows =
	| { readonly kind: 'rows'; readonly rows: readonly string[]; readonly types: SourceRows['types'] }
	| { readonly kind: 'files'; readonly files: readonly SourceFile[] };
/** What was read, with those that were rejected. */
export type KeptRows = { readonly rowCount: number; readonly rejectedCount: number };

export type LoadInput = {
	readonly connection: Connection;
	readonly id: string;
	/** Hash of what the connection asks. */
	readonly asked: string;
	/** What is kept already. */
	readonly state: LoadState | null;
	readonly name: string;
	/** The only columns that are taken; null takes all. */
	readonly columns: readonly string[] | null;
	/** Files that are loaded. */
	readonly known?: KnownFiles;
	readonly hash: (text: string) => Promise<string>;
	/** Kept together where the mode allows it, once there are as many bytes. */
	readonly batchBytes: number;
	readonly onProgress: (rowCount: number) => void;
};

export type LoadCounts = {
	readonly pages: number;
	readonly readCount: number;
	/** Left out: they were there, or came twice. */
	readonly knownCount: number;
	readonly keptCount: number;
	readonly rejectedCount: number;
	/** It went on where one before was ended. */
	readonly wasResumed: boolean;
};

/** What is held at once of a load that is kept as one. */
const HELD_LIMIT = 1024 ** 3;
/** Rows that have the mark; of more, a page of hashes is no little thing beside a version. */
const EDGE_LIMIT = 5000;

type Pending = {
	readonly rows: Map<string, string> | string[];
	readonly files: SourceFile[];
	types: SourceRows['types'];
	bytes: number;
};

export async function runLoad(
	input: LoadInput,
	reader: SourceReader,
	sink: LoadSink
): Promise<Result<LoadCounts, Failure>> {
	const run = new Run(input, reader, sink);
	return run.go();
}

class Run {
	readonly #input: LoadInput;
	readonly #reader: SourceReader;
	readonly #sink: LoadSink;
	#mark: Mark | null = null;
	#edge: ReadonlySet<string> = new Set();
	#highest: Mark | null = null;
	#highestRows = new Set<string>();
	/** What came while a load was ended may stand before the page where it goes on: its time is not raised by what comes later. */
	#isFrozen = false;
	#pending: Pending;
	#counts = { pages: 0, readCount: 0, knownCount: 0, keptCount: 0, rejectedCount: 0 };

	constructor(input: LoadInput, reader: SourceReader, sink: LoadSink) {
		this.#input = input;
		this.#reader = reader;
		this.#sink = sink;
		this.#pending = this.#none();
	}

	async go(): Promise<Result<LoadCounts, Failure>> {
		const { state, connection } = this.#input;
		const isSame = state?.asked === this.#input.asked && !isWholeLoad(connection);
		if (state?.run && !isSame && connection.load.mode === 'append')
			return err({ kind: 'load-unfinished', connection: this.#input.name });
		if (state && isSame) {
			this.#mark = state.mark;
			this.#edge = new Set(state.edge);
		}
		const unfinished = isSame ? (state?.run ?? null) : null;
		if (unfinished && this.#reader.isByMark) {
			// Whatever came meanwhile stands behind the greatest mark, or beside it.
			const { highest, edge, pages } = unfinished;
			if (highest !== null) this.#edge = new Set(edge);
			this.#mark = highest ?? this.#mark;
			const rest = await this.#read(null, pages);
			if (!rest.ok) return rest;
			const last = await this.#keep(null);
			return last.ok ? ok({ ...this.#counts, wasResumed: true }) : last;
		}
		if (unfinished) {
			this.#highest = unfinished.highest;
			this.#highestRows = new Set(unfinished.edge);
			this.#isFrozen = connection.load.mode !== 'append';
		}
		const read = await this.#read(unfinished?.position ?? null, unfinished?.pages ?? 0);
		if (!read.ok) return read;
		const kept = await this.#keep(null);
		if (!kept.ok) return kept;
		// The one before had kept all there was: what came since has not been asked for.
		if (unfinished && !kept.value) {
			this.#isFrozen = false;
			this.#mark = this.#highest ?? this.#mark;
			this.#edge = this.#highest === null ? this.#edge : this.#highestRows;
			const again = await this.#read(null, 0);
			if (!again.ok) return again;
			const last = await this.#keep(null);
			if (!last.ok) return last;
		}
		return ok({ ...this.#counts, wasResumed: unfinished !== null });
	}

	#none(): Pending {
		const rows = this.#input.connection.load.key.length > 0 ? new Map<string, string>() : [];
		return { rows, files: [], types: undefined, bytes: 0 };
	}

	async #read(position: string | null, batches: number): Promise<Result<void, Failure>> {
		const { connection, columns, known = new Map() } = this.#input;
		const isWhole = isWholeLoad(connection);
		const since = this.#mark !== null && connection.since ? markBefore(this.#mark, connection.since.lateMs) : null;
		for await (const read of this.#reader.read({ position, batches, since, columns, known })) {
			if (!read.ok) return read;
			const batch = read.value;
			const { content } = batch;
			const fresh = content.kind === 'rows' ? await this.#fresh(content, batch.number) : ok([]);
			if (!fresh.ok) return fresh;
			const isRoom = this.#pending.files.length === 0 && this.#pending.bytes < this.#input.batchBytes;
			// Only with rows behind it: the last rows of a load are kept with its end.
			if (!isWhole && !isRoom && (content.kind === 'file' || fresh.value.length > 0)) {
				const kept = await this.#keep({ position: batch.position, pages: batch.number - 1 });
				if (!kept.ok) return kept;
			}
			if (content.kind === 'rows') this.#take(content, fresh.value);
			else this.#takeFile(content);
			if (this.#pending.bytes > HELD_LIMIT)
				return err({ kind: 'too-large', source: this.#input.name, limit: '1 GB in one load that takes all rows' });
			if (content.kind === 'rows') await this.#raise(content, fresh.value);
			if (this.#highestRows.size > EDGE_LIMIT && connection.load.mode === 'append')
				return err({ kind: 'mark-too-coarse', field: connection.since?.field ?? '', limit: EDGE_LIMIT });
			this.#counts.pages++;
			if (content.kind === 'rows') this.#counts.readCount += content.rows.length;
			this.#input.onProgress(this.#counts.readCount);
		}
		return ok(undefined);
	}

	/** Which rows of a batch are not kept yet. Of those that have the mark, their hashes tell. */
	async #fresh(page: SourceRows, number: number): Promise<Result<readonly FreshRow[], Failure>> {
		const { since, load } = this.#input.connection;
		const fresh: FreshRow[] = [];
		for (const [index, row] of page.rows.entries()) {
			const mark = page.marks[index] ?? null;
			if (since && load.mode === 'append') {
				if (mark === null) return err({ kind: 'no-mark', field: since.field, page: number });
				const order = this.#mark === null ? 1 : compareMarks(mark, this.#mark);
				if (order < 0 || (order === 0 && this.#edge.has(await this.#hashed(row)))) {
					this.#counts.knownCount++;
					continue;
				}
			}
			fresh.push({ row, key: page.keys[index] ?? '', mark });
		}
		return ok(fresh);
	}

	async #hashed(row: string): Promise<string> {
		return (await this.#input.hash(row)).slice(0, 32);
	}

	#take({ types }: SourceRows, fresh: readonly FreshRow[]): void {
		const { rows } = this.#pending;
		this.#pending.types = types;
		for (const { row, key } of fresh) {
			if (rows instanceof Map) {
				if (rows.delete(key)) this.#counts.knownCount++;
				rows.set(key, row);
			} else rows.push(row);
			this.#pending.bytes += row.length;
		}
	}

	#takeFile(file: SourceFile): void {
		this.#pending.files.push(file);
		this.#pending.bytes += file.blob.size;
		if (file.highest !== null && !this.#isFrozen) this.#highest = file.highest;
	}

	/** Rows that have the greatest mark are known by their hashes. */
	async #raise(page: SourceRows, fresh: readonly FreshRow[]): Promise<void> {
		const { since, load } = this.#input.connection;
		if (!since || this.#isFrozen) return;
		const isAppended = load.mode === 'append';
		const before = this.#highest;
		for (const mark of isAppended ? fresh.map((one) => one.mark) : page.marks)
			if (mark !== null && (this.#highest === null || compareMarks(mark, this.#highest) > 0)) this.#highest = mark;
		if (!isAppended) return;
		if (this.#highest !== before) this.#highestRows = new Set();
		for (const { row, mark } of fresh)
			if (mark !== null && this.#highest !== null && compareMarks(mark, this.#highest) === 0)
				this.#highestRows.add(await this.#hashed(row));
	}

	/** False when there is nothing to keep. `behind` is where the load goes on; null at its end. */
	async #keep(behind: Pick<LoadRun, 'position' | 'pages'> | null): Promise<Result<boolean, Failure>> {
		const { id, asked } = this.#input;
		const { files, types } = this.#pending;
		const rows = [...this.#pending.rows.values()];
		if (rows.length === 0 && files.length === 0) return ok(false);
		const state: LoadState = behind
			? {
					...{ connection: id, asked, mark: this.#mark, edge: [...this.#edge] },
					run: { ...behind, highest: this.#highest, edge: [...this.#highestRows] }
				}
			: { connection: id, asked, ...this.#end(), run: null };
		const kept = await this.#sink.keep(
			files.length > 0 ? { kind: 'files', files } : { kind: 'rows', rows, types },
			state
		);
		if (!kept.ok) return kept;
		const { rowCount, rejectedCount } = kept.value;
		this.#counts.keptCount += rowCount;
		if (files.length > 0) this.#counts.readCount += rowCount;
		this.#counts.rejectedCount += rejectedCount;
		this.#pending = this.#none();
		return ok(true);
	}

	#end(): Pick<LoadState, 'mark' | 'edge'> {
		const isHigher = this.#highest !== null && (this.#mark === null || compareMarks(this.#highest, this.#mark) > 0);
		if (isHigher) return { mark: this.#highest, edge: [...this.#highestRows] };
		return { mark: this.#mark, edge: [...new Set([...this.#edge, ...this.#highestRows])] };
	}
}

type FreshRow = {
	readonly row: string;
	readonly key: string;
	readonly mark: Mark | null;
};
