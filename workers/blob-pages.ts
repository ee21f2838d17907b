// Small reads of Blobs, answered from pages that are read whole and kept a while: one read of a Blob costs a millisecond
// however little is asked for, since its bytes are in another process.

/** A stored table's row group is about as long. */
const PAGE_BYTES = 512 * 1024;

/** What DuckDB-WASM asks of a FileSystemSyncAccessHandle, for a file that is only read. */
export type SourceHandle = {
	read(out: Uint8Array, options: { readonly at: number }): number;
	getSize(): number;
	flush(): void;
	close(): void;
};

/** A run of a Blob's bytes. Blobs of one name have the same bytes, so that files share what was read of them. */
export type BlobRun = {
	readonly name: string | null;
	readonly blob: Blob;
	readonly startByte: number;
	readonly sizeBytes: number;
};

type Page = ReturnType<ReadRange>;

/** Reads a range of a Blob, blocking. */
export type ReadRange = (blob: Blob, startByte: number, endByte: number) => Uint8Array<ArrayBuffer>;

/** TypeScript's DOM types leave out what only workers have. */
declare class FileReaderSync {
	readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** For workers. Fails: throws when the bytes are not readable any more */
export const readRange: ReadRange = (blob, startByte, endByte) =>
	new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob.slice(startByte, endByte)));

/** Shared by all the Blobs of a worker; the page used longest ago goes first. */
export class BlobPages {
	readonly #maxBytes: number;
	readonly #readRange: ReadRange;
	/** By `#key`, the page used last at the end. */
	readonly #pages = new Map<string, Page>();
	#keptBytes = 0;
	#blobCount = 0;

	constructor(maxBytes: number, readRange: ReadRange) {
		this.#maxBytes = maxBytes;
		this.#readRange = readRange;
	}

	/** Fails: `read` throws when the Blob's bytes are not readable any more */
	handle(blob: Blob): SourceHandle {
		const id = `${this.#blobCount++}`;
		return {
			read: (out, { at }) => this.#read(id, blob, out, at),
			getSize: () => blob.size,
			flush: () => undefined,
			close: () => this.#forget(id, blob)
		};
	}

	/** A file that is the runs, one after another. What was read of a Blob with a name stays when the file is closed. */
	handleOf(runs: readonly BlobRun[]): SourceHandle {
		const own = `${this.#blobCount++}`;
		const sources = runs.map((run, at) => ({ ...run, id: run.name ?? `${own}.${at}` }));
		const starts: number[] = [];
		let sizeBytes = 0;
		for (const run of runs) {
			starts.push(sizeBytes);
			sizeBytes += run.sizeBytes;
		}
		const read = (out: Uint8Array, startByte: number): number => {
			const endByte = Math.min(startByte + out.length, sizeBytes);
			let at = startByte;
			for (let number = lastAtOrBefore(starts, at); at < endByte; number++) {
				const [source, start] = [sources[number], starts[number] ?? 0];
				if (!source) break;
				const length = Math.min(endByte, start + source.sizeBytes) - at;
				this.#read(
					source.id,
					source.blob,
					out.subarray(at - startByte, at - startByte + length),
					source.startByte + at - start
				);
				at += length;
			}
			return Math.max(0, endByte - startByte);
		};
		return {
			read: (out, { at }) => read(out, at),
			getSize: () => sizeBytes,
			flush: () => undefined,
			close: () => {
				for (const { name, id, blob } of sources) if (name === null) this.#forget(id, blob);
			}
		};
	}

	#read(id: string, blob: Blob, out: Uint8Array, startByte: number): number {
		const endByte = Math.min(startByte + out.length, blob.size);
		let at = startByte;
		while (at < endByte) {
			const start = at - (at % PAGE_BYTES);
			// Note: long runs go past the cache, which they would only empty.
			const isLong = at === start && endByte - at >= PAGE_BYTES && !this.#pages.has(keyOf(id, start));
			const bytes = isLong ? this.#slice(blob, at, endByte) : this.#page(id, blob, start).subarray(at - start);
			const taken = bytes.subarray(0, endByte - at);
			out.set(taken, at - startByte);
			at += taken.length;
		}
		return Math.max(0, endByte - startByte);
	}

	#page(id: string, blob: Blob, startByte: number): Page {
		const key = keyOf(id, startByte);
		const known = this.#pages.get(key);
		if (known) {
			this.#pages.delete(key);
			this.#pages.set(key, known);
			return known;
		}
		const page = this.#slice(blob, startByte, Math.min(startByte + PAGE_BYTES, blob.size));
		this.#pages.set(key, page);
		this.#keptBytes += page.length;
		for (const [oldest, { length }] of this.#pages) {
			if (this.#keptBytes <= this.#maxBytes) break;
			this.#pages.delete(oldest);
			this.#keptBytes -= length;
		}
		return page;
	}

	#slice(blob: Blob, startByte: number, endByte: number): Page {
		const bytes = this.#readRange(blob, startByte, endByte);
		if (bytes.length !== endByte - startByte) throw new Error('the file ended while it was read');
		return bytes;
	}

	#forget(id: string, blob: Blob): void {
		for (let startByte = 0; startByte < blob.size; startByte += PAGE_BYTES) {
			const key = keyOf(id, startByte);
			this.#keptBytes -= this.#pages.get(key)?.length ?? 0;
			this.#pages.delete(key);
		}
	}
}

/** The number of the last of ascending starts at or before a place. */
function lastAtOrBefore(starts: readonly number[], place: number): number {
	let [low, high] = [0, starts.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((starts[middle] ?? 0) <= place) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}

function keyOf(id: string, startByte: number): string {
	return `${id}/${startByte}`;
}
