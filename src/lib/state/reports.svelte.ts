// The reports of the workspace, and the one that is open.
import type { ModelVersion } from '#core/model/registry/registered-model.ts';
import { writeProse } from '#core/report/report-text.ts';
import { samples } from '#core/samples/samples.ts';
import { freeName } from '#core/version/dataset-name.ts';
import { removeDocument, renameDocument } from '#lib/flows/change-document.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { listDocuments, type DocumentItem } from '#lib/flows/list-documents.ts';
import { makeReport, versionNumbers, type MakeReportInput } from '#lib/flows/make-report.ts';
import { openSample } from '#lib/flows/open-sample.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { ChartChoice } from './chart-choice.svelte.ts';
import { ReportEditor } from './report-editor.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class Reports {
	#items = $state.raw<readonly DocumentItem[]>([]);
	#isLoaded = $state(false);
	#open = $state.raw<ReportEditor | null>(null);
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
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

	/** The report of a template; null where it could not be made, which was told. */
	async create(input: MakeReportInput): Promise<string | null> {
		const made = await makeReport(input, this.#effects);
		if (!made.ok) {
			this.#toasts.fail(made.error);
			return null;
		}
		await this.refresh();
		return made.value.document.name;
	}

	/** Numbers of a dataset's versions that are stored, ascending. */
	versionsOf(dataset: string): readonly number[] {
		const item = this.#catalogue.find(dataset);
		return item ? versionNumbers(item) : [];
	}

	/** Versions of all models, for a template to be of: the newest of each first. */
	async modelVersions(): Promise<readonly ModelVersion[]> {
		const registry = await this.#effects.models.registry();
		if (!registry.ok) {
			this.#toasts.fail(registry.error);
			return [];
		}
		return registry.value.versions.toSorted(
			(one, other) => one.model.localeCompare(other.model) || other.number - one.number
		);
	}

	/** Charts to choose from before there is a report. */
	chooseChart(): ChartChoice {
		return new ChartChoice(this.#effects, null);
	}

	/** A report of one chart. */
	async createOf(from: string, block: string): Promise<string | null> {
		return this.#write(`${from} charts`, `# ${writeProse(from)}\n\n${block}`);
	}

	async createBlank(): Promise<string | null> {
		return this.#write('report', '# A report\n\nWhat it is about.\n');
	}

	/** Brings the sample in, and the first template over it. */
	async createSample(): Promise<string | null> {
		const sample = samples.find(({ id }) => id === 'stocks');
		if (!sample) return null;
		const opened = await openSample({ sample }, this.#effects);
		if (!opened.ok) {
			this.#toasts.fail(opened.error);
			return null;
		}
		await this.#catalogue.refresh();
		return this.create({ template: 'series', of: opened.value.dataset.name });
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
