// Remote Parquet of which only a part is read: the part holds every row that is wanted, and is smaller than the whole.
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { ok, type Result } from '#core/result.ts';
import type { FileFacts } from '#core/source/files/file-facts.ts';
import type { ByteRange } from '#core/source/files/pruned-parquet.ts';
import { filterOperators, type RowFilter } from '#core/source/row-filter.ts';
import { fetchFile, sampleFile, type WantedRows } from '#lib/flows/fetch-file.ts';
import type { FileStore } from '#lib/flows/file-store.ts';
import { madeRows, parquetOfRows, type MadeRow } from '../made-parquet.ts';

const rows = madeRows(0, 6000);
const bytes = parquetOfRows(rows, 300);

/** A store with one file in memory. */
class MemoryStore implements FileStore {
	readonly source = 'memory';
	readonly file: FileFacts;
	readonly #bytes: Uint8Array<ArrayBuffer>;
	readonly #hasRanges: boolean;
	readBytes = 0;

	constructor(stored: Uint8Array<ArrayBuffer>, hasRanges = true) {
		this.#bytes = stored;
		this.#hasRanges = hasRanges;
		this.file = { path: 'a.parquet', sizeBytes: stored.length, tag: '1', isStrong: true };
	}

	get counts() {
		return { requests: 0, retries: 0, waitedMs: 0, readBytes: this.readBytes };
	}

	list(): Promise<Result<readonly FileFacts[], never>> {
		return Promise.resolve(ok([this.file]));
	}

	bytes(_file: FileFacts, range: ByteRange | null) {
		const isPart = range !== null && this.#hasRanges;
		const read = isPart ? this.#bytes.slice(range.startByte, range.endByte) : this.#bytes;
		this.readBytes += read.length;
		return Promise.resolve(ok({ blob: new Blob([read]), isWhole: !isPart }));
	}
}

async function readBack(blob: Blob): Promise<readonly Record<string, unknown>[]> {
	return parquetReadObjects({ file: await blob.arrayBuffer() });
}

async function fetched(store: MemoryStore, wanted: WantedRows): Promise<readonly Record<string, unknown>[]> {
	const file = await fetchFile(store, store.file, wanted);
	if (!file.ok) throw new Error(JSON.stringify(file.error));
	return readBack(file.value.blob);
}

const orders = {
	'=': (order: number) => order === 0,
	'!=': (order: number) => order !== 0,
	'<': (order: number) => order < 0,
	'<=': (order: number) => order <= 0,
	'>': (order: number) => order > 0,
	'>=': (order: number) => order >= 0,
	in: (order: number) => order === 0
} as const;

function isWanted(row: MadeRow, { column, op, values }: RowFilter): boolean {
	const value = row[column as keyof MadeRow];
	if (value === null) return false;
	const own = value instanceof Date ? value.toISOString() : value;
	return values.some((asked) => {
		const other = value instanceof Date ? new Date(`${String(asked)}Z`).toISOString() : asked;
		return orders[op](own < other ? -1 : Number(own > other));
	});
}

const day = fc
	.integer({ min: -2, max: 65 })
	.map((days) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10));
const filter: fc.Arbitrary<RowFilter> = fc.oneof(
	fc.record({
		column: fc.constant('id'),
		op: fc.constantFrom(...filterOperators),
		values: fc.array(fc.integer({ min: -10, max: 6010 }), { minLength: 1, maxLength: 1 })
	}),
	fc.record({
		column: fc.constant('value'),
		op: fc.constantFrom(...filterOperators),
		values: fc.array(
			fc.integer({ min: 0, max: 6000 }).map((quarters) => quarters / 4),
			{ minLength: 1, maxLength: 1 }
		)
	}),
	fc.record({
		column: fc.constant('day'),
		op: fc.constantFrom(...filterOperators),
		values: fc.array(
			day.map((text) => `${text}T00:00:00`),
			{ minLength: 1, maxLength: 1 }
		)
	}),
	fc.record({
		column: fc.constant('name'),
		op: fc.constantFrom(...filterOperators),
		values: fc.array(
			fc.integer({ min: 0, max: 6000 }).map((id) => `name ${String(id).padStart(7, '0')}`),
			{
				minLength: 1,
				maxLength: 1
			}
		)
	})
);

describe('a part of remote Parquet', () => {
	it('holds every wanted row as it was, whatever is asked', async () => {
		const columns = fc.option(fc.uniqueArray(fc.constantFrom('id', 'day', 'name', 'value', 'note'), { minLength: 1 }));
		await fc.assert(
			fc.asyncProperty(columns, fc.array(filter, { maxLength: 3 }), async (asked, filters) => {
				const read = await fetched(new MemoryStore(bytes), { columns: asked, filters });
				const names = asked && [...asked, ...filters.map(({ column }) => column)];
				const part = (row: object): object =>
					Object.fromEntries(Object.entries(row).filter(([name]) => !names || names.includes(name)));
				const wanted = rows.filter((row) => filters.every((one) => isWanted(row, one)));
				const found = read.filter((row) => filters.every((one) => isWanted(row as MadeRow, one)));
				expect(found).toEqual(wanted.map(part));
			}),
			{ numRuns: 60 }
		);
	}, 120_000);

	it('is a small one of a column and a day', async () => {
		const store = new MemoryStore(bytes);
		const filters: readonly RowFilter[] = [{ column: 'id', op: '<', values: [300] }];
		expect(await fetched(store, { columns: ['id', 'value'], filters })).toHaveLength(300);
		expect(store.readBytes).toBeLessThan(bytes.length / 5);
	});

	it('is the whole where a store gives no ranges', async () => {
		const store = new MemoryStore(bytes, false);
		expect(await fetched(store, { columns: ['id'], filters: [] })).toHaveLength(6000);
		expect(store.readBytes).toBe(bytes.length);
	});

	it('of a column that is not there is refused with those that are', async () => {
		const store = new MemoryStore(bytes);
		expect(await fetchFile(store, store.file, { columns: ['x'], filters: [] })).toMatchObject({
			ok: false,
			error: { kind: 'file-column', column: 'x', columns: ['id', 'day', 'name', 'value', 'note'] }
		});
	});

	it('that is cut off is refused', async () => {
		const store = new MemoryStore(bytes.slice(0, -100));
		expect(await fetchFile(store, store.file, { columns: ['id'], filters: [] })).toMatchObject({
			ok: false,
			error: { kind: 'file-unreadable' }
		});
	});
});

describe('a sample of a long text', () => {
	it('is its first lines, and no more is read of it', async () => {
		const store = new MemoryStore(new TextEncoder().encode('n\n' + '1234567\n'.repeat(700_000)));
		const file = { ...store.file, path: 'a.csv' };
		const sample = await sampleFile(store, file, { columns: null, filters: [] });
		if (!sample.ok) return expect.unreachable(JSON.stringify(sample.error));
		expect((await sample.value.blob.text()).endsWith('1234567\n')).toBe(true);
		expect(store.readBytes).toBe(4 * 1024 * 1024);
	});
});
