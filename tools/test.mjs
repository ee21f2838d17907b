// `npm test`: installs what is missing, runs every layer of tests, and ends with one line: `N passed, N failed`.
// `npm test -- unit e2e` runs the layers named.
//
// Note: why layers run side by side, and the longest in parts. Two take the next piece of work each, the longest first, so that
// they end at nearly the same time: what is left at the end is short. What a piece says is shown in the order of `pieces`: at
// once, or as soon as those before it have ended.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { finished } from 'node:stream/promises';
import { provideChromium } from './chromium.mjs';
import { inOrder } from './in-order.mjs';
import { provideMariaDb } from './mariadb.mjs';
import { freePort, install, node, program, root, start } from './toolchain.mjs';

/** @typedef {{ passed: number, failed: number }} Outcome */
/** @typedef {import('./in-order.mjs').Say} Say */
/** Which part of a layer, from 1, of how many. @typedef {{ number: number, of: number }} Part */
/** @typedef {{ name: string, layer: string, part: Part }} Piece */

const reports = mkdtempSync(join(tmpdir(), 'weir-test-'));

/** A fresh clone's files are as new as the clone: what was looked at before is told by what it holds. */
const cached = ['--cache', '--cache-strategy', 'content'];

/** @type {Record<string, (say: Say, part: Part) => Promise<Outcome>>} */
const layers = {
	lint: async (say) =>
		sum([
			await check(say, 'eslint', [...cached, '.']),
			await check(say, 'oxlint', []),
			await check(say, 'prettier', ['--check', ...cached, '.'])
		]),
	types: async (say) => {
		const outcomes = [await check(say, 'svelte-check', ['--tsgo', '--fail-on-warnings'])];
		for (const folder of ['src/lib/core', 'src/service-worker', 'edge', 'edge/client', 'tests/edge'])
			outcomes.push(await check(say, '@typescript/native', ['--project', folder], 'tsc'));
		return sum(outcomes);
	},
	unused: (say) => check(say, 'knip', []),
	unit: (say, { number, of }) => vitest(say, `unit-${number}`, ['--project', 'unit', `--shard=${number}/${of}`]),
	edge: (say) => vitest(say, 'edge', ['--config', 'vitest.edge.config.ts']),
	build: async (say) => asOne(await tell(say, [join(root, 'tools/build.mjs')])),
	browser: (say) => vitest(say, 'browser', ['--project', 'browser']),
	looks: (say) => vitest(say, 'looks', ['--project', 'looks']),
	e2e: (say, part) => playwright(say, part)
};

/** First what is waited for, with what bears no other bundler beside it; then the longest. */
const order = ['build', 'lint', 'e2e', 'browser', 'unit', 'edge', 'looks', 'types', 'unused'];
/** A part of e2e begins with an engine of its own, which takes as long as some tests. @type {Record<string, number>} */
const partsOf = { unit: 3, e2e: 3 };

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in layers));
if (unknown.length > 0) {
	console.error(`No such layer: ${unknown.join(', ')}. There are ${Object.keys(layers).join(', ')}.`);
	process.exit(2);
}
const asked = new Set(named.length === 0 ? Object.keys(layers) : named);
// It tests the site that is built.
if (asked.has('e2e')) asked.add('build');
const chosen = order.filter((name) => asked.has(name));
const pieces = chosen.flatMap(piecesOf);
// What writes into a pipe leaves colours out unless it is told.
if (process.stdout.isTTY && !process.env.NO_COLOR) process.env.FORCE_COLOR ??= '1';

const startedMs = performance.now();
/** Of each layer, what its parts came to. @type {Record<string, Outcome[]>} */
const outcomes = {};
/** @type {Record<string, Promise<Outcome>>} */
const running = {};
/** What failed, for the end of what is said: there it is read first. @type {string[]} */
const failures = [];
/** What passed when it was tried again. @type {string[]} */
const secondTries = [];
/** What all parts of e2e test, from the first of them on. @type {ReturnType<typeof serve> | undefined} */
let site;
const output = inOrder(
	pieces.map(({ name }) => name),
	(text) => process.stdout.write(text)
);

