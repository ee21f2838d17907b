// What serves models comes from our own origin, under its policy, and stays: who asked one once asks it without a network.
import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { openWorkspace, test, untilControlled, type WithWeir } from './workspace.ts';

const file = readFileSync(new URL('../vectors/onnx/foreign/columns.onnx', import.meta.url)).toString('base64');

test('a model that was asked once answers without a network', async ({ virgin: page }) => {
	await openWorkspace(page);
	await untilControlled(page);
	const cached = () =>
		page.evaluate(async () => {
			const kept = await (await caches.open('hashed')).keys();
			return kept.filter(({ url }) => url.includes('/ort-wasm')).length;
		});
	expect(await cached()).toBe(0);
	await page.evaluate(async (base64) => {
		const { weir } = globalThis as never as WithWeir;
		const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
		const imported = await weir.importModel('price class', new Blob([bytes]));
		if (!imported.ok) throw new Error(JSON.stringify(imported.error));
	}, file);
	expect(await cached()).toBe(2);
	await page.context().setOffline(true);
	await openWorkspace(page);
	const answer = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		return weir.predict('price class', [{ size: 1.5, city: 'Bern' }]);
	});
	expect(answer).toMatchObject({ ok: true, value: [{ prediction: 'high' }] });
});
