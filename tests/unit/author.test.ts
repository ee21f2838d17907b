// Who made a version and what decided it: in the manifest, in its history, and in nothing when nobody said.
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { backUp } from '#lib/flows/back-up.ts';
import { createConsole } from '#lib/flows/console.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { testEffects } from './effects.ts';

const file = (text: string) => new File([text], `${text}.csv`);

test('a version has the name that was given when it was made, and none before', async () => {
	const effects = testEffects();
	const weir = createConsole(effects);
	await weir.ingest(file('one'), { name: 'a' });
	expect(await weir.setAuthor('  Ada   Lovelace ')).toEqual({ ok: true, value: 'Ada Lovelace' });
	await weir.ingest(file('two'), { into: 'a', mode: 'replace', message: 'By Ada' });
	await weir.setAuthor('');
	await weir.restore('a', 'v1');
	const history = await weir.history('a');
	expect(history.ok && history.value.map(({ author, message }) => [author, message])).toEqual([
		[null, 'Go back to v1: Import one.csv'],
		['Ada Lovelace', 'By Ada'],
		[null, 'Import one.csv']
	]);
	const versions = await weir.versions('a');
	expect(versions.ok && versions.value.map(({ author }) => author)).toEqual([null, 'Ada Lovelace', null]);
	expect((await effects.db.versions.toArray()).filter((version) => 'author' in version)).toHaveLength(1);
	expect(await weir.setAuthor('x'.repeat(81))).toEqual({
		ok: false,
		error: { kind: 'invalid-author', rule: 'too-long' }
	});
	expect(await weir.setAuthor('a\nb')).toMatchObject({ error: { kind: 'invalid-author', rule: 'control' } });
	expect(await weir.setAuthor(7 as never)).toMatchObject({ error: { kind: 'invalid-argument' } });
});

test('lineage says how rows were taken in, and where a dataset went back to', async () => {
	const weir = createConsole(testEffects());
	await weir.ingest(file('one'), { name: 'a' });
	await weir.ingest(file('two'), { into: 'a', mode: 'replace', key: ['a'] });
	await weir.ingest(file('three'), { into: 'a', mode: 'append' });
	await weir.restore('a', 'v1');
	const versions = await weir.versions('a');
	expect(versions.ok && versions.value.map(({ lineage }) => lineage.parameters)).toEqual([
		undefined,
		{ mode: 'replace', key: ['a'] },
		{ mode: 'append', key: ['a'] },
		{ at: 'v1' }
	]);
});

test('a backup proves authors and keys too', async () => {
	const effects = testEffects();
	const weir = createConsole(effects);
	await weir.setAuthor('Ada');
	await weir.ingest(file('one'), { name: 'a' });
	await weir.ingest(file('two'), { into: 'a', mode: 'replace', key: ['a'] });
	const first = await backUp({}, effects);
	const other = testEffects();
	const restored = first.ok && (await restoreBackup({ file: first.value.file }, other));
	expect(restored && restored.ok && restored.value.rootHash).toBe(first.ok && first.value.rootHash);
	const versions = await createConsole(other).versions('a');
	expect(versions.ok && versions.value.at(-1)?.author).toBe('Ada');
	const [version] = await effects.db.versions.toArray();
	if (!version) throw new Error('no version');
	await effects.db.versions.put({ ...version, author: 'Eve' });
	const forged = await backUp({}, effects);
	expect(forged.ok && first.ok && forged.value.rootHash !== first.value.rootHash).toBe(true);
});
