// Reads the text of a report: Markdown with fenced blocks, every fault of it with its place.
import type { Code, Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { safeParse } from 'valibot';
import { placeIssue, problemAt } from '../document/place-issue.ts';
import { inOrder, isMapping, typeOf, type Place } from '../document/text-problem.ts';
import { readYaml, type Path, type YamlText } from '../document/yaml-text.ts';
import { err, ok, type Result } from '../result.ts';
import { headSchema, yamlBlocks, type YamlBlockKind } from './block-schemas.ts';
import { lowerBlock } from './lower-block.ts';
import { readProse, type Definitions } from './parse-prose.ts';
import type { InvalidReport, ReportProblem } from './problem.ts';
import type { Block, BlockPlace, Report, ReportLayout } from './report.ts';

const TEXT_MAX_CHARACTERS = 1024 * 1024;
const BLOCKS_MAX = 500;
/** The Markdown package takes time by the square of how deep quotes and lists nest, and then the whole stack. */
const NESTED_MAX = 50;

export function parseReport(text: string): Result<Report, InvalidReport> {
	const start = { line: 1, column: 1, path: '' };
	if (text.length > TEXT_MAX_CHARACTERS)
		return err({ kind: 'invalid-report', problems: [{ ...start, code: 'too-long', limitBytes: TEXT_MAX_CHARACTERS }] });
	const problems: ReportProblem[] = [];
	const { head, body } = splitHead(text);
	const { title, description, layout } = readHead(head, problems);
	const children = nodesOf(body);
	if ('line' in children) return err({ kind: 'invalid-report', problems: [children] });
	const definitions = definitionsIn(children);
	const blocks: Block[] = [];
	const taken = new Set<string>();
	for (const node of children) {
		const place = placeOf(node);
		const fence = node.type === 'code' ? fenceOf(node) : null;
		const block =
			node.type === 'code' && fence
				? readFence(node, fence, place, problems, layout)
				: readMarkdown(node, place, definitions, text, problems);
		if (!block) continue;
		if (block.kind === 'query' || block.kind === 'input') {
			const name = block.name.toLowerCase();
			if (taken.has(name)) problems.push({ ...placeIn(place), path: '', code: 'name-taken', name: block.name });
			taken.add(name);
		}
		blocks.push(block);
	}
	if (blocks.length > BLOCKS_MAX) problems.push({ ...start, code: 'too-many-blocks', limit: BLOCKS_MAX });
	if (problems.length > 0) return err({ kind: 'invalid-report', problems: inOrder(problems) });
	return ok({ title, description, layout, blocks });
}

/** What is too deep is told instead. */
function nodesOf(body: string): readonly Nodes[] | (ReportProblem & { readonly code: 'too-deep' }) {
	const tooDeep = (line: number) => ({ line, column: 1, path: '', code: 'too-deep', limit: NESTED_MAX }) as const;
	const markers = /^(?:\s|>|[*+-](?=\s)|\d{1,9}[.)](?=\s))*/;
	const deepest = body
		.split('\n')
		.findIndex((line) => (markers.exec(line)?.[0].match(/[>*+-]|\d+/g)?.length ?? 0) > NESTED_MAX);
	if (deepest >= 0) return tooDeep(deepest + 1);
	try {
		return fromMarkdown(body, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }).children;
	} catch (error) {
		// The package walks its tree by recursion.
		if (!(error instanceof RangeError)) throw error;
		return tooDeep(1);
	}
}

/** The body keeps its places: the head's lines are empty there. */
function splitHead(text: string): { readonly head: string | null; readonly body: string } {
	const match = /^---[ \t]*\r?\n([\s\S]*?)(?:^)---[ \t]*(?:\r?\n|$)/m.exec(text);
	if (!match || match.index !== 0) return { head: null, body: text };
	return { head: match[1] ?? '', body: match[0].replace(/[^\n]/g, ' ') + text.slice(match[0].length) };
}

type Head = { readonly title: string | null; readonly description: string | null; readonly layout: ReportLayout };

function readHead(text: string | null, problems: ReportProblem[]): Head {
	const none: Head = { title: null, description: null, layout: 'page' };
	if (text === null || text.trim() === '') return none;
	const yaml = readBlockYaml(text, 2, problems);
	if (!yaml) return none;
	const read = safeParse(headSchema, yaml.value);
	if (!read.success) {
		for (const issue of read.issues) problems.push(placeIssue(issue, yaml, () => Object.keys(headSchema.entries)));
		return none;
	}
	const { title = null, description = null, layout = 'page' } = read.output;
	return { title, description, layout };
}

