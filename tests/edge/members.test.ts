// Entries of the membership log that say where refs are: added while that is so, and at no other time.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import { appendMember, listMembers } from '#core/contract/members.ts';
import { err, ok } from '#core/result.ts';
import { makeWorkspace, move, randomHash, randomText, stepAfter, type TestWorkspace } from './edge.ts';

beforeAll(() => applyD1Migrations(env.DB, env.MIGRATIONS));

async function lastEntry({ call }: TestWorkspace) {
	const listed = await call(listMembers, {});
	const last = listed.ok ? listed.value.entries.at(-1) : undefined;
	return { seq: last?.seq ?? 0, hash: last?.hash ?? '' };
}

test('an entry that relies on refs is added only while all of them are there, of hundreds as of one', async () => {
	const made = await makeWorkspace();
	const tip = await lastEntry(made);
	const entry = randomText(200);
	const append = (refs: string[]) => made.call(appendMember, { prev: tip.hash, entry, refs });
	const [token, first] = [randomHash(), await stepAfter(null)];
	await move(made, token, first);
	expect(await append([])).toEqual(err({ kind: 'moved', tip }));
	const hashes = Array.from({ length: 300 }, randomHash);
	const { workspace, space } = made;
	const insert = env.DB.prepare('INSERT INTO refs VALUES (?, ?, ?, 1, ?, ?)');
	await env.DB.batch(hashes.map((hash) => insert.bind(workspace, space, randomHash(), hash, '')));
	const second = await stepAfter(first);
	await move(made, token, second);
	expect(await append([first.hash, ...hashes])).toEqual(err({ kind: 'moved', tip }));
	expect(await append([second.hash, ...hashes])).toMatchObject(ok({ seq: 2, isRepeated: false }));
	// It stands, wherever they go from there.
	await move(made, token, await stepAfter(second));
	expect(await append([second.hash, ...hashes])).toMatchObject(ok({ seq: 2, isRepeated: true }));
});

test('of a step and an entry that come at one time, the entry is added before the step, or refused', async () => {
	const made = await makeWorkspace();
	const token = randomHash();
	let step = await stepAfter(null);
	await move(made, token, step);
	let refused = 0;
	for (let round = 0; round < 20; round++) {
		const { hash: prev } = await lastEntry(made);
		const next = await stepAfter(step);
		const append = () => made.call(appendMember, { prev, entry: randomText(200), refs: [step.hash] });
		const early = round % 2 === 0 ? append() : null;
		const moving = move(made, token, next);
		const appended = await (early ?? append());
		expect(await moving).toMatchObject({ ok: true });
		const { results } = await env.DB.prepare('SELECT action FROM audit WHERE workspace = ? ORDER BY seq DESC LIMIT 2')
			.bind(made.workspace)
			.all();
		if (appended.ok) expect(results).toEqual([{ action: 'ref-moved' }, { action: 'member-appended' }]);
		else {
			expect(appended.error.kind).toBe('moved');
			refused++;
		}
		step = next;
	}
	expect(refused).toBeGreaterThan(0);
});

test('more refs than a workspace may have are no request', async () => {
	const made = await makeWorkspace();
	const { hash: prev } = await lastEntry(made);
	const refs = Array.from({ length: 10_001 }, randomHash);
	const ask = (some: string[]) => made.call(appendMember, { prev, entry: randomText(200), refs: some });
	expect(await ask(refs)).toEqual(err({ kind: 'invalid-request', fields: ['refs'] }));
	expect(await ask(refs.slice(1))).toMatchObject({ ok: true });
});
