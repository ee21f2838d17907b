// The pages of rows a grid holds: the ones in sight and a few more, least recently seen dropped first.
import { tableFromIPC } from '@uwdata/flechette';
import { EXACT } from '#core/sql/arrow-shape.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import { arrowCells, type ArrowCells } from './arrow-cells.ts';
import type { ReadWindow } from './grid-props.ts';

const PAGE_ROWS = 250;
const HELD_PAGES = 24;
/** One answer is decoded while the engine works on the next; more would queue behind rows already scrolled past. */
const MAX_IN_FLIGHT = 2;

type Source = { readonly readWindow: ReadWindow; readonly onfailure: (failure: SqlFailure) => void };
type Page = { readonly cells: ArrowCells; readonly rowCount: number };

export class RowWindows {
	/** A new map per change; insertion order is the order of last use. */
	#pages = $state.raw(new Map<number, Page>());
	#source: Source | null = null;
	#rowCount = 0;
	#wanted: readonly number[] = [];
	#inFlight = new Set<number>();
	#failed = new Set<number>();
	/** Answers of an earlier generation belong to rows that are gone. */
	#generation = 0;

	/** Drops everything held and reads from another source. */
	reset(source: Source): void {
		this.#generation++;
		this.#source = source;
		this.#rowCount = 0;
		this.#wanted = [];
		this.#inFlight.clear();
		this.#failed.clear();
		this.#pages = new Map();
	}

	/** Names the rows in sight. Pages waiting for rows out of sight are forgotten; failed ones are tried again on return. */
	want(startRow: number, endRow: number, rowCount: number): void {
		this.#rowCount = rowCount;
		const first = Math.floor(startRow / PAGE_ROWS);
		const last = Math.floor(Math.max(startRow, endRow - 1) / PAGE_ROWS);
		const wanted = [];
		for (let page = first; page <= last && page * PAGE_ROWS < rowCount; page++) wanted.push(page);
		for (const page of this.#failed) {
			if (!wanted.includes(page) && !this.#inFlight.has(page)) this.#failed.delete(page);
		}
		this.#wanted = wanted;
		this.#touch();
		this.#pump();
	}

	/** The cells of a row's page and the row's place in it; null while it is not here. */
	row(row: number): { readonly cells: ArrowCells; readonly index: number } | null {
		const page = this.#pages.get(Math.floor(row / PAGE_ROWS));
		const index = row % PAGE_ROWS;
		return page === undefined || index >= page.rowCount ? null : { cells: page.cells, index };
	}

	#pump(): void {
		const next = this.#wanted.find(
			(page) => !this.#isComplete(page) && !this.#inFlight.has(page) && !this.#failed.has(page)
		);
		if (next === undefined || this.#inFlight.size >= MAX_IN_FLIGHT) return;
		this.#inFlight.add(next);
		// Until it is here: what throws is a bug, and asking again at once would only repeat it.
		this.#failed.add(next);
		void this.#read(next, this.#generation);
		this.#pump();
	}

	async #read(page: number, generation: number): Promise<void> {
		const source = this.#source;
		if (source === null) return;
		const endRow = Math.min(this.#rowCount, (page + 1) * PAGE_ROWS);
		try {
			const answer = await source.readWindow(page * PAGE_ROWS, endRow);
			if (generation !== this.#generation) return;
			if (!answer.ok) {
				source.onfailure(answer.error);
				return;
			}
			if (this.#isNear(page)) {
				const cells = arrowCells(tableFromIPC(answer.value, EXACT));
				this.#keep(page, { cells, rowCount: cells.rowCount });
			}
			this.#failed.delete(page);
		} finally {
			if (generation === this.#generation) {
				this.#inFlight.delete(page);
				this.#pump();
			}
		}
	}

	#keep(page: number, held: Page): void {
		const pages = new Map(this.#pages);
		pages.delete(page);
		pages.set(page, held);
		for (const old of pages.keys()) {
			if (pages.size <= HELD_PAGES) break;
			if (!this.#wanted.includes(old)) pages.delete(old);
		}
		this.#pages = pages;
	}

	/** Marks the wanted pages as used last, without telling readers: nothing they show has changed. */
	#touch(): void {
		for (const page of this.#wanted) {
			const held = this.#pages.get(page);
			if (held === undefined) continue;
			this.#pages.delete(page);
			this.#pages.set(page, held);
		}
	}

	/** A page read while rows streamed is short: it is read again once there are more. */
	#isComplete(page: number): boolean {
		const held = this.#pages.get(page);
		return held !== undefined && held.rowCount >= Math.min(PAGE_ROWS, this.#rowCount - page * PAGE_ROWS);
	}

	#isNear(page: number): boolean {
		const first = this.#wanted[0] ?? page;
		const last = this.#wanted.at(-1) ?? page;
		return page >= first - 1 && page <= last + 1;
	}
}
