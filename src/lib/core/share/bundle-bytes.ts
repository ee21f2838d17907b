// A bundle as bytes: canonical JSON, deflated. The format is in docs/share-format.md.
import { Inflate, deflateSync, strFromU8, strToU8 } from 'fflate';
import { safeParse } from 'valibot';
import type { EditionBlock, Shown } from '../report/edition.ts';
import { err, ok, type Result } from '../result.ts';
import { bundleLimits, type Bundle, type NotShared } from './bundle.ts';
import { bundleShape, type WireBlock, type WireBundle, type WireShown } from './bundle-shape.ts';
import { canonicalJson } from './canonical-json.ts';
import { NOWHERE, chosenOf, sharedShapes } from './minimise-edition.ts';
import { filterCells } from './filter-shape.ts';
import { isProse, type ProseBudget } from './prose-check.ts';
import type { SharedFilters } from './shared-filter.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Nothing of it is shown: `packed` is no deflated text of a size that is taken, `shape` no bundle. */
export type InvalidBundle = { readonly kind: 'invalid-bundle'; readonly why: 'packed' | 'too-large' | 'shape' };

export function encodeBundle(bundle: Bundle): Bytes {
	const { blocks, ...others } = bundle;
	const hasShapes = blocks.some((one) => 'shapes' in one);
	const format = bundle.filters || hasShapes ? 'weir/share/v3' : 'weir/share/v1';
	const wire = { format, ...others, blocks: blocks.map(wireOf) } satisfies Sent;
	return new Uint8Array(deflateSync(strToU8(canonicalJson(wire)), { level: 9 }));
}

/** Whatever the bytes are, and whoever made them: a bundle that can be drawn, or a refusal. */
export function decodeBundle(bytes: Bytes): Result<Bundle, InvalidBundle> {
	const json = inflateWithin(bytes, bundleLimits.jsonBytes);
	if (!json.ok) return json;
	const wrong = err({ kind: 'invalid-bundle', why: 'shape' } as const);
	let given: unknown;
	try {
		given = JSON.parse(strFromU8(json.value));
	} catch {
		// No JSON, or nested without end.
		return wrong;
	}
	const parsed = safeParse(bundleShape, given);
	if (!parsed.success) return wrong;
	const { format, blocks, filters, ...others } = parsed.output;
	const hasShapes = blocks.some((block) => block.kind === 'chart' && block.shapes !== undefined);
	if (format !== formatOf((given as { readonly filters?: unknown }).filters, hasShapes)) return wrong;
	const tables = blocks.flatMap(tablesOf);
	const shownCells = tables.reduce((sum, { rowCount, columns }) => sum + rowCount * columns.length, 0);
	const cells = shownCells + (filters ? filterCells(filters) : 0);
	if (cells > bundleLimits.cells) return err({ kind: 'invalid-bundle', why: 'too-large' });
	const budget: ProseBudget = { nodes: bundleLimits.proseNodes };
	const isWhole = blocks.every(
		(block) =>
			shownOf(block).every((shown) => !shown.ok || shown.sources.every((at) => at < others.sources.length)) &&
			(block.kind !== 'prose' || isProse(block.node, block.values.length, budget))
	);
	if (!isWhole || (filters && !isOfBlocks(filters, blocks))) return wrong;
	return ok({ ...others, blocks: blocks.map(blockOf), ...(filters && { filters }) });
}

/** Null where no format has both. */
function formatOf(filters: unknown, hasShapes: boolean): WireBundle['format'] | null {
	if (filters === undefined) return hasShapes ? 'weir/share/v3' : 'weir/share/v1';
	if (!Array.isArray(filters)) return 'weir/share/v3';
	return hasShapes ? null : 'weir/share/v2';
}

/** Of charts and inputs that are there, and of blocks that show rows. */
function isOfBlocks({ sources, cubes }: SharedFilters, blocks: readonly WireBlock[]): boolean {
	const countOf = (place: number): number => {
		const block = blocks[place];
		return block ? shownOf(block).length : 0;
	};
	return (
		sources.every(({ at, grid, left }) => {
			const block = blocks[at];
			const isChart = block?.kind === 'chart' && block.brush !== 'none';
			const isInput = block?.kind === 'input' && grid.x !== null && grid.y === null;
			return (isChart || isInput) && left.every((place) => place < blocks.length);
		}) && cubes.every((cube) => cube.ask < countOf(cube.at))
	);
}

