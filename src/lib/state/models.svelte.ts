// Models, their versions and the runs that made them, as the page shows them. Follows what other tabs do.
import type { ModelRunId } from '#core/ids.ts';
import type { ModelRun, ModelStage } from '#core/model/registry/model-run.ts';
import type { Prediction } from '#core/model/registry/model-examples.ts';
import { rollbackTarget, type Gate } from '#core/model/registry/promotion.ts';
import type { ModelEvent, ModelVersion, RegisteredModel } from '#core/model/registry/registered-model.ts';
import type { Failure } from '#core/failure.ts';
import { readAuthor } from '#lib/flows/author.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { exportModel, type ModelFormat } from '#lib/flows/export-model.ts';
import { settleRuns } from '#lib/flows/keep-runs.ts';
import { importModel, readModelFile, type ImportedModel, type ReadModelFile } from '#lib/flows/import-model.ts';
import { predictRows, type GivenRow } from '#lib/flows/predict-rows.ts';
import { openSample } from '#lib/flows/open-sample.ts';
import { promoteModel, rollBackModel } from '#lib/flows/promote-model.ts';
import { registerModel } from '#lib/flows/register-model.ts';
import type { ModelSample } from '#core/model/registry/model-samples.ts';
import { err, ok, type Result } from '#core/result.ts';
import { samples } from '#core/samples/samples.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { pickFile } from './export-targets.ts';
import { ModelForm } from './model-form.svelte.ts';
import { ModelRunDetail } from './model-run-detail.svelte.ts';
import { ModelTraining } from './model-training.svelte.ts';
import { ModelUpkeep } from './model-upkeep.ts';
import { ModelWatch } from './model-watch.svelte.ts';
import type { ToastAction, Toasts } from './toasts.svelte.ts';

export type ModelItem = RegisteredModel & {
	/** Newest first. */
	readonly versions: readonly ModelVersion[];
	/** Newest first. */
	readonly events: readonly ModelEvent[];
	readonly inProduction: ModelVersion | null;
	/** Where a roll-back would lead. */
	readonly before: ModelVersion | null;
	/** Versions that were removed, newest first. */
	readonly removed: readonly ModelVersion[];
};

export type PromoteWish = {
	readonly version: ModelVersion;
	readonly stage: ModelStage;
	readonly why: string;
	readonly margin: number;
	readonly force: boolean;
};

/** One that was removed with all its versions. */
type RemovedModel = { readonly name: string; readonly versionCount: number; readonly removedAtMs: number };

export class Models {
	#items = $state.raw<readonly ModelItem[]>([]);
	#runs = $state.raw<readonly ModelRun[]>([]);
	#removedModels = $state.raw<readonly RemovedModel[]>([]);
	#removedRuns = $state.raw<readonly ModelRun[]>([]);
	#isLoaded = $state(false);
	#detail = $state.raw<ModelRunDetail | null>(null);
	#shownRun: ModelRunId | null = null;
	readonly form: ModelForm;
	readonly training: ModelTraining;
	readonly upkeep: ModelUpkeep;
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
		this.form = new ModelForm(effects);
		this.training = new ModelTraining(effects, toasts);
		this.upkeep = new ModelUpkeep(effects, catalogue, toasts);
		effects.models.watch(() => {
			if (this.#isLoaded) void this.refresh();
		});
	}

	get items(): readonly ModelItem[] {
		return this.#items;
	}
	/** Newest first. */
	get runs(): readonly ModelRun[] {
		return this.#runs;
	}
	get removedModels(): readonly RemovedModel[] {
		return this.#removedModels;
	}
	/** Newest first. */
	get removedRuns(): readonly ModelRun[] {
		return this.#removedRuns;
	}
	get isLoaded(): boolean {
		return this.#isLoaded;
	}

	/** Of the run that is shown. */
	get detail(): ModelRunDetail | null {
		return this.#detail;
	}

	find(model: string): ModelItem | null {
		return this.#items.find(({ name }) => name.toLowerCase() === model.toLowerCase()) ?? null;
	}
	findRun(id: string): ModelRun | null {
		return this.#runs.find((run) => run.id === id) ?? null;
	}
	/** Versions that a run became. */
	versionsOf(run: ModelRunId): readonly ModelVersion[] {
		return this.#items.flatMap(({ versions }) => versions.filter((version) => version.run === run));
	}

