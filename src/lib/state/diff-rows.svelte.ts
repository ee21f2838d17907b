// The changed rows of a comparison as the page shows them: pages of texts, and which row is looked at.
import { changeKinds, type ChangeFilter, type ChangeKind } from '#core/diff/changes-sql.ts';
import type { Failure } from '#core/failure.ts';
import { changedRows, type Comparison } from '#lib/flows/diff-versions.ts';
import type { Effects } from '#lib/flows/effects.ts';

export type DiffCell = {
	readonly column: string;
	/** Null is a null; `hasBefore` is false where the column, or the row, is not there. */
	readonly before: string | null;
	readonly after: string | null;
	readonly hasBefore: boolean;
	readonly hasAfter: boolean;
	readonly isChanged: boolean;
};

export type DiffRow = {
	readonly kind: ChangeKind;
	readonly key: readonly { readonly column: string; readonly text: string | null }[];
	readonly cells: readonly DiffCell[];
};

const PAGE_ROWS = 100;
const HELD_PAGES = 20;

export class DiffRows {
	readonly #effects: Pick<Effects, 'engine' | 'randomId'>;
	#comparison: Comparison | null = null;
	#filter: ChangeFilter = { kind: null, column: null };
	#count = $state(0);
	/** A new map per change; the newest page is the last. */
	#pages = $state.raw<ReadonlyMap<number, readonly DiffRow[]>>(new Map());
	#selected = $state(0);
	#failure = $state.raw<Failure | null>(null);
	#asked = new Set<number>();

	constructor(effects: Pick<Effects, 'engine' | 'randomId'>) {
		this.#effects = effects;
	}

	get count(): number {
		return this.#count;
	}
	/** The place of the row that is looked at. */
	get selected(): number {
		return this.#selected;
	}
	get failure(): Failure | null {
		return this.#failure;
	}

	/** Null while it is not here. */
	at(row: number): DiffRow | null {
		return this.#pages.get(Math.floor(row / PAGE_ROWS))?.[row % PAGE_ROWS] ?? null;
	}

	open(comparison: Comparison, filter: ChangeFilter, count: number): void {
		this.close();
		this.#comparison = comparison;
		this.#filter = filter;
		this.#count = count;
		this.want(0, 1);
	}

	close(): void {
		this.#comparison = null;
		this.#count = 0;
		this.#selected = 0;
		this.#pages = new Map();
		this.#failure = null;
		this.#asked = new Set();
	}

	/** Reads the pages of the rows in sight that are not here. */
	want(startRow: number, endRow: number): void {
		const last = Math.floor((Math.min(endRow, this.#count) - 1) / PAGE_ROWS);
		for (let page = Math.floor(startRow / PAGE_ROWS); page <= last; page++) {
			if (this.#pages.has(page) || this.#asked.has(page)) continue;
			this.#asked.add(page);
			void this.#read(page);
		}
	}

	select(row: number): void {
		this.#selected = Math.max(0, Math.min(this.#count - 1, row));
		this.want(this.#selected, this.#selected + 1);
	}

	async #read(page: number): Promise<void> {
		const comparison = this.#comparison;
		const asked = this.#asked;
		if (!comparison) return;
		const startRow = page * PAGE_ROWS;
		const window = { filter: this.#filter, startRow, endRow: startRow + PAGE_ROWS, form: 'texts' } as const;
		const rows = await changedRows(comparison, window, this.#effects);
		// Rows of an earlier filter are not wanted any more.
		if (this.#asked !== asked) return;
		asked.delete(page);
		if (!rows.ok) {
			this.#failure = rows.error;
			return;
		}
		const pages = new Map(this.#pages).set(
			page,
			rows.value.map((row) => rowOf(row, comparison))
		);
		const selected = Math.floor(this.#selected / PAGE_ROWS);
		for (const old of pages.keys()) {
			if (pages.size <= HELD_PAGES) break;
			if (old !== selected) pages.delete(old);
		}
		this.#pages = pages;
	}
}

function rowOf(row: Readonly<Record<string, unknown>>, { plan }: Comparison): DiffRow {
	const kind = changeKinds.find((one) => one === row['kind']) ?? 'changed';
	const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
	return {
		kind,
		key: plan.keys.map(({ name }, index) => ({ column: name, text: text(row[`k${index}`]) })),
		cells: plan.values.map(({ name, from, to }, index) => ({
			column: name,
			before: text(row[`f${index}`]),
			after: text(row[`t${index}`]),
			hasBefore: from !== null && kind !== 'added',
			hasAfter: to !== null && kind !== 'removed',
			isChanged: kind === 'changed' && row[`d${index}`] === true
		}))
	};
}
