// `npm run bench:versions`: what an edit of a million rows adds and takes, against other ways to store it, and native DuckDB.
// Arguments: --rows 1000000, --save (writes VERSIONS.md).
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { startWeir } from '../weir-server.ts';
import { addedBytes, fastCdc, fixedParts, wholeFile } from './chunkers.ts';
import { notesOf } from './notes.ts';
import { bundlePeers, cache, giveFiles, inPage, installPeers, paths, serveBench } from './pages.ts';
import { openLazily, readTasks, readVersions, timeReads, type Reads } from './version-reads.ts';

const at = process.argv.indexOf('--rows');
const rows = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
const ROUNDS = 3;

const lines = `select range as id, hash(range) % 100000 as user_id, 'item ' || (hash(range * 3) % 5000) as item,
	['north', 'east', 'south', 'west'][1 + (hash(range * 5) % 4)::int] as region, hash(range * 7) % 100000 / 100 as price,
	(hash(range * 11) % 20)::int as quantity, timestamp '2026-01-01' + interval (hash(range * 13) % 31536000) second as ordered,
	hash(range * 17) % 2 = 0 as paid, md5(range::varchar)[:12] as reference, (hash(range * 19) % 1000) / 10 as weight,
	case when hash(range * 23) % 10 < 3 then null else 'note ' || (hash(range * 29) % 100000) end as note,
	(hash(range * 31) % 1000000)::int as stock from range(${rows})`;

/** The same edit as SQL over the whole table, and as Weir does it; with `n` more than 0 another of its kind, which shares no part with it. */
type Edit = { readonly id: string; readonly sql: string; readonly weir: (n: number) => Weirs };
type Weirs =
	| { readonly kind: 'save' }
	| { readonly kind: 'statement'; readonly sql: string }
	| { readonly kind: 'append'; readonly sql: string }
	| { readonly kind: 'edit'; readonly edits: object };

const middle = rows / 2;
const spread = Array.from({ length: 10 }, (_, index) => Math.floor(((index + 0.5) * rows) / 10));
const one = `select ${rows + 7} as id, 1 as user_id, 'x' as item, 'north' as region, 1.5 as price, 1 as quantity,
	timestamp '2026-05-05' as ordered, true as paid, 'r' as reference, 2.5 as weight, null as note, 3 as stock`;
const changeScattered = 'select * replace (if(id % 100 = 0, price + 1, price) as price) from lines';
const edits: readonly Edit[] = [
	{
		id: 'append 1 %',
		sql: `from lines union all by name (${lines.replace(/range\(\d+\)$/, `range(${rows}, ${rows * 1.01})`)})`,
		weir: (n) => ({ kind: 'append', sql: lines.replace(/range\(\d+\)$/, `range(${rows + n}, ${rows * 1.01 + n})`) })
	},
	{
		id: 'change 1 % of one column',
		sql: changeScattered,
		weir: (n) => ({ kind: 'statement', sql: `update lines set price = price + ${n + 1} where id % 100 = 0` })
	},
	{ id: 'the same by a query for all rows', sql: changeScattered, weir: () => ({ kind: 'save' }) },
	{
		id: 'change 1 % of one column, in one place',
		sql: `select * replace (if(id >= ${middle} and id < ${middle * 1.02}, price + 1, price) as price) from lines`,
		weir: (n) => ({
			kind: 'statement',
			sql: `update lines set price = price + ${n + 1} where id >= ${middle} and id < ${middle * 1.02}`
		})
	},
	{
		id: 'change 10 cells',
		sql: `select * replace (if(id in (${spread.join(', ')}), 0, price) as price) from lines`,
		weir: (n) => ({ kind: 'edit', edits: { change: spread.map((row) => ({ row, cells: { price: n } })) } })
	},
	{
		id: 'insert a row in the middle',
		sql: `from (from lines limit ${middle}) union all by name (${one}) union all by name (from lines offset ${middle})`,
		weir: (n) => ({
			kind: 'edit',
			edits: {
				add: [
					{
						before: middle,
						cells: {
							id: rows + 7 + n,
							user_id: n + 1,
							item: 'x',
							region: 'north',
							price: 1.5,
							quantity: 1,
							reference: 'r'
						}
					}
				]
			}
		})
	},
	{
		id: 'delete the first row',
		sql: 'from lines where id <> 0',
		weir: (n) => ({ kind: 'edit', edits: { remove: [n] } })
	},
	{
		id: 'delete the first row by a query for the others',
		sql: 'from lines where id <> 0',
		weir: () => ({ kind: 'save' })
	},
	{
		id: 'delete 1 %, scattered',
		sql: 'from lines where id % 100 <> 50',
		weir: (n) => ({ kind: 'statement', sql: `delete from lines where id % 100 = ${50 + n}` })
	},
	{
		id: 'add a column',
		sql: 'select *, stock % 7 as bucket from lines',
		weir: (n) => ({ kind: 'statement', sql: `alter table lines add column bucket int default stock % ${n + 7}` })
	},
	{
		id: 'drop a column',
		sql: 'select * exclude (reference) from lines',
		weir: () => ({ kind: 'statement', sql: 'alter table lines drop column reference' })
	}
];

