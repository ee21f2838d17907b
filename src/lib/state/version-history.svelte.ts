// The history of one dataset as the page shows it: its versions, which one is looked at, and where that one came from.
import {
	addedBytes,
	datasetHistory,
	refTo,
	traceLineage,
	type DatasetHistory,
	type HistoryRow,
	type LineageTrace,
	type PartsBySegment
} from '#lib/flows/dataset-history.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import type { VersionId } from '#core/ids.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { Catalogue } from './catalogue.svelte.ts';

export class VersionHistory {
	#item = $state.raw<CatalogueItem | null>(null);
	#history = $state.raw<DatasetHistory | null>(null);
	#failure = $state.raw<StoreFailure | null>(null);
	#selectedId = $state.raw<VersionId | null>(null);
	#trace = $state.raw<LineageTrace | null>(null);
	/** Bytes that versions added, of those that were in sight; null where segments are missing. */
	#sizes = $state.raw<ReadonlyMap<VersionId, number | null>>(new Map());
	#parts: PartsBySegment = new Map();
	/** The version that another one is sought for, to compare the two. */
	#compared = $state.raw<VersionId | null>(null);
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;

	constructor(effects: Effects, catalogue: Catalogue) {
		this.#effects = effects;
		this.#catalogue = catalogue;
	}

	/** Null until it was read once. */
	get history(): DatasetHistory | null {
		return this.#history;
	}
	/** Undefined until it was read. */
	addedBytes(id: VersionId): number | null | undefined {
		return this.#sizes.get(id);
	}
	/** The version whose counterpart is being chosen; null when none is. */
	get compared(): HistoryRow | null {
		return this.#compared === null
			? null
			: (this.#history?.rows.find((row) => row.version.id === this.#compared) ?? null);
	}
	get failure(): StoreFailure | null {
		return this.#failure;
	}
	/** The version looked at; the newest one of the open branch where nothing else was selected. */
	get selected(): HistoryRow | null {
		const rows = this.#history?.rows ?? [];
		return rows.find(({ version }) => version.id === this.#selectedId) ?? rows.find(({ isHead }) => isHead) ?? null;
	}
	/** Where the selected version came from; null until it was followed. */
	get trace(): LineageTrace | null {
		return this.#trace;
	}
	/** The nearest stored version that the selected one followed; null when it is a first one. */
	get parent(): HistoryRow | null {
		const id = this.selected?.parents[0];
		return this.#history?.rows.find(({ version }) => version.id === id) ?? null;
	}

	/** Reads the history of a dataset as the catalogue has it now. The selection stays while it is the same dataset. */
	async show(item: CatalogueItem): Promise<void> {
		if (this.#item?.dataset.id !== item.dataset.id) {
			this.#history = null;
			this.#selectedId = null;
			this.#trace = null;
			this.#compared = null;
			this.#parts = new Map();
		}
		this.#item = item;
		this.#failure = null;
		// What was collected since changes what others added.
		this.#sizes = new Map();
		this.#history = datasetHistory(item);
		await this.#follow();
	}

	/** Reads what the versions of some rows added, counted from 0, end exclusive. */
	async measure(first: number, end: number): Promise<void> {
		const [item, history] = [this.#item, this.#history];
		const rows = history?.rows.slice(first, end).filter(({ version }) => !this.#sizes.has(version.id)) ?? [];
		if (!item || rows.length === 0) return;
		const sizes = await addedBytes(rows, item, this.#parts, this.#effects);
		if (this.#item !== item) return;
		if (sizes.ok) this.#sizes = new Map([...this.#sizes, ...sizes.value]);
		else this.#failure = sizes.error;
	}

	/** Marks the selected version, to compare it with the one that is chosen next. */
	startComparing(): void {
		this.#compared = this.selected?.version.id ?? null;
	}

	stopComparing(): void {
		this.#compared = null;
	}

	select(id: VersionId): void {
		this.#selectedId = id;
		void this.#follow();
	}

	/** The newest version of the open branch, whichever it becomes. */
	selectHead(): void {
		this.#selectedId = null;
		void this.#follow();
	}

	/** Towards older versions, or newer ones with a negative number; stops at the ends. */
	step(by: number): void {
		const rows = this.#history?.rows ?? [];
		const at = rows.findIndex((row) => row === this.selected);
		const row = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
		if (row) this.select(row.version.id);
	}

	/** What names a version after `@`. */
	refTo(id: VersionId): string {
		return this.#item ? refTo(id, this.#item) : id;
	}

	async #follow(): Promise<void> {
		const row = this.selected;
		this.#trace = null;
		if (!row) return;
		const at = this.#history?.rows.indexOf(row) ?? 0;
		void this.measure(at, at + 1);
		const trace = await traceLineage(row.version, this.#catalogue.items, this.#effects);
		if (this.selected?.version.id !== row.version.id) return;
		if (trace.ok) this.#trace = trace.value;
		else this.#failure = trace.error;
	}
}
