// Asks that come close together go in one request, within its bounds, and each gets its own answer.
import { expect, test } from 'vitest';
import { gather } from '#lib/remote/gather.ts';

function recording(most: number, mostBytes: number) {
	const requests: (readonly number[])[] = [];
	const ask = gather(
		async (inputs: readonly number[]) => {
			requests.push(inputs);
			return inputs.map((input) => input * 10);
		},
		{ most, mostBytes, sizeOf: (input) => input }
	);
	return { requests, ask };
}

test('what is asked at once is asked together, and answered apart', async () => {
	const { requests, ask } = recording(10, 1000);
	expect(await Promise.all([1, 2, 3].map(ask))).toEqual([10, 20, 30]);
	expect(await ask(4)).toBe(40);
	expect(requests).toEqual([[1, 2, 3], [4]]);
});

test('a request is sent when it is full, and holds no more', async () => {
	const { requests, ask } = recording(2, 100);
	expect(await Promise.all([1, 2, 3, 60, 50, 200, 1].map(ask))).toEqual([10, 20, 30, 600, 500, 2000, 10]);
	expect(requests).toEqual([[1, 2], [3, 60], [50], [200], [1]]);
});

test('a request that breaks is told to all who wait for it, and to no other', async () => {
	let count = 0;
	const ask = gather(
		async (inputs: readonly number[]) => {
			if (++count === 1) throw new Error('broken');
			return inputs;
		},
		{ most: 2, mostBytes: 100, sizeOf: () => 1 }
	);
	const outcomes = await Promise.allSettled([1, 2, 3].map(ask));
	expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});
