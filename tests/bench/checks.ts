// `npm run bench:checks`: a full profile and thirty checks of three million flights against DuckDB's SUMMARIZE and a scan in the same
// engine, against pandas and SciPy, a comparison of a wide table's versions, and the bytes that an append reads.
// Arguments: --columns 1000 (of the wide table), --save (writes CHECKS.md). PYTHON names the Python that has pandas and SciPy.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { startWeir } from '../weir-server.ts';
import { conditions, goalsMissed, loadBefore } from './conditions.ts';
import { notesOf } from './notes.ts';
import { inPage, root } from './pages.ts';
import { attachWorkers, type Thread } from './threads.ts';

const ROUNDS = 3;
const WIDE_ROWS = 50_000;
const at = process.argv.indexOf('--columns');
const columnCount = at < 0 ? 1000 : Number(process.argv[at + 1]);
const flights = join(root, 'static/samples/flights-3m.parquet');

const check = (expectation: string, kwargs: string): string => `  - ${expectation}: { ${kwargs} }`;
const ofNumbers = ['mean', 'median', 'stdev', 'sum', 'min', 'max'];
const suite = [
	'checks:',
	...['date', 'delay', 'distance', 'origin', 'destination'].map((column) =>
		check('expect_column_values_to_not_be_null', `column: ${column}`)
	),
	...['delay', 'distance'].flatMap((column) => [
		check('expect_column_values_to_be_between', `column: ${column}, min_value: -2000, max_value: 5000`),
		...ofNumbers.map((noun) => check(`expect_column_${noun}_to_be_between`, `column: ${column}, min_value: -2000`))
	]),
	check('expect_column_values_to_be_between', "column: date, min_value: '2001-01-01', max_value: '2002-01-01'"),
	...['origin', 'destination'].flatMap((column) => [
		check('expect_column_values_to_match_regex', `column: ${column}, regex: '^[A-Z]{3}$'`),
		check('expect_column_value_lengths_to_equal', `column: ${column}, value: 3`),
		check('expect_column_unique_value_count_to_be_between', `column: ${column}, min_value: 10, max_value: 1000`)
	]),
	check('expect_select_column_values_to_be_unique_within_record', 'column_list: [origin, destination]'),
	check('expect_table_row_count_to_be_between', 'min_value: 1000000'),
	check('expect_table_column_count_to_equal', 'value: 5'),
	check('expect_column_values_to_be_in_type_list', 'column: delay, type_list: [BIGINT, INTEGER, SMALLINT]')
].join('\n');

type Timed = {
	readonly checkCount: number;
	readonly failed: readonly string[];
	readonly scanCount: number;
	readonly sizeBytes: number;
	/** Least of the rounds. */
	readonly ms: Readonly<Record<'summarize' | 'scan' | 'profile' | 'again' | 'checks', number>>;
};
type Wide = { readonly firstMs: number; readonly secondMs: number; readonly driftMs: number; readonly drifted: number };
type Appended = {
	readonly addedBytes: number;
	readonly rowCount: number;
	readonly readBytes: number;
	readonly ms: number;
};
type Native = { readonly readMs: number; readonly profileMs: number; readonly versions: string };

const load = loadBefore();
const native = measureNative();
const weir = await startWeir();
try {
	const measured = await inPage(weir.url, async (page) => {
		const session = await page.context().newCDPSession(page);
		const workers = await attachWorkers(session);
		await page.waitForFunction(() => 'weir' in globalThis);
		const timed = await page.evaluate(ofFlights, { rounds: ROUNDS, suite });
		console.log(JSON.stringify({ native, timed }));
		const appended = await append(page, workers);
		console.log(JSON.stringify(appended));
		const wide = await page.evaluate(ofWide, { rounds: ROUNDS, columnCount, rows: WIDE_ROWS });
		return { timed, appended, wide };
	});
	const text = report(measured);
	console.log(text);
	if (process.argv.includes('--save')) writeFileSync(join(import.meta.dirname, 'CHECKS.md'), text);
} finally {
	await weir.stop();
}

