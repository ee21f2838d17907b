// A step that publishes a report: an edition, a link and a notice for each run, once each, wherever its page is killed.
import { describe, expect, test } from 'vitest';
import { noticeSubject, noticeText, webhookBody } from '#core/alert/notice-text.ts';
import { resultId } from '#core/ids.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import { err, ok } from '#core/result.ts';
import { createConsole } from '#lib/flows/console.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { publishEdition } from '#lib/flows/publish-edition.ts';
import type { TestEffects } from './effects.ts';
import { memoryShares } from './memory-shares.ts';
import { oneDevice } from './sync-two.ts';

const REPORT = '# Weekly\n\nAs it was.\n\n```input city\ntype: select\noptions: [Oslo, Bergen]\n```\n';

function pipelineOf(step: string): string {
	return `name: letters\nsteps:\n  - { id: weekly, kind: report, ${step} }\n`;
}

function workOf(step: string) {
	const parsed = parsePipeline(pipelineOf(step));
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	const work = parsed.value.steps[0]?.work;
	if (work?.kind !== 'report') throw new Error('no report');
	return work;
}

async function publishing(text = REPORT) {
	const { one } = await oneDevice(async (effects) => {
		const weir = createConsole(effects);
		await weir.setAuthor('Ada');
		expect(await weir.saveDocument('report', 'weekly', text)).toMatchObject({ ok: true });
	});
	const shares = memoryShares(one.now);
	const effects: TestEffects = { ...one, sharing: { ...one.sharing, edge: shares.edge } };
	const publish = (step: string, run = 'r1', by: Effects = effects) =>
		publishEdition(
			{
				id: resultId('x'),
				by: { pipeline: 'letters', run, step: 'weekly' },
				work: workOf(step),
				log: () => undefined
			},
			by
		);
	return { effects, weir: createConsole(effects), held: shares.held, publish };
}

const WITH_LINK =
	'report: weekly, inputs: { city: Oslo }, share: { expires_in_days: 3 }, notify: [page, { webhook: "https://hook.example/a" }]';

describe('a step that publishes', () => {
	test('keeps an edition, makes a link that ends, and tells of it by each channel', async () => {
		const { weir, publish, effects, held } = await publishing();
		const published = await publish(WITH_LINK);
		if (!published.ok) return expect.unreachable(JSON.stringify(published.error));
		const edition = published.value;
		expect(edition).toMatchObject({ id: 'r1/weekly', report: 'weekly', pipeline: 'letters', share: { isThere: true } });
		const days = ((edition.share?.expiresAtMs ?? 0) - edition.renderedAtMs) / 86_400_000;
		expect(Math.round(days)).toBe(3);
		expect([...held.keys()]).toEqual([edition.share?.share]);
		expect(await weir.editions('WEEKLY')).toEqual(ok([edition]));
		expect(await weir.openEdition('r1/weekly')).toMatchObject(
			ok({ fingerprint: edition.fingerprint, bundle: { blocks: [{}, {}, { value: 'Oslo' }] } })
		);
		const deliveries = await weir.deliveries();
		if (!deliveries.ok) return expect.unreachable(deliveries.error.kind);
		expect(deliveries.value.map(({ notice, state }) => [notice.kind, notice.channel.kind, state]).toSorted()).toEqual([
			['edition', 'page', 'delivered'],
			['edition', 'webhook', 'waiting']
		]);
		const link = effects.sharing.origin + (edition.share?.link ?? '');
		for (const { notice } of deliveries.value)
			expect(notice.incidents[0]?.facts).toMatchObject({ kind: 'edition', edition: 'r1/weekly', link });
		const [one] = deliveries.value;
		if (!one) return expect.unreachable('nothing was told');
		expect(noticeSubject(one.notice)).toBe('Weekly');
		expect(noticeText(one.notice)).toBe(
			`Weekly\n\nA new edition: ${link}\n  The link ends at ${new Date(edition.share?.expiresAtMs ?? 0).toISOString()}.\n`
		);
		expect(webhookBody(one.id, one.notice)).toMatchObject({ kind: 'edition', incidents: [{ rule: 'letters' }] });
	});

	test('keeps as many editions as it says, the newest, and lets one go with its link', async () => {
		const { weir, publish, held } = await publishing();
		for (const run of ['r1', 'r2', 'r3'])
			expect(await publish('report: weekly, keep: 2, share: {}', run)).toMatchObject({ ok: true });
		const listed = await weir.editions();
		expect(listed).toMatchObject(ok([{ run: 'r3' }, { run: 'r2' }]));
		expect(await weir.openEdition('r1/weekly')).toEqual(err({ kind: 'unknown-edition', id: 'r1/weekly' }));
		expect(await weir.removeEdition('r3/weekly')).toEqual(ok(undefined));
		const share = listed.ok ? listed.value[0]?.share?.share : undefined;
		expect(held.get(share ?? '')?.revokedAtMs).not.toBeNull();
		expect(await weir.editions()).toMatchObject(ok([{ run: 'r2' }]));
	});

	test('publishes nothing of a report that is not whole, or that is not there, or of an input that it has not', async () => {
		const { weir, publish, held } = await publishing(`${REPORT}\n\`\`\`table\nfrom: nowhere\n\`\`\`\n`);
		expect(await publish(WITH_LINK)).toMatchObject(
			err({ kind: 'report-incomplete', report: 'weekly', blocks: [{ line: 10, kind: 'unknown-rows' }] })
		);
		expect(await publish('report: monthly')).toMatchObject(err({ kind: 'unknown-document', name: 'monthly' }));
		expect(await publish('report: weekly, inputs: { citi: Oslo }')).toMatchObject(
			err({ kind: 'no-such-input', name: 'citi', known: ['city'] })
		);
		expect(await weir.editions()).toEqual(ok([]));
		expect(held.size).toBe(0);
	});

	test('that is killed at any call, before or after it took effect, and tried again has one edition, one link, one notice', async () => {
		let places = 0;
		for (const isAfter of [false, true])
			for (let at = 0; ; at++) {
				const { weir, publish, effects, held } = await publishing();
				const { mortal, isDead, died } = killedAt(effects, at, isAfter);
				const first = await Promise.race([publish(WITH_LINK, 'r1', mortal), died]);
				if (!isDead()) {
					expect(first).toMatchObject({ ok: true });
					break;
				}
				places++;
				const again = await publish(WITH_LINK);
				if (!again.ok) return expect.unreachable(JSON.stringify(again.error));
				const edition = again.value;
				expect(await weir.editions()).toEqual(ok([edition]));
				expect([...held.keys()], `call ${at}, ${isAfter ? 'after' : 'before'}`).toEqual([edition.share?.share]);
				const deliveries = await weir.deliveries();
				expect(deliveries.ok && deliveries.value.length).toBe(2);
				const told = JSON.stringify(deliveries);
				expect(told.split(edition.share?.link ?? '?').length - 1).toBe(2);
			}
		expect(places).toBeGreaterThan(20);
	}, 180_000);
});

