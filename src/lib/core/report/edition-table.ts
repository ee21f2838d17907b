// From the engine's answer to the table of a block.
import { tableFromIPC } from '@uwdata/flechette';
import type { CellType, CellValue, EditionColumn, EditionTable } from './edition.ts';
import type { BlockPlan } from './plan-chart.ts';

export type ReadTable = { readonly table: EditionTable; readonly totalRows: number };

/** `@total`, the last column, says how many rows there would be. */
export function readTable(arrowBytes: Uint8Array, plan: BlockPlan): ReadTable {
	const { columns } = plan;
	const arrow = tableFromIPC(arrowBytes, { useDate: false, useBigInt: true });
	const { numRows } = arrow;
	const valuesOf = (name: string): readonly CellValue[] => {
		const at = arrow.schema.fields.findIndex((field) => field.name === name);
		const column = at < 0 ? undefined : arrow.getChildAt(at);
		return Array.from({ length: numRows }, (_, row) => cellOf(column?.at(row) as unknown));
	};
	const read = columns.map(({ name, type }): EditionColumn => ({ name, type, values: valuesOf(name) }));
	const total = numRows > 0 ? valuesOf('@total')[0] : 0;
	const table = shapeTable({ rowCount: numRows, columns: read }, plan);
	return { table, totalRows: typeof total === 'number' ? total : numRows };
}

/** Rows of several measures one below the other, and with numbers on an axis where their bins end. */
export function shapeTable(table: EditionTable, { series, xStep, yStep }: BlockPlan): EditionTable {
	return withSteps(series ? unpivot(table, series) : table, xStep, yStep);
}

/** What JSON has no number for is a text. */
export function cellOf(value: unknown): CellValue {
	if (value === null || value === undefined) return null;
	if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
	if (typeof value === 'string' || typeof value === 'boolean') return value;
	return typeof value === 'bigint' ? Number(value) : JSON.stringify(value);
}

/** `y0`, `y1`, … one below the other, told apart by `series`. */
function unpivot({ rowCount, columns }: EditionTable, series: readonly string[]): EditionTable {
	const isMeasure = (name: string): boolean => /^y\d+$/.test(name);
	const kept = columns.filter(({ name }) => !isMeasure(name));
	const measures = columns.filter(({ name }) => isMeasure(name));
	const repeated = kept.map((column): EditionColumn => ({ ...column, values: series.flatMap(() => column.values) }));
	const type: CellType = measures[0]?.type ?? 'number';
	return {
		rowCount: rowCount * series.length,
		columns: [
			...repeated,
			{ name: 'series', type: 'text', values: series.flatMap((name) => Array<string>(rowCount).fill(name)) },
			{ name: 'y', type, values: measures.flatMap(({ values }) => values) }
		]
	};
}

function withSteps(table: EditionTable, xStep: number | null, yStep: number | null): EditionTable {
	const ends = (
		[
			['x', xStep],
			['y', yStep]
		] as const
	).flatMap(([name, step]): readonly EditionColumn[] => {
		const column = table.columns.find((one) => one.name === name);
		if (step === null || column?.type !== 'number') return [];
		const values = column.values.map((value) => (typeof value === 'number' ? value + step : null));
		return [{ name: `${name}2`, type: 'number', values }];
	});
	return { ...table, columns: [...table.columns, ...ends] };
}