/** In the page: the table is read from what is stored, by all. */
async function ofFlights(given: { readonly rounds: number; readonly suite: string }): Promise<Timed> {
	type Answer = { ok: boolean; value: never; error?: unknown };
	const { weir } = globalThis as never as {
		weir: Record<string, (...input: unknown[]) => Promise<Answer>> & { ready: Promise<unknown> };
	};
	const must = async <T>(verb: string, ...input: readonly unknown[]): Promise<T> => {
		const answer = await weir[verb]?.(...input);
		if (!answer?.ok) throw new Error(`${verb}: ${JSON.stringify(answer?.error)}`);
		return answer.value;
	};
	const timed = async (work: () => Promise<unknown>): Promise<number> => {
		const start = performance.now();
		await work();
		return performance.now() - start;
	};
	const ask = async (sql: string): Promise<void> => {
		const answer = await must<{ rows(): Promise<unknown>; release(): Promise<unknown> }>('sql', sql);
		await answer.rows();
		await answer.release();
	};
	/** Else a profile would be told from what is kept. */
	const forget = (): Promise<unknown> =>
		new Promise((resolve, reject) => {
			const opened = indexedDB.open('weir');
			opened.onerror = () => reject(opened.error ?? new Error('no database'));
			opened.onsuccess = () => {
				const transaction = opened.result.transaction('sketches', 'readwrite');
				transaction.objectStore('sketches').clear();
				transaction.oncomplete = () => {
					opened.result.close();
					resolve(undefined);
				};
			};
		});
	await weir.ready;
	await must('openSample', 'flights');
	const [dataset] = await must<readonly { sizeBytes: number }[]>('datasets');
	const ms = { summarize: Infinity, scan: Infinity, profile: Infinity, again: Infinity, checks: Infinity };
	let verdict = { checks: [] as readonly { check: string; outcome: string }[], scanCount: 0 };
	for (let round = 0; round < given.rounds; round++) {
		ms.summarize = Math.min(ms.summarize, await timed(() => ask('SUMMARIZE flights')));
		ms.scan = Math.min(
			ms.scan,
			await timed(() => ask('SELECT count(COLUMNS(*)), min(COLUMNS(*)), max(COLUMNS(*)) FROM flights'))
		);
		await forget();
		ms.profile = Math.min(ms.profile, await timed(() => must('statistics', 'flights')));
		ms.again = Math.min(ms.again, await timed(() => must('statistics', 'flights')));
		ms.checks = Math.min(
			ms.checks,
			await timed(async () => {
				verdict = await must('check', 'flights', given.suite, { keep: false });
			})
		);
	}
	return {
		checkCount: verdict.checks.length,
		failed: verdict.checks
			.filter(({ outcome }) => outcome !== 'pass')
			.map(({ check, outcome }) => `${outcome}: ${JSON.stringify(check)}`),
		scanCount: verdict.scanCount,
		sizeBytes: dataset?.sizeBytes ?? 0,
		ms
	};
}

