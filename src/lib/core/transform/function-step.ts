// A step whose rows a function of JavaScript gives: what a text may say of it, and what it is called with.
import * as v from 'valibot';
import { invariant } from '../result.ts';
import { parseUserFunction } from '../script/parse-user-function.ts';
import { functionLanguages, functionModes, type UserFunction } from '../script/user-function.ts';
import { writeName } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import type { Finding, Path } from './problem.ts';

const text = v.pipe(v.string(), v.minLength(1));
const rows = v.array(v.record(v.string(), v.unknown()));

export const functionStepSchema = v.pipe(
	v.strictObject({
		code: v.pipe(text, v.description('A module whose default export is called for each row or batch of rows.')),
		outputs: v.pipe(
			v.record(text, text),
			v.minEntries(1),
			v.description(
				'The columns it gives, with DuckDB types: beside the others of a row, or in the place of those of its name.'
			)
		),
		inputs: v.pipe(v.optional(v.array(text)), v.description('The columns it is given; all, when not said.')),
		mode: v.optional(v.picklist(functionModes)),
		language: v.optional(v.picklist(functionLanguages)),
		limits: v.optional(v.strictObject({ timeoutMs: v.optional(v.number()), memoryBytes: v.optional(v.number()) })),
		tests: v.pipe(
			v.optional(v.array(v.strictObject({ name: v.optional(v.string()), rows, expect: rows }))),
			v.description('Rows that go in, and those that must come out; they are run before the recipe is.')
		)
	}),
	v.description('JavaScript or TypeScript over the rows before, without network, storage or clock.')
);

export type FunctionStep = v.InferOutput<typeof functionStepSchema>;

/** `path` is the step's. */
export function functionFindings(step: FunctionStep, path: Path): readonly Finding[] {
	const parsed = parseUserFunction(step);
	if (parsed.ok) return [];
	const { path: within, expected } = parsed.error;
	const [key = '', ...rest] = within.split('.');
	const at = [key, rest.join('.')].filter((part) => part !== '');
	const found = at.reduce<unknown>((value, part) => (value as Readonly<Record<string, unknown>>)[part], step);
	return [{ path: [...path, 'javascript', ...at], what: 'wrong-value', expected, found: String(found) }];
}

export function functionOf(step: FunctionStep): UserFunction {
	const parsed = parseUserFunction(step);
	invariant(parsed.ok, 'a function step that was read is a function');
	return parsed.value;
}

/** The step as a SELECT that calls it: what lineage reads. No engine can run it. */
export function calledSql(fn: UserFunction, columns: readonly Column[], from: string): string {
	const given = (fn.inputs ?? columns.map(({ name }) => name)).map(writeName).join(', ');
	const call = ({ name }: Column): string => `${CALLED}(${given}) AS ${writeName(name)}`;
	if (fn.mode === 'batch') return `SELECT ${fn.outputs.map(call).join(', ')}\nFROM ${from}`;
	const isThere = (name: string): boolean => columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
	const replaced = fn.outputs.filter(({ name }) => isThere(name)).map(call);
	const added = fn.outputs.filter(({ name }) => !isThere(name)).map(call);
	const star = `*${replaced.length > 0 ? ` REPLACE (${replaced.join(', ')})` : ''}`;
	return `SELECT ${[star, ...added].join(', ')}\nFROM ${from}`;
}

/** What `calledSql` calls a function. */
export const CALLED = 'javascript';
