import { defineConfig } from '@playwright/test';
import { chromium } from './tests/chromium.ts';
import { freePort } from './tools/toolchain.mjs';

// Playwright reads this file again in each worker, which must find the same server.
process.env.PORT ??= String(await freePort());
// At which the edge may ask a source on this machine.
process.env.SOURCE_PORT ??= String(await freePort());
const url = `http://127.0.0.1:${process.env.PORT}`;

export default defineConfig({
	testDir: 'tests/e2e',
	// Emptied as it begins, so that each of several at a time has its own.
	outputDir: process.env.WEIR_TEST_RESULTS ?? 'test-results',
	// Several parts run at the same time.
	workers: 1,
	forbidOnly: true,
	// What a loaded machine was late for. `npm test` names at its end what needed it.
	retries: 1,
	// For what hangs: a loaded machine needs its time, and nothing is told by it.
	timeout: 180_000,
	expect: { timeout: 15_000 },
	reporter: [['list']],
	use: {
		baseURL: url,
		launchOptions: chromium,
		// It takes as much as the tests themselves: WEIR_TRACE=1 asks for it.
		trace: process.env.WEIR_TRACE ? { mode: 'retain-on-failure', screenshots: false } : 'off'
	},
	// `npm test` serves the site once for all parts.
	...(!process.env.WEIR_IS_SERVED && {
		webServer: {
			command: 'node tools/start.mjs',
			url: `${url}/api/v1/health`,
			env: { WEIR_STATE: 'temporary', SOURCE_HOSTS: `127.0.0.1:${process.env.SOURCE_PORT}` },
			timeout: 180_000,
			gracefulShutdown: { signal: 'SIGTERM', timeout: 8000 }
		}
	})
});
