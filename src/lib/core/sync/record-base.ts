// The records that this device and the edge had in common last, page by page as they lie there.
import type { Records, RecordEntry } from './record-rule.ts';

export type BasePage = {
	readonly path: string;
	/** Its object. */
	readonly id: string;
	/** Null for a page of pages. Values are there where a merge may need them. */
	readonly entries: readonly (readonly [string, RecordEntry])[] | null;
};

export type RecordBase = {
	/** Of the ref; null before anything was in common. */
	readonly seq: number | null;
	/** As what the page that read it knew records: another one reads them again. */
	readonly readAs: string;
	/** How records stood here when all of them were on the edge; null while something waits, or was not looked at. */
	readonly inStep: InStep | null;
	readonly pages: readonly BasePage[];
};

/** `mark` is another one after each change of a record. */
export type InStep = { readonly mark: string } & LookedAt;

export type LookedAt = {
	/** When all records were read last. */
	readonly atMs: number;
	/** Lasting records of the base that were not here then; null where they are too many. Left out by an earlier Weir. */
	readonly forgotten?: readonly string[] | null;
};

export const NO_BASE: RecordBase = { seq: null, readAs: '', inStep: null, pages: [] };

/** A tab of an older Weir changes records and marks nothing: they are looked at again after so long. */
const LOOKED_AT_MS = 24 * 3_600_000;

export function isInStep({ inStep }: Pick<RecordBase, 'inStep'>, mark: string, nowMs: number): boolean {
	return inStep?.mark === mark && isLookedAt(inStep, nowMs);
}

export function isLookedAt({ atMs }: LookedAt, nowMs: number): boolean {
	return Math.abs(nowMs - atMs) < LOOKED_AT_MS;
}

const FORGOTTEN_MAX = 2000;

/** As `InStep` keeps them, where the base is of the moment. */
export function forgottenOf(
	base: Pick<RecordBase, 'pages'>,
	isHere: (key: string) => boolean
): readonly string[] | null {
	const forgotten: string[] = [];
	for (const { entries } of base.pages)
		for (const [key, { removed, isForeign }] of entries ?? []) {
			if (removed !== undefined || isForeign || isHere(key)) continue;
			if (forgotten.push(key) > FORGOTTEN_MAX) return null;
		}
	return forgotten;
}

/** What has to be written where it takes the place of another. */
export type BaseChange = Omit<RecordBase, 'pages'> & {
	readonly put: readonly BasePage[];
	/** Paths. */
	readonly drop: readonly string[];
};

export function changeOfBase(before: RecordBase, after: RecordBase): BaseChange {
	const was = new Map(before.pages.map((page) => [page.path, page]));
	const isAnew = before.readAs !== after.readAs;
	const paths = new Set(after.pages.map(({ path }) => path));
	return {
		seq: after.seq,
		readAs: after.readAs,
		inStep: after.inStep,
		put: after.pages.filter((page) => isAnew || was.get(page.path)?.id !== page.id),
		drop: before.pages.flatMap(({ path }) => (paths.has(path) ? [] : [path]))
	};
}

export function recordsOf({ pages }: Pick<RecordBase, 'pages'>): Records {
	return new Map(pages.flatMap(({ entries }) => entries ?? []));
}
