// Two devices of one workspace over an edge in memory, with real keys and real stores.
import { expect } from 'vitest';
import { randomId } from '#lib/crypto/hash.ts';
import { createConsole } from '#lib/flows/console.ts';
import { MemoryEdge } from '../memory-edge.ts';
import { testEffects, type TestEffects } from './effects.ts';

type TwoDevices = { readonly edge: MemoryEdge; readonly one: TestEffects; readonly other: TestEffects };

const PASSPHRASE = 'a sentence of mine';

/** The first is as `begin` left it, and has sent that; the second has joined. */
export async function twoDevices(begin: (one: TestEffects) => Promise<void>): Promise<TwoDevices> {
	const { edge, one, code } = await oneDevice(begin);
	const other: TestEffects = { ...testEffects({ edge: edge.edge }), randomId };
	const joined = await createConsole(other).joinSync({ code, passphrase: PASSPHRASE, device: 'Phone' });
	if (!joined.ok) return expect.unreachable(joined.error.kind);
	await inStep(other);
	return { edge, one, other };
}

/** With the code that another one joins by. */
export async function oneDevice(
	begin: (one: TestEffects) => Promise<void>
): Promise<Omit<TwoDevices, 'other'> & { readonly code: string }> {
	const edge = new MemoryEdge();
	const one: TestEffects = { ...testEffects({ edge: edge.edge }), randomId };
	await begin(one);
	const weir = createConsole(one);
	const words = await weir.recoveryWords();
	const text = words.ok ? words.value.join(' ') : '';
	const code = await weir.turnOnSync({ passphrase: PASSPHRASE, words: text, device: 'Laptop' });
	if (!code.ok) return expect.unreachable(code.error.kind);
	await inStep(one);
	return { edge, one, code: code.value };
}

export async function inStep(...devices: readonly TestEffects[]): Promise<void> {
	for (const effects of devices) {
		const synced = await createConsole(effects).sync();
		expect(synced).toMatchObject({ ok: true, value: { records: { ok: true } } });
		if (synced.ok) for (const { outcome } of synced.value.datasets) expect(outcome).toMatchObject({ ok: true });
	}
}
