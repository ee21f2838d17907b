// What every verb of `window.weir` answers with.
import type { Result } from '../core/result.ts';

/** A verb was called with something it cannot take. */
export type InvalidArgument = {
	readonly kind: 'invalid-argument';
	readonly argument: string;
	readonly expected: string;
};

export type Answer<T, E> = Promise<Result<T, E | InvalidArgument>>;
