// Edits of a named query's text by a form: what nobody touched, and comments, stay.
import { editList, type Plain } from '../document/edit-list.ts';
import { isMapping } from '../document/text-problem.ts';
import { readYaml } from '../document/yaml-text.ts';
import type { ParameterType } from './named-query.ts';

/** An empty value takes the member away. */
export function editQuery(text: string, key: string, value: Plain): string {
	return editList(text, 'parameters', { kind: 'head', key, value });
}

/** Members of one parameter; null takes a member away, and no members the parameter. */
export function editParameter(text: string, name: string, members: Readonly<Record<string, Plain>> | null): string {
	const all = writtenParameters(text);
	const before = all[name];
	const kept = Object.entries({ ...(isMapping(before) ? before : {}), ...members }).filter(([, one]) => one !== null);
	const after = { ...all, [name]: members === null ? undefined : (Object.fromEntries(kept) as Plain) };
	return editQuery(text, 'parameters', Object.values(after).every((one) => one === undefined) ? null : after);
}

export function setParameterType(text: string, name: string, type: ParameterType, isList: boolean): string {
	// Of another type they mean nothing.
	const rules = { default: null, allowed: null, min: null, max: null };
	return editParameter(text, name, isList ? { type: 'list', of: type, ...rules } : { type, of: null, ...rules });
}

/** As they are written, whether or not they can be read. */
function writtenParameters(text: string): Readonly<Record<string, Plain>> {
	const read = readYaml(text);
	const found = read.ok && isMapping(read.value.value) ? read.value.value['parameters'] : null;
	return isMapping(found) ? (found as Readonly<Record<string, Plain>>) : {};
}

/** A name that no parameter has. */
export function freeParameter(text: string): string {
	const taken = Object.keys(writtenParameters(text));
	for (let number = 1; ; number++) if (!taken.includes(`value${number}`)) return `value${number}`;
}
