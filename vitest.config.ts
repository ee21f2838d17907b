import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromium } from './tests/chromium.ts';

export default defineConfig({
	test: {
		projects: [
			{
				extends: './vite.config.ts',
				test: {
					name: 'unit',
					environment: 'node',
					testTimeout: 30_000,
					include: ['tests/unit/**/*.test.ts'],
					// Half of a file's time is reading what it imports: files of one thread share that. No module has a state of its own to share.
					pool: 'threads',
					isolate: false
				}
			},
			{
				extends: './vite.config.ts',
				test: {
					name: 'browser',
					include: ['tests/browser/**/*.test.ts'],
					// What bounds a test is what it promises; these are for what hangs, on whatever machine.
					testTimeout: 120_000,
					hookTimeout: 120_000,
					// What a loaded machine was late for. `npm test` names at its end what needed it.
					retry: 1,
					fileParallelism: false,
					browser: {
						enabled: true,
						headless: true,
						// A loaded machine needs its time.
						connectTimeout: 300_000,
						screenshotFailures: false,
						provider: playwright({ launchOptions: chromium }),
						instances: [{ browser: 'chromium' }]
					}
				}
			}
		]
	}
});