/** Two branches, and what each does to the base. */
const mergeSides = [
	{ name: 'ours', sql: 'if(id % 100 = 10, price + 1, price) as price' },
	{ name: 'theirs', sql: 'if(id % 100 = 60, quantity + 1, quantity) as quantity' }
] as const;

type Merged = { readonly ms: number; readonly rows: number };
type Timed = Record<string, { added?: number; commitMs: number; diffMs: number; rows: number }>;

const notes = notesOf('VERSIONS.md');

installPeers();
mkdirSync(cache, { recursive: true });
await bundlePeers();
const { DuckDBInstance } = await import('@duckdb/node-api');
const { edits: native, merge: nativeMerge } = await measureNative();
const weir = await startWeir();
const bench = await serveBench();
try {
	const figures = await inPage(weir.url, async (page) => {
		const { timed, sizeBytes } = await timeEdits(page);
		const merged = await timeMerges(page);
		const reads = await inPage(bench.url, async (bare) => {
			await giveFiles(bare, { lines: join(cache, 'lines-base.parquet') });
			await openLazily(bare, paths(bench.url));
			const found: Record<string, Reads> = {};
			for (const [index, { id }] of readVersions.entries())
				found[id] = await timeReads({ weir: page, bare }, { id, version: await showVersion(page, index), rows });
			return found;
		});
		return { timed, sizeBytes, merged, reads };
	});
	const text = report(figures);
	console.log(text);
	if (process.argv.includes('--save')) writeFileSync(join(import.meta.dirname, 'VERSIONS.md'), text);
} finally {
	bench.server.close();
	await weir.stop();
}

/** Whole files by native DuckDB on one thread: the write is its commit, a join of the two files its diff. */
async function measureNative(): Promise<{ edits: Timed; merge: Merged }> {
	const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
	const base = join(cache, 'lines-base.parquet');
	const options = '(format parquet, compression zstd)';
	await connection.run(`copy (${lines}) to '${base}' ${options}`);
	await connection.run(`create view lines as from read_parquet('${base}')`);
	const found: Timed = {};
	for (const [index, { id, sql }] of edits.entries()) {
		const file = join(cache, `lines-${index}.parquet`);
		const commitMs = await best(() => connection.run(`copy (${sql}) to '${file}' ${options}`));
		const columns = await connection.runAndReadAll(`describe (from '${file}')`);
		const names = columns.getRows().map(([name]) => String(name));
		const differs = names
			.filter((name) => name !== 'id' && name !== 'bucket')
			.map((name) => `a."${name}" is distinct from b."${name}"`)
			.join(' or ');
		const diff = `select count(*) from '${base}' a full join '${file}' b using (id)
			where a.user_id is null or b.user_id is null or ${differs}`;
		const answer = await connection.runAndReadAll(diff);
		const diffMs = await best(() => connection.runAndReadAll(diff));
		found[id] = { commitMs, diffMs, rows: Number(answer.getRows()[0]?.[0]) };
	}
	const merge = await mergeNatively((sql) => connection.runAndReadAll(sql), options);
	connection.closeSync();
	return { edits: found, merge };
}

