// Reads what a named query answered: batch by batch, or one page at a time by a cursor. The page never holds all of the rows.
import type { QueryFailure } from '../core/query/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { Column } from '../core/version/version.ts';
import { askQuery, identityOf, planQuery, type Asked, type AskInput, type AskQueryFailure } from './ask-query.ts';
import type { Effects } from './effects.ts';

export type Batch = {
	readonly startRow: number;
	readonly rowCount: number;
	/** Arrow IPC stream. */
	readonly arrow: Uint8Array<ArrayBuffer>;
};

/** Batches in order; the next is read when it is asked for. The rows are given back at the end, however it comes. */
export async function* readBatches(
	asked: Pick<Asked, 'held' | 'done'>,
	{ batchRows, signal }: { readonly batchRows: number; readonly signal?: AbortSignal | undefined },
	effects: Pick<Effects, 'engine'>
): AsyncGenerator<Result<Batch, SqlFailure>, void, void> {
	const { id, rowCount } = asked.held;
	try {
		for (let startRow = 0; startRow < rowCount; startRow += batchRows) {
			if (signal?.aborted) return yield err({ kind: 'cancelled' });
			const endRow = Math.min(rowCount, startRow + batchRows);
			const arrow = await effects.engine.window(id, startRow, endRow);
			if (!arrow.ok) return yield arrow;
			yield ok({ startRow, rowCount: endRow - startRow, arrow: arrow.value });
		}
	} finally {
		asked.done();
	}
}

export type QueryPage = Batch & {
	readonly columns: readonly Column[];
	/** Of all pages. */
	readonly totalRows: number;
	readonly isFromCache: boolean;
	/** What the next page begins with; null after the last. */
	readonly next: string | null;
};

/** Fails: page-outdated · query-unpaged, where a cursor is given · what an ask can */
export async function pageQuery(
	input: AskInput & { readonly cursor?: string | undefined; readonly pageRows?: number | undefined },
	effects: Effects
): Promise<Result<QueryPage, AskQueryFailure>> {
	const { name, cursor } = input;
	if (cursor !== undefined) {
		// A cursor that is refused costs no run.
		const plan = await planQuery(input, effects);
		if (!plan.ok) return plan;
		const place = await placeOf(cursor, identityOf(plan.value), plan.value.unkept, name, effects);
		if (!place.ok) return place;
	}
	const asked = await askQuery(input, effects);
	if (!asked.ok) return asked;
	const { held, identity, unkept, query, isFromCache, done } = asked.value;
	try {
		const place = await placeOf(cursor, identity, unkept, name, effects);
		if (!place.ok) return place;
		const startRow = Math.min(place.value, held.rowCount);
		const endRow = Math.min(held.rowCount, startRow + (input.pageRows ?? query.pageRows));
		const arrow = await effects.engine.window(held.id, startRow, endRow);
		if (!arrow.ok) return arrow;
		const next = endRow < held.rowCount ? `${endRow}.${await digestOf(identity, effects)}` : null;
		const { columns, rowCount: totalRows } = held;
		return ok({ startRow, rowCount: endRow - startRow, arrow: arrow.value, columns, totalRows, isFromCache, next });
	} finally {
		done();
	}
}

async function placeOf(
	cursor: string | undefined,
	identity: string,
	unkept: Asked['unkept'],
	query: string,
	effects: Effects
): Promise<Result<number, QueryFailure>> {
	if (cursor === undefined) return ok(0);
	if (unkept && unkept.reason !== 'never') return err({ kind: 'query-unpaged', query, because: unkept });
	const [, row, digest] = /^(\d{1,15})\.([0-9a-f]{32})$/.exec(cursor) ?? [];
	if (digest !== (await digestOf(identity, effects))) return err({ kind: 'page-outdated', query });
	return ok(Number(row));
}

async function digestOf(identity: string, effects: Pick<Effects, 'sha256'>): Promise<string> {
	return (await effects.sha256(new TextEncoder().encode(identity))).slice(0, 32);
}
