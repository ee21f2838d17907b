// Cuts a JSON source into batches of records: line by line, or value by value as brackets balance.
import { planJson, type JsonLayout, type JsonPlan } from '#core/ingest/json-layout.ts';
import { DEPTH_MAX, splitJson } from '#core/ingest/json-splitter.ts';
import type { IngestOverrides, Reject } from '#core/ingest/options.ts';
import { readChunks, RECORD_MAX_BYTES, RecordTooLong } from './chunks.ts';
import { Stopped } from './failures.ts';
import { geometries, recordsOf, type JsonRecord, type RecordKind } from './json-records.ts';
import { encodingOf, laterPieces, readUtf8, type Piece, type Source } from './source.ts';

const CHUNK_RECORD_BYTES = 16 * 1024 * 1024;

export type PreparedJson = {
	readonly plan: JsonPlan;
	readonly encoding: string;
	readonly mark: number;
	readonly ndjson: boolean;
	readonly kind: RecordKind;
};

export async function prepareJson(source: Source, overrides: IngestOverrides): Promise<PreparedJson> {
	const { encoding, markLength } = encodingOf(source, await laterPieces(source), undefined);
	const decoder = new TextDecoder(encoding, { ignoreBOM: true });
	const body = source.head.subarray(markLength);
	const bytes = /^utf-8$/i.test(encoding) ? body : new TextEncoder().encode(decoder.decode(body, { stream: true }));
	const ndjson = overrides.format === 'ndjson' || /\.(ndjson|jsonl)(\.gz)?$/i.test(source.name);
	const head = { bytes, complete: source.complete, decode: (part: Uint8Array) => new TextDecoder().decode(part) };
	const text = head.decode(bytes);
	const alone = loneKind(text);
	const asked = overrides.json?.recordPath ?? (alone === 'plain' ? undefined : '');
	const guessed = planJson(head, asked, ndjson);
	// A list without features weighs nothing.
	const isEmpty = asked === undefined && guessed?.layout.kind === 'values' && guessed.recordPaths.includes('features');
	const plan = isEmpty && COLLECTION.test(text) ? planJson(head, 'features', ndjson) : guessed;
	if (plan === null) {
		throw new Stopped({
			kind: 'unsupported-option',
			option: 'recordPath',
			value: overrides.json?.recordPath ?? '',
			reason: 'there is no array of records at this path in the first 4 MB'
		});
	}
	const kind = isCollection(plan.layout, text) ? 'features' : alone;
	if (kind === 'plain' && overrides.json?.recordPath === undefined && /\.geojson(\.gz)?$/i.test(source.name)) {
		const reason = 'it holds neither a FeatureCollection nor features nor a geometry; choose where its records are';
		throw new Stopped({ kind: 'unreadable-source', source: source.name, format: 'json', reason, line: null });
	}
	return { plan, encoding, mark: markLength, ndjson: plan.layout.kind === 'lines', kind };
}

