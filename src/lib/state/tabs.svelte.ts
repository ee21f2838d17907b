// The open tabs, kept across reloads, and the history of what was asked.
import { refTo } from '#lib/flows/dataset-history.ts';
import { versionId as asVersionId } from '#core/ids.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { QueryTab, type StoredTab } from './query-tab.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

/** Of a dataset: a version by its number, or by its id, and which of its rows. */
export type Shown = { readonly number: number; readonly version: string; readonly rows: 'data' | 'rejects' };

export const NEWEST: Shown = { number: 0, version: '', rows: 'data' };

export type Asked = { readonly text: string; readonly atMs: number; readonly rowCount: number | null };

const HISTORY_MAX = 500;

export class Tabs {
	#list = $state.raw<readonly QueryTab[]>([]);
	#activeId = $state('');
	#history = $state.raw<readonly Asked[]>([]);
	#isLoaded = $state(false);
	#timer: ReturnType<typeof setTimeout> | undefined;
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
	}

	get list(): readonly QueryTab[] {
		return this.#list;
	}
	get active(): QueryTab | null {
		return this.#list.find((tab) => tab.id === this.#activeId) ?? this.#list[0] ?? null;
	}
	/** Newest first. */
	get history(): readonly Asked[] {
		return this.#history;
	}
	get isLoaded(): boolean {
		return this.#isLoaded;
	}

	async load(): Promise<void> {
		const [tabs, history] = [await this.#effects.store.setting('tabs'), await this.#effects.store.setting('history')];
		const stored = tabs.ok ? parseTabs(tabs.value) : null;
		if (stored) {
			this.#list = stored.list.map((tab) => this.#make(tab));
			this.#activeId = stored.activeId;
		}
		if (history.ok && Array.isArray(history.value)) this.#history = history.value.filter(isAsked);
		this.#isLoaded = true;
	}

	show(id: string): void {
		this.#activeId = id;
		this.#save();
	}

	/** The tab beside the shown one, round the ends. */
	step(by: 1 | -1): void {
		const at = this.#list.findIndex((tab) => tab === this.active);
		const next = this.#list[(at + by + this.#list.length) % this.#list.length];
		if (next) this.show(next.id);
	}

	openSql(text = '', title = this.#freeTitle()): QueryTab {
		return this.#add({
			kind: 'sql',
			title,
			text,
			dataset: '',
			datasetId: '',
			versionNumber: 0,
			versionId: '',
			rows: 'data'
		});
	}

	/**
	 * The tab that shows a dataset; opened when there is none. Version 0 is the head, whatever it becomes; a version without a
	 * number goes by its id.
	 */
	openDataset(item: CatalogueItem, { number: versionNumber, rows, version: versionId }: Shown = NEWEST): QueryTab {
		const { name } = item.dataset;
		const there = this.#list.find(
			(tab) =>
				tab.kind === 'dataset' &&
				tab.dataset === name &&
				tab.versionNumber === versionNumber &&
				tab.versionId === versionId &&
				tab.rowsKind === rows
		);
		if (there) {
			this.show(there.id);
			if (there.status !== 'running') void there.open(item);
			return there;
		}
		const at =
			versionId !== '' ? refTo(asVersionId(versionId), item) : versionNumber === 0 ? null : `v${versionNumber}`;
		const suffix = rows === 'rejects' ? '@rejects' : at === null ? '' : `@${at}`;
		const tab = this.#add({
			kind: 'dataset',
			title: name + suffix,
			text: '',
			dataset: name,
			datasetId: item.dataset.id,
			versionNumber,
			versionId,
			rows
		});
		void tab.open(item);
		return tab;
	}

	async run(tab: QueryTab, text?: string, offset?: number): Promise<void> {
		const asked = text ?? tab.text;
		if (asked.trim() === '') return;
		const done = await tab.run(asked, offset ?? 0);
		if (done?.changed) {
			const { dataset, rowCount } = done.changed;
			const rows = `${rowCount.toLocaleString('en')} ${rowCount === 1 ? 'row' : 'rows'}, as a new version`;
			this.#toasts.show('good', `Changed ${dataset.name}`, rows, await this.#catalogue.undoAction());
		}
		const entry: Asked = { text: asked, atMs: this.#effects.now(), rowCount: done ? tab.baseRowCount : null };
		this.#history = [entry, ...this.#history.filter((other) => other.text !== asked)].slice(0, HISTORY_MAX);
		await this.#effects.store.saveSetting('history', this.#history);
	}

	close(tab: QueryTab): void {
		const at = this.#list.indexOf(tab);
		const wasActive = this.active === tab;
		this.#list = this.#list.filter((other) => other !== tab);
		if (wasActive) this.#activeId = (this.#list[at] ?? this.#list[at - 1])?.id ?? '';
		const { stored } = tab;
		void tab.close();
		this.#save();
		if (tab.kind === 'dataset' || tab.text.trim() === '') return;
		this.#toasts.show('plain', `Closed ${tab.title}`, '', {
			label: 'Undo',
			run: () => {
				const again = this.#make(stored);
				this.#list = this.#list.toSpliced(at, 0, again);
				this.show(again.id);
			}
		});
	}

	/** Dataset tabs follow the catalogue: a removed dataset's closes, a renamed one's takes the name, a changed one's opens anew. */
	follow(): void {
		for (const tab of this.#list) {
			if (tab.kind !== 'dataset') continue;
			const item =
				this.#catalogue.items.find(({ dataset }) => dataset.id === tab.datasetId) ?? this.#catalogue.find(tab.dataset);
			if (!item) {
				this.close(tab);
				continue;
			}
			if (item.dataset.name !== tab.dataset) tab.follow(item.dataset.name);
			// Another branch may have other versions under the same numbers.
			if (tab.rowsKind === 'data' && tab.version && tab.version.id !== tab.versionOf(item)?.id) void tab.open(item);
		}
	}

	/** The engine was replaced: nothing is held any more. */
	forget(): void {
		for (const tab of this.#list) tab.forget();
	}

	#add(tab: Omit<StoredTab, 'id'>): QueryTab {
		const made = this.#make({ ...tab, id: this.#effects.randomId() });
		this.#list = [...this.#list, made];
		this.show(made.id);
		return made;
	}

	#make(tab: StoredTab): QueryTab {
		return new QueryTab(tab, this.#effects, () => this.#saveSoon());
	}

	#freeTitle(): string {
		const taken = new Set(this.#list.map((tab) => tab.title));
		let number = 1;
		while (taken.has(`Query ${number}`)) number++;
		return `Query ${number}`;
	}

	/** Typing does not write at each key. */
	#saveSoon(): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#save(), 300);
	}

	#save(): void {
		clearTimeout(this.#timer);
		const value = { activeId: this.active?.id ?? '', list: this.#list.map((tab) => tab.stored) };
		void this.#effects.store.saveSetting('tabs', value);
	}
}

function parseTabs(value: unknown): { readonly activeId: string; readonly list: readonly StoredTab[] } | null {
	if (typeof value !== 'object' || value === null || !('list' in value) || !Array.isArray(value.list)) return null;
	const activeId = 'activeId' in value && typeof value.activeId === 'string' ? value.activeId : '';
	return { activeId, list: value.list.filter(isStoredTab).map(withId) };
}

function isStoredTab(value: unknown): value is StoredTab {
	return (
		typeof value === 'object' &&
		value !== null &&
		['id', 'title', 'text', 'dataset'].every((key) => typeof (value as Record<string, unknown>)[key] === 'string') &&
		'kind' in value &&
		(value.kind === 'sql' || value.kind === 'dataset')
	);
}

/** Tabs stored before datasets and versions had their ids there. */
function withId(tab: StoredTab): StoredTab {
	const text = (id: unknown): string => (typeof id === 'string' ? id : '');
	return { ...tab, datasetId: text(tab.datasetId), versionId: text(tab.versionId) };
}

function isAsked(value: unknown): value is Asked {
	return (
		typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string' && 'atMs' in value
	);
}
