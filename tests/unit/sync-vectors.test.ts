// Workspaces as the edge kept them on 26 November 2026, which must open for ever: by their passphrase, and by their words.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ok } from '#core/result.ts';
import { printOfValue } from '#core/sync/record-value.ts';
import { randomId } from '#lib/crypto/hash.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { createConsole } from '#lib/flows/console.ts';
import type { SyncRim } from '#lib/flows/sync-rim.ts';
import { createKeysWork } from '#workers/keys/keys.ts';
import { MemoryEdge } from '../memory-edge.ts';
import { testEffects } from './effects.ts';

type Kept = {
	readonly code: string;
	readonly passphrase: string;
	readonly words: string;
	readonly rootHash: string;
	readonly tokens: readonly string[];
	readonly slots: readonly string[];
	readonly members: readonly { readonly seq: number; readonly hash: string; readonly entry: string }[];
	readonly refs: readonly {
		readonly space: string;
		readonly token: string;
		readonly seq: number;
		readonly hash: string;
		readonly record: string;
	}[];
	readonly objects: Readonly<Record<string, string>>;
	/** Fingerprints of what is synced besides datasets. */
	readonly records?: Readonly<Record<string, string>>;
};

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'base64'));

function keptEdge(kept: Kept): MemoryEdge {
	const edge = new MemoryEdge();
	for (const token of kept.tokens) edge.tokens.add(token);
	for (const [at, slot] of kept.slots.entries()) edge.slots.set(String(at), bytesOf(slot));
	edge.members.push(...kept.members.map((one) => ({ ...one, entry: bytesOf(one.entry) })));
	for (const ref of kept.refs)
		edge.logs.set(ref.space, [...(edge.logs.get(ref.space) ?? []), { ...ref, record: bytesOf(ref.record) }]);
	for (const [key, object] of Object.entries(kept.objects)) edge.objects.set(key, bytesOf(object));
	return edge;
}

const files = ['format-1', 'records-1', 'reset-1', 'keys-1'].flatMap((file) => [
	{ file, by: 'passphrase' as const },
	{ file, by: 'words' as const }
]);

test.each(files)('$file opens by its $by', async ({ file, by }) => {
	const kept = JSON.parse(readFileSync(`tests/vectors/sync/${file}.json`, 'utf8')) as Kept;
	const effects = { ...testEffects({ edge: keptEdge(kept).edge }), randomId };
	const work = createKeysWork();
	const stretch: SyncRim['stretch'] = async (...given) => ok(await work.stretch(...given));
	const own = { ...effects, sync: { ...effects.sync, stretch } };
	const secret = { [by]: kept[by] };
	expect(await createConsole(own).joinSync({ code: kept.code, ...secret, device: 'Later' })).toMatchObject({
		ok: true
	});
	const synced = await createConsole(own).sync();
	expect(synced).toMatchObject({ ok: true, value: { records: { ok: true } } });
	expect(synced.ok && synced.value.datasets.every(({ outcome }) => outcome.ok)).toBe(true);
	const made = await backUp({}, own);
	expect(made.ok && made.value.rootHash).toBe(kept.rootHash);
	const records = await own.sync.rows.records.local();
	const prints = records.ok
		? [...records.value.records].map(([key, record]) => [key, printOfValue(record)] as const)
		: [];
	expect(Object.fromEntries(prints)).toEqual(kept.records ?? {});
});
