// Finds out how a JSON source holds its records: lines, values one after another, or an array somewhere inside an object.
import { readJson } from './json-relax.ts';
import { skipSpace, valueEnd } from './json-splitter.ts';

export type JsonLayout =
	/** One value a line: a broken line spoils no other. */
	| { readonly kind: 'lines' }
	/** Values one after another from `start` on. */
	| { readonly kind: 'values'; readonly start: number }
	/** Elements of an array whose first lies at or behind `start`. */
	| { readonly kind: 'array'; readonly start: number; readonly path: string };

export type JsonPlan = { readonly layout: JsonLayout; readonly recordPaths: readonly string[] };

export type JsonHead = {
	/** UTF-8, from the start of the source. */
	readonly bytes: Uint8Array;
	readonly complete: boolean;
	readonly decode: (bytes: Uint8Array) => string;
};

/** `recordPath` undefined for a guess; null comes back when that path holds no array. `lines` says one value a line. */
export function planJson(source: JsonHead, recordPath: string | undefined, lines: boolean): JsonPlan | null {
	const { bytes: head, complete } = source;
	const start = skipSpace(head, 0);
	if (recordPath === undefined && (lines || isLines(source))) return { layout: { kind: 'lines' }, recordPaths: [] };
	if (head[start] === 0x5b) {
		if (recordPath !== undefined && recordPath !== '') return null;
		return { layout: { kind: 'array', start: start + 1, path: '' }, recordPaths: [''] };
	}
	const end = head[start] === 0x7b ? valueEnd(head, start, complete).end : -1;
	const single = head[start] === 0x7b && (end < 0 || skipSpace(head, end) >= head.length);
	const arrays = single ? findArrays(source, start) : [];
	const recordPaths = arrays.map(({ path }) => path);
	if (recordPath === undefined || recordPath === '') {
		const best = recordPath === '' ? undefined : arrays.toSorted((a, b) => b.weight - a.weight)[0];
		if (!best || best.weight === 0) return { layout: { kind: 'values', start }, recordPaths };
		return { layout: { kind: 'array', start: best.start, path: best.path }, recordPaths };
	}
	const named = arrays.find(({ path }) => path === recordPath);
	return named ? { layout: { kind: 'array', start: named.start, path: named.path }, recordPaths } : null;
}

function isLines({ bytes: head, complete, decode }: JsonHead): boolean {
	let whole = 0;
	let seen = 0;
	let at = 0;
	while (at < head.length && seen < 50) {
		let end = head.indexOf(10, at);
		if (end < 0) {
			if (!complete) break;
			end = head.length;
		}
		const line = head.subarray(at, end);
		at = end + 1;
		const start = skipSpace(line, 0);
		if (start >= line.length) continue;
		seen++;
		const opens = line[start] === 0x7b || line[start] === 0x5b;
		if (opens && readJson(decode(line)) !== null) whole++;
	}
	return seen > 1 && whole >= seen / 2;
}

type FoundArray = { readonly path: string; readonly start: number; readonly weight: number };

/** Arrays inside nested objects, with the bytes their objects take as weight; arrays of scalars weigh nothing. */
function findArrays(source: JsonHead, start: number): FoundArray[] {
	const found: FoundArray[] = [];
	walk(source, { start, path: '', depth: 0 }, found);
	return found;
}

/** Index behind the object at `start`, or -1 when the bytes end first. */
function walk(source: JsonHead, object: { start: number; path: string; depth: number }, found: FoundArray[]): number {
	const { bytes: head, decode } = source;
	const { start, path, depth } = object;
	let at = start + 1;
	for (;;) {
		at = skipSpace(head, at);
		while (head[at] === 0x2c) at = skipSpace(head, at + 1);
		if (head[at] !== 0x22) return head[at] === 0x7d ? at + 1 : -1;
		const keyEnd = valueEnd(head, at, false).end;
		if (keyEnd < 0) return -1;
		const read = readJson(decode(head.subarray(at, keyEnd)))?.value;
		const key = typeof read === 'string' ? read : '';
		at = skipSpace(head, keyEnd);
		if (head[at] !== 0x3a) return -1;
		at = skipSpace(head, at + 1);
		const inner = path === '' ? key : `${path}.${key}`;
		const { end } = valueEnd(head, at, false);
		if (head[at] === 0x5b) {
			const first = skipSpace(head, at + 1);
			const records = head[first] === 0x7b || head[first] === 0x5b;
			found.push({ path: inner, start: at + 1, weight: records ? (end < 0 ? head.length : end) - at : 0 });
		} else if (head[at] === 0x7b && depth < 8) {
			walk(source, { start: at, path: inner, depth: depth + 1 }, found);
		}
		if (end < 0) return -1;
		at = end;
	}
}
