// How records are laid out as objects: a tree of pages by a hash of their keys, so that a changed record sends the page it is in and
// the few above it. Equal records are equal pages, whoever lays them out.
import * as v from 'valibot';
import { encodeCanonical, type Encodable } from '../encoding.ts';
import { ok, type Result } from '../result.ts';
import { readShape } from './read-canonical.ts';
import type { RecordEntry } from './record-rule.ts';
import { piecesOfKey, placeHash } from './record-value.ts';
import { broken, type BrokenObject } from './sealed-object.ts';

/** A page with more is parted by the next digit of its records' places. */
const PAGE_MAX_BYTES = 8 * 1024;
/** A longer value is chunks of its own. */
export const INLINE_MAX_BYTES = 4 * 1024;
/** What names a value that stands elsewhere. */
const REFERENCE_BYTES = 200;
const NEAR_DIGITS = 4;
const PLACE_DIGITS = NEAR_DIGITS + 8;

/** Objects of the bytes that are kept beside a value, by their hash. */
export type FileObjects = Readonly<Record<string, readonly string[]>>;

export type PageRecord =
	| { readonly kind: 'inline'; readonly value: Encodable; readonly files: FileObjects }
	/** Its canonical bytes are those of the objects, one after another. */
	| {
			readonly kind: 'apart';
			readonly print: string;
			readonly sizeBytes: number;
			readonly objects: readonly string[];
			readonly files: FileObjects;
	  }
	/** With the fingerprint of what was. */
	| { readonly kind: 'removed'; readonly print: string };

export type Page =
	| { readonly kind: 'leaf'; readonly records: readonly (readonly [string, PageRecord])[] }
	/** Objects of the pages below, by the next digit of the place. */
	| { readonly kind: 'node'; readonly pages: Readonly<Record<string, string>> };

/**
 * Twelve hexadecimal digits: four of the hash of what the record belongs to, and then eight of that of its key. Records of one thing
 * are near each other, however many a thing has.
 */
export function placeOf(key: string): string {
	return placeHash(piecesOfKey(key)[0] ?? '').slice(0, NEAR_DIGITS) + placeHash(key);
}

/** `path` is the first digits that all places in it share. */
export type LaidOut =
	| { readonly path: string; readonly kind: 'leaf'; readonly keys: readonly string[] }
	| { readonly path: string; readonly kind: 'node'; readonly below: readonly LaidOut[] };

export function layOutRecords(records: ReadonlyMap<string, RecordEntry>): LaidOut {
	const placed = [...records].map(([key, { sizeBytes }]) => ({
		key,
		place: placeOf(key),
		room: (sizeBytes > INLINE_MAX_BYTES ? REFERENCE_BYTES : sizeBytes) + key.length
	}));
	return layOut(
		'',
		placed.sort((one, other) => (one.key < other.key ? -1 : 1))
	);
}

type Placed = { readonly key: string; readonly place: string; readonly room: number };

function layOut(path: string, placed: readonly Placed[]): LaidOut {
	const room = placed.reduce((sum, one) => sum + one.room, 0);
	if (room <= PAGE_MAX_BYTES || path.length === PLACE_DIGITS || placed.length === 1)
		return { path, kind: 'leaf', keys: placed.map(({ key }) => key) };
	const byDigit = new Map<string, Placed[]>();
	for (const one of placed) {
		const digit = one.place.charAt(path.length);
		const own = byDigit.get(digit);
		if (own) own.push(one);
		else byDigit.set(digit, [one]);
	}
	const digits = [...byDigit].sort(([one], [other]) => (one < other ? -1 : 1));
	return { path, kind: 'node', below: digits.map(([digit, own]) => layOut(path + digit, own)) };
}

const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/));
const files = v.record(v.string(), v.array(id));
/** What is in it is judged by the rules of its kind. */
const anything = v.custom<Encodable>(() => true);
const print = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/));
const recordShape = v.variant('kind', [
	v.strictObject({ kind: v.literal('inline'), value: anything, files }),
	v.strictObject({
		kind: v.literal('apart'),
		print,
		sizeBytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
		objects: v.array(id),
		files
	}),
	v.strictObject({ kind: v.literal('removed'), print })
]);
const pageShape = v.strictTuple([
	v.literal('weir/records/v1'),
	v.variant('kind', [
		v.strictObject({
			kind: v.literal('leaf'),
			records: v.array(v.strictTuple([v.pipe(v.string(), v.includes('/')), recordShape]))
		}),
		v.strictObject({ kind: v.literal('node'), pages: v.record(v.pipe(v.string(), v.regex(/^[0-9a-f]$/)), id) })
	])
]);

export function encodePage(page: Page): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/records/v1', page]);
}

export function parsePage(plain: Uint8Array<ArrayBuffer>): Result<Page, BrokenObject> {
	const page = readShape(plain, pageShape)?.[1];
	return page ? ok(page) : broken('content');
}

/** The objects that a page needs. */
export function objectsOfPage(page: Page): readonly string[] {
	if (page.kind === 'node') return Object.values(page.pages);
	return page.records.flatMap(([, record]) =>
		record.kind === 'removed'
			? []
			: [...(record.kind === 'apart' ? record.objects : []), ...Object.values(record.files).flat()]
	);
}
