// What `window.weir` offers of ready-made examples.
import type { ExamplePlace } from '../core/examples/example.ts';
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';

export type ExampleConsole = {
	/** Brings in what the example of a stage needs, once, and tells where it is looked at. */
	openExample(
		stage: string,
		options?: { readonly signal?: AbortSignal }
	): Promise<Result<{ readonly place: ExamplePlace; readonly next: string }, Failure>>;
};
