// Which ways of writing a table are worth measuring, and what of them is chosen unless a person says otherwise.
import { codecs, type Layout, type LayoutChoices, type OrderColumn, type WriterSettings } from './layout.ts';
import type { Narrowed, Narrowing } from './narrow.ts';
import type { Column } from './version.ts';

/** A choice in words of one kind: codec and level, dictionaries, encoding, or the length of segments. */
export const settingKinds = ['codec', 'dictionary', 'encoding', 'segmentRows'] as const;
export type SettingKind = (typeof settingKinds)[number];

const LEVEL = 9;
const DICTIONARY_VALUES = 1000;
const SEGMENT_ROWS_OFFERED = [4096, 16_384, 65_536, 122_880];

/** Smaller savings are no reason to write everything in another way, or to give a column another type. */
const WORTH = 0.01;
const WORTH_A_TYPE = 0.001;

/** Single changes of a layout, each of one kind; what the layout is already is not among them. */
export function settingChoices(
	layout: Layout
): readonly { readonly kind: SettingKind; readonly choice: Partial<WriterSettings> }[] {
	const compressions = codecs.flatMap((codec): readonly Pick<WriterSettings, 'codec' | 'level'>[] =>
		codec === 'zstd'
			? [
					{ codec, level: null },
					{ codec, level: LEVEL }
				]
			: [{ codec, level: null }]
	);
	return [
		...compressions
			.filter(({ codec, level }) => codec !== layout.codec || level !== layout.level)
			.map((choice) => ({ kind: 'codec', choice }) as const),
		...(['auto', 'off', DICTIONARY_VALUES] as const)
			.filter((dictionary) => dictionary !== layout.dictionary)
			.map((dictionary) => ({ kind: 'dictionary', choice: { dictionary } }) as const),
		...(['plain', 'delta'] as const)
			.filter((encoding) => encoding !== layout.encoding)
			.map((encoding) => ({ kind: 'encoding', choice: { encoding } }) as const),
		...SEGMENT_ROWS_OFFERED.filter((segmentRows) => segmentRows !== layout.segmentRows).map(
			(segmentRows) => ({ kind: 'segmentRows', choice: { segmentRows } }) as const
		)
	];
}

/**
 * An order that puts equal values together: up to three columns with few values, the fewest first. `distinct` are their
 * numbers of distinct values.
 */
export function clusterOrder(
	columns: readonly Column[],
	distinct: readonly number[],
	rowCount: number
): readonly OrderColumn[] {
	return columns
		.map(({ name, type }, index) => ({ name, type, count: distinct[index] ?? 0 }))
		.filter(({ type, count }) => count > 1 && count <= rowCount / 20 && !/[[(]/.test(type.replace(/^DECIMAL\(.*/, '')))
		.sort((one, other) => one.count - other.count)
		.slice(0, 3)
		.map(({ name }) => ({ column: name, descending: false }));
}

export type MeasuredChoice<T> = { readonly choice: T; readonly savedBytes: number };

/**
 * What loses nothing and costs nothing but the writing: columns that are smaller when narrowed, encodings and dictionaries.
 * Another codec, longer segments and an order are for a person to weigh. Who asks for the smallest types gets those too that
 * save memory alone.
 */
export function recommended(
	narrow: readonly MeasuredChoice<Narrowed>[],
	settings: readonly MeasuredChoice<Partial<WriterSettings>>[],
	{ sizeBytes, narrowing }: { readonly sizeBytes: number; readonly narrowing: Narrowing }
): LayoutChoices {
	const narrowed = narrow
		.filter(({ savedBytes }) => savedBytes > sizeBytes * WORTH_A_TYPE || (savedBytes >= 0 && narrowing === 'smallest'))
		.map(({ choice }) => ({ name: choice.name, type: choice.narrow }));
	const best = (kind: 'dictionary' | 'encoding') =>
		settings
			.filter(({ choice, savedBytes }) => kind in choice && savedBytes > sizeBytes * WORTH)
			.sort((one, other) => other.savedBytes - one.savedBytes)[0]?.choice ?? {};
	return {
		...best('dictionary'),
		...best('encoding'),
		...(narrowed.length > 0 ? { narrow: narrowed } : {})
	};
}