/** One per cent more rows, whose statistics are told; every read of a Blob in any of the page's threads is counted meanwhile. */
async function append(page: Page, workers: ReadonlyMap<string, Thread>): Promise<Appended> {
	const addedBytes = await page.evaluate(async () => {
		type Answer = Promise<{ ok: boolean; value: never; error?: unknown }>;
		const { weir } = globalThis as never as { weir: Record<string, (...input: unknown[]) => Answer> };
		const must = async <T>(verb: string, ...input: readonly unknown[]): Promise<T> => {
			const answer = await weir[verb]?.(...input);
			if (!answer?.ok) throw new Error(`${verb}: ${JSON.stringify(answer?.error)}`);
			return answer.value;
		};
		const file = await must<Blob>('export', 'SELECT * FROM flights LIMIT 30000 OFFSET 1000000', 'parquet');
		await must('ingest', file, { into: 'flights', mode: 'append', name: 'more' });
		const [newest] = await must<readonly { addedBytes: number }[]>('history', 'flights');
		return newest?.addedBytes ?? 0;
	});
	const inWorkers = async (expression: string): Promise<number> => {
		let sum = 0;
		for (const { send } of workers.values()) {
			const answer = (await send('Runtime.evaluate', { expression })) as { result: { value?: number } };
			sum += answer.result.value ?? 0;
		}
		return sum;
	};
	await inWorkers(`(() => {
		const read = FileReaderSync.prototype.readAsArrayBuffer;
		globalThis.benchReadBytes = 0;
		FileReaderSync.prototype.readAsArrayBuffer = function (blob) {
			globalThis.benchReadBytes += blob.size;
			return read.call(this, blob);
		};
	})()`);
	const { rowCount, ms } = await page.evaluate(async () => {
		const { weir } = globalThis as never as {
			weir: { statistics(name: string): Promise<{ ok: boolean; value: { rowCount: number } }> };
		};
		const start = performance.now();
		const told = await weir.statistics('flights');
		return { rowCount: told.value.rowCount, ms: performance.now() - start };
	});
	return { addedBytes, rowCount, ms, readBytes: await inWorkers('globalThis.benchReadBytes') };
}

/** In the page: two versions of a wide table, of which every third column moved. */
async function ofWide(given: {
	readonly rounds: number;
	readonly columnCount: number;
	readonly rows: number;
}): Promise<Wide> {
	type Answer = Promise<{ ok: boolean; value: never; error?: unknown }>;
	const { weir } = globalThis as never as { weir: Record<string, (...input: unknown[]) => Answer> };
	const must = async <T>(verb: string, ...input: readonly unknown[]): Promise<T> => {
		const answer = await weir[verb]?.(...input);
		if (!answer?.ok) throw new Error(`${verb}: ${JSON.stringify(answer?.error)}`);
		return answer.value;
	};
	const timed = async (work: () => Promise<unknown>): Promise<number> => {
		const start = performance.now();
		await work();
		return performance.now() - start;
	};
	/** Columns by turns: doubles, whole numbers, texts of few values, and moments. */
	const columns = (shift: number): string =>
		Array.from({ length: given.columnCount }, (_, at) => {
			const value = `(hash(range * ${given.columnCount} + ${at} + ${shift}) % 100000)::INTEGER`;
			const moved = at % 3 === 0 ? shift / 10 : 0;
			const of = [
				`${value} / 100000 + ${moved}`,
				`(${value} + ${Math.round(moved * 100_000)})::INTEGER`,
				`'value ' || (${value} % ${20 + Math.round(moved * 10)})`,
				`timestamp '2026-01-01' + INTERVAL (${value}) MINUTE`
			];
			return `${of[at % 4]} AS c${at}`;
		}).join(', ');
	await must('save', 'wide', `SELECT ${columns(0)} FROM range(${given.rows})`);
	const firstMs = await timed(() => must('statistics', 'wide'));
	await must('save', 'wide', `SELECT ${columns(1)} FROM range(${given.rows})`, { replace: true });
	const secondMs = await timed(() => must('statistics', 'wide'));
	let driftMs = Infinity;
	let drifted = 0;
	for (let round = 0; round < given.rounds; round++)
		driftMs = Math.min(
			driftMs,
			await timed(async () => {
				const report = await must<{ columns: readonly { hasDrifted: boolean }[] }>('drift', 'wide', 'v1', 'v2');
				drifted = report.columns.filter(({ hasDrifted }) => hasDrifted).length;
			})
		);
	return { firstMs, secondMs, driftMs, drifted };
}

