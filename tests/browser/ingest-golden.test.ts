// Walks the golden folder: each case through the real worker, its rows read back from the Parquet it wrote.
import { proxy, wrap, type Remote } from 'comlink';
import { afterAll, expect, test } from 'vitest';
import type { IngestOverrides } from '#core/ingest/options.ts';
import type { IngestApi } from '#workers/ingest/api.ts';
import type { RowsApi } from '../golden/rows.worker.ts';

type Cell = string | null | { readonly length: number };
type Expected = {
	/** Set when the guess alone is known not to be enough. */
	readonly options?: IngestOverrides;
	/** What a person asks for though the guess is as good as another; such cases do not count as right without options. */
	readonly wish?: IngestOverrides;
	readonly failure?: string;
	readonly line?: number;
	readonly columns?: readonly (readonly [string, string])[];
	/** All rows, or the first ones. */
	readonly rows?: readonly (readonly Cell[])[];
	readonly rowCount?: number;
	readonly rejects?: readonly { readonly line: number; readonly column?: string; readonly reason: string }[];
};

const inputs = import.meta.glob<string>('../golden/ingest/*/input.*', {
	query: '?url',
	import: 'default',
	eager: true
});
const expectations = import.meta.glob<Expected>('../golden/ingest/*/expected.json', { import: 'default', eager: true });

const worker = new Worker(new URL('../../workers/ingest/ingest.worker.ts', import.meta.url), {
	type: 'module',
	name: 'ingest-golden'
});
const rowsWorker = new Worker(new URL('../golden/rows.worker.ts', import.meta.url), { type: 'module' });
const ingest: Remote<IngestApi> = wrap<IngestApi>(worker);
const readBack: Remote<RowsApi> = wrap<RowsApi>(rowsWorker);
afterAll(() => {
	worker.terminate();
	rowsWorker.terminate();
});

const cases = Object.entries(inputs).map(([path, url]) => {
	const [, name = '', file = ''] = /([^/]+)\/(input\.[^/]+)$/.exec(path) ?? [];
	const expected = expectations[`../golden/ingest/${name}/expected.json`];
	if (!expected) throw new Error(`${name} has no expectation`);
	return { name, file, url, expected };
});

/** What came out, in the shape of the expectation. */
async function outcome(url: string, file: string, expected: Expected, overrides: IngestOverrides): Promise<unknown> {
	const blob = await (await fetch(url)).blob();
	const read = await ingest.read(
		{ name: file, blob },
		overrides,
		proxy(() => undefined)
	);
	if (!read.ok) {
		const line = 'line' in read.error ? read.error.line : null;
		return {
			failure: read.error.kind,
			...(expected.line === undefined ? {} : { line }),
			...(expected.failure === undefined ? { error: read.error } : {})
		};
	}
	const { table, rejects } = read.value;
	const shown = Math.max(expected.rows?.length ?? 0, 1);
	const rows = await readBack.rows(
		table.files.map((part) => part.blob),
		shown
	);
	const rejected =
		rejects === null
			? []
			: await readBack.rows(
					rejects.files.map((part) => part.blob),
					1000
				);
	return {
		columns: table.schema.map(({ name, type }) => [name, type]),
		rows: rows.map((row, at) => row.map((cell, index) => measured(cell, expected.rows?.[at]?.[index]))),
		rowCount: table.rowCount,
		rejects: rejected.map(([line, column, reason], index) => {
			const want = expected.rejects?.[index];
			return {
				line: Number(line),
				...(want?.column === undefined ? {} : { column }),
				reason: want !== undefined && reason?.includes(want.reason) ? want.reason : reason
			};
		})
	};
}

const measured = (cell: string | null, want: Cell | undefined): Cell =>
	want !== null && typeof want === 'object' && cell !== null ? { length: cell.length } : cell;

function wanted({ options: _options, wish: _wish, ...expected }: Expected): unknown {
	return expected;
}

let guessed = 0;
let right = 0;
for (const { name, file, url, expected } of cases) {
	test(`${name} is read as a careful person wants`, async () => {
		if (expected.wish) {
			expect(await outcome(url, file, expected, expected.wish)).toEqual(wanted(expected));
			return;
		}
		const plain = await outcome(url, file, expected, {});
		guessed++;
		if (JSON.stringify(plain) === JSON.stringify(wanted(expected))) right++;
		if (expected.options) expect(await outcome(url, file, expected, expected.options)).toEqual(wanted(expected));
		else expect(plain).toEqual(wanted(expected));
	});
}

test('more than 95 % of the cases need no option', () => {
	expect(guessed).toBeGreaterThanOrEqual(44);
	expect(right / guessed).toBeGreaterThan(0.95);
});
