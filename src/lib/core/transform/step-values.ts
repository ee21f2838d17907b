// What a schema cannot say of a step: keys that need or exclude each other.
import { functionFindings } from './function-step.ts';
import type { Finding, Path } from './problem.ts';
import type { StepBody } from './recipe.ts';

/** `path` is the step's. */
export function valueFindings(body: StepBody, path: Path): readonly Finding[] {
	const at = [...path, body.kind];
	const needs = (key: string, because: string): readonly Finding[] => [
		{ path: [...at, key], what: 'needs', key, because }
	];
	const choose = (...keys: readonly string[]): readonly Finding[] => [{ path: at, what: 'choose-one', keys }];
	switch (body.kind) {
		case 'deduplicate':
			return body.value?.keep === 'last' && !body.value.order ? needs('order', 'keep: last') : [];
		case 'fill': {
			const { with: method, value, order } = body.value;
			if (method === 'constant' && value === undefined) return needs('value', 'with: constant');
			return (method === 'previous' || method === 'next') && !order ? needs('order', `with: ${method}`) : [];
		}
		case 'split': {
			const { by, pattern, into, rows } = body.value;
			if (by !== undefined && pattern !== undefined) return choose('by', 'pattern');
			if ((into === undefined) === (rows !== true)) return choose('into', 'rows: true');
			return into && by === undefined && pattern === undefined ? choose('by', 'pattern') : [];
		}
		case 'aggregate':
			return body.value.by || body.value.columns ? [] : choose('by', 'columns');
		case 'sample':
			return (body.value.rows === undefined) === (body.value.fraction === undefined) ? choose('rows', 'fraction') : [];
		case 'window':
			return body.value.frame && !body.value.order ? needs('order', 'frame') : [];
		case 'javascript':
			return functionFindings(body.value, path);
		default:
			return [];
	}
}
