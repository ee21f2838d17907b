// The reports of the workspace, and the one that is open.
import { reportTemplates, type ReportTemplate } from '#core/report/templates.ts';
import { samples } from '#core/samples/samples.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { Documents } from './documents.svelte.ts';
import { Editions } from './editions.svelte.ts';
import { ReportEditor } from './report-editor.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class Reports extends Documents<ReportEditor> {
	readonly editions: Editions;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		super('report', effects, catalogue, toasts);
		this.editions = new Editions(effects, toasts);
	}

	/** The report of a template over a dataset; null where it could not be kept, which was told. */
	async create(template: ReportTemplate, dataset: string): Promise<string | null> {
		const item = this.catalogue.find(dataset);
		if (!item) return null;
		const { schema, statistics } = item.version;
		return this.write(template.nameOf(dataset), template.textOf({ dataset, columns: schema, statistics }));
	}

	async createBlank(): Promise<string | null> {
		return this.write('report', '# A report\n\nWhat it is about.\n');
	}

	/** Brings the sample in, and the first template over it. */
	async createSample(): Promise<string | null> {
		const sample = samples.find(({ id }) => id === 'stocks');
		const template = reportTemplates.find(({ id }) => id === 'series');
		if (!sample || !template) return null;
		const dataset = await this.bringSample(sample);
		return dataset === null ? null : this.create(template, dataset);
	}

	protected edit(item: DocumentItem): ReportEditor {
		return new ReportEditor(item, this.effects, this.catalogue, this.toasts);
	}
}