/** YAML whose places are those of the whole text, of which it begins in line `firstLine`. Null where it is none, which was told. */
function readBlockYaml(text: string, firstLine: number, problems: ReportProblem[]): YamlText | null {
	const down = <P extends Place>(place: P): P => ({ ...place, line: place.line + firstLine - 1 });
	const yaml = readYaml(text);
	if (!yaml.ok) {
		problems.push(...yaml.error.map(down));
		return null;
	}
	const placed: YamlText = {
		...yaml.value,
		placeOf: (path) => down(yaml.value.placeOf(path)),
		placeOfKey: (path, key) => down(yaml.value.placeOfKey(path, key)),
		placeIn: (path, position) => down(yaml.value.placeIn(path, position))
	};
	if (isMapping(placed.value)) return placed;
	const found = typeOf(placed.value);
	problems.push({ ...placed.placeOf([]), path: '', code: 'wrong-type', expected: 'a mapping', found });
	return null;
}

type Fence = { readonly kind: YamlBlockKind | 'sql'; readonly words: readonly string[] };

/** Null for code that is to be read as code, such as another language, or SQL without a name. */
function fenceOf({ lang, meta }: Code): Fence | null {
	const words = (meta ?? '').split(/\s+/).filter((word) => word !== '');
	if (lang === 'sql') return words.length > 0 ? { kind: 'sql', words } : null;
	return lang === 'chart' || lang === 'table' || lang === 'metric' || lang === 'input' ? { kind: lang, words } : null;
}

function readFence(
	node: Code,
	{ kind, words }: Fence,
	place: BlockPlace,
	problems: ReportProblem[],
	layout: ReportLayout
): Block | null {
	const [name = '', ...rest] = words;
	const at = { ...placeIn(place), path: '' };
	if (kind === 'sql' || kind === 'input') {
		if (name === '') problems.push({ ...at, code: 'missing-name', block: kind });
		else if (!/^[A-Za-z_]\w{0,62}$/.test(name)) problems.push({ ...at, code: 'bad-name', name });
	}
	if (kind === 'sql') {
		if (node.value.trim() === '') problems.push({ ...at, code: 'empty-query', name });
		for (const word of rest)
			if (word !== 'show') problems.push({ ...at, code: 'unknown-key', key: word, nearest: 'show' });
		return { kind: 'query', name, sql: node.value, isShown: rest.includes('show'), place };
	}
	const yaml = readBlockYaml(node.value === '' ? '{}' : node.value, place.line + 1, problems);
	if (!yaml) return null;
	const schema = yamlBlocks[kind];
	const read = safeParse(schema, yaml.value);
	if (!read.success) {
		const known = (holder: Path): readonly string[] =>
			holder.at(-1) === 'value'
				? ['from', 'to']
				: holder.length > 0
					? ['x', 'y', 'to', 'text', 'column', 'label', 'format']
					: Object.keys(schema.entries);
		for (const issue of read.issues) problems.push(placeIssue(issue, yaml, known));
		return null;
	}
	const lowered = lowerBlock(kind, read.output, { name, place, layout });
	if (lowered.ok) return lowered.value;
	for (const { path, ...problem } of lowered.error)
		problems.push(problemAt(yaml.placeOf(path), path, problem) as ReportProblem);
	return null;
}

function readMarkdown(
	node: Nodes,
	place: BlockPlace,
	definitions: Definitions,
	text: string,
	problems: ReportProblem[]
): Block | null {
	const prose = readProse(node, definitions);
	if (!prose) return null;
	for (const { text: value, from } of prose.wrong)
		problems.push({ ...lineAndColumn(text, from), path: '', code: 'bad-value', value });
	return { kind: 'prose', node: prose.node, values: prose.values, place };
}

function definitionsIn(nodes: readonly Nodes[]): Definitions {
	const found = new Map<string, string>();
	for (const node of nodes) {
		if (node.type === 'definition') {
			const label = node.identifier.toLowerCase();
			if (!found.has(label)) found.set(label, node.url);
		} else if ('children' in node)
			for (const [label, url] of definitionsIn(node.children)) if (!found.has(label)) found.set(label, url);
	}
	return found;
}

function placeOf({ position }: Nodes): BlockPlace {
	const { start, end } = position ?? { start: { line: 1, column: 1 }, end: { offset: 0 } };
	return {
		line: start.line,
		column: start.column,
		from: 'offset' in start ? (start.offset ?? 0) : 0,
		to: end.offset ?? 0
	};
}

function placeIn({ line, column }: Place): Place {
	return { line, column };
}

function lineAndColumn(text: string, offset: number): Place {
	const before = text.slice(0, offset);
	return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
