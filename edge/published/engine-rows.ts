// What the engine answers, an Arrow stream, as cells like those of a published file.
import { tableFromIPC } from '@uwdata/flechette';
import { EXACT_DIGITS } from '#core/query/compared-as.ts';
import type { Cell, CellKind } from '#core/share/cells.ts';
import { cellShape, EXACT } from '#core/sql/arrow-shape.ts';
import { cellText, type CellShape } from '#core/sql/cell-text.ts';
import type { EngineColumn } from '../engine/question.ts';
import { isoDate, isoOf } from './iso-time.ts';
import type { QueriedRows } from './run-query.ts';

type Column = { readonly kind: CellKind; readonly cells: readonly Cell[] };

const DAY_MS = 86_400_000;
const INT64_END = 2n ** 63n;

/** `told`: of what types the engine says that they are; one for each column of the stream. */
export function engineRows(
	arrow: Uint8Array,
	told: readonly EngineColumn[]
): Pick<QueriedRows, 'columns' | 'cells' | 'rowCount'> {
	const table = tableFromIPC(arrow, EXACT);
	const columns = told.map(({ type }, at): Column => {
		const child = table.getChildAt(at);
		const shape = cellShape(child.type);
		const read = type === 'JSON' ? parsed : (value: unknown): Cell => cellOf(value, shape);
		return columnOf(shape, Array.from(child as Iterable<unknown>, read), type);
	});
	return {
		columns: told.map(({ name, type }, at) => ({ name, type, kind: columns[at]?.kind ?? 'text', as: null })),
		cells: columns.map(({ cells }) => cells),
		rowCount: table.numRows
	};
}

/** Whole numbers that Arrow's and Parquet's do not hold go as texts, like decimals of more digits than a double has. */
function columnOf(shape: CellShape, cells: readonly Cell[], type: string): Column {
	switch (shape.kind) {
		case 'boolean':
			return { kind: 'boolean', cells };
		case 'single':
		case 'double':
			return { kind: 'number', cells };
		case 'integer':
			return wholeOf(cells);
		case 'decimal': {
			if (shape.scale === 0) return wholeOf(cells);
			const digits = Number(/^DECIMAL\((\d+)/.exec(type)?.[1] ?? Infinity);
			return digits <= EXACT_DIGITS ? { kind: 'number', cells: cells.map(numberOf) } : { kind: 'text', cells };
		}
		case 'list':
		case 'struct':
		case 'map':
			return { kind: 'nested', cells };
		default:
			return type === 'JSON' ? { kind: 'nested', cells } : { kind: 'text', cells };
	}
}

function wholeOf(cells: readonly Cell[]): Column {
	const isHeld = cells.every((cell) => typeof cell !== 'bigint' || (cell < INT64_END && cell >= -INT64_END));
	return isHeld
		? { kind: 'integer', cells }
		: { kind: 'text', cells: cells.map((cell) => (typeof cell === 'object' ? null : String(cell))) };
}

function numberOf(cell: Cell): Cell {
	return cell === null ? null : Number(cell);
}

function cellOf(value: unknown, shape: CellShape): Cell {
	if (value === null || value === undefined) return null;
	switch (shape.kind) {
		case 'boolean':
		case 'single':
		case 'double':
		case 'integer':
		case 'text':
			return value as Cell;
		case 'decimal':
			return shape.scale === 0 ? BigInt(value as bigint | number) : cellText(value, shape);
		case 'date':
			return isoDate(Math.round(Number(value) / DAY_MS));
		case 'timestamp':
			return timeOf(BigInt(value as bigint | number), shape.unitsPerSecond);
		case 'binary':
			return cellText(value, shape)?.slice(2) ?? null;
		case 'list':
			return Array.from(value as Iterable<unknown>, (item) => cellOf(item, shape.item));
		case 'struct': {
			const members = value as Readonly<Record<string, unknown>>;
			return Object.fromEntries(shape.fields.map(({ name, shape: of }) => [name, cellOf(members[name], of)]));
		}
		case 'map':
			return Object.fromEntries(
				Array.from(value as Iterable<readonly [unknown, unknown]>, ([key, item]) => [
					cellText(key, shape.key) ?? 'null',
					cellOf(item, shape.value)
				])
			);
		default:
			return cellText(value, shape);
	}
}

/** A time beyond what a Date holds is infinite, as in published rows. */
function timeOf(units: bigint, unitsPerSecond: bigint): string {
	return isoOf(
		unitsPerSecond >= 1_000_000n ? units / (unitsPerSecond / 1_000_000n) : units * (1_000_000n / unitsPerSecond)
	);
}

function parsed(value: unknown): Cell {
	return typeof value === 'string' ? (JSON.parse(value) as Cell) : null;
}
