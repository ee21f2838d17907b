// Edits of a report's text block by block: pieces of the text change, and everything else, comments too, stays as it is.
import { isMap, parseDocument } from 'yaml';
import { fieldsOfEntries, type Field } from '../pipeline/edit-fields.ts';
import { removeKey, setKey } from '../pipeline/edit-splices.ts';
import { pairText, type Plain } from '../pipeline/edit-values.ts';
import { yamlBlocks, type YamlBlockKind } from './block-schemas.ts';
import type { Block, Report } from './report.ts';

/** `at` and `to` are places among the blocks of the report. */
export type BlockEdit =
	/** Null takes the field away. */
	| { readonly kind: 'field'; readonly at: number; readonly key: string; readonly value: Plain }
	/** Prose and queries are texts; a fence stays. */
	| { readonly kind: 'text'; readonly at: number; readonly text: string }
	/** It changes places with the other one. */
	| { readonly kind: 'swap'; readonly at: number; readonly to: number }
	| { readonly kind: 'duplicate' | 'remove'; readonly at: number }
	/** Behind the block; at the end where `at` is null. */
	| { readonly kind: 'add'; readonly at: number | null; readonly text: string };

/** The text after the edit; the same text where there is no such block, or its fields are no YAML. */
export function editReport(text: string, { blocks }: Pick<Report, 'blocks'>, edit: BlockEdit): string {
	if (edit.kind === 'add') {
		const block = edit.at === null ? undefined : blocks[edit.at];
		return addBehind(text, block?.place.to ?? text.length, edit.text);
	}
	const block = blocks[edit.at];
	if (!block) return text;
	const { from, to } = block.place;
	switch (edit.kind) {
		case 'field':
			return withInside(text, block, (inside) => withField(inside, edit.key, edit.value));
		case 'text':
			return block.kind === 'query'
				? withInside(text, block, () => withEnd(edit.text))
				: text.slice(0, from) + edit.text + text.slice(to);
		case 'swap': {
			const other = blocks[edit.to];
			if (!other) return text;
			const [first, second] = [block.place, other.place].sort((one, another) => one.from - another.from);
			if (!first || !second || first.to > second.from) return text;
			return [
				text.slice(0, first.from),
				text.slice(second.from, second.to),
				text.slice(first.to, second.from),
				text.slice(first.from, first.to),
				text.slice(second.to)
			].join('');
		}
		case 'duplicate':
			return addBehind(text, to, copyOf(text.slice(from, to), block, blocks));
		case 'remove': {
			const rest = text.slice(to).replace(/^[ \t]*(?:\r?\n)*/, '');
			const before = text.slice(0, from);
			return rest === '' ? before.replace(/\s+$/, '\n') : before + rest;
		}
	}
}

/** What a form of a block asks for, read from its schema; prose and queries have none. */
export function blockFields(kind: Block['kind']): readonly Field[] {
	return isYamlBlock(kind) ? fieldsOfEntries(yamlBlocks[kind].entries) : [];
}

/** The fields as the text has them. */
export function fieldsIn(text: string, block: Block): Readonly<Record<string, Plain>> {
	const { start, end } = insideOf(text, block);
	const read: unknown = parseDocument(text.slice(start, end), { version: '1.2' }).toJS();
	return typeof read === 'object' && read !== null && !Array.isArray(read) ? (read as Record<string, Plain>) : {};
}

/** Of prose and queries, what a person edits. */
export function textIn(text: string, block: Block): string {
	if (block.kind === 'query') return block.sql;
	return text.slice(block.place.from, block.place.to);
}

function isYamlBlock(kind: Block['kind']): kind is YamlBlockKind {
	return kind !== 'prose' && kind !== 'query';
}

/** Between the line of the fence and the line that closes it, if there is one. */
function insideOf(text: string, { place: { from, to } }: Block): { readonly start: number; readonly end: number } {
	const first = text.indexOf('\n', from);
	if (first < 0 || first >= to) return { start: to, end: to };
	const last = text.lastIndexOf('\n', to - 1);
	const isClosed = last > first - 1 && /^[ \t]*(?:`{3,}|~{3,})[ \t]*$/.test(text.slice(last + 1, to));
	return { start: first + 1, end: isClosed ? last + 1 : to };
}

function withInside(text: string, block: Block, change: (inside: string) => string): string {
	const { start, end } = insideOf(text, block);
	const inside = text.slice(start, end);
	const changed = change(inside);
	// A fence whose line is the last of the text has nothing inside yet.
	const isOpen = start > 0 && text[start - 1] !== '\n' && changed !== inside;
	return text.slice(0, start) + (isOpen ? '\n' : '') + changed + text.slice(end);
}

function withField(inside: string, key: string, value: Plain): string {
	const document = parseDocument(inside, { version: '1.2', keepSourceTokens: true });
	if (document.errors.length > 0) return inside;
	const map = document.contents;
	if (!isMap(map) || map.items.length === 0)
		return value === null || map !== null ? inside : `${inside}${withEnd(pairText(key, value))}`;
	if (value === null && !map.has(key)) return inside;
	const splice =
		value === null ? removeKey(inside, map, key) : setKey(inside, map, { key, value, after: keysBefore(key) });
	return splice ? inside.slice(0, splice.from) + splice.insert + inside.slice(splice.to) : inside;
}

/** New keys stand in the order of the schema: behind the nearest that is there. */
function keysBefore(key: string): readonly string[] {
	const holder = Object.values(yamlBlocks).find(({ entries }) => key in entries);
	const keys = Object.keys(holder?.entries ?? {});
	return keys.slice(0, keys.indexOf(key)).toReversed();
}

function addBehind(text: string, at: number, added: string): string {
	const before = text.slice(0, at).trimEnd();
	const after = text.slice(at).replace(/^\s+/, '');
	const block = added.trim();
	return `${before}${before === '' ? '' : '\n\n'}${block}\n${after === '' ? '' : `\n${after}`}`;
}

/** Two blocks may not share a name. */
function copyOf(text: string, block: Block, blocks: readonly Block[]): string {
	if (block.kind !== 'query' && block.kind !== 'input') return text;
	const taken = new Set(blocks.flatMap((one) => ('name' in one ? [one.name.toLowerCase()] : [])));
	const stem = block.name.replace(/_?\d+$/, '');
	let number = 2;
	while (taken.has(`${stem}_${number}`.toLowerCase())) number++;
	return text.replace(block.name, `${stem}_${number}`);
}

function withEnd(text: string): string {
	return text.endsWith('\n') ? text : `${text}\n`;
}
