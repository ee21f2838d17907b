// A device with data of its own joins a workspace: everything keeps its history, its names for people and its undo, and nothing is lost on
// the way.
import { describe, expect, test } from 'vitest';
import { documentId } from '#core/ids.ts';
import { ok } from '#core/result.ts';
import { createConsole } from '#lib/flows/console.ts';
import { commit, messages, newDevice, pair, passphrase, rootHash, sync } from './sync-pair.ts';

async function full() {
	const { edge, one, code } = await pair();
	const joiner = newDevice(edge);
	await commit(joiner, 'own', 'a');
	await commit(joiner, 'own', 'b');
	await commit(joiner, 'People', 'another of that name');
	await joiner.weir.tag('own', 'first', { at: 'v1' });
	await joiner.weir.saveDocument('recipe', 'clean', 'steps: []', { message: 'Write it' });
	return { edge, one, joiner, join: { code, passphrase, device: 'Old laptop' } };
}

describe('joining with data', () => {
	test('is refused unless it is said what goes along, and then changes nothing', async () => {
		const { joiner, join } = await full();
		const before = await rootHash(joiner);
		expect(await joiner.weir.joinSync(join)).toMatchObject({ ok: false, error: { kind: 'workspace-not-empty' } });
		expect(await rootHash(joiner)).toBe(before);
		expect(await joiner.weir.syncState()).toEqual(ok({ kind: 'off' }));
	});

	test('brings datasets with their history, tags and undo, and those of the workspace come', async () => {
		const { one, joiner, join } = await full();
		expect(await joiner.weir.previewJoin()).toMatchObject({
			ok: true,
			value: {
				datasets: [
					{ name: 'own', versions: 2 },
					{ name: 'People', versions: 1 }
				],
				documents: 1
			}
		});
		expect(await joiner.weir.joinSync({ ...join, bring: ['own', 'People'] })).toMatchObject({ ok: true });
		expect(await messages(joiner, 'own')).toEqual(['a', 'b']);
		await sync(joiner);
		await sync(one);
		await sync(joiner);
		expect(await messages(one, 'own')).toEqual(['a', 'b']);
		const refs = await one.weir.refs('own');
		expect(refs.ok && Object.keys(refs.value.tags)).toEqual(['first']);
		const names = await one.effects.store.datasets();
		expect(names.ok && names.value.map(({ name }) => name).sort()).toEqual(['People_2', 'own', 'people']);
		const verified = await joiner.weir.verify();
		expect(verified).toMatchObject({ ok: true, value: { damages: [] } });
		const documents = await joiner.effects.store.documents();
		const versions = await joiner.effects.store.documentVersions(
			documentId(documents.ok ? (documents.value[0]?.id ?? '') : '')
		);
		expect(versions).toMatchObject({ value: [{ id: documents.ok && documents.value[0]?.head, text: 'steps: []' }] });
	});

	test('what stays on this device alone is not sent, and undo reaches back behind the joining', async () => {
		const { one, joiner, join } = await full();
		expect(await joiner.weir.joinSync({ ...join, bring: [] })).toMatchObject({ ok: true });
		await joiner.weir.undo();
		expect(await joiner.weir.undo()).toMatchObject({ ok: true });
		await sync(joiner);
		await sync(one);
		const names = await one.effects.store.datasets();
		expect(names.ok && names.value.map(({ name }) => name)).toEqual(['people']);
	});

	test('a page that dies, or a commit that comes in between, leaves all as it was, and joining works then', async () => {
		const { joiner, join } = await full();
		const before = await rootHash(joiner);
		const { effects } = joiner;
		const dying = createConsole({
			...effects,
			sync: { ...effects.sync, takeNames: () => Promise.reject(new Error('the page died')) }
		});
		await expect(dying.joinSync({ ...join, bring: [] })).rejects.toThrow('the page died');
		expect(await rootHash(joiner)).toBe(before);
		const late = createConsole({
			...effects,
			sync: {
				...effects.sync,
				takeNames: async (taken) => {
					await commit(joiner, 'late', 'in between');
					return effects.sync.takeNames(taken);
				}
			}
		});
		expect(await late.joinSync({ ...join, bring: [] })).toMatchObject({ ok: false, error: { kind: 'moved' } });
		expect(await messages(joiner, 'late')).toEqual(['in between']);
		expect(await joiner.weir.joinSync({ ...join, bring: ['late'] })).toMatchObject({ ok: true });
		await sync(joiner);
		expect(await messages(joiner, 'late')).toEqual(['in between']);
		// A page that died after it took the names joins as one that left.
		await joiner.weir.leaveSync();
		expect(await joiner.weir.joinSync(join)).toMatchObject({ ok: true });
	});
});
