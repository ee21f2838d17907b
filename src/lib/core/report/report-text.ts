// Writes pieces of a report's text: its head, fenced blocks, and numbers in prose.
import { quoteName } from '../sql/quote.ts';

/** Values of YAML; what is undefined is left out. */
export type Fields = Readonly<
	Record<
		string,
		string | number | boolean | readonly string[] | readonly Readonly<Record<string, string | number>>[] | undefined
	>
>;

export function writeHead(fields: Fields): string {
	return `---\n${fieldLines(fields).join('\n')}\n---\n`;
}

/** `fence` is what stands behind the marks, such as `chart` or `input city`. */
export function writeBlock(fence: string, fields: Fields): string {
	return fenced(fence, fieldLines(fields).join('\n'));
}

export function writeQuery(name: string, sql: string): string {
	return fenced(`sql ${name}`, sql);
}

/** The marks are longer than any that the text holds. */
export function fenced(info: string, text: string): string {
	const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map(({ length }) => length));
	const marks = '`'.repeat(longest + 1);
	return `${marks}${info}\n${text}\n${marks}\n`;
}

/** `{{ avg(sales.price) | ,.2f }}`; without an aggregate, the first row's cell. */
export function writeValue(
	aggregate: string | null,
	from: string,
	column: string | null,
	format: string | null
): string {
	const inside = [from, ...(column === null ? [] : [column])].map((name) =>
		/[\s."()@]/.test(name) ? quoteName(name) : name
	);
	const told = inside.join('.');
	const measured = aggregate === null ? told : `${aggregate}(${told})`;
	return format === null ? `{{ ${measured} }}` : `{{ ${measured} | ${format} }}`;
}

/** A column as a measure names it. */
export function writeColumn(column: string): string {
	return /[()"]/.test(column) ? quoteName(column) : column;
}

/** Text of Markdown that is read as that text. */
export function writeProse(text: string): string {
	return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>{}|#~]/g, (mark) => `\\${mark}`);
}

function fieldLines(fields: Fields): readonly string[] {
	return Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${written(value)}`]));
}

function written(value: Exclude<Fields[string], undefined>): string {
	if (typeof value === 'string') return yamlText(value);
	if (typeof value !== 'object') return String(value);
	const items = value.map((item) =>
		typeof item === 'string'
			? yamlText(item, true)
			: `{ ${Object.entries(item)
					.map(([key, one]) => `${key}: ${typeof one === 'string' ? yamlText(one, true) : one}`)
					.join(', ')} }`
	);
	return items.some((item) => item.startsWith('{'))
		? items.map((item) => `\n  - ${item}`).join('')
		: `[${items.join(', ')}]`;
}

/** A text that YAML reads as that text. */
function yamlText(text: string, isInFlow = false): string {
	return /^[A-Za-z_][\w ().-]*$/.test(text) &&
		!/^(true|false|null|yes|no|on|off|y|n)$/i.test(text) &&
		!text.endsWith(' ') &&
		!(isInFlow && text.includes('-'))
		? text
		: JSON.stringify(text);
}
