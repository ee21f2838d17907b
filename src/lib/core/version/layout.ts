// How a dataset's tables are written: codec, row groups, dictionaries, encoding, order of rows, and columns stored narrower than they were.
import { SEGMENT_ROWS } from './segment.ts';

export const codecs = ['zstd', 'snappy'] as const;
export type Codec = (typeof codecs)[number];

/** Zstandard's; higher ones take many times as long for little. */
export const MAX_LEVEL = 12;

/** The writer counts rows in vectors: row groups of other sizes would not be as long as asked. */
export const VECTOR_ROWS = 2048;
export const MAX_SEGMENT_ROWS = 131_072;

export type WriterSettings = {
	readonly codec: Codec;
	/** 1 to MAX_LEVEL, of zstd alone; null is the engine's own. */
	readonly level: number | null;
	/** Rows of a segment where no key says where to cut, and their mean where one does; a multiple of VECTOR_ROWS. */
	readonly segmentRows: number;
	/** Of a column in a segment: where distinct values are half of `segmentRows` or fewer, never, or where they are so many or fewer. */
	readonly dictionary: 'auto' | 'off' | number;
	/** `delta` stores numbers as differences and texts by their lengths: Parquet's second set of encodings. */
	readonly encoding: 'plain' | 'delta';
};

export type OrderColumn = { readonly column: string; readonly descending: boolean };

/** A column's name and a DuckDB type. */
export type ColumnType = { readonly name: string; readonly type: string };

export type Layout = WriterSettings & {
	/** Rows are in this order wherever the table is written anew; rows that are added come behind. */
	readonly order: readonly OrderColumn[];
	/** Columns that were narrowed, with the types they had: a column goes back to its own when a value needs it. */
	readonly narrowed: readonly ColumnType[];
};

/** As a version keeps it: whatever is as usual is left out. */
export type StoredLayout = Partial<Layout>;

/** A change of a layout: what is left out stays. `narrow` are columns with their new types. */
export type LayoutChoices = Partial<WriterSettings> & {
	readonly order?: readonly OrderColumn[];
	readonly narrow?: readonly ColumnType[];
};

/** Of a version. */
type LaidOut = { readonly layout?: StoredLayout; readonly schema: readonly ColumnType[] };

export const USUAL_WRITER: WriterSettings = {
	codec: 'zstd',
	level: null,
	segmentRows: SEGMENT_ROWS,
	dictionary: 'auto',
	encoding: 'plain'
};

export const USUAL_LAYOUT: Layout = { ...USUAL_WRITER, order: [], narrowed: [] };

export function layoutOf(version: Pick<LaidOut, 'layout'> | null): Layout {
	return { ...USUAL_LAYOUT, ...version?.layout };
}

export function writerOf({ codec, level, segmentRows, dictionary, encoding }: WriterSettings): WriterSettings {
	return { codec, level, segmentRows, dictionary, encoding };
}

export function isUsualWriter(writer: WriterSettings): boolean {
	return isSameWriter(writer, USUAL_WRITER);
}

export function isSameWriter(one: WriterSettings, other: WriterSettings): boolean {
	const { codec, level, segmentRows, dictionary, encoding } = one;
	return (
		codec === other.codec &&
		level === other.level &&
		segmentRows === other.segmentRows &&
		dictionary === other.dictionary &&
		encoding === other.encoding
	);
}

/** Null when everything is as usual. */
export function storedLayout(layout: Layout): StoredLayout | null {
	const { codec, level, segmentRows, dictionary, encoding, order, narrowed } = layout;
	const stored: StoredLayout = {
		...(codec === USUAL_LAYOUT.codec ? {} : { codec }),
		...(level === null ? {} : { level }),
		...(segmentRows === USUAL_LAYOUT.segmentRows ? {} : { segmentRows }),
		...(dictionary === USUAL_LAYOUT.dictionary ? {} : { dictionary }),
		...(encoding === USUAL_LAYOUT.encoding ? {} : { encoding }),
		...(order.length === 0 ? {} : { order }),
		...(narrowed.length === 0 ? {} : { narrowed })
	};
	return Object.keys(stored).length === 0 ? null : stored;
}

/**
 * The layout of the version that follows `before` with columns of its own: that of `before`, without order by columns that
 * went, and without what was narrowed but has another type by now.
 */
