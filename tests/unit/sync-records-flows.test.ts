// Documents, models, verdicts and runs on two devices, as a person meets them: real keys and real stores, over an edge in memory.
import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import Dexie from 'dexie';
import { describe, expect, test } from 'vitest';
import { documentId, modelRunId, objectId, versionId } from '#core/ids.ts';
import type { ModelRun } from '#core/model/registry/model-run.ts';
import type { ModelVersion } from '#core/model/registry/registered-model.ts';
import type { RunRecord } from '#core/pipeline/run-record.ts';
import type { Result } from '#core/result.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';
import { activeRules } from '#lib/flows/alert-rules.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import { createRunner } from '#lib/flows/pipeline-runner.ts';
import { nameDocumentVersion } from '#lib/flows/save-document.ts';
import { listSchedules, runDue } from '#lib/flows/schedules.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';
import type { KeptEdition } from '#core/share/kept-edition.ts';
import { madeEdition } from './made-edition.ts';
import { memoryShares } from './memory-shares.ts';
import { inStep, oneDevice, twoDevices } from './sync-two.ts';

function value<T>(result: Result<T, { readonly kind: string }>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const pipeline = (name: string, cron = ''): string =>
	`name: ${name}\n${cron === '' ? '' : `schedule: { cron: "${cron}" }\n`}steps:\n  - { id: a, kind: transform, sql: SELECT 1 AS x, into: t }\n`;

async function save(effects: TestEffects, name: string, text: string): Promise<void> {
	value(await createConsole(effects).saveDocument('recipe', name, text));
}

async function texts(effects: TestEffects): Promise<readonly string[]> {
	const items = value(await createConsole(effects).documents());
	return items.map(({ name, text, versionCount }) => `${name}: ${text} (${versionCount})`);
}

async function rootHash(effects: TestEffects): Promise<string> {
	return value(await backUp({}, effects)).rootHash;
}

const said = { who: 'Ada', why: 'because', atMs: 5 };

/** The bytes are those of a file by their hash. */
async function register(effects: TestEffects, model: string, byte: number, size = 10): Promise<ModelVersion> {
	const bytes = new Uint8Array(size).fill(byte);
	const id = objectId(createHash('sha256').update(bytes).digest('hex'));
	const signature = { columns: [], inputs: [], answer: { kind: 'number' as const, output: 'y' } };
	const given = {
		model,
		onnx: id,
		sizeBytes: size,
		signature,
		run: null,
		repairs: [],
		description: '',
		createdAtMs: byte
	};
	return value(await effects.models.addVersion(given, [{ id, bytes }], { ...said, atMs: byte, kind: 'imported' }));
}

describe('documents', () => {
	test('go to the other device with their history, and come back with what was changed there', async () => {
		const { one, other } = await twoDevices(async (effects) => {
			await save(effects, 'clean', 'first');
			await save(effects, 'clean', 'second');
		});
		expect(await texts(other)).toEqual(['clean: second (2)']);
		await save(other, 'clean', 'third');
		await save(other, 'new', 'x');
		await createConsole(one).renameDocument('recipe', 'clean', 'tidy');
		await inStep(other, one, other);
		expect(await texts(one)).toEqual(['new: x (1)', 'tidy: third (3)']);
		expect(await rootHash(one)).toBe(await rootHash(other));
		expect(value(await createConsole(one).syncState())).toMatchObject({ records: { waiting: [], choices: [] } });
	});

	test('changed on both have one text, the other in their history, until a person chooses', async () => {
		const { one, other } = await twoDevices((effects) => save(effects, 'clean', 'first'));
		await save(one, 'clean', 'mine');
		await save(other, 'clean', 'yours');
		expect(value(await createConsole(one).syncState())).toMatchObject({
			records: { waiting: [{ what: 'recipe', count: 1 }] }
		});
		await inStep(one, other, one);
		expect(await texts(one)).toEqual(await texts(other));
		const state = value(await createConsole(one).syncState());
		if (state.kind === 'off') return expect.unreachable();
		const [choice] = state.records.choices;
		expect([choice?.stands, choice?.other].sort()).toEqual(['mine', 'yours']);
		const history = value(await createConsole(other).documentHistory('recipe', 'clean'));
		expect(
			history
				.map(({ text }) => text)
				.slice(0, 3)
				.sort()
		).toEqual(['first', 'mine', 'yours']);
		expect(history.length).toBe(4);
		value(await createConsole(other).settleDocument('recipe', 'clean', 'other'));
		await inStep(other, one);
		expect(await texts(one)).toEqual([`clean: ${choice?.other ?? ''} (5)`]);
		expect(value(await createConsole(one).syncState())).toMatchObject({ records: { choices: [] } });
		expect(await createConsole(one).settleDocument('recipe', 'clean', 'this')).toMatchObject({
			error: { kind: 'nothing-to-settle' }
		});
	});

	test('of one name, made on both, are one with the history of both', async () => {
		const { one, other } = await twoDevices(() => Promise.resolve());
		await save(one, 'clean', 'mine');
		await save(other, 'Clean', 'yours');
		await inStep(one, other, one);
		expect(await texts(one)).toEqual(await texts(other));
		const history = value(await createConsole(one).documentHistory('recipe', 'clean'));
		expect(
			history
				.map(({ text }) => text)
				.slice(0, 2)
				.sort()
		).toEqual(['mine', 'yours']);
		expect(await rootHash(one)).toBe(await rootHash(other));
	});

	test('removed on one go on the other, and an undo there brings them back to both', async () => {
		const { one, other } = await twoDevices((effects) => save(effects, 'clean', 'first'));
		await createConsole(one).removeDocument('recipe', 'clean');
		await inStep(one, other);
		expect(await texts(other)).toEqual([]);
		value(await createConsole(other).undo());
		await inStep(other, one);
		expect(await texts(one)).toEqual(['clean: first (1)']);
	});

	test('that come back have their texts, also where those were collected meanwhile', async () => {
		const { one, other } = await twoDevices(async (effects) => {
			await save(effects, 'clean', 'first');
			await save(effects, 'clean', 'second');
		});
		await createConsole(one).removeDocument('recipe', 'clean');
		await inStep(one, other);
		await other.db.operations.clear();
		value(await other.store.collect());
		expect(await other.db.documentVersions.count()).toBe(0);
		value(await createConsole(one).undo());
		await inStep(one, other);
		expect(await texts(other)).toEqual(['clean: second (2)']);
	});

	test('that exchange their names do so on the other device, too', async () => {
		const { one, other } = await twoDevices(async (effects) => {
			await save(effects, 'a', 'of a');
			await save(effects, 'b', 'of b');
		});
		const weir = createConsole(one);
		for (const [from, to] of [
			['a', 'c'],
			['b', 'a'],
			['c', 'b']
		] as const)
			value(await weir.renameDocument('recipe', from, to));
		await inStep(one, other);
		expect(await texts(other)).toEqual(['a: of b (1)', 'b: of a (1)']);
	});
});

describe('models', () => {
	test('go with their files, stages, aliases and events', async () => {
		const { one, other } = await twoDevices(async (effects) => {
			const version = await register(effects, 'Churn', 1, 200_000);
			value(await effects.models.setStage(version, 'Production', { ...said, kind: 'stage' }));
			value(await effects.models.setAlias('churn', 'best', 1, said));
		});
		const [here, there] = [value(await one.models.registry()), value(await other.models.registry())];
		expect(there.versions).toEqual(here.versions);
		expect(there.models).toEqual(here.models);
		expect(there.events.map(({ kind, who }) => [kind, who])).toEqual(here.events.map(({ kind, who }) => [kind, who]));
		const file = here.versions[0]?.onnx ?? objectId('');
		expect(value(await other.models.object(file))).toEqual(value(await one.models.object(file)));
	});

	test('numbered alike on both stay two versions, and one of them serves', async () => {
		const { one, other } = await twoDevices(async (effects) => {
			await register(effects, 'churn', 1);
		});
		for (const [effects, byte] of [
			[one, 2],
			[other, 3]
		] as const) {
			const version = await register(effects, 'churn', byte);
			value(await effects.models.setStage(version, 'Production', { ...said, kind: 'stage' }));
			value(await effects.models.setAlias('churn', `of ${byte}`, version.number, said));
		}
		await inStep(one, other, one);
		for (const effects of [one, other]) {
			const { versions, models, events } = value(await effects.models.registry());
			expect(versions.map(({ number, createdAtMs, stage }) => [number, createdAtMs, stage])).toEqual([
				[1, 1, 'None'],
				[2, 2, 'Archived'],
				[3, 3, 'Production']
			]);
			expect(models[0]?.aliases).toEqual({ 'of 2': 2, 'of 3': 3 });
			expect(events.filter(({ kind }) => kind === 'imported').map(({ number }) => number)).toEqual([1, 2, 3]);
		}
	});

	test('runs that have ended go with metrics, whatever numbers those are; one that goes on stays where it is', async () => {
		const run = (id: string, state: ModelRun['state']): ModelRun => ({
			id: modelRunId(id),
			...{
				experiment: 'e',
				name: 'n',
				state,
				task: null,
				params: { depth: 3 },
				metrics: { loss: Number.NaN },
				tags: {}
			},
			data: { sql: 'SELECT 1', inputs: [], split: '' },
			...{ artifacts: [], failure: null, startedAtMs: 1, endedAtMs: 2 }
		});
		const steps = { run: modelRunId('a'), metric: 'loss', steps: [0, 1], values: [1, Number.NaN] };
		const { other } = await twoDevices(async (effects) => {
			value(await effects.models.saveRun(run('a', 'finished'), { metrics: [steps] }));
			value(await effects.models.saveRun(run('b', 'running')));
		});
		expect(value(await other.models.runs())).toEqual([run('a', 'finished')]);
		expect(value(await other.models.metrics(modelRunId('a')))).toEqual([steps]);
	});
});

const runOf = (id: string): RunRecord => ({
	...{ id, pipeline: 'daily', text: pipeline('daily'), params: {}, environment: null, nominalMs: 0, partition: null },
	...{ cause: { kind: 'hand' }, isForced: false, kept: [], faults: [], state: 'succeeded', owner: null },
	...{ isCancelRequested: false, startedAtMs: 1, endedAtMs: 2, steps: { a: 'succeeded' } }
});

test('verdicts and runs go to the other device, and stay there when one device lets them go', async () => {
	const { one, other } = await twoDevices(async (effects) => {
		const table = tableOf('rows');
		value(await commitTable({ name: 'people', onto: null, message: 'm', table, rejects: null, lineage }, effects));
		const { dataset } = value(await findDataset('people', effects));
		value(
			await effects.store.saveVerdict({
				...{ id: 'v', suite: 'Sound', suiteVersion: null, dataset: dataset.id, version: dataset.head, outcome: 'pass' },
				...{
					counts: { pass: 0, warn: 0, fail: 0, error: 0 },
					checks: [],
					rowCount: 2,
					scanCount: 1,
					atMs: 1,
					elapsedMs: 1
				}
			})
		);
		value(await effects.runs.create(runOf('r')));
	});
	const { dataset } = value(await findDataset('people', other));
	expect(value(await other.store.verdicts(dataset.id))).toEqual(value(await one.store.verdicts(dataset.id)));
	expect(value(await other.runs.runs({ pipeline: 'daily', limit: 9 }))).toEqual([runOf('r')]);
	expect(value(await createConsole(other).lineageEvents()).length).toBeGreaterThan(0);
	await one.db.verdicts.clear();
	await one.db.runs.clear();
	value(await one.runs.create(runOf('r2')));
	await inStep(one, other, one);
	expect(value(await one.runs.runs({ pipeline: null, limit: 9 })).map(({ id }) => id)).toEqual(['r2']);
	expect(
		value(await other.runs.runs({ pipeline: null, limit: 9 }))
			.map(({ id }) => id)
			.sort()
	).toEqual(['r', 'r2']);
	expect(value(await other.store.verdicts(dataset.id)).length).toBe(1);
	expect(versionId(dataset.head)).toBe(dataset.head);
});

test('a schedule and an alert rule are followed by one device, until another one takes them over', async () => {
	const { one, other } = await twoDevices(async (effects) => {
		value(await createConsole(effects).savePipeline(pipeline('daily', '* * * * *')));
	});
	const due = async (effects: TestEffects, now: number): Promise<readonly string[]> => {
		const at = { ...effects, now: () => now };
		const ran = await runDue({ openSinceMs: 0 }, at, createRunner(at, new Breakers(at)));
		return value(ran).map(({ cause }) => cause.kind);
	};
	const elsewhere = async (effects: TestEffects): Promise<string | null | undefined> =>
		value(await listSchedules(effects, createRunner(effects, new Breakers(effects))))[0]?.elsewhere;
	const start = Date.UTC(2026, 0, 1);
	for (const effects of [one, other]) expect(await due(effects, start)).toEqual([]);
	expect(await due(one, start + 60_000)).toEqual(['schedule']);
	expect(await due(other, start + 60_000)).toEqual([]);
	expect([await elsewhere(one), await elsewhere(other)]).toEqual([null, 'Laptop']);
	value(await createConsole(other).followHere('pipeline', 'daily'));
	await inStep(other, one);
	expect([await elsewhere(one), await elsewhere(other)]).toEqual(['Phone', null]);
	expect(await due(one, start + 120_000)).toEqual([]);
	await due(other, start + 120_000);
	expect(await due(other, start + 180_000)).toEqual(['schedule']);
	value(await createConsole(one).saveAlert('goes wrong', 'when:\n  verdict: { suite: sound }\n'));
	await inStep(one, other);
	const looks = async (effects: TestEffects) => value(await createConsole(effects).alerts())[0]?.elsewhere;
	expect([await looks(one), await looks(other)]).toEqual([null, 'Laptop']);
	expect(value(await activeRules(other))).toEqual([]);
	// Whoever leaves follows his own again.
	value(await createConsole(one).leaveSync());
	expect(await elsewhere(one)).toBeNull();
});

test('one pipeline of a thousand that changed sends little, and nothing is sent when nothing did', async () => {
	const { edge, one } = await oneDevice(async (effects) => {
		const key = value(await effects.store.idKey(effects.makeIdKey));
		for (let at = 0; at < 1000; at++) {
			const [id, name] = [documentId(effects.randomId()), `p${at}`];
			const content = { document: id, parents: [], text: pipeline(name).repeat(5), message: 'm', createdAtMs: at };
			const version = await nameDocumentVersion(content, key, effects);
			await effects.db.documentVersions.add(version);
			const document = { id, kind: 'pipeline' as const, name, head: version.id, createdAtMs: at };
			await effects.db.documents.add({ ...document, key: `pipeline/${name}` });
		}
	});
	const puts = edge.puts;
	value(await createConsole(one).saveDocument('pipeline', 'p7', pipeline('p7').repeat(6)));
	const synced = value(await createConsole(one).sync());
	console.log(`one of 1,000 pipelines: ${synced.sentBytes} bytes in ${edge.puts - puts} objects`);
	expect(edge.puts - puts).toBeLessThan(8);
	expect(synced.sentBytes).toBeLessThan(24_000);
	expect(value(await createConsole(one).sync()).sentBytes).toBe(0);
}, 60_000);

test('what is not what its hash says is refused, and the rest of the sync goes on', async () => {
	const { edge, one, other } = await twoDevices((effects) => save(effects, 'clean', 'first'));
	const before = await texts(other);
	await save(one, 'clean', 'second');
	const known = new Set(edge.objects.keys());
	await inStep(one);
	for (const [key, bytes] of edge.objects)
		if (!known.has(key))
			edge.objects.set(
				key,
				bytes.map((byte, at) => (at === 100 ? byte ^ 1 : byte))
			);
	const synced = value(await createConsole(other).sync());
	expect(synced.records).toMatchObject({ error: { kind: 'broken-object' } });
	expect(await texts(other)).toEqual(before);
	const state = value(await createConsole(other).syncState());
	expect(state).toMatchObject({ troubles: [{ dataset: null, failure: { kind: 'broken-object' } }] });
});

describe('links and editions', () => {
	const by = { pipeline: 'letters', run: 'r1', step: 'weekly' };
	const edition: KeptEdition = {
		...{ id: 'r1/weekly', ...by, report: 'rivers', title: 'Rivers', renderedAtMs: 7, sources: ['sensors v2'] },
		...{ versions: [versionId('v')], sizeBytes: 5000, fingerprint: 'f', share: null }
	};
	/** Longer than a page of records. */
	const bundle = new Uint8Array(5000).map((_, at) => at * 7);

	test('are on the other device, which tells the link, revokes it, and lets an edition go', async () => {
		const devices = await twoDevices(async () => Promise.resolve());
		const shares = memoryShares(devices.one.now);
		const sharing = (effects: TestEffects): TestEffects => ({
			...effects,
			sharing: { ...effects.sharing, edge: shares.edge }
		});
		const [one, other] = [sharing(devices.one), sharing(devices.other)];
		const shared = value(await createConsole(one).shareEdition(madeEdition));
		value(await one.editions.add(edition, bundle));
		await inStep(one, other);
		const there = createConsole(other);
		expect(value(await there.shares())).toMatchObject([
			{ share: shared.share, state: 'stands', kept: { report: madeEdition.report, link: shared.link } }
		]);
		expect(value(await there.editions())).toEqual([edition]);
		expect(value(await other.editions.bundle(edition.id))).toEqual(bundle);

		value(await there.revokeShare(shared.share));
		value(await there.removeEdition(edition.id));
		await inStep(other, one);
		expect(value(await createConsole(one).shares())).toMatchObject([{ share: shared.share, state: 'revoked' }]);
		expect(value(await createConsole(one).editions())).toEqual([]);
		expect(value(await one.editions.bundle(edition.id))).toBeNull();
		// The link and its secret are in nothing that the edge has as it stands.
		const secret = shared.link.slice(shared.link.indexOf('#') + 1);
		for (const bytes of devices.edge.objects.values())
			for (const told of [secret, shared.share, 'Rivers'])
				expect(Buffer.from(bytes).toString('latin1')).not.toContain(told);
	});

	test('of which a link came later on one device have it on both, whatever else was said meanwhile', async () => {
		const { one, other } = await twoDevices(async (effects) => {
			value(await effects.editions.add(edition, bundle));
		});
		const share = { share: 'S', link: '/s/S#v1.x', expiresAtMs: 9, isThere: false };
		value(await one.editions.change({ ...edition, share }));
		value(await other.editions.change({ ...edition, share: { ...share, isThere: true } }));
		await inStep(one, other, one);
		for (const effects of [one, other])
			expect(value(await createConsole(effects).editions())).toMatchObject([{ share: { isThere: true } }]);
	});
});

test('a database of before opens, with its documents, and is synced', async () => {
	const name = `weir-schema-13-${Date.now()}`;
	const now = new WorkspaceDb(`${name}-now`);
	const before = now.tables.filter(
		(table) => !['syncPages', 'documentHomes', 'shares', 'editions', 'editionBundles'].includes(table.name)
	);
	const old = new Dexie(name);
	old
		.version(13)
		.stores(
			Object.fromEntries(
				before.map(({ name: table, schema: { primKey, indexes } }) => [
					table,
					[primKey.src, ...indexes.map(({ src }) => src)].join(', ')
				])
			)
		);
	const document = { id: 'd', kind: 'recipe', name: 'clean', head: 'v', createdAtMs: 1, key: 'recipe/clean' };
	await old.table('documents').add(document);
	const version = { id: 'v', document: 'd', parents: [], text: 'first', message: 'm', createdAtMs: 1 };
	await old.table('documentVersions').add(version);
	await old.table('settings').bulkPut([
		{ key: 'share/S', value: { share: 'S', link: '/s/S#v1.x', createdAtMs: 1 } },
		{ key: 'edition/r/s', value: { id: 'r/s', report: 'weekly', renderedAtMs: 1, share: null } },
		{ key: 'edition-bundle/r/s', value: new Uint8Array([1, 2, 3]) }
	]);
	old.close();
	const effects = testEffects({}, name);
	expect(await texts(effects)).toEqual(['clean: first (1)']);
	const { records } = value(await effects.sync.rows.records.local());
	expect([...records.keys()].toSorted()).toEqual(['document/d', 'edition/r%2Fs', 'share/S', 'text/d/v']);
	expect(value(await effects.sharing.rows.all())).toMatchObject([{ share: 'S', link: '/s/S#v1.x' }]);
	expect(value(await effects.editions.bundle('r/s'))).toEqual(new Uint8Array([1, 2, 3]));
	expect(effects.db.verno).toBeGreaterThanOrEqual(14);
});