const COLLECTION = /"type"\s*:\s*"FeatureCollection"/;
const FEATURE = /^\{\s*"type"\s*:\s*"Feature"\s*,/;
const GEOMETRY = new RegExp(
	`^\\{\\s*"type"\\s*:\\s*"(${geometries.join('|')})"\\s*,\\s*"(coordinates|geometries|bbox)"`
);

/** Of a source that is one, several after another (RFC 8142 begins each with a record separator), or a list of them. */
function loneKind(text: string): RecordKind {
	const first = text.replace(/^[\s\u001e]*(\[\s*)?/, '');
	if (FEATURE.test(first)) return 'features';
	return GEOMETRY.test(first) ? 'geometries' : 'plain';
}

function isCollection(layout: JsonLayout, text: string): boolean {
	return layout.kind === 'array' && layout.path === 'features' && COLLECTION.test(text);
}

export type Batch = {
	readonly records: readonly JsonRecord[];
	readonly rejects: readonly Reject[];
	/** Lines in which the records stand as they are, and nothing else; null of other batches. They hold until the next batch is asked for. */
	readonly lines: Uint8Array | null;
	readonly readBytes: number;
};

export async function* readBatches(source: Source, prepared: PreparedJson): AsyncGenerator<Batch> {
	const { layout } = prepared.plan;
	const pieces = readUtf8(source, prepared.encoding, prepared.mark);
	if (layout.kind === 'lines') {
		const chunks = readChunks(pieces, { delimiter: ',', quote: '', escape: '' });
		for (let next = await chunks.next(); !next.done; next = await chunks.next(next.value.bytes)) {
			const { bytes, line, readBytes } = next.value;
			const { records, rejects, areAsTheyStand } = recordsOf(linesIn(bytes, line), prepared.kind);
			yield { records, rejects, lines: areAsTheyStand ? bytes : null, readBytes };
		}
		return;
	}
	yield* readValues(pieces, layout, prepared.kind);
}

type RawValue = { readonly text: string; readonly line: number; readonly tooDeep: boolean };

function* linesIn(bytes: Uint8Array, firstLine: number): Generator<RawValue> {
	// All at once, and then cut: decoding line by line takes longer than parsing them.
	const all = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
	let line = firstLine;
	for (let at = 0; at < all.length; line++) {
		const found = all.indexOf('\n', at);
		const end = found < 0 ? all.length : found;
		// A file that was put behind another one begins with its mark.
		const text = all.slice(all.startsWith(MARK, at) ? at + 1 : at, end);
		at = end + 1;
		if (text.trim() === '') continue;
		yield { text, line, tooDeep: mayBeTooDeep(text) && isTooDeep(text) };
	}
}

const MARK = '\uFEFF';

/** Each level takes two brackets. */
function mayBeTooDeep(text: string): boolean {
	return text.length > 2 * DEPTH_MAX && (text.match(/[[{]/g)?.length ?? 0) > DEPTH_MAX;
}

function isTooDeep(text: string): boolean {
	return splitJson(new TextEncoder().encode(text), true).values[0]?.tooDeep ?? false;
}

async function* readValues(
	pieces: AsyncIterable<Piece>,
	layout: JsonLayout & { start: number },
	kind: RecordKind
): AsyncGenerator<Batch> {
	const decoder = new TextDecoder();
	let buffer = new Uint8Array(CHUNK_RECORD_BYTES + 5 * 1024 * 1024);
	let used = 0;
	let line = 1;
	let wanted = CHUNK_RECORD_BYTES;
	let readBytes = 0;
	let skip = layout.start;
	let closed = false;
	const take = (atEnd: boolean): Batch => {
		const bytes = buffer.subarray(0, used);
		const split = splitJson(bytes, atEnd);
		const raw = split.values.map(({ start, end, linesBefore, tooDeep }) => ({
			text: decoder.decode(bytes.subarray(start, end)),
			line: line + linesBefore,
			tooDeep
		}));
		closed = layout.kind === 'array' && split.closed;
		for (let at = 0; at < split.next; at++) if (buffer[at] === 10) line++;
		buffer.copyWithin(0, split.next, used);
		used -= split.next;
		const { records, rejects } = recordsOf(raw, kind);
		return { records, rejects, lines: null, readBytes };
	};
	for await (const piece of pieces) {
		readBytes = piece.readBytes;
		let { bytes } = piece;
		if (skip > 0) {
			const cut = Math.min(skip, bytes.length);
			for (let at = 0; at < cut; at++) if (bytes[at] === 10) line++;
			bytes = bytes.subarray(cut);
			skip -= cut;
		}
		if (used + bytes.length > buffer.length) {
			const larger = new Uint8Array(Math.max(buffer.length * 2, used + bytes.length));
			larger.set(buffer.subarray(0, used));
			buffer = larger;
		}
		buffer.set(bytes, used);
		used += bytes.length;
		if (used < wanted) continue;
		yield take(false);
		if (closed) return;
		if (used > RECORD_MAX_BYTES) throw new RecordTooLong(line);
		wanted = Math.max(CHUNK_RECORD_BYTES, used * 2);
	}
	yield take(true);
	if (!closed && used > 0) {
		const text = decoder.decode(buffer.subarray(0, Math.min(used, 2000)));
		const reject = { line, column: null, reason: 'the source ends inside this value, which is no JSON', text };
		yield { records: [], rejects: text.trim() === '' ? [] : [reject], lines: null, readBytes };
	}
}