export function keptLayout(before: LaidOut | null, schema: readonly ColumnType[]): Layout {
	const layout = layoutOf(before);
	const typeIn = (columns: readonly ColumnType[], name: string) => columns.find((one) => one.name === name)?.type;
	const gone = layout.order.findIndex(({ column }) => typeIn(schema, column) === undefined);
	return {
		...layout,
		order: gone < 0 ? layout.order : layout.order.slice(0, gone),
		narrowed: layout.narrowed.filter(({ name }) => {
			const type = typeIn(schema, name);
			return type !== undefined && type === typeIn(before?.schema ?? [], name);
		})
	};
}

/** Of a merge with the columns `schema`: ours, and what theirs narrowed and the merge keeps narrow. */
export function mergedLayout(ours: LaidOut, theirs: LaidOut, schema: readonly ColumnType[]): Layout {
	const layout = keptLayout(ours, schema);
	const isOurs = (name: string): boolean => layout.narrowed.some((one) => one.name === name);
	const others = keptLayout(theirs, schema).narrowed.filter(({ name }) => !isOurs(name));
	return { ...layout, narrowed: [...layout.narrowed, ...others] };
}

/** With a column under another name. */
export function renamedInLayout(layout: Layout, from: string, to: string): Layout {
	const renamed = (name: string): string => (name === from ? to : name);
	return {
		...layout,
		order: layout.order.map((one) => ({ ...one, column: renamed(one.column) })),
		narrowed: layout.narrowed.map((one) => ({ ...one, name: renamed(one.name) }))
	};
}

/** The layout of a table with the columns `schema`, as chosen. A column that is narrowed again keeps its first type in mind. */
export function chosenLayout(layout: Layout, choices: LayoutChoices, schema: readonly ColumnType[]): Layout {
	const { narrow = [], ...settings } = choices;
	const isKnown = (name: string): boolean => layout.narrowed.some((one) => one.name === name);
	const fresh = schema.filter(({ name }) => narrow.some((one) => one.name === name) && !isKnown(name));
	const narrowed = [...layout.narrowed, ...fresh.map(({ name, type }) => ({ name, type }))];
	const chosen = { ...layout, ...settings, narrowed };
	return chosen.codec === 'zstd' ? chosen : { ...chosen, level: null };
}

export function isSegmentRows(rows: number): boolean {
	return Number.isInteger(rows) && rows >= VECTOR_ROWS && rows <= MAX_SEGMENT_ROWS && rows % VECTOR_ROWS === 0;
}

/** What was chosen, in a message: `Store as chosen: zstd level 9, segments of 65,536 rows, sorted by city, id as INTEGER`. */
export function layoutWords({
	codec,
	level,
	segmentRows,
	dictionary,
	encoding,
	order,
	narrow = []
}: LayoutChoices): string {
	const narrowed = narrow.map(({ name, type }) => `${name} as ${type}`);
	const said = [
		...(codec === undefined && level === undefined
			? []
			: [`${codec ?? 'zstd'}${level === undefined || level === null ? '' : ` level ${level}`}`]),
		...(segmentRows === undefined ? [] : [`segments of ${segmentRows.toLocaleString('en')} rows`]),
		...(dictionary === undefined ? [] : [dictionaryWords(dictionary)]),
		...(encoding === undefined ? [] : [encoding === 'delta' ? 'delta encoding' : 'plain encoding']),
		...(order === undefined ? [] : [orderWords(order)]),
		...(narrowed.length > 5 ? [`${narrowed.length} columns narrowed`] : narrowed)
	];
	return said.length === 0 ? 'Write the segments anew' : `Store as chosen: ${said.join(', ')}`;
}

function dictionaryWords(dictionary: Layout['dictionary']): string {
	if (dictionary === 'auto') return 'dictionaries where they pay';
	return dictionary === 'off' ? 'no dictionaries' : `dictionaries of up to ${dictionary.toLocaleString('en')} values`;
}

export function orderWords(order: readonly OrderColumn[]): string {
	if (order.length === 0) return 'no order kept';
	return `sorted by ${order.map(({ column, descending }) => `${column}${descending ? ' descending' : ''}`).join(', ')}`;
}
