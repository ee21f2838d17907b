// Asks that come close together are answered by one request: whoever asks waits for the answer to the one that took it along.

export type GatherOptions<I> = {
	readonly sizeOf: (input: I) => number;
	/** A request is sent as soon as it has so many, or so much. */
	readonly most: number;
	readonly mostBytes: number;
};

/** From the first ask on: longer than it takes to seal what is asked next, shorter than a request. */
const WAIT_MS = 20;

/** `send` answers each input, in order. */
export function gather<I, O>(
	send: (inputs: readonly I[]) => Promise<readonly O[]>,
	{ sizeOf, most, mostBytes }: GatherOptions<I>
): (input: I) => Promise<O> {
	type Waiting = { readonly input: I; readonly resolve: (output: O) => void; readonly reject: (reason: Error) => void };
	let waiting: Waiting[] = [];
	let sizeBytes = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const flush = (): void => {
		clearTimeout(timer);
		const taken = waiting;
		[waiting, sizeBytes] = [[], 0];
		if (taken.length === 0) return;
		const answered = send(taken.map(({ input }) => input));
		taken.forEach(({ resolve, reject }, at) => {
			// Whoever answers answers all.
			answered.then((outputs) => resolve(outputs[at] as O), reject);
		});
	};
	return async (input) =>
		new Promise((resolve, reject) => {
			const own = sizeOf(input);
			if (sizeBytes + own > mostBytes) flush();
			if (waiting.length === 0) timer = setTimeout(flush, WAIT_MS);
			waiting.push({ input, resolve, reject });
			sizeBytes += own;
			if (waiting.length === most || sizeBytes >= mostBytes) flush();
		});
}
