// What the folders of a path say about filters: a file whose partitions no wanted row can have is not read.
import { partitionsOf } from '../../export/hive-path.ts';
import { mayHold, type FilterValue, type RowFilter } from '../row-filter.ts';

export function mayHoldPartition(path: string, filters: readonly RowFilter[]): boolean {
	const partitions = partitionsOf(path);
	return filters.every(({ column, op, values }) => {
		const partition = partitions.find((one) => one.column === column);
		if (!partition) return true;
		const { text } = partition;
		return text !== null && values.some((value) => isWithin(text, op, value));
	});
}

/** Conditions that no folder of the path answers: they are asked of the file. */
export function fileFilters(path: string, filters: readonly RowFilter[]): readonly RowFilter[] {
	const partitions = partitionsOf(path);
	return filters.filter(({ column }) => !partitions.some((one) => one.column === column));
}

const whole = /^(0|-?[1-9]\d{0,14})$/;
const day = /^\d{4}-\d{2}-\d{2}/;

function isWithin(text: string, op: RowFilter['op'], value: FilterValue): boolean {
	const asked = String(value);
	if (text === asked) return op !== '!=' && op !== '<' && op !== '>';
	const bounds = <T>(one: T, compare: (a: T, b: T) => number) => ({ min: one, max: one, compare });
	if (whole.test(text) && whole.test(asked))
		return mayHold(
			op,
			[Number(asked)],
			bounds(Number(text), (a, b) => a - b)
		);
	if (day.test(text) && day.test(asked) && text.length === asked.length)
		return mayHold(
			op,
			[asked],
			bounds(text, (a, b) => (a < b ? -1 : Number(a > b)))
		);
	// How else they are spelled is for the engine to compare.
	return true;
}
