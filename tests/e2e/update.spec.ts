// A newer build on the same address: it waits, takes over when asked, and downloads only what changed.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type Page } from '@playwright/test';

type Site = {
	readonly url: string;
	/** Serves a service worker of another version from now on. */
	publish(): void;
	/** How often each path was asked for. */
	readonly countByPath: ReadonlyMap<string, number>;
	close(): Promise<void>;
};

/** The built site behind an address of its own, whose service worker can become a newer one. */
async function serve(baseUrl: string): Promise<Site> {
	let isPublished = false;
	const countByPath = new Map<string, number>();
	const server: Server = createServer((request, response) => {
		void (async () => {
			const path = request.url ?? '/';
			countByPath.set(path, (countByPath.get(path) ?? 0) + 1);
			const answer = await fetch(`${baseUrl}${path}`);
			const bytes = Buffer.from(await answer.arrayBuffer());
			const left = ['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'etag'];
			const headers = [...answer.headers].filter(([name]) => !left.includes(name));
			response.writeHead(answer.status, Object.fromEntries(headers));
			const isNewer = isPublished && path === '/service-worker.js';
			response.end(isNewer ? bytes.toString().replace(/`(\d{13})`/, '`$1-newer`') : bytes);
		})();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
		publish: () => void (isPublished = true),
		countByPath,
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			})
	};
}

/** Precaching is 20 MB, beside whatever else the machine does. */
const patient = { timeout: 45_000 };

const shells = (page: Page): Promise<readonly string[]> =>
	page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('shell-')));
const workerState = (page: Page): Promise<{ waiting: boolean; controlled: boolean }> =>
	page.evaluate(async () => ({
		waiting: !!(await navigator.serviceWorker.getRegistration())?.waiting,
		controlled: !!navigator.serviceWorker.controller
	}));

test('a newer version waits until it is asked for, and fetches no hashed file again', async ({ page, baseURL }) => {
	test.slow();
	const site = await serve(baseURL ?? '');
	try {
		await page.goto(site.url);
		await expect.poll(() => workerState(page), patient).toEqual({ waiting: false, controlled: true });
		const [older, ...others] = await shells(page);
		expect(others).toEqual([]);
		const before = new Map(site.countByPath);

		site.publish();
		await page.evaluate(async () => {
			await (await navigator.serviceWorker.ready).update();
		});
		await expect.poll(() => workerState(page), patient).toEqual({ waiting: true, controlled: true });
		await page.reload();
		expect(await workerState(page)).toEqual({ waiting: true, controlled: true });

		await page.evaluate(async () => {
			const changed = new Promise((resolve) => {
				navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
			});
			(await navigator.serviceWorker.getRegistration())?.waiting?.postMessage('update');
			await changed;
		});
		await expect.poll(() => shells(page)).toEqual([`${older}-newer`]);
		await page.reload();
		await expect(page).toHaveTitle(/Weir/);
		expect(await workerState(page)).toEqual({ waiting: false, controlled: true });
		const again = [...site.countByPath].filter(
			([path, count]) => path.startsWith('/_app/immutable/') && count > (before.get(path) ?? 0)
		);
		expect(again).toEqual([]);
	} finally {
		await page.context().close();
		await site.close();
	}
});
