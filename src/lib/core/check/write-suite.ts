// A suite as its text, for suites that were not written by a person.
import { stringify } from 'yaml';
import { usualName } from './parse-suite.ts';
import type { Check, Suite } from './suite.ts';

export type WrittenCheck = Pick<Check, 'expectation' | 'kwargs'> &
	Partial<Omit<Check, 'expectation' | 'kwargs' | 'index' | 'line'>>;

export type WrittenSuite = Pick<Suite, 'description' | 'dataset' | 'key'> & {
	readonly checks: readonly WrittenCheck[];
};

/** What is as usual is left out. */
export function writeSuite({ description, dataset, key, checks }: WrittenSuite): string {
	const head = {
		...(description === null ? {} : { description }),
		...(dataset === null ? {} : { dataset }),
		...(key === null ? {} : { key })
	};
	const taken = new Set<string>();
	return stringify({ ...head, checks: checks.map((check) => writeCheck(check, taken)) }, { lineWidth: 120 });
}

function freeName(name: string, taken: Set<string>): string {
	let free = name;
	for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${name} (${number})`;
	taken.add(free.toLowerCase());
	return free;
}

function writeCheck(check: WrittenCheck, taken: Set<string>): Readonly<Record<string, unknown>> {
	const { expectation, kwargs, name, severity, description, resultFormat, isDisabled } = check;
	const isNamed = name !== undefined && name !== '' && name !== usualName(check);
	return {
		[expectation]: kwargs,
		...(isNamed ? { name: freeName(name, taken) } : {}),
		...(severity === 'warn' ? { severity } : {}),
		...(description ? { description } : {}),
		...(resultFormat && resultFormat !== 'SUMMARY' ? { result_format: resultFormat } : {}),
		...(isDisabled ? { disabled: true } : {})
	};
}
