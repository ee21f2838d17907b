// The text of recipes: every fault has a place, and comments and meaning survive.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { nearest } from '#core/nearest.ts';
import { recipeJsonSchema, recipeSchema } from '#core/transform/json-schema.ts';
import { parseRecipe } from '#core/transform/parse-recipe.ts';
import { stepKinds } from '#core/transform/step-schemas.ts';
import { problemWords } from '#lib/ui/explain-recipe.ts';

/** Each problem as `line:column words`. */
function faults(text: string): readonly string[] {
	const parsed = parseRecipe(text);
	if (parsed.ok) return [];
	return parsed.error.problems.map((problem) => {
		const { title, next } = problemWords(problem);
		expect(next).not.toBe('');
		return `${problem.line}:${problem.column} ${title} → ${next}`;
	});
}

/** Steps under `input: t`, which begins at line 3. */
const steps = (...lines: readonly string[]): string =>
	`input: t\nsteps:\n${lines.map((line) => `  ${line}\n`).join('')}`;

const malformed: readonly (readonly [string, string, ...string[]])[] = [
	['nothing at all', '', '1:1 Expected input and steps, or sql, found nothing'],
	['a list', '- a\n', '1:1 Expected input and steps, or sql, found a list'],
	['an open bracket', 'input: [a\n', '2:1 This is not YAML'],
	['a tab', 'input: t\nsteps:\n\t- limit: 1\n', '3:1 This is not YAML'],
	['a key twice', 'input: t\ninput: u\n', '2:1 This is not YAML: Map keys must be unique'],
	['an alias without an anchor', 'input: *nobody\n', '1:8 This is not YAML'],
	['two documents', 'input: t\n---\ninput: u\n', '2:1 This is not YAML'],
	['no input', 'steps: []\n', '1:1 input is missing'],
	['an input that is a number', 'input: 3\n', '1:8 Expected a text or keys with values, found 3'],
	['a key slightly wrong', 'inptu: t\ninput: t\n', '1:1 There is no key inptu here → Did you mean input?'],
	['steps that are no list', 'input: t\nsteps: 3\n', '2:8 Expected a list, found 3'],
	['a step that is a text', steps('- filter'), '3:5 Expected a step such as'],
	['a step without a kind', steps('- name: a'), '3:5 This step does not say what it does'],
	['an unknown kind', steps('- fliter: a > 1'), '3:5 There is no key fliter here → Did you mean filter?'],
	['two kinds in one step', steps('- limit: 1', '  sort: [a]'), '4:5 This step is limit and sort at once'],
	['a step name twice', steps('- {limit: 1, name: a}', '- {limit: 2, name: A}'), '4:22 Another step is called a'],
	['a name that is a number', steps('- limit: 1', '  name: 3'), '4:11 Expected a text, found 3'],
	[
		'an unknown key of a step',
		steps('- window: {columns: {m: avg(a)}, odrer: [b]}'),
		'3:36 There is no key odrer here → Did you mean order?'
	],
	['a missing key', steps('- join: {with: u}'), '3:5 on is missing → Add on.'],
	['an empty list', steps('- select: []'), '3:13 Expected at least one entry'],
	['a misspelt choice', steps('- fill: {columns: [a], with: lats}'), '3:32 Expected "constant" or "previous"'],
	['half a row', steps('- sample: {rows: 1.5}'), '3:20 Expected a whole number, found 1.5'],
	['a fraction over one', steps('- sample: {fraction: 2}'), '3:24 Expected <=1, found 2'],
	['rows and a fraction', steps('- sample: {rows: 1, fraction: 0.5}'), '3:5 One of rows and fraction is needed'],
	[
		'previous without an order',
		steps('- fill: {columns: [a], with: previous}'),
		'3:5 with: previous needs order → Add order.'
	],
	['a constant without a value', steps('- fill: {columns: [a], with: constant}'), '3:5 with: constant needs value'],
	['last without an order', steps('- deduplicate: {by: [a], keep: last}'), '3:5 keep: last needs order'],
	['a frame without an order', steps('- window: {columns: {m: avg(a)}, frame: {last: 3}}'), '3:5 frame needs order'],
	['a split into nothing', steps('- split: {column: a, by: ","}'), '3:5 One of into and rows: true is needed'],
	['an aggregate of nothing', steps('- aggregate: {}'), '3:5 One of by and columns is needed'],
	['an expression with an open bracket', steps('- filter: a > (b'), '3:17 A bracket has no partner'],
	['an expression that closes too much', steps('- derive: {x: "a) from t"}'), '3:19 A bracket has no partner'],
	[
		'an expression that ends the statement',
		steps('- filter: a > 1; drop table t'),
		'3:18 A semicolon ends the statement here'
	],
	['an expression of a comment alone', steps('- derive: {x: "-- nothing"}'), '3:17 There is no expression here'],
	['a fault in a block of SQL', steps('- sql: |', '    select a', '    from (input'), '5:12 A bracket has no partner'],
	[
		'a misspelt key of an order',
		steps('- sort: [{colum: a}]'),
		'3:12 column is missing',
		'3:13 There is no key colum here → Did you mean column?'
	],
	['SQL and steps at once', 'input: t\nsql: select 1\n', '2:1 There is no key sql here'],
	[
		'several faults at once',
		steps('- limit: x', '- join: {}'),
		'3:12 Expected a number or keys with values, found "x"',
		'4:5 with is missing',
		'4:5 on is missing'
	]
];

describe('a malformed text', () => {
	test.each(malformed)('%s: told with line and column, and what next', (_name, text, ...expected) => {
		const found = faults(text);
		expect(found.map((one, at) => one.slice(0, expected[at]?.length))).toEqual(expected);
	});
});

test('disabled steps, null steps and SQL alone are recipes', () => {
	expect(faults('input: t\n')).toEqual([]);
	expect(faults('input: t\nsteps:\n')).toEqual([]);
	expect(faults('sql: select 1\n')).toEqual([]);
	expect(
		faults(steps('- deduplicate:', '- cast: {columns: {a: INT}, misfits: null}', '- {limit: 1, disabled: true}'))
	).toEqual([]);
});

test('a text that names itself without end is refused', () => {
	const bomb = [
		'a: &a [x]',
		...Array.from('bcdefgh').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[at]}`).join(', ')}]`)
	];
	expect(faults(bomb.join('\n'))[0]).toContain('This is not YAML');
});

test('what the parser takes and refuses, the published schema does too', () => {
	const path = join(import.meta.dirname, '../../static/schemas/recipe.json');
	const published = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as unknown) : null;
	expect(published).toEqual(JSON.parse(JSON.stringify(recipeJsonSchema())));
	const accepts = (value: unknown): boolean => v.is(recipeSchema, value);
	expect(accepts({ input: 't', steps: [{ filter: 'a' }, { deduplicate: null }, { limit: 1, disabled: true }] })).toBe(
		true
	);
	expect(accepts({ input: 't', steps: [{ fliter: 'a' }] })).toBe(false);
	expect(accepts({ input: 't', steps: [{ limit: 1, sort: ['a'] }] })).toBe(false);
	expect(accepts({ sql: 'select 1' })).toBe(true);
	const text = JSON.stringify(published);
	for (const kind of stepKinds) expect(text).toContain(`"${kind}"`);
});

test('the nearest word is one that a slip of the hand makes', () => {
	expect(nearest('dealy', ['delay', 'day'])).toBe('delay');
	expect(nearest('ORIGN', ['origin', 'destination'])).toBe('origin');
	expect(nearest('price', ['delay', 'origin'])).toBeNull();
	expect(nearest('x', [])).toBeNull();
});
