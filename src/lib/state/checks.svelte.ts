// The suites of the workspace, the one that is open, and what is known of the quality of each dataset.
import { importSuite } from '#core/check/import-suite.ts';
import { exportDataContract } from '#core/check/export-contract.ts';
import { isOtherObject, type LeftOut, type SuiteFormat } from '#core/check/exchange.ts';
import { exportGxSuite } from '#core/check/export-gx-suite.ts';
import { gravest, type CheckVerdict, type Outcome, type SuiteVerdict } from '#core/check/verdict.ts';
import { sampleSuite } from '#core/check/sample-suite.ts';
import { writeSuite } from '#core/check/write-suite.ts';
import type { DatasetId } from '#core/ids.ts';
import { samples } from '#core/samples/samples.ts';
import { rowsSqlOf } from '#lib/flows/check-version.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { datasetsOutside, type DatasetOutside, type KnownColumns } from '#lib/flows/outside-now.ts';
import { suggestChecks } from '#lib/flows/suggest-checks.ts';
import { Alerts } from './alerts.svelte.ts';
import { Asked } from './asked.svelte.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { DatasetQuality } from './dataset-quality.svelte.ts';
import { Documents } from './documents.svelte.ts';
import { pickFile } from './export-targets.ts';
import { SuiteEditor } from './suite-editor.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class Checks extends Documents<SuiteEditor> {
	readonly alerts: Alerts;
	readonly outside = new Asked<readonly DatasetOutside[]>();
	readonly #knownColumns: KnownColumns = new Map();
	#hasVerdicts = false;
	#suggesting = $state<string | null>(null);
	#quality = $state.raw<DatasetQuality | null>(null);
	#verdicts = $state.raw<ReadonlyMap<DatasetId, readonly SuiteVerdict[]>>(new Map());
	readonly #byVersion = $derived(Map.groupBy([...this.#verdicts.values()].flat(), ({ version }): string => version));

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		super('suite', effects, catalogue, toasts);
		this.alerts = new Alerts(effects, catalogue, toasts);
		effects.store.watch(() => {
			if (!this.isLoaded && this.#hasVerdicts) void this.readBeside();
		});
	}

	/** Of the dataset that is looked at. */
	get quality(): DatasetQuality | null {
		return this.#quality;
	}

	/** Kept verdicts of a dataset, newest first. */
	verdictsOf(dataset: DatasetId): readonly SuiteVerdict[] {
		return this.#verdicts.get(dataset) ?? [];
	}

	/** Those of the suites that looked at a version. */
	verdictsAt(version: string): readonly SuiteVerdict[] {
		return this.#byVersion.get(version) ?? [];
	}

	/** The gravest of them; null where no suite looked. */
	outcomeAt(version: string): Outcome | null {
		const verdicts = this.verdictsAt(version);
		return verdicts.length === 0 ? null : gravest(verdicts.map(({ outcome }) => outcome));
	}

	/** Metrics outside their bands now, of all datasets. */
	async askOutside(): Promise<void> {
		const heads = this.catalogue.items.map(({ version }) => version.id);
		const known = this.#knownColumns;
		await this.outside.ask(heads.join(), (signal) => datasetsOutside({ known, signal }, this.effects));
	}

	/** Reads kept verdicts for whoever shows them beside a version, and from then on whenever one is kept. */
	async loadVerdicts(): Promise<void> {
		if (this.#hasVerdicts) return;
		this.#hasVerdicts = true;
		// They are asked for by dataset, and a page that has just opened may know of none yet.
		await this.catalogue.refresh();
		await this.readBeside();
	}

	override async refresh(): Promise<void> {
		await this.catalogue.refresh();
		await super.refresh();
	}

	protected edit(item: DocumentItem): SuiteEditor {
		return new SuiteEditor(item, this.effects, this.catalogue, this.toasts);
	}

	protected override followed(open: SuiteEditor): void {
		void open.readVerdicts();
	}

	protected override async readBeside(): Promise<void> {
		const found = new Map<DatasetId, readonly SuiteVerdict[]>();
		for (const { dataset } of this.catalogue.items) {
			const kept = await this.effects.store.verdicts(dataset.id);
			if (kept.ok) found.set(dataset.id, kept.value);
			else this.toasts.fail(kept.error);
		}
		this.#verdicts = found;
	}

	/** What is known of a dataset's data; null leaves it. */
	showQuality(dataset: string | null): void {
		if (dataset?.toLowerCase() === this.#quality?.name.toLowerCase()) return;
		this.#quality?.close();
		this.#quality = dataset === null ? null : new DatasetQuality(dataset, this.effects, this.catalogue, this.toasts);
	}

	/** Answers the name it has. */
	async create(dataset: string | null): Promise<string | null> {
		const about = dataset === null ? '' : `dataset: ${JSON.stringify(dataset)}\n`;
		return this.write(dataset === null ? 'suite' : `${dataset} checks`, `${about}checks: []\n`);
	}

	/** The dataset that checks are being suggested for. */
	get suggesting(): string | null {
		return this.#suggesting;
	}

	/** What statistics of the dataset's newest version propose; answers its name. */
	async suggest(dataset: string): Promise<string | null> {
		const item = this.catalogue.find(dataset);
		if (!item || this.#suggesting !== null) return null;
		this.#suggesting = dataset;
		const suggested = await suggestChecks({ item, version: item.version }, this.effects);
		this.#suggesting = null;
		if (suggested.ok) return this.write(`${dataset} checks`, suggested.value);
		if (suggested.error.kind !== 'cancelled') this.toasts.fail(suggested.error);
		return null;
	}

	/** Brings the sample's table in, and the suite that is written for it; answers the suite's name and the dataset's. */
	async createSample(): Promise<{ readonly name: string; readonly dataset: string } | null> {
		const sample = samples.find(({ name }) => name === sampleSuite.sample);
		if (!sample) return null;
		const dataset = await this.bringSample(sample);
		if (dataset === null) return null;
		const text = sampleSuite.text.replace('dataset: movies', `dataset: ${JSON.stringify(dataset)}`);
		const name = await this.write(sampleSuite.name, text);
		return name === null ? null : { name, dataset };
	}

	/** Of Great Expectations, or a data contract, of which each object is a suite; answers the first name and what has no place in any. */
	async bring(file: File): Promise<{ readonly name: string; readonly left: readonly LeftOut[] } | null> {
		const text = await file.text();
		const first = importSuite(text, null);
		const others = first.ok ? first.value.otherObjects : [];
		const names: string[] = [];
		const left = new Map<string, LeftOut>();
		for (const read of [first, ...others.map((object) => importSuite(text, object))]) {
			if (!read.ok) {
				this.toasts.fail(read.error);
				return null;
			}
			const { name, suite } = read.value;
			const called = name ?? file.name.replace(/\.[a-z]+$/i, '');
			const own = others.length === 0 ? called : `${called}: ${suite.dataset ?? ''}`;
			const written = await this.write(own, writeSuite(suite));
			if (written === null) return null;
			names.push(written);
			// What is said of the whole is said with each object, which is a suite here.
			for (const one of read.value.left) if (!isOtherObject(one)) left.set(`${one.at} ${one.what}`, one);
		}
		const [name] = names;
		return name === undefined ? null : { name, left: [...left.values()] };
	}

	/** Writes a suite as another tool reads it; answers what has no place there, null when nothing was written. */
	async take(editor: SuiteEditor, format: SuiteFormat): Promise<readonly LeftOut[] | null> {
		const { suite, name } = editor;
		if (!suite) return null;
		const schema = this.catalogue.find(editor.dataset ?? '')?.version.schema ?? [];
		const made = format === 'odcs' ? exportDataContract(name, suite, schema) : exportGxSuite(name, suite, format);
		const [type, extension] = format === 'odcs' ? ['application/yaml', 'yaml'] : ['application/json', 'json'];
		const target = await pickFile(`${name}.${extension}`, type, extension);
		if (target === 'cancelled') return null;
		await target.write(new TextEncoder().encode(made.text));
		await target.finish();
		return made.left;
	}

	/** All rows against a check as a query; null where its version's dataset is gone. */
	rowsQuery({ dataset, version }: SuiteVerdict, { rowsSql }: CheckVerdict): string | null {
		const item = this.catalogue.items.find((one) => one.dataset.id === dataset);
		return item && rowsSql !== null ? rowsSqlOf(rowsSql, item.dataset.name, version) : null;
	}
}
