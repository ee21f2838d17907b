// What a person types into the field of a parameter, and the call that asks with it.
import type { Parameter, ParameterValue } from './named-query.ts';

/** A list is written with a line for each element. Undefined leaves the parameter out. */
export function givenOf({ isList, type, default: usual }: Parameter, written: string): unknown {
	if (isList) {
		const lines = written.split('\n').filter((line) => line !== '');
		return lines.length === 0 && usual === null ? undefined : lines;
	}
	return written === '' && (type !== 'text' || usual === null) ? undefined : written;
}

export function writtenOf(value: ParameterValue): string {
	if (value === null) return '';
	return typeof value === 'string' ? value : value.join('\n');
}

export function callText(name: string, values: Readonly<Record<string, unknown>>): string {
	const given = Object.entries(values).filter(([, value]) => value !== undefined);
	const members = given.map(([key, value]) => `\t${key}: ${JSON.stringify(value)}`).join(',\n');
	const argument = given.length === 0 ? '' : `, {\n${members}\n}`;
	const call = `await weir.streamQuery(${JSON.stringify(name)}${argument})`;
	return `const answer = ${call};\nfor await (const { rows } of answer.value) console.table(rows);\n`;
}