try {
	const notReady = await prepare().then(() => null, asFailure);
	if (notReady) outcomes.install = [notReady];
	else {
		const untaken = [...pieces];
		await Promise.all(Array.from({ length: Math.min(availableParallelism(), 2) }, () => takePieces(untaken)));
	}
	// That it did not start, each part of e2e told.
	await site?.then(
		({ stop }) => stop(),
		() => undefined
	);
	output.close();
	report();
} finally {
	rmSync(reports, { recursive: true, force: true });
}

async function prepare() {
	await install();
	if (chosen.some((name) => ['browser', 'looks', 'e2e'].includes(name))) await provideChromium();
	if (chosen.some((name) => ['edge', 'e2e'].includes(name))) await provideMariaDb();
}

/** @param {string} layer @returns {Piece[]} */
function piecesOf(layer) {
	const of = partsOf[layer] ?? 1;
	return Array.from({ length: of }, (_, at) => ({
		name: of === 1 ? layer : `${layer} ${at + 1}/${of}`,
		layer,
		part: { number: at + 1, of }
	}));
}

/** @param {Piece[]} untaken takes from it */
async function takePieces(untaken) {
	// The exit code is set when the run is told to stop.
	for (let piece = untaken.shift(); piece && !process.exitCode; piece = untaken.shift()) {
		const run = (running[piece.name] = runPiece(piece));
		(outcomes[piece.layer] ??= []).push(await run);
	}
}

/** @param {Piece} piece @returns {Promise<Outcome>} */
async function runPiece({ name, layer, part }) {
	const say = output.sayAs(name);
	const begunMs = performance.now();
	say(`\n── ${name} ${'─'.repeat(70 - name.length)}\n`);
	const namedBefore = failures.length;
	const outcome = (await layers[layer]?.(say, part).catch(asFailure)) ?? { passed: 0, failed: 1 };
	if (outcome.failed > 0 && failures.length === namedBefore) failures.push(`${name}: what it said itself tells why`);
	say(`${name}: ${outcome.passed} passed, ${outcome.failed} failed (${secondsSince(begunMs)} s)\n`);
	output.end(name);
	return outcome;
}

function report() {
	const total = sum(Object.values(outcomes).flat());
	if (total.failed > 0) process.exitCode = 1;
	for (const failure of failures) console.log(`\n✗ ${failure}`);
	if (secondTries.length > 0) console.log(`\npassed at the second try only:\n  ${secondTries.join('\n  ')}`);
	console.log('');
	for (const name of ['install', ...chosen]) {
		const ofParts = outcomes[name];
		if (!ofParts) continue;
		const { passed, failed } = sum(ofParts);
		console.log(`${name.padEnd(8)} ${failed === 0 ? 'ok    ' : 'FAILED'} ${passed} passed, ${failed} failed`);
	}
	console.log(`in ${secondsSince(startedMs)} s`);
	console.log(`${total.passed} passed, ${total.failed} failed`);
}

/** @param {number} sinceMs */
function secondsSince(sinceMs) {
	return Math.round((performance.now() - sinceMs) / 1000);
}

/** A layer that could not run counts as one failure. @param {unknown} error @returns {Outcome} */
function asFailure(error) {
	failures.push(error instanceof Error ? error.message : String(error));
	return { passed: 0, failed: 1 };
}

/**
 * Runs a program of Node's to its end, and passes on what it says.
 *
 * @param {Say} say @param {readonly string[]} args @param {Record<string, string>} [env] besides its own
 * @returns {Promise<number>} its exit code
 */
async function tell(say, args, env = {}) {
	const { child, ended } = start(node(), args, { stdio: ['ignore', 'pipe', 'pipe'], env });
	const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
	for (const stream of streams) stream.on('data', say);
	const code = await ended;
	// Its last words may still be under way.
	await Promise.allSettled(streams.map((stream) => finished(stream, { signal: AbortSignal.timeout(5000) })));
	return code;
}

