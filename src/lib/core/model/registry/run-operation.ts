// What a person did to training runs as a whole: they go out of sight and come back, in one log with datasets and documents.
import type { ModelRunId } from '../../ids.ts';

export type RunRef = { readonly id: ModelRunId; readonly name: string };

/** In sight after it, or before it: undo puts `before` back, redo `after`. The parts of a run go and come with it. */
export type RunOperation = {
	readonly seq: number;
	readonly kind: 'remove-model-run' | 'bring-back-model-run';
	readonly before: RunRef | null;
	readonly after: RunRef | null;
	readonly undone: boolean;
	readonly atMs: number;
};

export function isRunOperation(operation: { readonly kind: string }): operation is RunOperation {
	return operation.kind.endsWith('-model-run');
}
