// The datasets as the page shows them, and what can be done to them. Follows changes of other tabs.
import { loadDataset, unloadDataset } from '#lib/flows/browse-dataset.ts';
import { redo, removeDataset, renameDataset, undo } from '#lib/flows/change-dataset.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { listDatasets, type CatalogueItem } from '#lib/flows/list-datasets.ts';
import { retypeColumn, type RetypeFailure } from '#lib/flows/retype-column.ts';
import { setKey, type SetKeyFailure } from '#lib/flows/set-key.ts';
import type { Result } from '#core/result.ts';
import { resultId } from '#core/ids.ts';
import type { Dataset, Operation } from '#core/version/version.ts';
import { operationWords } from './operation-words.ts';
import type { ToastAction, Toasts } from './toasts.svelte.ts';

export class Catalogue {
	#items = $state.raw<readonly CatalogueItem[]>([]);
	#operations = $state.raw<readonly Operation[]>([]);
	#isLoaded = $state(false);
	#inMemory = $state.raw<ReadonlySet<string>>(new Set());
	readonly #effects: Effects;
	readonly #toasts: Toasts;

	constructor(effects: Effects, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
		effects.store.watch(() => void this.refresh());
	}

	get items(): readonly CatalogueItem[] {
		return this.#items;
	}

	/** False until the stored catalogue was read once. */
	get isLoaded(): boolean {
		return this.#isLoaded;
	}

	get totalBytes(): number {
		return this.#items.reduce(
			(sum, { history }) => sum + history.reduce((all, one) => all + one.table.sizeBytes, 0),
			0
		);
	}

	/** What undo would take back, in words; null when there is nothing. */
	get undoLabel(): string | null {
		const last = this.#operations.findLast((operation) => !operation.undone);
		return last ? operationWords(last) : null;
	}

	get redoLabel(): string | null {
		const next = this.#operations.find((operation) => operation.undone);
		return next ? operationWords(next) : null;
	}

	find(name: string): CatalogueItem | null {
		return this.#items.find(({ dataset }) => dataset.name.toLowerCase() === name.toLowerCase()) ?? null;
	}

	isInMemory(item: CatalogueItem): boolean {
		return this.#inMemory.has(item.version.id);
	}

	async refresh(): Promise<void> {
		const items = await listDatasets(this.#effects);
		const operations = await this.#effects.store.operations();
		if (items.ok) this.#items = items.value;
		else this.#toasts.fail(items.error);
		if (operations.ok) this.#operations = operations.value;
		this.#isLoaded = true;
	}

	async rename(name: string, to: string): Promise<boolean> {
		const renamed = await renameDataset({ name, to }, this.#effects);
		if (renamed.ok) {
			if (name !== to) this.#toasts.show('good', `${name} is now ${to}`, '', await this.undoAction());
		} else this.#toasts.fail(renamed.error);
		return renamed.ok;
	}

	async remove(name: string): Promise<void> {
		const removed = await removeDataset({ name }, this.#effects);
		if (removed.ok)
			this.#toasts.show(
				'good',
				`Removed ${name}`,
				'Its versions stay until you do something else.',
				await this.undoAction()
			);
		else this.#toasts.fail(removed.error);
	}

	async undo(): Promise<void> {
		const undone = await undo(this.#effects);
		if (!undone.ok) return this.#toasts.fail(undone.error);
		this.#toasts.show('good', `Undone: ${operationWords(undone.value)}`, '', {
			label: 'Redo',
			run: () => void this.redo()
		});
	}

	async redo(): Promise<void> {
		const redone = await redo(this.#effects);
		if (!redone.ok) return this.#toasts.fail(redone.error);
		this.#toasts.show('good', `Redone: ${operationWords(redone.value)}`, '', await this.undoAction());
	}

	async toggleMemory(item: CatalogueItem): Promise<void> {
		const { id } = item.version;
		if (this.#inMemory.has(id)) {
			await unloadDataset(item, this.#effects);
			this.#inMemory = new Set([...this.#inMemory].filter((other) => other !== id));
			return;
		}
		const loaded = await loadDataset(item, this.#effects);
		if (!loaded.ok) return this.#toasts.fail(loaded.error);
		this.#inMemory = new Set([...this.#inMemory, id]);
		this.#toasts.show('good', `${item.dataset.name} is in memory`, 'Queries on it skip Parquet until the page closes.');
	}

	/** The engine was replaced: nothing is in memory any more. */
	forgetMemory(): void {
		this.#inMemory = new Set();
	}

	async retype(
		item: CatalogueItem,
		column: string,
		type: string,
		onMisfit: 'refuse' | 'null'
	): Promise<Result<unknown, RetypeFailure>> {
		const id = resultId(`retype-${this.#effects.randomId()}`);
		const retyped = await retypeColumn({ id, item, column, type, onMisfit }, this.#effects);
		if (retyped.ok)
			this.#toasts.show(
				'good',
				`${column} is now ${type}`,
				`A new version of ${item.dataset.name}.`,
				await this.undoAction()
			);
		return retyped;
	}

	/** What went wrong, or null. */
	async setKey(item: CatalogueItem, key: readonly string[]): Promise<SetKeyFailure | null> {
		const id = resultId(`key-${this.#effects.randomId()}`);
		const set = await setKey({ id, item, key }, this.#effects);
		if (!set.ok) return set.error;
		const { dataset, version } = set.value;
		this.#toasts.show('good', `Set the key of ${dataset.name}`, version.message, await this.undoAction());
		return null;
	}

	/** Takes back what was just done, and nothing that came later. */
	async undoAction(): Promise<ToastAction> {
		const seq = await this.#newestSeq();
		const run = async (): Promise<void> => {
			if ((await this.#newestSeq()) === seq) return this.undo();
			this.#toasts.show('plain', 'Something else was done since', 'Undo goes backwards, one step at a time.', {
				label: 'Undo the newest',
				run: () => void this.undo()
			});
		};
		return { label: 'Undo', run: () => void run() };
	}

	/** Takes a new dataset back, also when others came in behind it. */
	async takeBack({ id, name }: Dataset): Promise<void> {
		const operations = await this.#effects.store.operations();
		const newest = operations.ok ? operations.value.findLast((operation) => !operation.undone) : undefined;
		if (newest?.kind === 'create' && newest.after?.id === id) return this.undo();
		return this.remove(this.#items.find(({ dataset }) => dataset.id === id)?.dataset.name ?? name);
	}

	async #newestSeq(): Promise<number> {
		const operations = await this.#effects.store.operations();
		return operations.ok ? (operations.value.findLast((operation) => !operation.undone)?.seq ?? -1) : -1;
	}
}
