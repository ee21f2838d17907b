// Two devices of one workspace, over an edge in memory, with real keys and real stores.
import { expect } from 'vitest';
import { randomId } from '#lib/crypto/hash.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import type { WeirConsole } from '#lib/flows/console-types.ts';
import { MemoryEdge } from '../memory-edge.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

export const passphrase = 'a sentence of mine';

export type Device = { readonly effects: TestEffects; readonly weir: WeirConsole };

export function newDevice(edge: MemoryEdge): Device {
	const effects = { ...testEffects({ edge: edge.edge }), randomId };
	return { effects, weir: createConsole(effects) };
}

export async function commit({ effects }: Device, name: string, text: string, sizeBytes = 0): Promise<void> {
	const found = await findDataset(name, effects);
	const onto = found.ok ? found.value.dataset : null;
	const table = tableOf(text, sizeBytes);
	const made = await commitTable({ name, onto, message: text, table, rejects: null, lineage }, effects);
	if (!made.ok) throw new Error(made.error.kind);
}

export async function rootHash({ effects }: Device): Promise<string> {
	const made = await backUp({}, effects);
	return made.ok ? made.value.rootHash : expect.unreachable(made.error.kind);
}

/** Syncs, and all of it went well. */
export async function sync({ weir }: Device): Promise<void> {
	const synced = await weir.sync();
	expect(synced).toMatchObject({ ok: true });
	if (synced.ok) for (const { outcome } of synced.value.datasets) expect(outcome).toMatchObject({ ok: true });
}

/** Messages of the versions that are here, oldest first. */
export async function messages({ weir }: Device, name: string): Promise<readonly string[]> {
	const told = await weir.versions(name);
	return told.ok ? told.value.map(({ message }) => message) : expect.unreachable(told.error.kind);
}

/** The first device has a dataset, and has sent it; the second has joined, and taken nothing yet. */
export async function pair(sent: readonly string[] = ['the first']) {
	const edge = new MemoryEdge();
	const one = newDevice(edge);
	for (const text of sent) await commit(one, 'people', text);
	const words = await one.weir.recoveryWords();
	const text = words.ok ? words.value.join(' ') : '';
	const code = await one.weir.turnOnSync({ passphrase, words: text, device: 'Laptop' });
	if (!code.ok) return expect.unreachable(code.error.kind);
	await sync(one);
	const other = newDevice(edge);
	const joined = await other.weir.joinSync({ code: code.value, passphrase, device: 'Phone' });
	if (!joined.ok) return expect.unreachable(joined.error.kind);
	return { edge, one, other, code: code.value };
}
