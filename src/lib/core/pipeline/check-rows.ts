// What can be wrong with recipe steps, or a user function, that stand in the text of a pipeline.
import { parseUserFunction } from '../script/parse-user-function.ts';
import { readRecipe } from '../transform/parse-recipe.ts';
import type { TransformRows } from './pipeline.ts';
import { nearestOf, type Unplaced } from './problem.ts';
import { sqlReferences } from './references.ts';
import type { Path } from '../document/yaml-text.ts';

type Found = { readonly at: Path; readonly problem: Unplaced; readonly position?: number | undefined };

export function rowsProblems(
	rows: TransformRows,
	given: Readonly<Record<string, unknown>>,
	path: Path,
	scope: readonly string[]
): readonly Found[] {
	if (rows.kind === 'function') {
		const fn = parseUserFunction(given['function']);
		if (fn.ok) return [];
		const at = [...path, 'function', ...fn.error.path.split('.').filter((key) => key !== '')];
		return [{ at, problem: { code: 'bad-function', expected: fn.error.expected } }];
	}
	if (rows.kind !== 'steps') return [];
	const references = referenceProblems(rows.steps, [...path, 'steps'], scope);
	if (references.length > 0) return references;
	const { findings } = readRecipe({ input: rows.input || 'input', steps: marked(rows.steps) });
	return findings.map(({ path: inside, offset, ...facts }) => ({
		at: [...path, ...inside],
		position: offset,
		problem: { code: 'recipe-step', problem: facts }
	}));
}

/** References of a text are values: for the recipe's own check zeros of the same length. */
function marked(value: unknown): unknown {
	if (typeof value === 'string') return value.replace(/\$\{\{.*?\}\}/gs, (all) => '0'.padEnd(all.length));
	if (Array.isArray(value)) return value.map(marked);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner)]));
}

function referenceProblems(value: unknown, at: Path, scope: readonly string[]): readonly Found[] {
	if (typeof value === 'string') {
		const found = sqlReferences(value);
		if (!found.ok) {
			const { position, ...problem } = found.error;
			const isUnknown = problem.code === 'unknown-reference';
			return [{ at, position, problem: isUnknown ? { ...problem, nearest: null } : problem }];
		}
		return found.value
			.filter(({ name }) => !scope.includes(name) && !(scope.includes('item.*') && name.startsWith('item.')))
			.map(({ name, start }) => ({
				at,
				position: start,
				problem: { code: 'unknown-reference', name, nearest: nearestOf(name, scope) }
			}));
	}
	if (typeof value !== 'object' || value === null) return [];
	const isList = Array.isArray(value);
	return Object.entries(value).flatMap(([key, inner]) =>
		referenceProblems(inner, [...at, isList ? Number(key) : key], scope)
	);
}
