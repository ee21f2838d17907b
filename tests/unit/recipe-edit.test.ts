// Cards and text are two views of one recipe: an edit on a card changes what it says, and nothing else that somebody wrote.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editRecipe } from '#core/transform/edit-recipe.ts';
import { parseRecipe } from '#core/transform/parse-recipe.ts';
import type { Recipe } from '#core/transform/recipe.ts';
import { sampleRecipe } from '#core/transform/sample-recipe.ts';
import { emptySteps, fromForm, toForm } from '#core/transform/step-form.ts';
import { stepKinds, type StepKind } from '#core/transform/step-schemas.ts';

function recipeOf(text: string): Recipe {
	const parsed = parseRecipe(text);
	if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.error.problems)}\n${text}`);
	return parsed.value.recipe;
}

const meaning = ({ steps }: Recipe) => steps.map(({ index: _index, ...step }) => step);

/** Spellings of every kind of step, short and long. */
const spellings: readonly string[] = [
	'select: [a, b]',
	'select: { except: [a] }',
	'rename: { a: b, "c d": "e: f" }',
	'cast: { columns: { a: "DECIMAL(18,2)" }, misfits: null }',
	'cast: { columns: { a: DATE } }',
	'derive: { x: a + 1, "größe": "b || \': \'" }',
	"filter: a > 1 AND b <> '#'",
	'deduplicate:',
	'deduplicate: { by: [a], keep: last, order: [b desc nulls first] }',
	'fill: { columns: [a], with: previous, by: [g], order: [{ column: "t desc" }] }',
	'fill: { columns: [a], with: constant, value: 0 }',
	'split: { column: a, by: ";", into: [x, y], keep: true }',
	'split: { column: a, rows: true }',
	'join: { with: u@v2, on: [a, b], kind: inner, expect: many-to-one }',
	'join: { with: u, on: { a: c }, columns: [d], suffix: _u }',
	'union: u',
	'union: { with: [u, w], distinct: true }',
	'aggregate: { by: [a], columns: { n: count(*) } }',
	'pivot: { on: a, in: [1, x, true], value: sum(b), by: [c] }',
	'unpivot: { columns: [a, b], nulls: true }',
	'window: { columns: { m: avg(a) }, by: [g], order: [t], frame: { last: 3 } }',
	'window: { columns: { m: avg(a) }, order: [t], frame: { rows: [unbounded, 2] } }',
	'window: { columns: { m: sum(a) OVER w }, order: [t], frame: { range: 3 days } }',
	'sample: { fraction: 0.25, seed: 7 }',
	'sort: [a, b desc]',
	'limit: 10',
	'limit: { rows: 10, offset: 5 }',
	'sql: "select * from input -- all"',
	'javascript: { code: "export default ({ a }) => a", outputs: { b: DOUBLE } }',
	'javascript: { code: "export default () => 1", outputs: { b: INTEGER, c: "DECIMAL(18,2)" }, inputs: [], mode: batch, language: typescript }',
	'javascript: { code: "export default ({ a }) => a", outputs: { b: DOUBLE }, inputs: [a], limits: { timeoutMs: 1500 }, tests: [{ rows: [{ a: 1 }], expect: [{ b: 1 }] }] }'
];

test.each(spellings)('the form of %s says the same', (spelling) => {
	const [step] = recipeOf(`input: t\nsteps:\n  - ${spelling}\n`).steps;
	if (!step) throw new Error('no step');
	const again = editRecipe('input: t\nsteps: []\n', {
		kind: 'add',
		at: 0,
		step: step.kind,
		value: fromForm(step.kind, toForm(step))
	});
	const [other] = recipeOf(again).steps;
	if (!other) throw new Error('no step');
	expect(toForm(other)).toEqual(toForm(step));
});

test('every new step is a step, and its form too', () => {
	for (const kind of stepKinds) {
		const text = editRecipe('input: t\n', { kind: 'add', at: 0, step: kind, value: emptySteps[kind] });
		expect(recipeOf(text).steps[0]?.kind).toBe(kind);
	}
});

const comments = (text: string): readonly string[] =>
	[...text.matchAll(/# c\d+$/gm)].map(([comment]) => comment).sort();

/** A recipe with comments before and behind its steps and at its head and foot. */
const written = fc
	.array(fc.tuple(fc.constantFrom(...spellings), fc.nat(3)), { minLength: 1, maxLength: 6 })
	.map((parts) => {
		let number = 0;
		const comment = (): string => `# c${number++}`;
		const steps = parts.map(([spelling, where]) => {
			const before = where % 2 === 1 ? `  ${comment()}\n` : '';
			const behind = where > 1 && !spelling.endsWith(':') ? ` ${comment()}` : '';
			return `${before}  - ${spelling}${behind}\n`;
		});
		return `${comment()}\ninput: t ${comment()}\nsteps:\n${steps.join('')}${comment()}\n`;
	});

