// Undo and redo: one log of what was done to datasets, documents and training runs, taken back and done again inside a transaction.
import { isDocumentOperation } from '#core/document/document.ts';
import { isRunOperation } from '#core/model/registry/run-operation.ts';
import type { Operation } from '#core/version/version.ts';
import { swapDataset } from './datasets.ts';
import { swapDocument } from './documents.ts';
import { Refused } from './failures.ts';
import { swapRun } from './run-removal.ts';
import type { WorkspaceDb } from './schema.ts';

export async function undoNewest(db: WorkspaceDb): Promise<Operation> {
	const operation = await db.operations
		.orderBy('seq')
		.filter((row) => !row.undone)
		.last();
	if (!operation) throw new Refused({ kind: 'nothing-to-undo' });
	return turn(db, operation, true);
}

export async function redoNext(db: WorkspaceDb): Promise<Operation> {
	const operation = await db.operations
		.orderBy('seq')
		.filter((row) => row.undone)
		.first();
	if (!operation) throw new Refused({ kind: 'nothing-to-redo' });
	return turn(db, operation, false);
}

async function turn(db: WorkspaceDb, operation: Operation, undone: boolean): Promise<Operation> {
	if (isDocumentOperation(operation)) await swapDocument(db, ...states(operation, undone));
	else if (isRunOperation(operation)) {
		const [from, to] = states(operation, undone);
		await swapRun(db, { from, to, atMs: operation.atMs });
	} else await swapDataset(db, ...states(operation, undone));
	const turned = { ...operation, undone };
	await db.operations.put(turned);
	return turned;
}

function states<S>(
	{ before, after }: { readonly before: S; readonly after: S },
	isBack: boolean
): readonly [from: S, to: S] {
	return isBack ? [after, before] : [before, after];
}
