// Reading versions: Weir and bare DuckDB-WASM over one Parquet file take turns, so that what the machine does else meets both.
import type { Page } from 'playwright';

/** Versions that are read, by the edit that made them. */
export const readVersions = [
	{ id: 'as imported', edit: null },
	{ id: 'parts of two commits', edit: 'append 1 %' },
	{ id: '1 % changed', edit: 'change 1 % of one column' },
	{ id: '1 % removed, in patches', edit: 'delete 1 %, scattered' },
	{ id: 'those removed, compacted', edit: 'delete 1 %, scattered' },
	{ id: '20 edits of a cell, one after another', edit: null }
] as const;

type ReadTask = {
	readonly id: string;
	readonly rounds: number;
	/** Of a table `lines`, which is stored as `file`. */
	readonly sqls: (file: string) => readonly string[];
};
/** The least of the rounds, in ms. */
export type Reads = Readonly<Record<string, { readonly weir: number; readonly bare: number }>>;

const WINDOW_ROWS = 100;

export function readTasks(rows: number): readonly ReadTask[] {
	const starts = Array.from({ length: 100 }, (_, index) => (index * 7_919_993) % (rows - WINDOW_ROWS));
	const one = (id: string, sql: string): ReadTask => ({ id, rounds: 10, sqls: () => [sql] });
	return [
		one('scan', 'select sum(price), max(stock), count(note) from lines'),
		one('group', 'select region, count(*), avg(weight) from lines group by region'),
		one('filter', `select count(*) from lines where ordered >= timestamp '2026-06-01' and item like 'item 1%'`),
		one('row', `select * from lines where id = ${rows / 2 + 1}`),
		one('every column', 'select count(columns(*)), max(columns(*)) from lines'),
		{
			id: '100 windows',
			rounds: 2,
			sqls: (file) =>
				starts.map(
					(start) =>
						`select * from ${file} where file_row_number >= ${start} and file_row_number < ${start + WINDOW_ROWS}`
				)
		},
		{ id: '100 times nothing', rounds: 3, sqls: () => starts.map(() => 'select 1') }
	];
}

const parquet = (name: string): string => `read_parquet('${name}', file_row_number = true)`;

/** Of the version that `lines` shows now, as Weir and as bare DuckDB-WASM read it. */
export async function timeReads(
	{ weir, bare }: { readonly weir: Page; readonly bare: Page },
	{ id, version, rows }: { readonly id: string; readonly version: string; readonly rows: number }
): Promise<Reads> {
	// Of a version with patches the grid reads more than its file.
	const tasks = readTasks(rows).filter((task) => task.id !== '100 windows' || !id.includes('patches'));
	const found: Record<string, { weir: number; bare: number }> = {};
	for (const task of tasks) {
		const times = { weir: Infinity, bare: Infinity };
		for (let round = 0; round < task.rounds; round++) {
			const bareMs = await bare.evaluate(timeInBare, [...task.sqls(parquet('one.parquet'))]);
			const weirMs = await weir.evaluate(timeInWeir, [...task.sqls(parquet(`versions/${version}/data.parquet`))]);
			times.weir = Math.min(times.weir, weirMs);
			times.bare = Math.min(times.bare, bareMs);
		}
		found[task.id] = times;
	}
	return found;
}

/** Bare DuckDB-WASM with the first version as one file, which it reads lazily. */
export async function openLazily(bare: Page, paths: unknown): Promise<void> {
	await bare.waitForFunction(() => 'weirBench' in globalThis);
	await bare.evaluate((input) => {
		const g = globalThis as never as Record<string, File> & { weirBench: { lazyOpen(i: unknown): Promise<void> } };
		return g.weirBench.lazyOpen({ paths: input, file: g['bench_lines'] });
	}, paths);
}

type Answering = {
	weir: {
		sql(
			text: string
		): Promise<{ ok: true; value: { rows(): Promise<unknown>; release(): unknown } } | { ok: false; error: unknown }>;
	};
};

async function timeInWeir(sqls: readonly string[]): Promise<number> {
	const { weir } = globalThis as never as Answering;
	const start = performance.now();
	for (const sql of sqls) {
		const answer = await weir.sql(sql);
		if (!answer.ok) throw new Error(JSON.stringify(answer.error));
		await answer.value.rows();
		await answer.value.release();
	}
	return performance.now() - start;
}

function timeInBare(sqls: readonly string[]): Promise<number> {
	return (
		globalThis as never as { weirBench: { lazyTime(sqls: readonly string[]): Promise<number> } }
	).weirBench.lazyTime(sqls);
}
