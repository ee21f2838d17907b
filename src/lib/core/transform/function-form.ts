// A function step as a form has it, and back again. Its tests are lists of rows, which no form shows: they go through as they are.
import type { Plain } from '../document/edit-list.ts';
import type { FunctionStep } from './function-step.ts';

type FunctionForm = Readonly<Record<string, string | readonly string[] | readonly (readonly [string, string])[]>>;

const MEGABYTE = 1024 * 1024;

export function functionForm({ code, outputs, inputs, mode, language, limits, tests }: FunctionStep): FunctionForm {
	const { timeoutMs, memoryBytes } = limits ?? {};
	return {
		code,
		outputs: Object.entries(outputs),
		inputs: inputs ?? [],
		// Nothing is all columns in a form, and a function that is given none is told apart from it.
		rest: JSON.stringify({ ...(tests ? { tests } : {}), ...(inputs?.length === 0 ? { inputs } : {}) }),
		mode: mode ?? 'row',
		language: language ?? 'javascript',
		seconds: timeoutMs === undefined ? '' : String(timeoutMs / 1000),
		megabytes: memoryBytes === undefined ? '' : String(memoryBytes / MEGABYTE)
	};
}

export function functionPlain(form: {
	readonly code: string;
	readonly outputs: Readonly<Record<string, Plain>>;
	readonly inputs: readonly string[] | undefined;
	readonly mode: string | undefined;
	readonly language: string | undefined;
	readonly seconds: number | undefined;
	readonly megabytes: number | undefined;
	/** As `functionForm` gave it. */
	readonly rest: string;
}): Plain {
	const { code, outputs, inputs, mode, language, seconds, megabytes, rest } = form;
	const kept = JSON.parse(rest === '' ? '{}' : rest) as { readonly tests?: Plain; readonly inputs?: Plain };
	const limits = {
		timeoutMs: seconds === undefined ? undefined : seconds * 1000,
		memoryBytes: megabytes === undefined ? undefined : megabytes * MEGABYTE
	};
	const isLimited = seconds !== undefined || megabytes !== undefined;
	return {
		code,
		outputs,
		inputs: inputs ?? kept.inputs,
		mode,
		language,
		limits: isLimited ? limits : undefined,
		tests: kept.tests
	};
}
