// The console's verbs for how a dataset is stored, and what a script passes to them.
import type { ResultId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import {
	MAX_LEVEL,
	MAX_SEGMENT_ROWS,
	VECTOR_ROWS,
	codecs,
	isSegmentRows,
	type ColumnType,
	type LayoutChoices,
	type OrderColumn
} from '../core/version/layout.ts';
import { narrowings, type Narrowing } from '../core/version/narrow.ts';
import { applyLayout } from './apply-layout.ts';
import { invalid, named } from './console-values.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { WeirConsole } from './console-types.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';
import { proposeLayout } from './propose-layout.ts';

export function layoutVerbs(effects: Effects, newId: () => ResultId): Pick<WeirConsole, 'proposeLayout' | 'optimise'> {
	return {
		proposeLayout: async (name, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const { narrowing, order, signal } = options;
			if (narrowing !== undefined && !isNarrowing(narrowing)) return invalid('narrowing', narrowings.join(', '));
			if (order !== undefined && !isOrder(order)) return invalid('order', ORDER);
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			return proposeLayout({ id: newId(), item: found.value, narrowing, order, signal }, effects);
		},
		optimise: async (name, choices, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const parsed = parseChoices(choices);
			if (!parsed.ok) return parsed;
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			const applied = await applyLayout({ id: newId(), item: found.value, choices: parsed.value, ...options }, effects);
			if (!applied.ok) return applied;
			const { sizeBytes } = applied.value.version.table;
			const savedBytes = found.value.version.table.sizeBytes - sizeBytes;
			return ok({ ...named(applied.value), sizeBytes, savedBytes });
		}
	};
}

const ORDER = "[{ column: 'city', descending: false }]";

function parseChoices(choices: unknown): Result<LayoutChoices, InvalidArgument> {
	if (!isRecord(choices))
		return invalid('choices', '{ codec, level, segmentRows, dictionary, encoding, order, narrow }');
	for (const [name, value] of Object.entries(choices)) {
		const check = Object.hasOwn(checks, name) ? checks[name as keyof LayoutChoices] : null;
		if (!check) return invalid(`choices.${name}`, `one of ${Object.keys(checks).join(', ')}`);
		if (!check.takes(value)) return invalid(`choices.${name}`, check.expected);
	}
	return ok(choices);
}

type Check = { readonly takes: (value: unknown) => boolean; readonly expected: string };

const checks: Readonly<Record<keyof LayoutChoices, Check>> = {
	codec: { takes: (value) => codecs.some((codec) => codec === value), expected: codecs.join(', ') },
	level: {
		takes: (value) => value === null || isWhole(value, 1, MAX_LEVEL),
		expected: `a whole number, 1 to ${MAX_LEVEL}, or null for the usual`
	},
	segmentRows: {
		takes: (value) => typeof value === 'number' && isSegmentRows(value),
		expected: `a multiple of ${VECTOR_ROWS}, at most ${MAX_SEGMENT_ROWS}`
	},
	dictionary: {
		takes: (value) => value === 'auto' || value === 'off' || isWhole(value, 1, MAX_SEGMENT_ROWS),
		expected: "'auto', 'off', or the most distinct values of a column"
	},
	encoding: { takes: (value) => value === 'plain' || value === 'delta', expected: 'plain, delta' },
	order: { takes: isOrder, expected: ORDER },
	narrow: { takes: isColumns, expected: "[{ name: 'id', type: 'INTEGER' }]" }
};

function isNarrowing(value: unknown): value is Narrowing {
	return narrowings.some((one) => one === value);
}

function isOrder(value: unknown): value is readonly OrderColumn[] {
	const isOne = (one: unknown): boolean =>
		isRecord(one) && typeof one['column'] === 'string' && typeof one['descending'] === 'boolean';
	return Array.isArray(value) && value.every(isOne);
}

function isColumns(value: unknown): value is readonly ColumnType[] {
	const isOne = (one: unknown): boolean =>
		isRecord(one) && typeof one['name'] === 'string' && typeof one['type'] === 'string';
	return Array.isArray(value) && value.every(isOne);
}

function isWhole(value: unknown, least: number, most: number): boolean {
	return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