/** Two files that each changed 1 % of the rows, other ones, set against the base row by row and written as one. */
async function mergeNatively(
	run: (sql: string) => Promise<{ getRows(): readonly (readonly unknown[])[] }>,
	options: string
): Promise<Merged> {
	const file = (name: string): string => `'${join(cache, `lines-${name}.parquet`)}'`;
	for (const { name, sql } of mergeSides)
		await run(`copy (select * replace (${sql}) from ${file('base')}) to ${file(name)} ${options}`);
	const described = await run(`describe (from ${file('base')})`);
	const cells = described
		.getRows()
		.map(([name]) => `"${String(name)}"`)
		.filter((name) => name !== '"id"')
		.map((name) => `if(a.${name} is distinct from o.${name}, a.${name}, b.${name}) as ${name}`);
	const merged = `select id, ${cells.join(', ')} from ${file('base')} o
		join ${file('ours')} a using (id) join ${file('theirs')} b using (id)`;
	const ms = await best(() => run(`copy (${merged}) to ${file('merged')} ${options}`));
	const differs = `select count(*) from ${file('merged')} m join ${file('ours')} a using (id) where m.quantity is distinct from a.quantity`;
	return { ms, rows: Number((await run(differs)).getRows()[0]?.[0]) };
}

async function best(task: () => Promise<unknown>): Promise<number> {
	let fastest = Infinity;
	for (let round = 0; round < ROUNDS; round++) {
		const start = performance.now();
		await task();
		fastest = Math.min(fastest, performance.now() - start);
	}
	return fastest;
}

/** Some like it, then the edit itself; the slow ones once. */
function everyGo({ id, sql, weir }: Edit): {
	readonly id: string;
	readonly sql: string;
	readonly goes: readonly Weirs[];
} {
	const goes = Array.from({ length: ROUNDS }, (_, round) => weir(ROUNDS - 1 - round));
	return { id, sql, goes: goes[0]?.kind === 'save' ? goes.slice(-1) : goes };
}

/** Each edit on a branch of its own from the first version, and its difference from that. */
async function timeEdits(page: Page): Promise<{ timed: Timed; sizeBytes: number }> {
	await page.waitForFunction(() => 'weir' in globalThis);
	await page.evaluate(installVerbs);
	return page.evaluate(
		async ({ edits, lines, rounds }) => {
			const { weir, must, ask } = globalThis as never as Verbs;
			await weir['ready'];
			await must(weir['save']?.('lines', lines));
			await must(weir['setKey']?.('lines', ['id']));
			await must(weir['tag']?.('lines', 'base'));
			const [first] = await must<readonly { sizeBytes: number }[]>(weir['history']?.('lines'));
			// Native figures are the least of some, with the file in memory: here too the table was read before, and a file taken in.
			await must(weir['branch']?.('lines', 'warm-up', { at: 'base' }));
			await ask('select count(columns(*)), max(columns(*)) from lines');
			const other = await must<Blob>(weir['export']?.('from lines limit 1000', 'parquet'));
			await must(weir['ingest']?.(other, { into: 'lines', mode: 'append', name: 'other' }));
			const timed: Timed = {};
			for (const [index, { id, sql, goes }] of edits.entries()) {
				let commitMs = Infinity;
				for (const [at, how] of goes.entries()) {
					const isLast = at === goes.length - 1;
					await must(weir['branch']?.('lines', isLast ? `edit-${index}` : `edit-${index}-${at}`, { at: 'base' }));
					const appended = how.kind === 'append' ? await must<Blob>(weir['export']?.(how.sql, 'parquet')) : null;
					const start = performance.now();
					if (how.kind === 'append')
						await must(weir['ingest']?.(appended, { into: 'lines', mode: 'append', name: 'more' }));
					else if (how.kind === 'edit') await must(weir['edit']?.('lines', how.edits));
					else if (how.kind === 'statement') await ask(how.sql);
					else await must(weir['save']?.('lines', sql, { replace: true }));
					commitMs = Math.min(commitMs, performance.now() - start);
				}
				const [newest] = await must<readonly { addedBytes: number }[]>(weir['history']?.('lines'));
				const diff = `select count(*) as n from diff('lines@base', 'lines', 'id')`;
				const [counted] = await ask(diff);
				let diffMs = Infinity;
				for (let round = 0; round < rounds; round++) {
					const began = performance.now();
					await ask(diff);
					diffMs = Math.min(diffMs, performance.now() - began);
				}
				timed[id] = { added: newest?.addedBytes ?? NaN, commitMs, diffMs, rows: Number(counted?.['n']) };
			}
			return { timed, sizeBytes: first?.sizeBytes ?? NaN };
		},
		{ edits: edits.map(everyGo), lines, rounds: ROUNDS }
	);
}

