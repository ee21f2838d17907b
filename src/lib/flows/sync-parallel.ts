// Many at a time: what goes over a network waits more than it works, and what is asked at the same time goes in one request.
import { ok, type Result } from '../core/result.ts';

const AT_ONCE = 64;

/** In the order of the inputs; the first failure ends it, and what has begun then ends first. */
export async function inParallel<I, O, E>(
	inputs: readonly I[],
	work: (input: I) => Promise<Result<O, E>>
): Promise<Result<readonly O[], E>> {
	const outputs: O[] = [];
	let failure: { readonly ok: false; readonly error: E } | null = null;
	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < inputs.length && !failure) {
			const at = next++;
			const input = inputs[at];
			if (input === undefined) return;
			const done = await work(input);
			if (done.ok) outputs[at] = done.value;
			else failure ??= done;
		}
	};
	await Promise.all(Array.from({ length: Math.min(AT_ONCE, inputs.length) }, worker));
	return failure ?? ok(outputs);
}
