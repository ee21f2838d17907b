import { defineConfig } from '@playwright/test';
import { chromium } from './tests/chromium.ts';
import { freePort } from './tests/weir-server.ts';

// Playwright reads this file again in each worker, which must find the same server.
process.env.PORT ??= String(await freePort());
const url = `http://127.0.0.1:${process.env.PORT}`;

export default defineConfig({
	testDir: 'tests/e2e',
	outputDir: 'test-results',
	workers: 1,
	forbidOnly: true,
	retries: 0,
	timeout: 60_000,
	reporter: [['list']],
	use: { baseURL: url, launchOptions: chromium, trace: { mode: 'retain-on-failure', screenshots: false } },
	webServer: {
		command: 'node tools/start.mjs',
		url: `${url}/api/v1/health`,
		env: { WEIR_STATE: 'temporary' },
		timeout: 180_000,
		gracefulShutdown: { signal: 'SIGTERM', timeout: 8000 }
	}
});
