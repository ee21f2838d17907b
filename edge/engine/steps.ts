// Ends a step of the engine that goes on and on: no time goes by in a Worker meanwhile, so that it is told by what the engine does.
//
// Note: what is counted. With its profile on, the engine looks at the clock before and after each operator's work on a batch of 2,048
// rows or less. A join of everything with everything may be one step, and none of them comes back for minutes.

/** Some seconds of it. */
const LOOKS_A_STEP = 400_000;

export class EndlessStepError extends Error {}

let looks = 0;
let isEnded = false;

/** Counts from nothing, when the engine begins a step. */
export function beginStep(): void {
	looks = 0;
}

/** Whether the instance was ended in a step; it is not to be used again. */
export function wasEnded(): boolean {
	return isEnded;
}

/** Has the instance that is started with these imports ended in a step that takes too long. */
export function boundSteps({ env }: WebAssembly.Imports): void {
	const now = env?.['emscripten_get_now'];
	if (!env || typeof now !== 'function') throw new Error('The engine does not look at the clock as it did');
	[looks, isEnded] = [0, false];
	env['emscripten_get_now'] = (): number => {
		if (++looks <= LOOKS_A_STEP) return (now as () => number)();
		// What catches it in between comes here again.
		isEnded = true;
		throw new EndlessStepError();
	};
}
