// What `window.weir` says of what was undone or done again.
import { isDocumentOperation } from '../core/document/document.ts';
import { isRunOperation } from '../core/model/registry/run-operation.ts';
import { ok, type Result } from '../core/result.ts';
import type { Operation } from '../core/version/version.ts';

/** The name of what was changed stands under what it is, and the others are empty. */
export type ToldOperation = {
	readonly kind: Operation['kind'];
	readonly dataset: string;
	readonly document: string;
	/** A training run. */
	readonly run: string;
};

export function toldOperation<E>(result: Result<Operation, E>): Result<ToldOperation, E> {
	if (!result.ok) return result;
	const { kind, before, after } = result.value;
	const nothing = { kind, dataset: '', document: '', run: '' };
	const name = (after ?? before)?.name ?? '';
	if (isDocumentOperation(result.value)) return ok({ ...nothing, document: name });
	return ok(isRunOperation(result.value) ? { ...nothing, run: name } : { ...nothing, dataset: name });
}