/** The least of some merges, each of other rows, and so of branches that share no part with those before. */
async function timeMerges(page: Page): Promise<Merged> {
	return page.evaluate(async (rounds) => {
		const { weir, must, ask } = globalThis as never as Verbs;
		const found = { ms: Infinity, rows: 0 };
		for (let round = 0; round < rounds; round++) {
			await must(weir['branch']?.('lines', `theirs-${round}`, { at: 'base' }));
			await ask(`update lines set quantity = quantity + 1 where id % 100 = ${60 + round}`);
			await must(weir['branch']?.('lines', `ours-${round}`, { at: 'base' }));
			await ask(`update lines set price = price + 1 where id % 100 = ${10 + round}`);
			const began = performance.now();
			const merged = await must<{ counts: { changed: number } }>(weir['merge']?.('lines', `theirs-${round}`));
			found.ms = Math.min(found.ms, performance.now() - began);
			found.rows = merged.counts.changed;
		}
		return found;
	}, ROUNDS);
}

/** Opens a branch of that version to be read. Answers with its id. */
async function showVersion(page: Page, index: number): Promise<string> {
	const { id, edit } = readVersions[index] ?? { id: '', edit: null };
	const made = edits.findIndex((one) => one.id === edit);
	return page.evaluate(
		async ({ branch, at, isCompacted, changes }) => {
			const { weir, must } = globalThis as never as Verbs;
			await must(weir['branch']?.('lines', branch, { at }));
			if (isCompacted) await must(weir['compact']?.('lines'));
			for (const row of changes) await must(weir['edit']?.('lines', { change: [{ row, cells: { price: 0 } }] }));
			const known = await must<readonly { id: string; branches: readonly string[] }[]>(weir['history']?.('lines'));
			const head = known.find(({ branches }) => branches.includes(branch));
			if (!head) throw new Error(`${branch} has no version`);
			return head.id;
		},
		{
			branch: `read-${index}`,
			at: made < 0 ? 'base' : `edit-${made}`,
			isCompacted: id.endsWith('compacted'),
			changes: id.startsWith('20 edits') ? [...spread, ...spread.map((one) => Math.floor(one * 0.9))] : []
		}
	);
}

type Answer<T> = Promise<{ ok: true; value: T } | { ok: false; error: unknown }>;
type Verbs = {
	readonly weir: Record<string, (...args: readonly unknown[]) => Answer<never>>;
	must<T>(answer: Answer<T> | undefined): Promise<T>;
	ask(sql: string): Promise<readonly Record<string, unknown>[]>;
};

/** In the page: what the tasks there have in common. */
function installVerbs(): void {
	const g = globalThis as never as Verbs;
	const must = async <T>(answer: Answer<T> | undefined): Promise<T> => {
		const result = await answer;
		if (!result?.ok) throw new Error(JSON.stringify(result));
		return result.value;
	};
	const ask = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
		const answer = await must<{ rows(): Promise<readonly Record<string, unknown>[]>; release(): unknown }>(
			g.weir['sql']?.(sql)
		);
		const found = await answer.rows();
		await answer.release();
		return found;
	};
	Object.assign(g, { must, ask });
}

