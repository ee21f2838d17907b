// Refs on the edge: what a compare-and-swap promises whatever gets lost, comes twice, or comes at once.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { listRefLog, listRefs } from '#core/contract/refs.ts';
import { err, ok } from '#core/result.ts';
import { makeWorkspace, move, randomHash, randomId, stepAfter, store, type Step, type TestWorkspace } from './edge.ts';

beforeAll(() => applyD1Migrations(env.DB, env.MIGRATIONS));

async function refsOf({ call }: TestWorkspace) {
	const listed = await call(listRefs, {});
	return listed.ok ? listed.value.refs : listed;
}

describe('a ref', () => {
	test('moves from step to step, and its log holds them all', async () => {
		const made = await makeWorkspace();
		const { space, call } = made;
		const token = randomHash();
		const object = await store(made);
		const steps: Step[] = [];
		for (let at = 0; at < 3; at++) {
			const step = await stepAfter(steps.at(-1) ?? null);
			expect(await move(made, token, step, [object.id])).toEqual(ok({ isRepeated: false }));
			steps.push(step);
		}
		const [, second, third] = steps as [Step, Step, Step];
		const { prev: _prev, ...last } = third;
		expect(await refsOf(made)).toEqual([{ space, token, ...last }]);
		expect(await call(listRefLog, { space, token })).toEqual(ok({ entries: steps, isMore: false }));
		expect(await call(listRefLog, { space, token, after: '1' })).toEqual(
			ok({ entries: [second, third], isMore: false })
		);
	});

	test('has one winner among 40 that move it at once', async () => {
		const made = await makeWorkspace();
		const token = randomHash();
		const first = await stepAfter(null);
		await move(made, token, first);
		const rivals = await Promise.all(Array.from({ length: 40 }, () => stepAfter(first)));
		const outcomes = await Promise.all(rivals.map((step) => move(made, token, step)));
		const winners = rivals.filter((_, at) => outcomes[at]?.ok);
		expect(winners).toHaveLength(1);
		const tip = { seq: 2, hash: winners[0]?.hash };
		expect(outcomes.filter(({ ok: isWinner }) => !isWinner)).toEqual(Array(39).fill(err({ kind: 'moved', tip })));
		expect(await refsOf(made)).toMatchObject([tip]);
	});

	test('takes a step once, however often it is sent, also after others', async () => {
		const made = await makeWorkspace();
		const token = randomHash();
		const first = await stepAfter(null);
		const second = await stepAfter(first);
		expect(await move(made, token, first)).toEqual(ok({ isRepeated: false }));
		expect(await move(made, token, first)).toEqual(ok({ isRepeated: true }));
		expect(await move(made, token, second)).toEqual(ok({ isRepeated: false }));
		expect(await move(made, token, first)).toEqual(ok({ isRepeated: true }));
		expect(await refsOf(made)).toMatchObject([{ seq: 2, hash: second.hash }]);
		const { results } = await env.DB.prepare("SELECT subject FROM audit WHERE workspace = ? AND action = 'ref-moved'")
			.bind(made.workspace)
			.all();
		expect(results).toHaveLength(2);
	});

	test('does not move from where it is not, nor past a step', async () => {
		const made = await makeWorkspace();
		const token = randomHash();
		const first = await stepAfter(null);
		expect(await move(made, token, { ...(await stepAfter(first)), seq: 1 })).toEqual(err({ kind: 'moved', tip: null }));
		await move(made, token, first);
		const tip = { seq: 1, hash: first.hash };
		expect(await move(made, token, await stepAfter(null))).toEqual(err({ kind: 'moved', tip }));
		expect(await move(made, token, await stepAfter(first, 3))).toEqual(err({ kind: 'moved', tip }));
		expect(await move(made, token, { ...(await stepAfter(first)), prev: randomHash() })).toEqual(
			err({ kind: 'moved', tip })
		);
		expect(await refsOf(made)).toMatchObject([tip]);
	});

	test('does not move to what dangles, and says what is missing', async () => {
		const made = await makeWorkspace();
		const token = randomHash();
		const [there, missing] = [(await store(made)).id, randomHash()];
		const first = await stepAfter(null);
		expect(await move(made, token, first, [there, missing])).toEqual(
			err({ kind: 'objects-missing', ids: [missing], count: 1 })
		);
		expect(await refsOf(made)).toEqual([]);
		// Another space has an id of its own.
		const elsewhere = { ...made, space: randomId() };
		expect(await move(elsewhere, token, first, [there])).toEqual(
			err({ kind: 'objects-missing', ids: [there], count: 1 })
		);
		expect(await move(made, token, first, [there])).toEqual(ok({ isRepeated: false }));
	});

	test('that a server lost begins where a device goes on counting', async () => {
		const made = await makeWorkspace();
		const token = randomHash();
		const reset = await stepAfter(null, 17);
		expect(await move(made, token, reset)).toEqual(ok({ isRepeated: false }));
		expect(await move(made, token, await stepAfter(reset))).toEqual(ok({ isRepeated: false }));
	});

	test('takes no record whose hash is another one', async () => {
		const made = await makeWorkspace();
		const step = await stepAfter(null);
		expect(await move(made, randomHash(), { ...step, hash: randomHash() })).toEqual(
			err({ kind: 'invalid-request', fields: ['hash'] })
		);
	});

	test('needs up to 10,000 objects at once', async () => {
		const made = await makeWorkspace();
		const needs = Array.from({ length: 10_000 }, randomHash);
		expect(await move(made, randomHash(), await stepAfter(null), needs)).toEqual(
			err({ kind: 'objects-missing', ids: needs.slice(0, 1000), count: 10_000 })
		);
		expect(await move(made, randomHash(), await stepAfter(null), [...needs, randomHash()])).toEqual(
			err({ kind: 'invalid-request', fields: ['needs'] })
		);
	});
});

test('refs are listed page by page', async () => {
	const made = await makeWorkspace();
	const step = await stepAfter(null);
	const rows = Array.from({ length: 501 }, () =>
		env.DB.prepare('INSERT INTO refs VALUES (?, ?, ?, 1, ?, ?)').bind(
			made.workspace,
			made.space,
			randomHash(),
			step.hash,
			step.record
		)
	);
	await env.DB.batch(rows);
	const first = await made.call(listRefs, {});
	if (!first.ok || first.value.next === null) throw new Error('There is another page');
	expect(first.value.refs).toHaveLength(500);
	const second = await made.call(listRefs, { after: first.value.next });
	if (!second.ok) throw new Error(second.error.kind);
	expect(second.value).toMatchObject({ next: null });
	expect(new Set([...first.value.refs, ...second.value.refs].map(({ token }) => token)).size).toBe(501);
});

test('bytes have one text: another one that stands for them is refused', async () => {
	const made = await makeWorkspace();
	// Of the last letter of 200 bytes two bits mean nothing.
	const { record, ...step } = await stepAfter(null);
	const other = record.slice(0, -1) + String.fromCharCode(record.charCodeAt(record.length - 1) + 1);
	expect(await move(made, randomHash(), { ...step, record: other })).toEqual(
		err({ kind: 'invalid-request', fields: ['record'] })
	);
});
