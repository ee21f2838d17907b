// Values as YAML, to be put into a text that is there: on one line, or on lines of a given indentation.
import { parseDocument, stringify } from 'yaml';
import { err, ok, type Result } from '../result.ts';

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

const WRITTEN = { version: '1.2', lineWidth: 0, flowCollectionPadding: true } as const;

/** On one line, as it may stand among others in brackets and braces. */
export function flowText(value: Plain): string {
	const listed = stringify([value], { ...WRITTEN, collectionStyle: 'flow', flowCollectionPadding: false });
	// The package breaks what is longer than a line; texts in it hold no line breaks, they are escaped.
	const line = listed.trim().replaceAll(/\s*\n\s*/g, ' ');
	return padded(line.slice(1, -1).trim());
}

/** A key with its value as lines without indentation; the last has no line break. Lists of words stay on the line. */
export function pairText(key: string, value: Plain): string {
	const isShort = Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
	if (isShort) return `${key}: ${flowText(value)}`;
	return withoutEnd(stringify({ [key]: value }, { ...WRITTEN, blockQuote: 'literal' }));
}

/** An item of a list of steps, as lines without indentation that begin with a dash. */
export function itemText(value: Plain): string {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return `- ${flowText(value)}`;
	const pairs = Object.entries(value).map(([key, member]) => pairText(key, member));
	return `- ${indented(pairs.join('\n'), '  ', false)}`;
}

/** Every line that is not empty, or every one but the first. */
export function indented(lines: string, indent: string, isFirstToo: boolean): string {
	return lines
		.split('\n')
		.map((line, index) => (line === '' || (index === 0 && !isFirstToo) ? line : indent + line))
		.join('\n');
}

/** `{ a: 1 }` but `[a, b]`, as people write them. */
function padded(text: string): string {
	return text.startsWith('{') && text !== '{}' ? `{ ${text.slice(1, -1)} }` : text;
}

function withoutEnd(text: string): string {
	return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** A value as somebody writes it into a field: `[a, b]`, `{ a: 1 }`, `12`. */
export function parseValue(text: string): Result<Plain, { readonly kind: 'not-yaml' }> {
	const document = parseDocument(text, { version: '1.2' });
	return document.errors.length > 0 ? err({ kind: 'not-yaml' }) : ok(document.toJS() as Plain);
}
