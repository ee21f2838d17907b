// An operation in a person's words, as the object of “Undo” and “Redo”.
import { baselineOf } from '#core/check/baseline.ts';
import { isDocumentOperation } from '#core/document/document.ts';
import { isRunOperation } from '#core/model/registry/run-operation.ts';
import type { Dataset, Operation } from '#core/version/version.ts';

export function operationWords(operation: Operation): string {
	const name = (operation.after ?? operation.before)?.name ?? '';
	if (isDocumentOperation(operation)) {
		const what = `${(operation.after ?? operation.before)?.kind ?? 'document'} ${name}`;
		switch (operation.kind) {
			case 'create-document':
				return `write ${what}`;
			case 'save-document':
				return `new version of ${what}`;
			case 'rename-document':
				return `rename ${operation.before?.name ?? ''} to ${name}`;
			case 'remove-document':
				return `remove ${what}`;
			case 'sync-document':
				return `what another device did to ${what}`;
		}
	}
	if (isRunOperation(operation))
		return operation.kind === 'remove-model-run' ? `remove the run ${name}` : `bring back the run ${name}`;
	const { kind, before, after } = operation;
	switch (kind) {
		case 'create':
			return `add ${name}`;
		case 'rename':
			return `rename ${before?.name ?? ''} to ${name}`;
		case 'remove':
			return `remove ${name}`;
		case 'commit':
			return `new version of ${name}`;
		case 'switch':
			return `switch ${name} to ${after?.branch ?? ''}`;
		case 'branch':
			return changed('branch', name, branchNames(before), branchNames(after));
		case 'drift':
			return `${after?.driftRules ? 'set' : 'go back to the usual'} drift thresholds of ${name}`;
		case 'sync':
			return `what another device did to ${name}`;
		case 'tag':
			return (
				baselineWords(name, before, after) ??
				changed('tag', name, Object.keys(before?.tags ?? {}), Object.keys(after?.tags ?? {}))
			);
	}
}

/** Null where the baseline stays as it was. */
function baselineWords(name: string, before: Dataset | null, after: Dataset | null): string | null {
	const [old, now] = [before && baselineOf(before), after && baselineOf(after)];
	if (old?.version === now?.version) return null;
	return now ? `pin the baseline of ${name}` : `unpin the baseline of ${name}`;
}

function changed(what: string, dataset: string, before: readonly string[], after: readonly string[]): string {
	const added = after.find((name) => !before.includes(name));
	const removed = before.find((name) => !after.includes(name));
	return added === undefined ? `remove ${what} ${removed ?? ''} of ${dataset}` : `add ${what} ${added} to ${dataset}`;
}

function branchNames(dataset: Dataset | null): readonly string[] {
	return dataset ? [dataset.branch, ...Object.keys(dataset.branches)] : [];
}