/** Null where there is no Python with pandas and SciPy. */
function measureNative(): Native | null {
	try {
		const script = join(import.meta.dirname, 'checks.py');
		const printed = execFileSync(process.env['PYTHON'] ?? 'python3', [script, flights, String(ROUNDS)], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe']
		});
		return JSON.parse(printed) as Native;
	} catch (error) {
		console.error(`Without pandas and SciPy: ${String(error).split('\n').at(-1)}`);
		return null;
	}
}

function report({
	timed,
	appended,
	wide
}: {
	readonly timed: Timed;
	readonly appended: Appended;
	readonly wide: Wide;
}): string {
	const { ms, checkCount, scanCount, failed, sizeBytes } = timed;
	const line = (what: string, own: number): string =>
		`| ${what} | ${own.toFixed(0)} | ${(own / ms.summarize).toFixed(2)} | ${(own / ms.scan).toFixed(2)} |`;
	const mb = (bytes: number): string => (bytes / 1e6).toFixed(2);
	const pandas = native
		? [
				`The same of the same Parquet file by ${native.versions}, one thread, where nothing is kept that merges: ${native.profileMs.toFixed(0)} ms,`,
				`and ${native.readMs.toFixed(0)} ms before that for reading it; Weir reads and profiles in ${(ms.profile / (native.readMs + native.profileMs)).toFixed(2)} of both.`
			]
		: ['There was no Python with pandas and SciPy on this machine.'];
	return `# Statistics and checks

Three million flights, five columns, read by all from what Weir has stored of them; the least of ${ROUNDS} rounds in turns, in ms.
A scan counts every column and tells its bounds. The profile is all that \`statistics\` tells: moments, quantiles, outliers, distinct and
frequent values, patterns, meanings, histograms, correlations and keys, with the sketches kept.

| what | ms | × SUMMARIZE | × a scan |
| --- | ---: | ---: | ---: |
${line('`SUMMARIZE`', ms.summarize)}
${line('a scan', ms.scan)}
${line('profile', ms.profile)}
${line('profile, once more', ms.again)}
${line(`${checkCount} checks, in ${scanCount} texts`, ms.checks)}

${pandas.join('\n')}
${failed.length > 0 ? `\nChecks that did not pass: ${failed.join('; ')}.\n` : ''}
## An append

${(30_000).toLocaleString('en')} rows more, which added ${mb(appended.addedBytes)} MB to a table of ${mb(sizeBytes)} MB. Asked for the statistics of all
${appended.rowCount.toLocaleString('en')} rows, Weir read ${mb(appended.readBytes)} MB of stored parts, and took ${appended.ms.toFixed(0)} ms.

## Two versions of ${columnCount.toLocaleString('en')} columns

${WIDE_ROWS.toLocaleString('en')} rows each, of doubles, whole numbers, texts and moments by turns. Compared from their sketches in
**${wide.driftMs.toFixed(0)} ms**, of which no part was read; ${wide.drifted} columns drifted. The sketches themselves took ${wide.firstMs.toFixed(0)} and ${wide.secondMs.toFixed(0)} ms.

${goalsMissed([
	{ what: 'a full profile', got: ms.profile / ms.summarize, goal: 2, misses: 'above', unit: ' × SUMMARIZE' },
	{ what: `${checkCount} checks`, got: ms.checks / ms.scan, goal: 3, misses: 'above', unit: ' scans' },
	{ what: `comparing ${columnCount} columns`, got: wide.driftMs / 1000, goal: 1, misses: 'above', unit: ' s' },
	{
		what: 'bytes that an append reads',
		got: appended.readBytes / appended.addedBytes,
		goal: 1.5,
		misses: 'above',
		unit: ' × its own'
	},
	...(native
		? ([
				{
					what: 'a profile with reading',
					got: ms.profile / (native.readMs + native.profileMs),
					goal: 1,
					misses: 'above',
					unit: ' × pandas and SciPy'
				}
			] as const)
		: [])
])}

${conditions(load)}

${notesOf('CHECKS.md').join('\n')}`;
}
