// What a reader chooses in an input of a share, as a span of its column, and back: its ends are then edges of cells.
import type { ChartSpan } from '../report/chart-span.ts';
import { edgeOf, type AxisGrid } from '../report/cube-grid.ts';
import type { EditionTable } from '../report/edition.ts';
import type { InputBlock, InputValue } from '../report/report.ts';
import type { OpenSource } from './filtered-blocks.ts';

/** Null where nothing is chosen. Of names those that are there: of a search, all that it is found in. */
export function chosenSpan({ type }: InputBlock, value: InputValue, { fine, isWhole }: OpenSource): ChartSpan | null {
	const axis = fine.x;
	if (value === null || value === '' || !axis) return null;
	if (axis.kind === 'names') {
		const wanted = typeof value === 'object' ? ('from' in value ? [] : value) : [String(value)];
		if (typeof value === 'object' && wanted.length === 0) return null;
		const found = type === 'search' ? wanted.map((one) => one.toLowerCase()) : wanted;
		const values = axis.names.filter((name) =>
			type === 'search' ? found.some((one) => name.toLowerCase().includes(one)) : found.includes(name)
		);
		return { x: { kind: 'values', values }, y: null };
	}
	if (typeof value !== 'object' || !('from' in value)) return null;
	const [from, to] = [numberOf(value.from), numberOf(value.to)];
	if (from === null && to === null) return null;
	const end = to === null ? edgeOf(axis, axis.count) : isWhole ? to + axis.unit : to;
	return { x: { kind: 'range', from: from ?? edgeOf(axis, 0), to: end, isOpen: true }, y: null };
}

/** As its span holds it; ends that were left open stay so. */
export function chosenValue(value: InputValue, { x }: ChartSpan, { fine, isWhole }: OpenSource): InputValue {
	const axis = fine.x;
	if (x?.kind !== 'range' || axis?.kind !== 'steps') return value;
	if (value === null || typeof value !== 'object' || !('from' in value)) return value;
	const isDay = typeof value.from === 'string' || typeof value.to === 'string';
	const told = (end: number): string | number => (isDay ? new Date(end).toISOString().slice(0, 10) : end);
	return {
		from: value.from === null ? null : told(x.from),
		to: value.to === null ? null : told(isWhole ? x.to - axis.unit : x.to)
	};
}

/** What there is to choose. */
export function choicesOf({ fine, isWhole }: OpenSource): EditionTable {
	const axis = fine.x;
	if (axis?.kind === 'names')
		return { rowCount: axis.count, columns: [{ name: 'value', type: 'text', values: axis.names }] };
	const [from, to] = endsOf(axis, isWhole);
	const column = (name: string, end: number | null) => ({ name, type: 'number' as const, values: [end] });
	return { rowCount: 1, columns: [column('from', from), column('to', to)] };
}

function endsOf(axis: AxisGrid | null, isWhole: boolean): readonly [number | null, number | null] {
	if (axis?.kind !== 'steps') return [null, null];
	const end = edgeOf(axis, axis.count);
	return [edgeOf(axis, 0), isWhole ? end - axis.unit : end];
}

function numberOf(end: string | number | null): number | null {
	const number = typeof end === 'string' ? Date.parse(end) : end;
	return number === null || !Number.isFinite(number) ? null : number;
}
