// A user function as it comes from a script or a text: checked, with what was left out filled in.
import * as v from 'valibot';
import { err, ok, type Result } from '../result.ts';
import { outputChannel } from './channel.ts';
import {
	DEFAULT_LIMITS,
	functionLanguages,
	functionModes,
	MAX_LIMITS,
	MIN_MEMORY_BYTES,
	type UserFunction
} from './user-function.ts';

export type InvalidFunction = {
	readonly kind: 'invalid-function';
	/** Such as `outputs.total`; empty for the whole. */
	readonly path: string;
	readonly expected: string;
};

const rows = v.array(v.record(v.string(), v.unknown(), 'an object'), 'a list of rows');

const schema = v.strictObject({
	code: v.string('JavaScript or TypeScript as a text'),
	language: v.optional(v.picklist(functionLanguages, functionLanguages.join(' or ')), 'javascript'),
	mode: v.optional(v.picklist(functionModes, functionModes.join(' or ')), 'row'),
	inputs: v.optional(v.nullable(v.array(v.string('a column name'), 'a list of column names')), null),
	outputs: v.record(v.string(), v.string('a DuckDB type'), 'column names and their types'),
	limits: v.optional(
		v.strictObject({
			timeoutMs: v.optional(
				v.pipe(
					v.number('milliseconds'),
					v.minValue(1),
					v.maxValue(MAX_LIMITS.timeoutMs, `at most ${MAX_LIMITS.timeoutMs}`)
				),
				DEFAULT_LIMITS.timeoutMs
			),
			memoryBytes: v.optional(
				v.pipe(
					v.number('bytes'),
					v.minValue(MIN_MEMORY_BYTES, `at least ${MIN_MEMORY_BYTES}`),
					v.maxValue(MAX_LIMITS.memoryBytes, `at most ${MAX_LIMITS.memoryBytes}`)
				),
				DEFAULT_LIMITS.memoryBytes
			)
		}),
		DEFAULT_LIMITS
	),
	tests: v.optional(v.array(v.strictObject({ name: v.optional(v.string(), ''), rows, expect: rows })), [])
});

/** `outputs` maps column names to DuckDB types. Fails: invalid-function */
export function parseUserFunction(given: unknown): Result<UserFunction, InvalidFunction> {
	const parsed = v.safeParse(schema, given);
	if (!parsed.success) {
		const [issue] = parsed.issues;
		return err({ kind: 'invalid-function', path: v.getDotPath(issue) ?? '', expected: issue.message });
	}
	const { outputs, tests, ...rest } = parsed.output;
	const columns = Object.entries(outputs).map(([name, type]) => ({ name, type: type.trim().toUpperCase() }));
	if (columns.length === 0) return err({ kind: 'invalid-function', path: 'outputs', expected: 'at least one column' });
	const unknown = columns.find(({ type }) => outputChannel(type) === null);
	if (unknown) {
		const expected = 'a type such as DOUBLE, BIGINT, VARCHAR, BOOLEAN, DATE, TIMESTAMP, JSON or DOUBLE[]';
		return err({ kind: 'invalid-function', path: `outputs.${unknown.name}`, expected });
	}
	const named = tests.map((test, index) => ({ ...test, name: test.name || `test ${index + 1}` }));
	return ok({ ...rest, outputs: columns, tests: named });
}