/** Effects whose page dies at the nth call over its rim: a promise that never settles, after which nothing has an effect. */
function killedAt(effects: Effects, nth: number, isAfter: boolean) {
	let calls = 0;
	let isDead = false;
	let die: (value: 'died') => void = () => undefined;
	const died = new Promise<'died'>((resolve) => (die = resolve));
	const call = (work: () => unknown): unknown => {
		if (isDead) return new Promise(() => undefined);
		const isLast = calls++ === nth;
		if (!isLast) return work();
		if (!isAfter) {
			isDead = true;
			die('died');
			return new Promise(() => undefined);
		}
		return Promise.resolve(work()).then(() => {
			isDead = true;
			die('died');
			return new Promise(() => undefined);
		});
	};
	const mortals = <T extends object>(part: T): T =>
		new Proxy(part, {
			get: (target, key) => {
				const member: unknown = Reflect.get(target, key);
				if (typeof member !== 'function') return member;
				return (...given: unknown[]) => call(() => Reflect.apply(member, target, given));
			}
		});
	const { store, editions, alerts, sharing } = effects;
	const mortal: Effects = {
		...effects,
		store: mortals(store),
		editions: mortals(editions),
		alerts: mortals(alerts),
		sharing: { ...sharing, rows: mortals(sharing.rows), edge: (access) => mortals(sharing.edge(access)) }
	};
	return { mortal, isDead: () => isDead, died };
}

describe('the text of such a step', () => {
	const problemsOf = (step: string) => {
		const parsed = parsePipeline(pipelineOf(step));
		return parsed.ok ? [] : parsed.error.problems.map(({ path, code }) => [path, code]);
	};

	test('says how many editions are kept, what is chosen, and who is told', () => {
		expect(workOf('report: weekly')).toEqual({
			...{ kind: 'report', report: 'weekly', inputs: {}, keep: 12, share: null, notify: [] }
		});
		expect(
			workOf('report: weekly, inputs: { day: { from: "2001-01-01" }, cities: [Oslo] }, share: {}, notify: [browser]')
		).toMatchObject({
			inputs: { day: { from: '2001-01-01', to: null }, cities: ['Oslo'] },
			share: { expiresInDays: 7, views: null },
			notify: [{ kind: 'browser' }]
		});
	});

	test('is refused at its place where it names nothing, keeps none, or sends a link that is not made', () => {
		expect(problemsOf('report: ""')).not.toEqual([]);
		expect(problemsOf('report: weekly, keep: 0')).toMatchObject([['steps[0].keep', 'out-of-range']]);
		expect(problemsOf('report: "${{ params.none }}"')).toEqual([['steps[0].report', 'unknown-reference']]);
		expect(problemsOf('report: weekly, notify: [{ email: [ada@example.org] }]')).toEqual([
			['steps[0].notify', 'missing-key']
		]);
		expect(problemsOf('report: weekly, share: {}, notify: [{ email: [nobody] }]')).not.toEqual([]);
	});
});
