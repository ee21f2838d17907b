// The law of undo with the real engine, across reloads: every operation taken back gives what was there, to the byte.
import { expect, type Page } from '@playwright/test';
import { openWorkspace, test, untilReady, type WithWeir } from './workspace.ts';

test.setTimeout(180_000);

/** One deed after another; answers the root hash of the workspace after each operation. */
async function work(page: Page): Promise<readonly string[]> {
	return page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const must = async <T>(answer: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>): Promise<T> => {
			const settled = await answer;
			if (!settled.ok) throw new Error(JSON.stringify(settled.error));
			return settled.value;
		};
		const rows = (text: string): Blob => new Blob([`id,price\n${text}\n`]);
		const deeds: readonly (() => Promise<unknown>)[] = [
			() => must(weir.ingest(rows('1,10\n2,20\n3,30'), { name: 'sales' })),
			() => must(weir.setKey('sales', ['id'])),
			() => must(weir.ingest(rows('4,40'), { into: 'sales', mode: 'append' })),
			() => must(weir.ingest(rows('4,44\n5,50'), { into: 'sales', mode: 'upsert' })),
			() => must(weir.edit('sales', { change: [{ row: 0, cells: { price: 11 } }], remove: [1] })),
			() => must(weir.sql('UPDATE sales SET price = price + 1 WHERE id > 3')),
			() => must(weir.sql('ALTER TABLE sales ADD COLUMN note VARCHAR')),
			() => must(weir.tag('sales', 'agreed')),
			() => must(weir.branch('sales', 'trial')),
			() => must(weir.edit('sales', { change: [{ row: 1, cells: { note: 'theirs' } }] })),
			() => must(weir.switchBranch('sales', 'main')),
			() => must(weir.sql('DELETE FROM sales WHERE id = 1')),
			() => must(weir.merge('sales', 'trial')),
			() => must(weir.save('copy', 'select * from sales')),
			() => must(weir.rename('copy', 'other')),
			() => must(weir.restore('sales', 'v2')),
			() => must(weir.remove('other'))
		];
		const hash = async (): Promise<string> => {
			const bytes = new DataView(await (await must(weir.backup())).arrayBuffer());
			// The header begins after 48 bytes; its root hash is a text of 64 characters.
			const header = new TextDecoder().decode(new Uint8Array(bytes.buffer, 48, bytes.getUint32(12)));
			return /rootHash[^]{5}([0-9a-f]{64})/.exec(header)?.[1] ?? 'none';
		};
		const hashes = [await hash()];
		for (const deed of deeds) {
			await deed();
			hashes.push(await hash());
		}
		return hashes;
	});
}

/** The root hash after each of as many undos or redos. */
async function step(page: Page, verb: 'undo' | 'redo', count: number): Promise<readonly string[]> {
	return page.evaluate(
		async ({ does, times }) => {
			const { weir } = globalThis as never as WithWeir;
			const hashes: string[] = [];
			for (let done = 0; done < times; done++) {
				const answer = await weir[does]();
				if (!answer.ok) throw new Error(answer.error.kind);
				const backup = await weir.backup();
				if (!backup.ok) throw new Error(backup.error.kind);
				const bytes = new DataView(await backup.value.arrayBuffer());
				const header = new TextDecoder().decode(new Uint8Array(bytes.buffer, 48, bytes.getUint32(12)));
				hashes.push(/rootHash[^]{5}([0-9a-f]{64})/.exec(header)?.[1] ?? 'none');
			}
			return hashes;
		},
		{ does: verb, times: count }
	);
}

test('everything done is undone and redone to equal root hashes, with reloads in between', async ({ page }) => {
	await openWorkspace(page);
	const hashes = await work(page);
	expect(new Set(hashes).size).toBeGreaterThan(15);
	const count = hashes.length - 1;
	const half = Math.floor(count / 2);
	const backwards = hashes.toReversed().slice(1);
	expect(await step(page, 'undo', half)).toEqual(backwards.slice(0, half));
	await page.reload();
	await untilReady(page);
	expect(await step(page, 'undo', count - half)).toEqual(backwards.slice(half));
	await page.reload();
	await untilReady(page);
	expect(await step(page, 'redo', count)).toEqual(hashes.slice(1));
	const facts = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const answer = await weir.sql('select id, price from sales order by id');
		return answer.ok ? answer.value.rows() : answer.error;
	});
	expect(facts).toEqual([
		{ id: 1, price: 10 },
		{ id: 2, price: 20 },
		{ id: 3, price: 30 }
	]);
});
