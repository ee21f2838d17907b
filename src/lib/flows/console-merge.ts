// Reads what a script passes to `weir.merge`.
import { ok, type Result } from '../core/result.ts';
import type { MergeChoice, MergeSide } from '../core/version/merge-sql.ts';
import { invalid, isTexts } from './console-values.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { ConsoleMerge } from './console-version-types.ts';
import type { MergeInput } from './merge-branch.ts';

export function parseMerge(
	name: unknown,
	from: unknown,
	options: Partial<ConsoleMerge> = {}
): Result<Omit<MergeInput, 'id'>, InvalidArgument> {
	const { key = [], choices = [], settle = null, signal } = options;
	if (typeof name !== 'string') return invalid('name', 'a dataset name');
	if (typeof from !== 'string') return invalid('from', "a branch, such as 'clean-up'");
	if (!isTexts(key)) return invalid('key', 'a list of column names');
	if (settle !== null && !isSide(settle)) return invalid('settle', mergeSides.join(', '));
	if (!Array.isArray(choices) || !choices.every(isChoice))
		return invalid('choices', "[{ key: ['1'], column: null, take: 'theirs' }]");
	return ok({ dataset: name, from, key, settle, choices, signal });
}

function isChoice(value: unknown): value is MergeChoice {
	if (typeof value !== 'object' || value === null || !('key' in value) || !('take' in value)) return false;
	const column = 'column' in value ? value.column : null;
	return isTexts(value.key) && isSide(value.take) && (column === null || typeof column === 'string');
}

const mergeSides = ['base', 'ours', 'theirs'] as const;

function isSide(text: unknown): text is MergeSide {
	return mergeSides.some((side) => side === text);
}
