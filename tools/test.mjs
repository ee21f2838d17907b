// `npm test`: installs what is missing, runs every layer of tests in order, and ends with one line: `N passed, N failed`.
// `npm test -- unit e2e` runs the layers named.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { install, node, program, root, run } from './toolchain.mjs';

/** @typedef {{ passed: number, failed: number }} Outcome */

const reports = mkdtempSync(join(tmpdir(), 'weir-test-'));

/** @type {Record<string, () => Promise<Outcome>>} */
const layers = {
	lint: async () =>
		sum([await check('eslint', ['--cache', '.']), await check('prettier', ['--check', '--cache', '.'])]),
	types: async () => {
		const outcomes = [await check('svelte-check', ['--fail-on-warnings'])];
		for (const folder of ['src/lib/core', 'src/service-worker', 'edge', 'tests/edge'])
			outcomes.push(await check('typescript', ['--project', folder], 'tsc'));
		return sum(outcomes);
	},
	unused: () => check('knip', []),
	unit: () => vitest('unit', ['--project', 'unit']),
	edge: () => vitest('edge', ['--config', 'vitest.edge.config.ts']),
	browser: async () => {
		await provideChromium();
		return vitest('browser', ['--project', 'browser']);
	},
	e2e: async () => {
		await provideChromium();
		const built = await run(node(), [join(root, 'tools/build.mjs')]);
		return built === 0 ? playwright() : { passed: 0, failed: 1 };
	}
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in layers));
if (unknown.length > 0) {
	console.error(`No such layer: ${unknown.join(', ')}. There are ${Object.keys(layers).join(', ')}.`);
	process.exit(2);
}

try {
	/** @type {Record<string, Outcome>} */
	const outcomes = {};
	/** @type {Outcome | null} */
	const notInstalled = await install().then(() => null, asFailure);
	if (notInstalled) outcomes.install = notInstalled;
	else
		for (const [name, runLayer] of Object.entries(layers)) {
			if (named.length > 0 && !named.includes(name)) continue;
			console.log(`\n── ${name} ${'─'.repeat(70 - name.length)}`);
			const startedMs = performance.now();
			const outcome = await runLayer().catch(asFailure);
			outcomes[name] = outcome;
			const seconds = Math.round((performance.now() - startedMs) / 1000);
			console.log(`${name}: ${outcome.passed} passed, ${outcome.failed} failed (${seconds} s)`);
			// Told to stop.
			if (process.exitCode) break;
		}
	const total = sum(Object.values(outcomes));
	if (total.failed > 0) process.exitCode = 1;
	console.log('');
	for (const [name, { passed, failed }] of Object.entries(outcomes))
		console.log(`${name.padEnd(8)} ${failed === 0 ? 'ok    ' : 'FAILED'} ${passed} passed, ${failed} failed`);
	console.log(`${total.passed} passed, ${total.failed} failed`);
} finally {
	rmSync(reports, { recursive: true, force: true });
}

/** A layer that could not run counts as one failure. @param {unknown} error @returns {Outcome} */
function asFailure(error) {
	console.error(error instanceof Error ? error.message : error);
	return { passed: 0, failed: 1 };
}

/**
 * One tool that says yes or no counts as one test.
 *
 * @param {string} name @param {readonly string[]} args @param {string} [bin]
 * @returns {Promise<Outcome>}
 */
async function check(name, args, bin) {
	const code = await run(node(), [program(name, bin), ...args]);
	if (code !== 0) console.log(`✗ ${bin ?? name} ${args.join(' ')}`);
	return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** @param {string} layer @param {readonly string[]} args @returns {Promise<Outcome>} */
async function vitest(layer, args) {
	const file = join(reports, `${layer}.json`);
	const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
	const code = await run(node(), [program('vitest'), 'run', '--passWithNoTests', ...reporters, ...args]);
	if (!existsSync(file)) return { passed: 0, failed: code === 0 ? 0 : 1 };
	const report = JSON.parse(readFileSync(file, 'utf8'));
	return withCode(code, { passed: report.numPassedTests, failed: report.numFailedTests });
}

/** @returns {Promise<Outcome>} */
async function playwright() {
	const file = join(reports, 'e2e.json');
	process.env.PLAYWRIGHT_JSON_OUTPUT_FILE = file;
	process.env.WEIR_SKIP_BUILD = '1';
	const code = await run(node(), [
		program('@playwright/test', 'playwright'),
		'test',
		'--pass-with-no-tests',
		'--reporter=list,json'
	]);
	if (!existsSync(file)) return { passed: 0, failed: code === 0 ? 0 : 1 };
	const { stats } = JSON.parse(readFileSync(file, 'utf8'));
	return withCode(code, { passed: stats.expected + stats.flaky, failed: stats.unexpected });
}

/**
 * A file that could not be loaded, or an error outside of any test, is a failure too.
 *
 * @param {number} code @param {Outcome} counted @returns {Outcome}
 */
function withCode(code, counted) {
	return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
}

/** @param {readonly Outcome[]} outcomes @returns {Outcome} */
function sum(outcomes) {
	return outcomes.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }), {
		passed: 0,
		failed: 0
	});
}

/** Finds a Chromium, or fetches one: `CHROMIUM` names it for tests/chromium.ts, unless it is Playwright's own. */
async function provideChromium() {
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
