// Bytes in memory as a file that the engine reads: what DuckDB-WASM asks of a FileSystemSyncAccessHandle.

export class MemoryFile {
	#bytes: Uint8Array;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	read(out: Uint8Array, { at }: { readonly at: number }): number {
		const read = this.#bytes.subarray(at, at + out.length);
		out.set(read);
		return read.length;
	}

	getSize(): number {
		return this.#bytes.length;
	}

	flush(): void {
		// Nothing is written.
	}

	/** Lets go of the bytes: the engine's own list of files may outlive it. */
	close(): void {
		this.#bytes = new Uint8Array();
	}
}
