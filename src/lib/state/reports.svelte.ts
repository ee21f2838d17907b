// The reports of the workspace, and the one that is open.
import type { ModelVersion } from '#core/model/registry/registered-model.ts';
import { writeProse, writeQuery } from '#core/report/report-text.ts';
import { samples } from '#core/samples/samples.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { makeReport, versionNumbers, type MakeReportInput } from '#lib/flows/make-report.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { reportOf, type ChartedRows } from './charted-rows.ts';
import { ChartChoice } from './chart-choice.svelte.ts';
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

	/** The report of a template; null where it could not be made, which was told. */
	async create(input: MakeReportInput): Promise<string | null> {
		const made = await makeReport(input, this.effects);
		if (!made.ok) {
			this.toasts.fail(made.error);
			return null;
		}
		await this.refresh();
		return made.value.document.name;
	}

	/** Numbers of a dataset's versions that are stored, ascending. */
	versionsOf(dataset: string): readonly number[] {
		const item = this.catalogue.find(dataset);
		return item ? versionNumbers(item) : [];
	}

	/** Versions of all models, for a template to be of: the newest of each first. */
	async modelVersions(): Promise<readonly ModelVersion[]> {
		const registry = await this.effects.models.registry();
		if (!registry.ok) {
			this.toasts.fail(registry.error);
			return [];
		}
		return registry.value.versions.toSorted(
			(one, other) => one.model.localeCompare(other.model) || other.number - one.number
		);
	}

	/** Charts to choose from before there is a report, also of a query. */
	chooseChart(rows?: ChartedRows): ChartChoice {
		return new ChartChoice(this.effects, rows ? reportOf(rows) : null);
	}

	/** A report of one chart, and of the query that its rows are of. */
	async createOf(from: string, block: string, rows?: ChartedRows): Promise<string | null> {
		const isQuery = rows !== undefined && rows.sql !== null && rows.from === from;
		const query = isQuery ? `${writeQuery(from, rows.sql ?? '')}\n` : '';
		return this.write(`${from} charts`, `# ${writeProse(from)}\n\n${query}${block}`);
	}

	async createBlank(): Promise<string | null> {
		return this.write('report', '# A report\n\nWhat it is about.\n');
	}

	/** Brings the sample in, and the first template over it. */
	async createSample(): Promise<string | null> {
		const sample = samples.find(({ id }) => id === 'stocks');
		if (!sample) return null;
		const dataset = await this.bringSample(sample);
		return dataset === null ? null : this.create({ template: 'series', of: dataset });
	}

	protected edit(item: DocumentItem): ReportEditor {
		return new ReportEditor(item, this.effects, this.catalogue, this.toasts);
	}
}
