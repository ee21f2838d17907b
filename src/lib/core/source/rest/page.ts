// One answer as rows, and what else it says about the pages after it. Where the records are is found when nobody says.
import { isMapping } from '../../document/text-problem.ts';
import { err, ok, type Result } from '../../result.ts';
import type { RestFormat } from './rest-connection.ts';
import type { PageProblem } from '../failure.ts';
import { inOneLine, onlyMembers, recordTexts } from './json-slices.ts';

/** Of an incremental load: comparable with those of the same kind. */
export type Mark = string | number;

export type Wanted = {
	readonly format: RestFormat;
	readonly records: string | null;
	readonly error: string | null;
	readonly key: readonly string[];
	readonly mark: string | null;
	/** Dotted path to a cursor or an address in the body. */
	readonly next: string | null;
	readonly total: string | null;
	/** The only columns that are taken; null takes all. */
	readonly columns: readonly string[] | null;
};

export type Page = {
	/** A record each, as it was written, in one line; of CSV the whole text. */
	readonly rows: readonly string[];
	/** What tells each row apart, by the key's columns; empty without a key. */
	readonly keys: readonly string[];
	/** Null where a row has none; empty when nothing was asked for. */
	readonly marks: readonly (Mark | null)[];
	readonly next: string | null;
	readonly total: number | null;
	/** Says by itself whether more follows. */
	readonly hasMore: boolean | null;
	/** Where the records were. */
	readonly records: string;
	/** The answer without its records, for finding out how it pages; null unless it is an object. */
	readonly envelope: Readonly<Record<string, unknown>> | null;
};

export function readPage(text: string, wanted: Wanted): Result<Page, PageProblem> {
	if (/^\s*(<!doctype|<html|<\?xml)/i.test(text)) return err({ problem: 'html' });
	if (wanted.format === 'csv') {
		const rows = text.trim() === '' ? [] : [text];
		return ok({ ...nothing, rows });
	}
	return wanted.format === 'ndjson' ? readLines(text, wanted) : readJson(text, wanted);
}

const nothing = { keys: [], marks: [], next: null, total: null, hasMore: null, records: '', envelope: null };

function readLines(text: string, wanted: Wanted): Result<Page, PageProblem> {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	const records: unknown[] = [];
	for (const [index, line] of lines.entries()) {
		const parsed = parse(line);
		if (parsed === undefined)
			return err({ problem: 'unreadable', format: 'NDJSON', reason: `line ${index + 1} is not JSON` });
		records.push(parsed);
	}
	const only = records[0];
	// An error takes the place of the rows.
	if (records.length === 1 && isMapping(only)) {
		const error = errorIn(only, wanted.error);
		if (error !== null) return err({ problem: 'error-inside', path: error });
	}
	return ok({ ...nothing, ...rowsOf(lines.map(inOneLine), records, wanted) });
}

function readJson(text: string, wanted: Wanted): Result<Page, PageProblem> {
	const body = parse(text);
	if (body === undefined)
		return err({
			problem: 'unreadable',
			format: 'JSON',
			reason: text.trim() === '' ? 'it is empty' : 'it is cut off, or not JSON'
		});
	if (isMapping(body)) {
		const error = errorIn(body, wanted.error);
		if (error !== null) return err({ problem: 'error-inside', path: error });
	}
	const path = wanted.records ?? findRecords(body);
	if (path === null) return err({ problem: 'no-records', path: null });
	const records = at(body, path);
	const texts = recordTexts(text, path);
	if (!Array.isArray(records) || texts === null) return err({ problem: 'no-records', path });
	return ok({
		...rowsOf(texts, records, wanted),
		next: wanted.next === null ? null : cursorIn(body, wanted.next),
		total: wanted.total === null ? null : numberIn(body, wanted.total),
		hasMore: moreIn(body),
		records: path,
		envelope: isMapping(body) ? withoutRecords(body) : null
	});
}

function rowsOf(
	texts: readonly string[],
	records: readonly unknown[],
	{ key, mark, columns }: Wanted
): Pick<Page, 'rows' | 'keys' | 'marks'> {
	const kept = columns === null ? null : new Set(columns);
	const isWider = (record: unknown): boolean =>
		kept !== null && isMapping(record) && Object.keys(record).some((name) => !kept.has(name));
	return {
		rows: kept ? texts.map((text, index) => (isWider(records[index]) ? onlyMembers(text, kept) : text)) : texts,
		keys: key.length === 0 ? [] : records.map((record) => JSON.stringify(key.map((name) => at(record, name) ?? null))),
		marks: mark === null ? [] : records.map((record) => markOf(at(record, mark)))
	};
}

function markOf(value: unknown): Mark | null {
	return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)) ? value : null;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** The value at a dotted path; `''` is the whole. */
export function at(value: unknown, path: string): unknown {
	let found = value;
	for (const name of path === '' ? [] : path.split('.')) found = isMapping(found) ? found[name] : undefined;
	return found;
}

const usualErrors = ['error', 'errors', 'fault'];
const usualVerdicts = ['success', 'ok'];

/** Where an answer says that it is none: the path of it, or null. */
function errorIn(body: Readonly<Record<string, unknown>>, told: string | null): string | null {
	for (const path of told === null ? usualErrors : [told, ...usualErrors]) if (isTold(at(body, path))) return path;
	for (const path of usualVerdicts) if (body[path] === false) return path;
	return typeof body['status'] === 'string' && /^(error|fail(ed|ure)?)$/i.test(body['status']) ? 'status' : null;
}

function isTold(value: unknown): boolean {
	if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
	if (Array.isArray(value)) return value.length > 0;
	return !isMapping(value) || Object.keys(value).length > 0;
}

const SEARCHED_DEPTH = 3;

/** The array of objects that is the longest, the outermost of those; where all are empty, the outermost array. */
function findRecords(body: unknown): string | null {
	const found: { readonly path: string; readonly length: number; readonly depth: number }[] = [];
	const look = (value: unknown, path: readonly string[]): void => {
		if (Array.isArray(value)) {
			if (value.every((one) => isMapping(one)))
				found.push({ path: path.join('.'), length: value.length, depth: path.length });
		} else if (isMapping(value) && path.length < SEARCHED_DEPTH)
			for (const [name, inner] of Object.entries(value)) if (!name.includes('.')) look(inner, [...path, name]);
	};
	look(body, []);
	return found.toSorted((a, b) => b.length - a.length || a.depth - b.depth)[0]?.path ?? null;
}

function cursorIn(body: unknown, path: string): string | null {
	const value = at(body, path);
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' && value !== '' ? value : null;
}

function numberIn(body: unknown, path: string): number | null {
	const value = at(body, path);
	return typeof value === 'number' && value >= 0 ? value : null;
}

const usualMore = ['has_more', 'hasMore', 'has_next', 'hasNext', 'has_next_page', 'hasNextPage', 'more'];
const holders = ['', 'meta', 'pagination', 'paging', 'page_info', 'pageInfo'];

function moreIn(body: unknown): boolean | null {
	for (const holder of holders)
		for (const name of usualMore) {
			const value = at(at(body, holder), name);
			if (typeof value === 'boolean') return value;
		}
	return null;
}

function withoutRecords(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
	return Object.fromEntries(Object.entries(body).filter(([, value]) => !Array.isArray(value)));
}
