// The working copy of the dataset that is shown: its rows for the grid, and what a person does to them.
import { resultId } from '#core/ids.ts';
import type { Failure } from '#core/failure.ts';
import type { Result } from '#core/result.ts';
import {
	rowAt,
	shownCount,
	workingRows,
	type WorkingCopy as Copy,
	type WorkingChange,
	type WorkingRow
} from '#core/version/working-copy.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import {
	commitWorkingCopy,
	discardWorkingCopy,
	doAgain,
	readWorkingCopy,
	restoreWorkingCopy,
	stage,
	takeBack
} from '#lib/flows/working-copy.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type WorkingCopyParts = {
	readonly effects: Effects;
	readonly catalogue: Catalogue;
	readonly toasts: Toasts;
};

export class WorkingCopy {
	#item = $state.raw<CatalogueItem | null>(null);
	#copy = $state.raw<Copy | null>(null);
	#isBusy = $state(false);
	/** One change at a time, in the order they were asked for. */
	#last: Promise<unknown> = Promise.resolve();
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;
	readonly #rows = $derived(
		workingRows(this.#item?.version.table.rowCount ?? 0, this.isOutdated ? [] : this.#copy?.changes.flat())
	);

	constructor({ effects, catalogue, toasts }: WorkingCopyParts) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
		effects.store.watch(() => void this.#read());
	}

	/** Shows the working copy of another dataset, of another branch, or of none. */
	async follow(item: CatalogueItem | null): Promise<void> {
		if (item?.dataset.id !== this.#item?.dataset.id || item?.dataset.branch !== this.#item?.dataset.branch)
			this.#copy = null;
		this.#item = item;
		await this.#read();
	}

	get isBusy(): boolean {
		return this.#isBusy;
	}
	/** Whether the branch has a newer version than the edited one. */
	get isOutdated(): boolean {
		return this.#copy !== null && this.#copy.base !== this.#item?.version.id;
	}
	get counts(): { readonly cells: number; readonly added: number; readonly removed: number } {
		const { changed, removed, added } = this.#rows;
		const cells = [...changed].reduce((sum, [row, of]) => sum + (removed.has(row) ? 0 : Object.keys(of).length), 0);
		return { cells, added: added.length, removed: removed.size };
	}
	get hasEdits(): boolean {
		return (this.#copy?.changes.length ?? 0) > 0;
	}
	get canTakeBack(): boolean {
		return this.hasEdits && !this.isOutdated;
	}
	get canDoAgain(): boolean {
		return (this.#copy?.undone.length ?? 0) > 0 && !this.isOutdated;
	}
	get rowCount(): number {
		return shownCount(this.#rows);
	}
	/** Of the version that is edited. */
	get baseRowCount(): number {
		return this.#rows.rowCount;
	}
	/** The row in sight at a place. */
	place(row: number): WorkingRow {
		return rowAt(this.#rows, row);
	}

	/** What went wrong, or null. */
	take(change: WorkingChange): Promise<Failure | null> {
		return this.#change((item) => stage({ id: this.#newId(), item, change }, this.#effects));
	}

	/** Tells a person what went wrong, if anything. */
	async tell(outcome: Promise<Failure | null>): Promise<void> {
		this.#fail(await outcome);
	}

	async undo(): Promise<void> {
		this.#fail(await this.#change((item) => takeBack(item, this.#effects)));
	}

	async redo(): Promise<void> {
		this.#fail(await this.#change((item) => doAgain(item, this.#effects)));
	}

	async discard(): Promise<void> {
		const item = this.#item;
		if (!item) return;
		const gone = await discardWorkingCopy(item, this.#effects);
		if (!gone.ok) return this.#fail(gone.error);
		const copy = gone.value;
		if (!copy) return;
		this.#toasts.show('plain', `Discarded the edits of ${item.dataset.name}`, '', {
			label: 'Undo',
			run: () =>
				void restoreWorkingCopy(copy, this.#effects).then((restored) => {
					if (!restored.ok) this.#fail(restored.error);
				})
		});
	}

	async commit(message: string): Promise<boolean> {
		const text = message.trim();
		const failure = await this.#change(async (item) => {
			const input = { id: this.#newId(), item, message: text === '' ? undefined : text };
			const committed = await commitWorkingCopy(input, this.#effects);
			if (!committed.ok) return committed;
			const { dataset, version } = committed.value;
			const undo = await this.#catalogue.undoAction();
			this.#toasts.show('good', `Committed to ${dataset.name}`, version.message, undo);
			return { ok: true, value: null };
		});
		this.#fail(failure);
		return failure === null;
	}

	async #change(work: (item: CatalogueItem) => Promise<Result<Copy | null, Failure>>): Promise<Failure | null> {
		const before = this.#last;
		const { promise, resolve } = Promise.withResolvers<null>();
		this.#last = promise;
		await before;
		this.#isBusy = true;
		try {
			const item = this.#item;
			if (!item) return null;
			const changed = await work(item);
			if (!changed.ok) return changed.error;
			this.#copy = changed.value;
			return null;
		} finally {
			this.#isBusy = false;
			resolve(null);
		}
	}

	async #read(): Promise<void> {
		const item = this.#item;
		if (!item) return;
		const stored = await readWorkingCopy(item, this.#effects);
		// Another dataset may be shown by now.
		if (this.#item !== item) return;
		if (stored.ok) this.#copy = stored.value;
		else this.#fail(stored.error);
	}

	#fail(failure: Failure | null): void {
		if (failure) this.#toasts.fail(failure);
	}

	#newId() {
		return resultId(`edit-${this.#effects.randomId()}`);
	}
}
