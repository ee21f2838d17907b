// The script worker's verbs over the machine: what fails in a user function is a value, and the next call begins anew.
import { transfer } from 'comlink';
import { outputChannel, type OutputChannel } from '#core/script/channel.ts';
import type { FunctionTest, FunctionTestOutcome, ScriptFailure, UserFunction } from '#core/script/user-function.ts';
import { err, invariant, ok, type Result } from '#core/result.ts';
import type { Column } from '#core/version/version.ts';
import type { ScriptApi } from './api.ts';
import { arrowOf, columnsOfRows, machineColumns, rowsOf } from './columns.ts';
import { Machines, type MachineAnswer, type MachineBatch } from './machine.ts';
import { mayAnswerQuick, type CalledRow } from './harness.ts';
import { inlineRow } from './inline-row.ts';
import { spreadRow } from './spread-row.ts';

export function createScript(): ScriptApi {
	const machines = new Machines();
	return {
		call: async (fn, arrow, startRow) => {
			const { rowCount, columns } = machineColumns(arrow);
			const called = await call(machines, fn, { columns, rowCount, startRow });
			if (!called.ok) return called;
			const given = arrowOf(called.value, outputsOf(fn.outputs));
			return transfer(ok({ rowCount: called.value.rowCount, arrow: given }), [given.buffer]);
		},
		test: async (fn) => {
			const code = await plainCode(fn);
			if (!code.ok) return code;
			const read = await machines.read(code.value, fn.limits);
			if (!read.ok) return read;
			const outcomes: FunctionTestOutcome[] = [];
			for (const test of fn.tests) outcomes.push(await runTest(machines, fn, test));
			return ok(outcomes);
		}
	};
}

type Given = Pick<MachineBatch, 'columns' | 'rowCount' | 'startRow'>;

async function call(machines: Machines, fn: UserFunction, given: Given): Promise<Result<MachineAnswer, ScriptFailure>> {
	const code = await plainCode(fn);
	if (!code.ok) return code;
	const outputs = outputsOf(fn.outputs);
	const names = given.columns.map(({ name }) => name);
	const callAs = (text: string, called: CalledRow): Promise<Result<MachineAnswer, ScriptFailure>> =>
		machines.call(text, fn.limits, { mode: fn.mode, outputs, called, ...given });
	const inlined = fn.mode === 'row' && outputs.length === 1 ? inlineRow(code.value, names) : null;
	if (inlined) {
		const looped = await callAs(inlined.code, { by: 'loop', names: inlined.names });
		if (looped.ok || looped.error.kind === 'script-timeout') return looped;
	}
	const spread = fn.mode === 'row' ? spreadRow(code.value, names) : null;
	const callRows = (isQuick: boolean): Promise<Result<MachineAnswer, ScriptFailure>> => {
		if (!spread) return callAs(code.value, { by: 'row', isQuick });
		return callAs(spread.code, { by: 'cells', names: spread.names, isNumbered: spread.isNumbered, isQuick });
	};
	if (!mayAnswerQuick(code.value)) return callRows(false);
	const quick = await callRows(true);
	return quick.ok || quick.error.kind === 'script-timeout' || fn.mode === 'batch' ? quick : callRows(false);
}

async function runTest(
	machines: Machines,
	fn: UserFunction,
	{ name, rows, expect }: FunctionTest
): Promise<FunctionTestOutcome> {
	const called = await call(machines, fn, { columns: columnsOfRows(rows), rowCount: rows.length, startRow: 0 });
	if (!called.ok) return { name, passed: false, got: null, failure: called.error };
	const got = rowsOf(called.value, outputsOf(fn.outputs));
	return { name, passed: isSame(got, expect), got, failure: null };
}

/** Types that a function cannot give are refused before it comes here. */
function outputsOf(outputs: readonly Column[]): readonly (OutputChannel & Column)[] {
	return outputs.map((column) => {
		const channel = outputChannel(column.type);
		invariant(channel, `a function gives values of ${column.type}`);
		return { ...column, ...channel };
	});
}

/** JavaScript of the same lines: types are taken out and leave blanks. */
async function plainCode({ code, language }: UserFunction): Promise<Result<string, ScriptFailure>> {
	if (language === 'javascript') return ok(code);
	const { transform } = await import('sucrase');
	try {
		return ok(transform(code, { transforms: ['typescript'], disableESTransforms: true }).code);
	} catch (error) {
		// Sucrase ends its message with the place, and tells it apart.
		const place = error instanceof Error && 'loc' in error ? (error.loc as { line?: number; column?: number }) : {};
		const message =
			error instanceof Error
				? error.message.replace(/ \(\d+:\d+\)$/, '').replace(/^Error transforming \S+: /, '')
				: String(error);
		return err({
			kind: 'script-error',
			stage: 'syntax',
			message,
			line: place.line ?? null,
			column: place.column ?? null,
			row: null
		});
	}
}

/** By value; a number in a test may differ in its last digits. */
function isSame(one: unknown, other: unknown): boolean {
	if (typeof one === 'number' && typeof other === 'number') {
		return Object.is(one, other) || Math.abs(one - other) <= 1e-12 * Math.max(Math.abs(one), Math.abs(other));
	}
	if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') return one === other;
	const names = new Set([...Object.keys(one), ...Object.keys(other)]);
	return (
		Array.isArray(one) === Array.isArray(other) &&
		[...names].every((name) => isSame(Reflect.get(one, name) ?? null, Reflect.get(other, name) ?? null))
	);
}
