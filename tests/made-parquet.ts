// Parquet files of made rows, written by another writer than ours, in row groups whose values ascend.
import { parquetWriteBuffer } from 'hyparquet-writer';

export type MadeRow = {
	readonly id: number;
	readonly day: Date;
	readonly name: string;
	readonly value: number | null;
	readonly note: string;
};

export function madeRows(from: number, to: number): readonly MadeRow[] {
	return Array.from({ length: to - from }, (_, at) => {
		const id = from + at;
		return {
			id,
			day: new Date(Date.UTC(2026, 0, 1) + Math.floor(id / 100) * 86_400_000),
			name: `name ${String(id).padStart(7, '0')}`,
			value: id % 7 === 0 ? null : id / 4,
			// Long, and different each time: bytes that nobody wants.
			note: Array.from({ length: 12 }, (_letter, part) => ((id * 2654435761 + part * 40503) >>> 0).toString(36)).join(
				' '
			)
		};
	});
}

export function parquetOfRows(rows: readonly MadeRow[], rowGroupSize = 1000): Uint8Array<ArrayBuffer> {
	const column = <Key extends keyof MadeRow>(key: Key): MadeRow[Key][] => rows.map((row) => row[key]);
	return new Uint8Array(
		parquetWriteBuffer({
			columnData: [
				{ name: 'id', data: column('id'), type: 'INT32' },
				{ name: 'day', data: column('day'), type: 'TIMESTAMP' },
				{ name: 'name', data: column('name'), type: 'STRING' },
				{ name: 'value', data: column('value'), type: 'DOUBLE' },
				{ name: 'note', data: column('note'), type: 'STRING' }
			],
			rowGroupSize,
			statistics: true
		})
	);
}
