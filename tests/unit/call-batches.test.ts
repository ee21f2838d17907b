// How batches meet their threads: answers in the order of the rows, pieces of them after a while, and nothing called that is known.
import { expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import type { Piece } from '#core/script/piece.ts';
import { BATCH_ROWS, DEFAULT_LIMITS, type UserFunction } from '#core/script/user-function.ts';
import { callBatches } from '#lib/flows/call-batches.ts';
import { createJobs } from '#lib/flows/jobs.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { decodeRows } from '#core/sql/arrow-rows.ts';
import { arrowOf } from './arrow.ts';

const fn: UserFunction = {
	code: '',
	language: 'javascript',
	mode: 'row',
	inputs: null,
	outputs: [{ name: 'y', type: 'DOUBLE' }],
	limits: DEFAULT_LIMITS,
	tests: []
};

type Kept = Omit<Piece, 'fingerprint'>;

/** Calls that answer with their first row, the later batch of two sooner; each takes a second. */
async function called(
	batchCount: number,
	startRow = 0,
	failsAt = -1
): Promise<{ calls: number[]; taken: number[]; kept: Kept[]; isOk: boolean; ended: string[] }> {
	let nowMs = 0;
	const [calls, taken, kept, ended]: [number[], number[], Kept[], string[]] = [[], [], [], []];
	const effects: Pick<Effects, 'startScript' | 'now'> = {
		now: () => nowMs,
		startScript: () => ({
			api: {
				call: async (_fn, _arrow, row) => {
					calls.push(row);
					await new Promise((resolve) => setTimeout(resolve, (row / BATCH_ROWS) % 2 === 0 ? 3 : 0));
					nowMs += 1000;
					if (row === failsAt) return err({ kind: 'script-crashed', reason: 'as told' });
					return ok({ rowCount: 1, arrow: arrowOf(['c0'], [[row + 0.5]]) });
				},
				test: () => Promise.resolve(ok([]))
			},
			end: () => void ended.push('ended'),
			giveBack: () => void ended.push('given back')
		})
	};
	const rowsOf = (arrow: Uint8Array<ArrayBuffer>): number[] =>
		decodeRows(arrow).map((row) => Math.floor(Number(row['c0'])));
	const answered = await callBatches(
		{
			fn,
			startRow,
			rowCount: batchCount * BATCH_ROWS - 5,
			batches: { read: () => Promise.resolve(ok(new Uint8Array())), end: () => Promise.resolve() },
			take: async (arrow) => {
				await new Promise((resolve) => setTimeout(resolve, 1));
				taken.push(...rowsOf(arrow));
				return ok(undefined);
			},
			keep: (piece) => Promise.resolve(void kept.push(piece))
		},
		createJobs(() => nowMs).start('test'),
		effects
	);
	return { calls, taken, kept, isOk: answered.ok, ended };
}

const rowsFrom = (first: number, end: number): number[] =>
	Array.from({ length: end - first }, (_batch, at) => (first + at) * BATCH_ROWS);

test('answers are taken in the order of the rows, whichever thread was first', async () => {
	const { calls, taken, isOk, ended } = await called(21);
	expect(isOk).toBe(true);
	expect(taken).toEqual(rowsFrom(0, 21));
	expect(calls.toSorted((one, other) => one - other)).toEqual(taken);
	expect(ended).toEqual(['given back', 'given back']);
});

test('pieces follow each other without a gap, and the rows of the next attempt begin behind them', async () => {
	const { kept } = await called(21);
	expect(kept.length).toBeGreaterThan(2);
	expect(kept.map(({ startRow }) => startRow)).toEqual([0, ...kept.slice(0, -1).map(({ endRow }) => endRow)]);
	const [first] = kept;
	const startRow = first?.endRow ?? 0;
	const { calls, taken } = await called(21, startRow);
	expect(taken).toEqual(rowsFrom(startRow / BATCH_ROWS, 21));
	expect(calls).toHaveLength(21 - startRow / BATCH_ROWS);
});

test('what fails is told after what came before it was kept, and its threads are ended', async () => {
	const { isOk, kept, ended } = await called(21, 0, 12 * BATCH_ROWS);
	expect(isOk).toBe(false);
	expect(kept.at(-1)?.endRow).toBeLessThanOrEqual(12 * BATCH_ROWS);
	expect(ended).toContain('ended');
	expect(ended).not.toContain('given back');
});