/** As lists may be that are not changed. */
type Sent = Readonly<Record<Exclude<keyof WireBundle, 'filters'>, unknown>>;

function wireOf(one: EditionBlock<NotShared>): object {
	const { place: _place, ...block } = one.block;
	switch (block.kind) {
		case 'prose': {
			const values = 'values' in one ? one.values : [];
			return {
				kind: block.kind,
				node: block.node,
				values: values.map((shown, at) => ({ format: block.values[at]?.format ?? null, shown: wireShown(shown) }))
			};
		}
		case 'query':
			return block;
		case 'input': {
			const { from: _from, options: _options, ...input } = block;
			return input;
		}
		default: {
			const { from: _from, ...drawn } = block;
			if (drawn.kind !== 'chart') return { ...drawn, ...('shown' in one && { shown: wireShown(one.shown) }) };
			const { shapes: _shapes, ...chart } = drawn;
			return {
				...chart,
				...('shown' in one && { shown: wireShown(one.shown) }),
				...('shapes' in one && { shapes: one.shapes.table })
			};
		}
	}
}

function wireShown(shown: Shown<NotShared>): object {
	if (!shown.ok) return { ok: false };
	const { table, totalRows, sources } = shown;
	return { ok: true, table, totalRows, sources };
}

function blockOf(wire: WireBlock): EditionBlock<NotShared> {
	switch (wire.kind) {
		case 'prose': {
			const { kind, node, values } = wire;
			const named = values.map(({ format }) => ({
				...{ from: '', value: { kind: 'column', column: 'value' } as const, format }
			}));
			return {
				block: { kind, node, values: named, place: NOWHERE },
				values: values.map((one) => shownFrom(one.shown))
			};
		}
		case 'query':
			return { block: { ...wire, place: NOWHERE }, table: null, failure: null };
		case 'input':
			return {
				block: { ...wire, from: null, options: [], place: NOWHERE },
				shown: chosenOf(wire.value),
				value: wire.value
			};
		case 'chart': {
			const { shown, shapes, ...block } = wire;
			const drawn = { block: { ...block, shapes: null, from: '', place: NOWHERE }, shown: shownFrom(shown) };
			return shapes ? { ...drawn, shapes: sharedShapes(shapes) } : drawn;
		}
		case 'table': {
			const { shown, ...block } = wire;
			return { block: { ...block, from: '', place: NOWHERE }, shown: shownFrom(shown) };
		}
		case 'metric': {
			const { shown, ...block } = wire;
			return { block: { ...block, from: '', place: NOWHERE }, shown: shownFrom(shown) };
		}
	}
}

function shownFrom(wire: WireShown): Shown<NotShared> {
	return wire.ok ? { ...wire, sql: null, elapsedMs: 0 } : { ok: false, failure: { kind: 'not-rendered' } };
}

function shownOf(block: WireBlock): readonly WireShown[] {
	if (block.kind === 'prose') return block.values.map(({ shown }) => shown);
	return 'shown' in block ? [block.shown] : [];
}

function tablesOf(block: WireBlock): readonly { readonly rowCount: number; readonly columns: readonly unknown[] }[] {
	const shapes = block.kind === 'chart' && block.shapes ? [block.shapes] : [];
	return [...shownOf(block).flatMap((shown) => (shown.ok ? [shown.table] : [])), ...shapes];
}

/** Pieces of this size pack out to 16 MiB at most: no more than that is made beyond the limit. */
const PIECE_BYTES = 16 * 1024;

/** Raw deflate (RFC 1951), packed out up to a size: a bomb is left where it passes it. */
function inflateWithin(bytes: Bytes, limitBytes: number): Result<Bytes, InvalidBundle> {
	const pieces: Uint8Array[] = [];
	let sizeBytes = 0;
	let isEnded = false;
	const inflate = new Inflate((piece, isFinal) => {
		pieces.push(piece);
		sizeBytes += piece.length;
		isEnded ||= isFinal;
	});
	try {
		for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
			inflate.push(bytes.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= bytes.length);
			if (sizeBytes > limitBytes) return err({ kind: 'invalid-bundle', why: 'too-large' });
		}
	} catch {
		// Not deflated, or cut off: fflate throws for both.
		return err({ kind: 'invalid-bundle', why: 'packed' });
	}
	if (!isEnded) return err({ kind: 'invalid-bundle', why: 'packed' });
	const all = new Uint8Array(sizeBytes);
	let at = 0;
	for (const piece of pieces) {
		all.set(piece, at);
		at += piece.length;
	}
	return ok(all);
}
