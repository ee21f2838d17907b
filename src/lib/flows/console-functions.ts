// User functions of `window.weir`: applied to the rows of a query, and tested by their own fixtures.
import type { ResultId } from '../core/ids.ts';
import { ok } from '../core/result.ts';
import { parseUserFunction } from '../core/script/parse-user-function.ts';
import { applyFunction } from './apply-function.ts';
import { sqlAnswer } from './console-answers.ts';
import type { WeirConsole } from './console-types.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { testFunction } from './test-function.ts';

export function functionVerbs(
	effects: Effects,
	newId: () => ResultId
): Pick<WeirConsole, 'applyFunction' | 'testFunction'> {
	return {
		applyFunction: async (sql, given, options = {}) => {
			if (typeof sql !== 'string') return invalid('sql', 'SQL as a string');
			const fn = parseUserFunction(given);
			if (!fn.ok) return fn;
			const id = newId();
			const { params = [], signal } = options;
			const applied = await applyFunction({ id, sql, params, fn: fn.value, signal }, effects);
			return applied.ok ? ok(sqlAnswer(id, applied.value, effects)) : applied;
		},
		testFunction: async (given) => {
			const fn = parseUserFunction(given);
			if (!fn.ok) return fn;
			return testFunction(fn.value, effects);
		}
	};
}
