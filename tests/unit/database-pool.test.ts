// Connections that are kept for the next question, in seeded worlds of askers and a server that closes, stalls and refuses, against what nobody may ever see.
import { expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import { HELD_MS, Pool, SIZE, WAIT_MS, type PoolKind } from '#edge/database/pool.ts';
import { seeded } from '../seeded.ts';

type Open = { readonly key: string; isOpen: boolean; isClean: boolean; isHeld: boolean; tell: () => void };
type Plant = 'resets nothing' | 'takes all for the same' | 'closes nothing' | null;

const ASKERS = 60;
const HOUR_MS = 3_600_000;

/** What was seen that may not be; empty where all is well. */
async function live(seed: number, plant: Plant = null): Promise<readonly string[]> {
	const random = seeded(seed);
	const chance = (of: number): boolean => random() < of;
	const problems: string[] = [];
	const all: Open[] = [];
	let nowMs = 0;
	let timers: { readonly atMs: number; readonly act: () => void }[] = [];
	const after = (delayMs: number, act: () => void): (() => void) => {
		const timer = { atMs: nowMs + delayMs, act };
		timers.push(timer);
		return () => {
			timers = timers.filter((one) => one !== timer);
		};
	};
	const sleep = async (delayMs: number): Promise<void> => new Promise((resolve) => void after(delayMs, resolve));
	const shut = (one: Open): void => {
		if (!one.isOpen) return;
		one.isOpen = false;
		one.tell();
	};

	const kind: PoolKind<string, Open, { readonly kind: 'refused' }> = {
		keyOf: (target) => (plant === 'takes all for the same' ? '' : target),
		open: async (key) => {
			await sleep(1 + random() * 50);
			if (chance(0.1)) return err({ kind: 'refused' });
			const made: Open = { key, isOpen: true, isClean: true, isHeld: false, tell: () => undefined };
			all.push(made);
			const openCount = all.filter(({ isOpen }) => isOpen).length;
			if (openCount > SIZE) problems.push(`${openCount} are open`);
			return ok(made);
		},
		reset: async (one) => {
			// The server may hang, or say no.
			await sleep(chance(0.05) ? HOUR_MS : 1 + random() * 20);
			if (chance(0.05)) throw new Error('no');
			if (plant !== 'resets nothing') one.isClean = true;
		},
		close: (one) => {
			if (plant !== 'closes nothing') shut(one);
		},
		onClosed: (one, tell) => {
			one.tell = tell;
		}
	};
	const pool = new Pool(kind, { now: () => nowMs, after });

	const ask = async (): Promise<void> => {
		await sleep(random() * 60_000);
		const key = `user ${Math.floor(random() * 3)}`;
		const askedMs = nowMs;
		const taken = await pool.take(key);
		if (nowMs - askedMs > WAIT_MS + 100 + 20_000) problems.push('waited too long');
		if (!taken.ok) return;
		const { database, giveBack, drop } = taken.value;
		if (database.key !== key) problems.push(`${key} has that of ${database.key}`);
		if (!database.isOpen) problems.push('it is closed');
		if (!database.isClean) problems.push('something of the last question is left');
		if (database.isHeld) problems.push('two have it');
		database.isHeld = true;
		database.isClean = false;
		const forget = chance(0.05);
		await sleep(random() * (chance(0.1) ? 40_000 : 500));
		if (chance(0.1)) shut(database);
		database.isHeld = false;
		// Whoever asked is gone, and says nothing.
		if (forget) return;
		if (chance(0.1)) drop();
		else giveBack(chance(0.2) ? 0 : 30_000);
		if (chance(0.1)) drop();
	};
	const settle = async (): Promise<void> => {
		for (let turn = 0; turn < 20; turn++) await Promise.resolve();
	};
	const pass = async (untilMs: number): Promise<void> => {
		for (;;) {
			await settle();
			const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0];
			if (!next || next.atMs > untilMs) break;
			timers = timers.filter((one) => one !== next);
			nowMs = next.atMs;
			next.act();
			const idle = all.filter(({ isOpen, isHeld }) => isOpen && !isHeld);
			if (isWild && chance(0.02) && idle[0]) shut(idle[0]);
		}
		nowMs = untilMs;
	};

	let isWild = true;
	let endedCount = 0;
	for (let asker = 0; asker < ASKERS; asker++) void ask().then(() => endedCount++);
	await pass(2 * HELD_MS + HOUR_MS * 2);
	if (endedCount < ASKERS) problems.push(`${ASKERS - endedCount} have no answer`);
	const left = all.filter(({ isOpen }) => isOpen).length;
	if (left > 0) problems.push(`${left} are open when nobody asks`);
	// All places are free again.
	isWild = false;
	let grantedCount = 0;
	for (let again = 0; again < 40; again++)
		void pool.take('user 0').then((taken) => {
			if (taken.ok) grantedCount++;
		});
	await pass(nowMs + 200);
	if (grantedCount !== SIZE) problems.push(`${grantedCount} places of ${SIZE} are left`);
	return problems;
}

test('nobody gets what is closed, in use, of another or not clean, and no place is lost', async () => {
	for (let seed = 1; seed <= 300; seed++) expect(await live(seed), `seed ${seed}`).toEqual([]);
});

test.each([
	['resets nothing', /is left/],
	['takes all for the same', /has that of/],
	['closes nothing', /are open/]
] as const)('a pool that %s is found out', async (plant, words) => {
	const seen: string[] = [];
	for (let seed = 1; seed <= 20; seed++) seen.push(...(await live(seed, plant)));
	expect(seen.join('; ')).toMatch(words);
});

test('whoever waits longest is next, and who waits too long is told that it is busy', async () => {
	const timers: (() => void)[] = [];
	const kind: PoolKind<string, { id: number }, never> = {
		keyOf: (target) => target,
		open: async () => ok({ id: 1 }),
		reset: async () => undefined,
		close: () => undefined,
		onClosed: () => undefined
	};
	const pool = new Pool(kind, {
		now: () => 0,
		after: (delayMs, act) => {
			const timer = (): void => act();
			if (delayMs === WAIT_MS) timers.push(timer);
			return () => void timers.splice(0, timers.length, ...timers.filter((one) => one !== timer));
		}
	});
	const held = await Promise.all(Array.from({ length: SIZE }, async () => pool.take('a')));
	const order: string[] = [];
	const [second, third, late] = ['second', 'third', 'late'].map(async (name) => {
		const taken = await pool.take('a');
		order.push(name);
		return taken;
	});
	timers[2]?.();
	expect(await late).toMatchObject(err({ kind: 'database-failed', reason: 'busy' }));
	for (const one of held.slice(0, 2)) if (one.ok) one.value.drop();
	expect(await Promise.all([second, third])).toMatchObject([{ ok: true }, { ok: true }]);
	expect(order).toEqual(['late', 'second', 'third']);
});
