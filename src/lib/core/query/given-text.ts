// What a person types into the field of a parameter, and the call, the address and the command that ask with it.
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

/** Of a published query's rows; `path` is of the query. */
export function addressText(path: string, values: Readonly<Record<string, unknown>>): string {
	const pairs = Object.entries(values).flatMap(([name, value]) =>
		(Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
			one === undefined ? [] : [`${name}=${encodeURIComponent(typeof one === 'string' ? one : JSON.stringify(one))}`]
		)
	);
	return `${path}/rows${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

export function curlText(address: string): string {
	return `curl '${address.replaceAll("'", '%27')}'\n`;
}

/** `address` is of the publication, `query` its part of the path. */
export function clientText(address: string, query: string, values: Readonly<Record<string, unknown>>): string {
	const given = Object.entries(values).filter(([, value]) => value !== undefined);
	const members = given.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ');
	const call = `published.ask(${JSON.stringify(query)}${given.length === 0 ? '' : `, { ${members} }`})`;
	return [
		"import { openPublished } from 'weir-client/published';",
		'',
		`const published = openPublished(${JSON.stringify(address)});`,
		`for await (const page of ${call})`,
		'\tif (page.ok) console.table(page.value.rows);',
		''
	].join('\n');
}
