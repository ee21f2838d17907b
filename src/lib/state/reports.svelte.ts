// The reports of the workspace, and the one that is open.
import { reportTemplates, type ReportTemplate } from '#core/report/templates.ts';
import { samples } from '#core/samples/samples.ts';
import { freeName } from '#core/version/dataset-name.ts';
import { removeDocument, renameDocument } from '#lib/flows/change-document.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { listDocuments, type DocumentItem } from '#lib/flows/list-documents.ts';
import { openSample } from '#lib/flows/open-sample.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { Editions } from './editions.svelte.ts';
import { ReportEditor } from './report-editor.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class Reports {
	readonly editions: Editions;
	#items = $state.raw<readonly DocumentItem[]>([]);
	#isLoaded = $state(false);
	#open = $state.raw<ReportEditor | null>(null);
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.editions = new Editions(effects, toasts);
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
		effects.store.watch(() => {
			if (this.#isLoaded) void this.refresh();
		});
	}

	get items(): readonly DocumentItem[] {
		return this.#items;
	}
	get isLoaded(): boolean {
		return this.#isLoaded;
	}
	get open(): ReportEditor | null {
		return this.#open;
	}

	async refresh(): Promise<void> {
		const items = await listDocuments('report', this.#effects);
		if (items.ok) this.#items = items.value;
		else this.#toasts.fail(items.error);
		this.#isLoaded = true;
		this.#follow();
	}

	/** Null closes the one that is open. */
	show(name: string | null): void {
		const item = this.#items.find(({ document }) => document.name.toLowerCase() === name?.toLowerCase());
		if (this.#open?.id === item?.document.id) return;
		this.#open?.close();
		this.#open = item ? new ReportEditor(item, this.#effects, this.#catalogue, this.#toasts) : null;
	}

	/** The report of a template over a dataset; null where it could not be kept, which was told. */
	async create(template: ReportTemplate, dataset: string): Promise<string | null> {
		const item = this.#catalogue.find(dataset);
		if (!item) return null;
		const { schema, statistics } = item.version;
		return this.#write(template.nameOf(dataset), template.textOf({ dataset, columns: schema, statistics }));
	}

	async createBlank(): Promise<string | null> {
		return this.#write('report', '# A report\n\nWhat it is about.\n');
	}

	/** Brings the sample in, and the first template over it. */
	async createSample(): Promise<string | null> {
		const sample = samples.find(({ id }) => id === 'stocks');
		const template = reportTemplates.find(({ id }) => id === 'series');
		if (!sample || !template) return null;
		const opened = await openSample({ sample }, this.#effects);
		if (!opened.ok) {
			this.#toasts.fail(opened.error);
			return null;
		}
		await this.#catalogue.refresh();
		return this.create(template, opened.value.dataset.name);
	}

	async rename(name: string, to: string): Promise<boolean> {
		const renamed = await renameDocument({ kind: 'report', name, to }, this.#effects);
		if (!renamed.ok) this.#toasts.fail(renamed.error);
		else if (name !== to) this.#toasts.show('good', `${name} is now ${to}`, '', await this.#catalogue.undoAction());
		return renamed.ok;
	}

	async remove(name: string): Promise<void> {
		const removed = await removeDocument({ kind: 'report', name }, this.#effects);
		if (!removed.ok) return this.#toasts.fail(removed.error);
		this.#toasts.show('good', `Removed the report ${name}`, '', await this.#catalogue.undoAction());
	}

	async #write(name: string, text: string): Promise<string | null> {
		const taken = this.#items.map(({ document }) => document.name);
		const free = freeName(name, taken);
		const saved = await saveDocument({ kind: 'report', name: free, text }, this.#effects);
		if (!saved.ok) {
			this.#toasts.fail(saved.error);
			return null;
		}
		await this.refresh();
		return free;
	}

	/** Undo, redo and other tabs change reports too. */
	#follow(): void {
		const open = this.#open;
		if (!open) return;
		const item = this.#items.find(({ document }) => document.id === open.id);
		if (item) return open.follow(item);
		open.close();
		this.#open = null;
	}
}