test('whatever a card does, the other steps keep their meaning and every comment its place in the text', () => {
	fc.assert(
		fc.property(written, fc.nat(), fc.nat(), fc.constantFrom<StepKind>(...stepKinds), (text, one, other, kind) => {
			const before = meaning(recipeOf(text));
			const at = one % before.length;
			const to = other % before.length;
			const step = before[at];
			if (!step) throw new Error('no step');
			const same = (edited: string): void => expect(comments(edited)).toEqual(comments(text));

			const added = editRecipe(text, { kind: 'add', at, step: kind, value: emptySteps[kind] });
			expect(meaning(recipeOf(added)).toSpliced(at, 1)).toEqual(before);
			same(added);

			const moved = editRecipe(text, { kind: 'move', at, to });
			expect(meaning(recipeOf(moved))).toEqual(before.toSpliced(at, 1).toSpliced(to, 0, step));
			same(moved);

			const disabled = editRecipe(text, { kind: 'disable', at, isDisabled: true });
			expect(meaning(recipeOf(disabled))).toEqual(before.with(at, { ...step, isDisabled: true }));
			same(disabled);
			expect(meaning(recipeOf(editRecipe(disabled, { kind: 'disable', at, isDisabled: false })))).toEqual(before);

			const changed = editRecipe(text, {
				kind: 'change',
				at,
				step: step.kind,
				value: fromForm(step.kind, toForm(step))
			});
			expect(meaning(recipeOf(changed)).toSpliced(at, 1)).toEqual(before.toSpliced(at, 1));
			same(changed);

			const copied = editRecipe(text, { kind: 'duplicate', at });
			expect(meaning(recipeOf(copied))).toEqual(before.toSpliced(at, 0, step));
			const removed = editRecipe(text, { kind: 'remove', at });
			expect(meaning(recipeOf(removed))).toEqual(before.toSpliced(at, 1));
		}),
		{ numRuns: 80 }
	);
});

test('an edit inside a step leaves the comments beside its other keys', () => {
	const [step] = recipeOf(sampleRecipe.text).steps;
	if (step?.kind !== 'window') throw new Error('no window');
	const value = fromForm('window', { ...toForm(step), by: ['symbol', 'year'] });
	const edited = editRecipe(sampleRecipe.text, { kind: 'change', at: 0, step: 'window', value });
	expect(edited).toBe(sampleRecipe.text.replace('[ symbol ]\n      order', '[ symbol, year ]\n      order'));
});

test('the head of a recipe is edited in its place', () => {
	const text = 'input: t # mine\nsteps: []\n';
	expect(editRecipe(text, { kind: 'head', key: 'input', value: 'u' })).toBe('input: u # mine\nsteps: []\n');
	const named = editRecipe(text, { kind: 'head', key: 'output', value: 'o' });
	expect(recipeOf(named).output).toBe('o');
	expect(recipeOf(editRecipe(named, { kind: 'head', key: 'output', value: '' })).output).toBeNull();
});