/** What says yes or no counts as one test. @param {number} code @returns {Outcome} */
function asOne(code) {
	return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * @param {Say} say @param {string} name @param {readonly string[]} args @param {string} [bin]
 * @returns {Promise<Outcome>}
 */
async function check(say, name, args, bin) {
	const code = await tell(say, [program(name, bin), ...args]);
	if (code !== 0) failures.push(`${bin ?? name} ${args.join(' ')}`);
	return asOne(code);
}

/** @param {Say} say @param {string} name of its report @param {readonly string[]} args @returns {Promise<Outcome>} */
async function vitest(say, name, args) {
	const file = join(reports, `${name}.json`);
	const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
	const code = await tell(say, [program('vitest'), 'run', '--passWithNoTests', ...reporters, ...args]);
	if (!existsSync(file)) return { passed: 0, failed: code === 0 ? 0 : 1 };
	const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
	for (const { name, message, assertionResults } of testResults) {
		const path = relative(root, name);
		if (message) failures.push(`${path}\n${indented(message)}`);
		for (const { status, fullName, failureMessages } of assertionResults)
			if (status === 'failed') failures.push(`${path}: ${fullName}\n${indented(failureMessages.join('\n'))}`);
			else if (status === 'passed' && failureMessages.length > 0) secondTries.push(`${path}: ${fullName}`);
	}
	return withCode(code, { passed: numPassedTests, failed: numFailedTests });
}

/** Serves the site that was built, with the edge, until it is stopped. @param {Say} say */
async function serve(say) {
	const port = String(await freePort());
	const source = String(await freePort());
	const { child, ended } = start(node(), [join(root, 'tools/start.mjs')], {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { PORT: port, WEIR_STATE: 'temporary', WEIR_SKIP_BUILD: '1', SOURCE_HOSTS: `127.0.0.1:${source}` }
	});
	child.stderr?.on('data', say);
	await new Promise((resolve, reject) => {
		// It says one line, when it answers.
		child.stdout?.once('data', resolve);
		void ended.then((code) => reject(new Error(`The site ended with code ${code}.`)), reject);
	});
	const stop = () => {
		child.kill('SIGTERM');
		return ended;
	};
	return { port, source, stop };
}

/** @param {Say} say @param {Part} part @returns {Promise<Outcome>} */
async function playwright(say, { number, of }) {
	const built = await running.build;
	if (built?.failed !== 0) return { passed: 0, failed: 1 };
	site ??= serve(say);
	const { port, source } = await site;
	const file = join(reports, `e2e-${number}.json`);
	const args = ['test', `--shard=${number}/${of}`, '--pass-with-no-tests', '--reporter=list,json'];
	const code = await tell(say, [program('@playwright/test', 'playwright'), ...args], {
		PLAYWRIGHT_JSON_OUTPUT_FILE: file,
		PORT: port,
		SOURCE_PORT: source,
		WEIR_IS_SERVED: '1',
		WEIR_TEST_RESULTS: `test-results/${number}`
	});
	if (!existsSync(file)) return { passed: 0, failed: code === 0 ? 0 : 1 };
	const { stats, suites, errors } = JSON.parse(readFileSync(file, 'utf8'));
	for (const { message } of errors) failures.push(indented(message));
	for (const { path, title, tests } of suites.flatMap(specsOf))
		for (const { status, results } of tests)
			if (status === 'unexpected')
				failures.push(`${path}: ${title}\n${indented(results.at(-1)?.error?.message ?? '')}`);
			else if (status === 'flaky') secondTries.push(`${path}: ${title}`);
	return withCode(code, { passed: stats.expected + stats.flaky, failed: stats.unexpected });
}

/**
 * The tests of a suite as Playwright reports it, and of those in it.
 *
 * @typedef {{ status: string, results: { error?: { message: string } }[] }} Tried
 * @typedef {{ title: string, tests: Tried[] }} Spec
 * @typedef {{ file: string, specs: Spec[], suites?: Suite[] }} Suite
 * @param {Suite} suite @returns {(Spec & { path: string })[]}
 */
function specsOf({ file, specs, suites = [] }) {
	return [...specs.map((spec) => ({ ...spec, path: file })), ...suites.flatMap(specsOf)];
}

/** What went wrong, as far as it is read at a glance. @param {string} text */
function indented(text) {
	return text.split('\n').slice(0, 12).join('\n').replaceAll(/^/gm, '  ');
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
