// What `weir.diff` answers: schema, counts, columns and rows of a comparison as plain facts.
import { changeKinds, type ChangeKind } from '../core/diff/changes-sql.ts';
import type { Renames } from '../core/diff/column-pairs.ts';
import { resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { sharedKey } from '../core/version/version.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { ChangedRow, ConsoleDiff, DiffFacts } from './console-version-types.ts';
import {
	changedRows,
	closeDiff,
	compareVersions,
	findSide,
	type Comparison,
	type DiffFailure
} from './diff-versions.ts';
import type { Effects } from './effects.ts';
import { listDatasets } from './list-datasets.ts';
import { summariseDiff } from './summarise-diff.ts';

const ROWS = 1000;

export async function diffFacts(
	left: unknown,
	right: unknown,
	options: unknown,
	effects: Effects
): Promise<Result<DiffFacts, DiffFailure | InvalidArgument>> {
	const parsed = parseDiff(left, right, options);
	if (!parsed.ok) return parsed;
	const { renames = {}, kind = null, column = null, limit = ROWS, signal } = parsed.value.options;
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const before = findSide(parsed.value.left, items.value);
	if (!before.ok) return before;
	const after = findSide(parsed.value.right, items.value);
	if (!after.ok) return after;
	const key = parsed.value.options.key ?? sharedKey(before.value.version, after.value.version);
	const id = resultId(`console-${effects.randomId()}`);
	const input = { id, left: before.value, right: after.value, key, renames, signal };
	const comparison = await compareVersions(input, effects);
	if (!comparison.ok) return comparison;
	const { plan, schema, counts, sharing } = comparison.value;
	try {
		if (column !== null && !plan.values.some(({ name }) => name === column))
			return err({ kind: 'unknown-column', column });
		const window = { filter: { kind, column }, startRow: 0, endRow: limit, form: 'values' } as const;
		const rows = await changedRows(comparison.value, window, effects);
		if (!rows.ok) return rows;
		const columns = await summariseDiff({ comparison: comparison.value, signal }, effects);
		if (!columns.ok) return columns;
		return ok({
			schema,
			counts,
			columns: columns.value,
			rows: rows.value.map((row) => changedRow(row, comparison.value)),
			sharedRows: sharing.rowCount
		});
	} finally {
		await closeDiff(id, effects);
	}
}

function changedRow(row: Record<string, unknown>, { plan }: Comparison): ChangedRow {
	const kind = changeKinds.find((one) => one === row['kind']) ?? 'changed';
	const key = Object.fromEntries(plan.keys.map(({ name }, index) => [name, row[`k${index}`]]));
	const cells = (side: 'from' | 'to', letter: 'f' | 't'): Record<string, unknown> =>
		Object.fromEntries(
			plan.values.flatMap((pair, index) => (pair[side] ? [[pair[side].name, row[`${letter}${index}`]]] : []))
		);
	return {
		kind,
		key,
		before: kind === 'added' ? null : cells('from', 'f'),
		after: kind === 'removed' ? null : cells('to', 't'),
		changed:
			kind === 'changed' ? plan.values.filter((_pair, index) => row[`d${index}`] === true).map(({ name }) => name) : []
	};
}

function parseDiff(
	left: unknown,
	right: unknown,
	options: unknown
): Result<{ readonly left: string; readonly right: string; readonly options: ConsoleDiff }, InvalidArgument> {
	const invalid = (argument: string, expected: string) =>
		err({ kind: 'invalid-argument', argument, expected } as const);
	if (typeof left !== 'string') return invalid('left', "a dataset or a version, such as 'people@v1'");
	if (typeof right !== 'string') return invalid('right', "a dataset or a version, such as 'people'");
	if (options !== undefined && !isRecord(options))
		return invalid('options', '{ key?, renames?, column?, kind?, limit? }');
	const { key, renames, column, kind, limit, signal } = options ?? {};
	if (key !== undefined && !isTexts(key)) return invalid('key', 'a list of column names');
	if (renames !== undefined && !isRenames(renames)) return invalid('renames', '{ oldName: newName }');
	if (column !== undefined && typeof column !== 'string') return invalid('column', 'a column name');
	if (kind !== undefined && !isKind(kind)) return invalid('kind', changeKinds.join(', '));
	if (limit !== undefined && !(typeof limit === 'number' && Number.isInteger(limit) && limit >= 0))
		return invalid('limit', 'a whole number of rows');
	if (signal !== undefined && !isSignal(signal)) return invalid('signal', 'an AbortSignal');
	return ok({
		left,
		right,
		options: {
			...(key && { key }),
			...(renames && { renames }),
			...(column !== undefined && { column }),
			...(kind && { kind }),
			...(limit !== undefined && { limit }),
			...(signal && { signal })
		}
	});
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isRenames(value: unknown): value is Renames {
	return isRecord(value) && isTexts(Object.values(value));
}

function isKind(value: unknown): value is ChangeKind {
	return changeKinds.some((kind) => kind === value);
}

function isSignal(value: unknown): value is AbortSignal {
	return isRecord(value) && typeof value['aborted'] === 'boolean';
}
