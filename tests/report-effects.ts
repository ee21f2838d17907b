// Effects of flows of reports over a real engine in Node and a workspace without datasets: the rows are a query's own.
import { ok } from '#core/result.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { nodeEngine } from './node-engine.ts';

export async function reportEffects(): Promise<Effects> {
	const engine = await nodeEngine(() => Promise.reject(new Error('no stored version is read')));
	return {
		now: () => 0,
		randomId: () => 'one',
		engine: { ...engine.api, cancel: () => Promise.resolve() },
		upgrade: { isNeeded: () => Promise.resolve(ok(false)) },
		store: { catalogue: () => Promise.resolve(ok([])), datasets: () => Promise.resolve(ok([])) }
	} as unknown as Effects;
}