	async refresh(): Promise<void> {
		const { models: store } = this.#effects;
		const [registry, runs, away] = await Promise.all([
			store.registry(),
			settleRuns(this.#effects),
			store.removedRuns()
		]);
		if (!registry.ok) return this.#toasts.fail(registry.error);
		if (!runs.ok) return this.#toasts.fail(runs.error);
		if (!away.ok) return this.#toasts.fail(away.error);
		const { models, versions, events, removed } = registry.value;
		const gone = removed.toSorted((one, other) => other.number - one.number);
		this.#removedModels = removedModels(gone, models);
		this.#items = models.map((model) => {
			const own = versions.filter((version) => version.model === model.name).toSorted((a, b) => b.number - a.number);
			const said = events.filter((event) => event.model === model.name);
			return {
				...model,
				versions: own,
				events: said.toReversed(),
				inProduction: own.find(({ stage }) => stage === 'Production') ?? null,
				before: rollbackTarget(own, said)?.to ?? null,
				removed: gone.filter((version) => version.model === model.name)
			};
		});
		this.#runs = runs.value;
		this.#removedRuns = away.value;
		this.#isLoaded = true;
	}

	/** Of a model that serves. */
	watch(model: string): ModelWatch {
		return new ModelWatch(model, this.#effects);
	}

	/** Of a run beside the one that is shown. */
	detailOf(): ModelRunDetail {
		return new ModelRunDetail(this.#effects);
	}

	/** Null leaves the one that is shown. */
	showRun(id: ModelRunId | null): void {
		if (id === this.#shownRun) return;
		this.#shownRun = id;
		this.#detail = id === null ? null : new ModelRunDetail(this.#effects);
	}

	/** Trains as the form says; answers the run, which goes on: of a search or a cross-validation, that of all its parts. */
	async train(): Promise<ModelRunId | null> {
		const { plan, query, experiment, searchPlan, folds } = this.form;
		if (!plan) return null;
		const wish = { experiment, sql: query, plan };
		const begin = (): Promise<ModelRunId | null> => {
			if (folds > 0 && plan.target !== null) return this.training.crossValidate({ ...wish, folds });
			if (searchPlan) return this.training.search({ ...wish, search: searchPlan });
			return this.training.start(wish);
		};
		const run = await begin();
		if (run !== null) await this.refresh();
		return run;
	}

	/** More trees on those of a run; answers the run, which goes on. */
	async goOn({ id }: ModelRun, rounds: number): Promise<ModelRunId | null> {
		const run = await this.training.goOn(id, rounds);
		if (run !== null) await this.refresh();
		return run;
	}

	/** As the run was begun, over the rows that its query has now; answers the new run. Null where it does not say how. */
	async trainAgain({ plan, experiment, data }: ModelRun): Promise<ModelRunId | null> {
		if (!plan) return null;
		const run = await this.training.start({ experiment, sql: data.sql, plan });
		if (run !== null) await this.refresh();
		return run;
	}

	/** The runs that are parts of a run, in the order they began. */
	partsOf(id: ModelRunId): readonly ModelRun[] {
		return this.#runs.filter(({ parent }) => parent === id).toReversed();
	}

	/** Brings a sample's table in, and fills the form for it. */
	async fillSample(sample: ModelSample): Promise<boolean> {
		const table = samples.find(({ name }) => name === sample.sample);
		if (!table) return false;
		const opened = await openSample({ sample: table }, this.#effects);
		if (!opened.ok) {
			this.#toasts.fail(opened.error);
			return false;
		}
		await this.#catalogue.refresh();
		await this.form.fill(sample, opened.value.dataset.name);
		const { failure } = this.form.rows;
		if (failure) this.#toasts.fail(failure);
		return failure === null;
	}

	/** Makes what a run learnt the next version of a model. */
	async register({ id }: ModelRun, name: string, description: string): Promise<ModelVersion | null> {
		const registered = await registerModel({ run: id, name, description }, this.#effects);
		if (!registered.ok) {
			this.#toasts.fail(registered.error);
			return null;
		}
		const { model, number } = registered.value;
		this.#toasts.show('good', `Registered ${model} v${number}`);
		await this.refresh();
		return registered.value;
	}

	/** The gates that were asked; a failure with the gates where one is closed. */
	async promote({ version, stage, why, margin, force }: PromoteWish): Promise<Result<readonly Gate[], Failure>> {
		const { model, number, stage: from } = version;
		const champion = stage === 'Production' ? (this.find(model)?.inProduction ?? null) : null;
		const reference = `${model}@v${number}`;
		const promoted = await promoteModel({ reference, stage, why, margin, force }, this.#effects);
		if (!promoted.ok) return promoted;
		const detail =
			champion && champion.number !== number ? `v${champion.number} was there before, and is archived.` : '';
		this.#toasts.show('good', `${model} v${number} is in ${stage}`, detail, {
			label: 'Undo',
			run: () =>
				void (champion && champion.number !== number ? this.rollBack(model, 'Undone') : this.#putBack(version, from))
		});
		return ok(promoted.value.gates);
	}

	/** What was there was shown to be good enough before: no gate is asked again. */
	async #putBack({ model, number }: ModelVersion, stage: ModelStage): Promise<void> {
		const said = await this.#said('Undone');
		if (!said) return;
		const set = await this.#effects.models.setStage({ model, number }, stage, { kind: 'stage', ...said });
		if (set.ok) this.#toasts.show('good', `${model} v${number} is in ${stage} again`);
		else this.#toasts.fail(set.error);
	}

	async rollBack(model: string, why: string): Promise<boolean> {
		const left = this.find(model)?.inProduction ?? null;
		const rolled = await rollBackModel({ model, why }, this.#effects);
		if (!rolled.ok) {
			this.#toasts.fail(rolled.error);
			return false;
		}
		const undo: readonly ToastAction[] = left
			? [{ label: 'Undo', run: () => void this.#putBack(left, 'Production') }]
			: [];
		this.#toasts.show('good', `${model} v${rolled.value.number} is in Production again`, '', ...undo);
		return true;
	}

	/** Null takes the name away. */
	async setAlias(model: string, alias: string, number: number | null): Promise<boolean> {
		const said = await this.#said('');
		if (!said) return false;
		const before = this.find(model)?.aliases[alias] ?? null;
		const set = await this.#effects.models.setAlias(model, alias, number, said);
		if (!set.ok) {
			this.#toasts.fail(set.error);
			return false;
		}
		const title = number === null ? `${alias} names no version of ${model} now` : `${model}@${alias} is v${number}`;
		this.#toasts.show('good', title, '', { label: 'Undo', run: () => void this.setAlias(model, alias, before) });
		return true;
	}

	/** What a file is, before it is imported. */
	readFile(file: File): Promise<Result<ReadModelFile, Failure>> {
		return readModelFile(file);
	}

	async importFile(
		name: string,
		file: File,
		description: string,
		signal: AbortSignal
	): Promise<Result<ImportedModel, Failure>> {
		const bytes = new Uint8Array(await file.arrayBuffer());
		const imported = await importModel({ name, bytes, description, signal }, this.#effects);
		if (imported.ok)
			this.#toasts.show('good', `Imported ${imported.value.version.model} v${imported.value.version.number}`);
		return imported;
	}

	/** Writes a version to a file that the person chooses. */
	async take({ model, number }: ModelVersion, format: ModelFormat): Promise<void> {
		const made = await exportModel({ reference: `${model}@v${number}`, format }, this.#effects);
		if (!made.ok) return this.#toasts.fail(made.error);
		const { fileName, blob } = made.value;
		const target = await pickFile(fileName, blob.type, fileName.split('.').at(-1) ?? '');
		if (target === 'cancelled') return;
		await target.write(new Uint8Array(await blob.arrayBuffer()));
		await target.finish();
		this.#toasts.show('good', `Wrote ${fileName}`);
	}

	async predictRow(
		{ model, number }: ModelVersion,
		row: GivenRow,
		signal: AbortSignal
	): Promise<Result<Prediction, Failure>> {
		const reference = `${model}@v${number}`;
		const told = await predictRows({ reference, rows: [row], signal }, this.#effects);
		if (!told.ok) return told;
		const [prediction] = told.value;
		return prediction ? ok(prediction) : err({ kind: 'onnx-failed', reason: 'It answered nothing' });
	}

	async #said(
		why: string
	): Promise<{ readonly who: string | null; readonly why: string; readonly atMs: number } | null> {
		const author = await readAuthor(this.#effects);
		if (author.ok) return { who: author.value || null, why, atMs: this.#effects.now() };
		this.#toasts.fail(author.error);
		return null;
	}
}

/** `gone` has the newest versions first. */
function removedModels(gone: readonly ModelVersion[], inSight: readonly RegisteredModel[]): readonly RemovedModel[] {
	const names = new Set(gone.map(({ model }) => model));
	for (const { name } of inSight) names.delete(name);
	return [...names].map((name) => {
		const own = gone.filter(({ model }) => model === name);
		return { name, versionCount: own.length, removedAtMs: Math.max(...own.map(({ removedAtMs = 0 }) => removedAtMs)) };
	});
}
