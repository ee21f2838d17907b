// Finds the Chromium that tests run, or installs one.
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { node, program, run } from './toolchain.mjs';

/** `CHROMIUM` names it for tests/chromium.ts, unless it is Playwright's own. */
export async function provideChromium() {
	const found = findChromium();
	if (found) {
		process.env.CHROMIUM = found;
		return;
	}
	if (hasPlaywrightChromium()) return;
	console.error('No Chromium found; installing one…');
	if ((await run(node(), [program('playwright'), 'install', 'chromium'])) === 0) return;
	if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		await run('apt-get', ['update', '--quiet']);
		await run('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', 'chromium']);
	}
	process.env.CHROMIUM = findChromium();
	if (!process.env.CHROMIUM)
		throw new Error('No Chromium: install one, or name one in the environment variable CHROMIUM.');
}

function findChromium() {
	if (process.env.CHROMIUM) {
		if (!existsSync(process.env.CHROMIUM)) throw new Error(`CHROMIUM names no file: ${process.env.CHROMIUM}`);
		return process.env.CHROMIUM;
	}
	const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
	const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
	return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

function hasPlaywrightChromium() {
	const folder = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(process.env.HOME ?? '', '.cache/ms-playwright');
	return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('chromium'));
}
