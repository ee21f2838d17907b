// The memory of a machine as it was at a moment, to go back to: what ran since has left nothing there.

/** Of what would take longer to put back than a machine takes to be made anew. */
const MAX_BYTES = 16 * 1024 * 1024;
const PAGE_BYTES = 65_536;
/** Of five megabytes, which lie before all that is allocated; what was there of calls that have ended is nobody's. */
const STACK_MIN_BYTES = 4 * 1024 * 1024;

/** Pages in a row; most of what is in use, such as a stack, holds nothing. */
type Run = { readonly start: number; readonly end: number; readonly bytes: Uint8Array | null };

export class MemoryImage {
	readonly #memory: WebAssembly.Memory;
	readonly #runs: readonly Run[];

	private constructor(memory: WebAssembly.Memory, runs: readonly Run[]) {
		this.#memory = memory;
		this.#runs = runs;
	}

	/** Null when too much is in use. Nothing of the machine may be running. */
	static of(memory: WebAssembly.Memory): MemoryImage | null {
		const all = new Uint8Array(memory.buffer);
		const runs: Run[] = [];
		for (let start = 0; start < all.length; start += PAGE_BYTES) {
			const page = all.subarray(start, start + PAGE_BYTES);
			const last = runs.at(-1);
			const isEmpty = new Float64Array(page.buffer, start, page.length / 8).every((word) => Object.is(word, 0));
			if (!last || isEmpty !== (last.bytes === null))
				runs.push({ start, end: start + PAGE_BYTES, bytes: isEmpty ? null : page });
			else runs[runs.length - 1] = { ...last, end: start + PAGE_BYTES };
		}
		if (runs.at(-1)?.bytes === null) runs.pop();
		if ((runs.at(-1)?.end ?? 0) > MAX_BYTES) return null;
		const stack = runs.findIndex(({ start, end, bytes }) => bytes === null && end - start >= STACK_MIN_BYTES);
		const kept = runs.filter((_run, at) => at !== stack);
		return new MemoryImage(
			memory,
			kept.map((run) => (run.bytes ? { ...run, bytes: all.slice(run.start, run.end) } : run))
		);
	}

	/**
	 * Note: why what lies behind is left as it is. It was no allocation's when the image was taken, so that it is not again; whoever
	 * gets it from the allocator takes it for memory with anything in it, as memory is that was freed.
	 */
	restore(): void {
		const all = new Uint8Array(this.#memory.buffer);
		for (const { start, end, bytes } of this.#runs)
			if (bytes) all.set(bytes, start);
			else all.fill(0, start, end);
	}
}