function report({
	timed,
	sizeBytes,
	reads,
	merged
}: {
	readonly timed: Timed;
	readonly sizeBytes: number;
	readonly reads: Readonly<Record<string, Reads>>;
	readonly merged: Merged;
}): string {
	const readIds = readTasks(rows).map(({ id }) => id);
	const mb = (bytes: number): string => (bytes / 1e6).toFixed(2);
	const base = readFileSync(join(cache, 'lines-base.parquet'));
	const byEdit = edits.map(({ id }, index) => {
		const after = readFileSync(join(cache, `lines-${index}.parquet`));
		const others = [wholeFile, fixedParts, fastCdc].map((chunker) => addedBytes(chunker, base, after));
		const mine = timed[id];
		const theirs = native[id];
		if (!mine || !theirs) throw new Error(`no figures of ${id}`);
		const ratio = (one: number, other: number): string => `${Math.round(one)} (${(one / other).toFixed(2)})`;
		const added = mine.added ?? NaN;
		return {
			bytes: `| ${id} | ${mb(added)} | ${((100 * added) / sizeBytes).toFixed(1)} % | ${others.map(mb).join(' | ')} |`,
			times: `| ${id} | ${ratio(mine.commitMs, theirs.commitMs)} | ${Math.round(theirs.commitMs)} | ${ratio(mine.diffMs, theirs.diffMs)} | ${Math.round(theirs.diffMs)} | ${mine.rows} | ${theirs.rows} |`
		};
	});
	return [
		'# Versions: what an edit adds and takes',
		'',
		`${rows.toLocaleString('en')} rows × 12 columns, ${mb(sizeBytes)} MB as Weir stores them, ${mb(statSync(join(cache, 'lines-base.parquet')).size)} MB as one file of native DuckDB.`,
		`${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores.`,
		'',
		'## MB added by an edit',
		'',
		'| edit | Weir | of the table | whole file | fixed 1 MiB parts | FastCDC, 64 KiB |',
		'| --- | ---: | ---: | ---: | ---: | ---: |',
		...byEdit.map(({ bytes }) => bytes),
		'',
		'## Time, ms, and Weir’s divided by that of native DuckDB on whole files (below 1: Weir is faster)',
		'',
		'A native commit is the COPY of the whole table, its diff a full join of the two files. All are the least of three, of files and versions that',
		'were read before; but a commit of a query for all rows is one. Rows are what the diffs found.',
		'',
		'| edit | Weir commits | native | Weir compares | native | rows, Weir | rows, native |',
		'| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
		...byEdit.map(({ times }) => times),
		'',
		'## A merge of two branches that each changed 1 % of the rows, scattered and in another column',
		'',
		'Natively, a join of three files on the key, written as a fourth.',
		'',
		'| Weir, ms | native, ms | ratio | rows taken over, Weir | rows, native |',
		'| ---: | ---: | ---: | ---: | ---: |',
		`| ${Math.round(merged.ms)} | ${Math.round(nativeMerge.ms)} | ${(merged.ms / nativeMerge.ms).toFixed(2)} | ${merged.rows} | ${nativeMerge.rows} |`,
		'',
		'## Reading a version, ms, and divided by reading one Parquet file of the first in bare DuckDB-WASM',
		'',
		'The two take turns; the least of ten rounds of a query, two of the windows. A window is a hundred rows of all columns, each at another place,',
		'as the grid asks for them. What bare DuckDB-WASM took beside each version stands behind the stroke.',
		'',
		`| version | ${readIds.join(' | ')} |`,
		`| --- | ${readIds.map(() => '---:').join(' | ')} |`,
		...readVersions.map(({ id }) => {
			const cells = readIds.map((task) => {
				const times = reads[id]?.[task];
				return times
					? `${times.weir.toFixed(0)} / ${times.bare.toFixed(0)} (${(times.weir / times.bare).toFixed(2)})`
					: '';
			});
			return `| ${id} | ${cells.join(' | ')} |`;
		}),
		'',
		...notes
	].join('\n');
}
