// The profiles a grid knows, asked for two at a time and only for columns in sight.
import type { ColumnProfile } from '#core/profile/profile.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { GridView } from '#core/sql/relation.ts';
import type { Column } from '#core/version/version.ts';
import type { ReadProfile } from './grid-props.ts';

const MAX_IN_FLIGHT = 2;

type Source = { readonly readProfile: ReadProfile; readonly onfailure: (failure: SqlFailure) => void };

export class ColumnProfiles {
	#profiles = $state.raw<ReadonlyMap<string, ColumnProfile>>(new Map());
	#source: Source | null = null;
	#wanted: readonly string[] = [];
	#asked = new Set<string>();
	#inFlight = 0;
	#generation = 0;
	#shape = '';
	#order = '';

	/**
	 * Reads other rows. Rows that differ in order alone keep their profiles; those that differ otherwise keep them in
	 * sight until they are replaced, so that headers do not flicker.
	 */
	follow(source: Source | null, columns: readonly Column[], view: GridView): void {
		const shape = JSON.stringify([columns, view.filters]);
		const order = JSON.stringify(view.orderBy);
		const isReordered = this.#shape === shape && this.#order !== order;
		const isOtherTable = this.#shape !== shape;
		this.#shape = shape;
		this.#order = order;
		this.#source = source;
		if (isReordered) return;
		this.#generation++;
		this.#wanted = [];
		this.#asked.clear();
		this.#inFlight = 0;
		if (isOtherTable) this.#profiles = new Map();
	}

	/** Names the columns in sight, most wanted first; columns scrolled past before their turn are not asked for. */
	want(columns: readonly string[]): void {
		this.#wanted = columns;
		this.#pump();
	}

	of(column: string): ColumnProfile | null {
		return this.#profiles.get(column) ?? null;
	}

	#pump(): void {
		const source = this.#source;
		const next = this.#wanted.find((column) => !this.#asked.has(column));
		if (source === null || next === undefined || this.#inFlight >= MAX_IN_FLIGHT) return;
		this.#asked.add(next);
		this.#inFlight++;
		void this.#read(source, next, this.#generation);
		this.#pump();
	}

	async #read(source: Source, column: string, generation: number): Promise<void> {
		const tell = (profile: ColumnProfile): void => {
			if (generation === this.#generation) this.#profiles = new Map([...this.#profiles, [column, profile]]);
		};
		try {
			const answer = await source.readProfile(column, tell);
			if (answer.ok) tell(answer.value);
			else if (generation === this.#generation) source.onfailure(answer.error);
		} finally {
			if (generation === this.#generation) {
				this.#inFlight--;
				this.#pump();
			}
		}
	}
}
