// Ten million rows made on demand, for the grid's tests: Arrow IPC as the engine sends it.
import { float64, int64, tableFromArrays, tableToIPC, timestamp, TimeUnit, utf8 } from '@uwdata/flechette';
import type { ColumnProfile } from '#core/profile/profile.ts';
import { invariant, ok, type Result } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { Column } from '#core/version/version.ts';

export const ROW_COUNT = 10_000_000;

export const columns: readonly Column[] = [
	{ name: 'id', type: 'BIGINT' },
	{ name: 'name', type: 'VARCHAR' },
	{ name: 'price', type: 'DOUBLE' },
	{ name: 'at', type: 'TIMESTAMP' }
];

/** Row 1 (0-based) is an empty text, row 2 a null, row 3 has a line break and a bidi mark. */
export function nameAt(row: number): string | null {
	if (row === 1) return '';
	if (row === 2) return null;
	return row === 3 ? 'two\nlines \u202e"x"' : `name ${row}`;
}

export function readRows(startRow: number, endRow: number): Promise<Result<Uint8Array<ArrayBuffer>, SqlFailure>> {
	const rows = Array.from({ length: endRow - startRow }, (_, at) => startRow + at);
	const table = tableFromArrays(
		{
			id: rows.map((row) => BigInt(row) + 9_007_199_254_740_993n),
			name: rows.map(nameAt),
			price: rows.map((row) => row / 4),
			at: rows.map((row) => 1_750_000_000_000 + row)
		},
		{ types: { id: int64(), name: utf8(), price: float64(), at: timestamp(TimeUnit.MICROSECOND) } }
	);
	const bytes = tableToIPC(table, { format: 'stream' });
	invariant(bytes !== null, 'a table has bytes');
	return Promise.resolve(ok(new Uint8Array(bytes)));
}

export function profileOf(column: string, coverage: ColumnProfile['coverage']): ColumnProfile {
	return {
		column,
		type: columns.find(({ name }) => name === column)?.type ?? '',
		coverage,
		rowCount: coverage === 'full' ? ROW_COUNT : 10_000,
		nullCount: column === 'name' ? 1 : 0,
		distinctCount: 42,
		min: '1',
		max: '9',
		quantiles: null,
		mean: null,
		standardDeviation: null,
		histogram: column === 'name' ? null : { low: 1, high: 9, counts: [3, 1, 2] },
		topValues: column === 'name' ? [{ value: 'name 7', rowCount: 5_000 }] : null,
		lengths: null
	};
}
