import { join } from 'node:path';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromium } from './tests/chromium.ts';
import { comparePictures } from './tests/looks/pixels.ts';

declare module 'vitest/node' {
	interface ToMatchScreenshotComparators {
		readonly squares: object;
	}
}

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
			},
			{
				extends: './vite.config.ts',
				test: {
					name: 'looks',
					include: ['tests/looks/**/*.test.ts'],
					testTimeout: 120_000,
					hookTimeout: 120_000,
					retry: 1,
					expect: { poll: { timeout: 30_000 } },
					fileParallelism: false,
					browser: {
						enabled: true,
						headless: true,
						connectTimeout: 300_000,
						screenshotFailures: false,
						provider: playwright({
							// Letters are drawn alike on every machine: by the page's font, without the system's ways of sharpening them.
							launchOptions: {
								...chromium,
								args: [
									...chromium.args,
									'--font-render-hinting=none',
									'--disable-lcd-text',
									'--force-color-profile=srgb'
								]
							},
							contextOptions: { locale: 'en-GB', timezoneId: 'UTC' }
						}),
						instances: [{ browser: 'chromium' }],
						expect: {
							toMatchScreenshot: {
								comparatorName: 'squares',
								timeout: 60_000,
								comparators: { squares: comparePictures },
								resolveScreenshotPath: ({ root, testFileDirectory, arg, ext }) =>
									join(root, testFileDirectory, 'pictures', `${arg}${ext}`),
								resolveDiffPath: ({ root, arg, ext }) => join(root, 'test-results/looks', `${arg}${ext}`)
							}
						}
					}
				}
			}
		]
	}
});
