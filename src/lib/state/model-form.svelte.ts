// What a person fills in to train a model: the rows, what to learn of them, how, and what is held out.
import type { FeaturePlan } from '#core/model/fit-transform.ts';
import { chosenFeature, type FeatureChoice } from '#core/model/registry/feature-choice.ts';
import {
	boosting,
	featureOf,
	guessTraining,
	type GivenFeature,
	type GuessedTraining,
	type LeftOutFeature
} from '#core/model/registry/guess-training.ts';
import type { ModelSample } from '#core/model/registry/model-samples.ts';
import type { SplitKind } from '#core/model/split-rows.ts';
import type { ParameterSpace, SearchPlan } from '#core/model/search/search-plan.ts';
import { parseSpace, type Searchable, type SpaceTextFailure } from '#core/model/search/space-text.ts';
import { learnsClasses, needsTarget, type Learner, type TrainingPlan } from '#core/model/training/plan.ts';
import { quoteName } from '#core/sql/quote.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { planTraining, type PlannedTraining } from '#lib/flows/plan-training.ts';
import { Asked } from './asked.svelte.ts';

export type FeatureKind = FeaturePlan['as'];
export type Objective = 'squared' | 'absolute' | 'quantile' | 'poisson';
export type Algorithm = 'boosting' | 'linear' | 'isolation-forest' | 'k-means';

export type SearchMethod = 'none' | 'grid' | 'random' | 'halving';

/** What a search tries unless a person says otherwise, as they would write it; a grid needs few values of each. */
const usuallyTried: Readonly<Record<'grid' | 'drawn' | 'linear', Readonly<Partial<Record<Searchable, string>>>>> = {
	grid: { learningRate: '0.05, 0.1, 0.2', maxLeaves: '15, 31, 63' },
	drawn: { learningRate: '0.02 to 0.3', maxLeaves: '7 to 95', minLeaf: '5 to 100', rowShare: '0.6 to 1' },
	linear: { l2: '0.01, 0.1, 1, 10, 100' }
};
const boostingTried = ['learningRate', 'maxLeaves', 'minLeaf', 'l2', 'rowShare', 'featureShare'] as const;

export type FormFeature = GivenFeature & {
	readonly kind: FeatureKind | 'none';
	/** What it can be. */
	readonly kinds: readonly FeatureKind[];
	/** Why it was left out. */
	readonly reason: LeftOutFeature['reason'] | null;
	/** How it becomes features; null where it is left out. */
	readonly plan: FeaturePlan | null;
};

export type TriedSpace = {
	readonly parameter: Searchable;
	readonly text: string;
	readonly space: ParameterSpace | null;
	/** `endless-grid`: each of a range of numbers would be tried. */
	readonly failure: SpaceTextFailure | { readonly kind: 'endless-grid' } | null;
};

export class ModelForm {
	source = $state<'dataset' | 'sql'>('dataset');
	dataset = $state('');
	sql = $state('');
	name = $state('');
	target = $state('');
	/** Null: as the target's values suggest. */
	task = $state<'numbers' | 'classes' | null>(null);
	algorithm = $state<Algorithm>('boosting');
	objective = $state<Objective>('squared');
	level = $state(0.5);
	split = $state<SplitKind | null>(null);
	splitColumn = $state('');
	testShare = $state(0.2);
	validShare = $state(0.1);
	weights = $state('');
	rounds = $state(200);
	learningRate = $state(0.1);
	maxLeaves = $state(31);
	minLeaf = $state(20);
	patience = $state(20);
	/** Added to the curvature of leaves, or what keeps the weights of linear models small. */
	l2 = $state(1);
	rowShare = $state(1);
	featureShare = $state(1);
	clusters = $state(5);
	trees = $state(100);
	seed = $state(1);
	/** Of a cross-validation; 0 holds rows out once. */
	folds = $state(0);
	search = $state<SearchMethod>('none');
	trials = $state(12);
	/** What a person said a search is to try, by the kind of search and the parameter. */
	tried = $state<Record<string, string>>({});
	/** What a person said of a column; the others are as guessed. */
	chosen = $state<Record<string, FeatureKind | 'none'>>({});
	/** How it is prepared, where that is not as usual. */
	choices = $state.raw<Readonly<Record<string, FeatureChoice>>>({});
	monotone = $state<Record<string, 1 | -1>>({});
	readonly rows = new Asked<PlannedTraining>();
	readonly #effects: Effects;
	readonly #guess = $derived.by(() => this.#guessed());

	constructor(effects: Effects) {
		this.#effects = effects;
	}

	/** The query whose rows it learns from. */
	get query(): string {
		if (this.source === 'sql') return this.sql.trim();
		return this.dataset === '' ? '' : `SELECT * FROM ${quoteName(this.dataset)}`;
	}
	get columns(): readonly GivenFeature[] {
		return this.rows.value?.columns ?? [];
	}
	/** What the model goes by: its own name, else what it predicts. */
	get experiment(): string {
		return this.name.trim() || this.target || this.algorithm;
	}
	get learnsClasses(): boolean {
		if (this.task !== null) return this.task === 'classes';
		return this.#guess !== null && learnsClasses(this.#guess.plan.learner);
	}
	get hasTarget(): boolean {
		return this.algorithm === 'boosting' || this.algorithm === 'linear';
	}
	get splitKind(): SplitKind {
		return this.split ?? (this.hasTarget && this.learnsClasses ? 'stratified' : 'random');
	}
	/** Columns that may be features, each with what it is taken for; `none` leaves it out. */
	get features(): readonly FormFeature[] {
		const guess = this.#guess;
		const learner = this.#learner;
		const roles = [this.hasTarget ? this.target : '', this.weights, this.splitKind === 'group' ? this.splitColumn : ''];
		return this.columns
			.filter(({ name }) => !roles.includes(name))
			.map((column) => {
				const reason = guess?.left.find(({ name }) => name === column.name)?.reason ?? null;
				const { as } = featureOf(column, learner);
				const kinds = reason === 'nested' || reason === 'time-of-day' ? [] : [...new Set([as, 'category' as const])];
				const kind = this.chosen[column.name] ?? (reason === null ? as : 'none');
				const usual =
					kind === 'none' ? null : featureOf(kind === 'category' ? { ...column, type: 'VARCHAR' } : column, learner);
				const plan = usual && chosenFeature(usual, this.choices[column.name] ?? {});
				return { ...column, kind, kinds: as === 'date' ? [as] : kinds, reason, plan };
			});
	}

	/** Null while something is missing. */
	get plan(): TrainingPlan | null {
		const learner = this.#learner;
		const features = this.features.flatMap(({ plan }) => plan ?? []);
		const isKeyed = this.splitKind === 'time' || this.splitKind === 'group';
		const lacks = (needsTarget(learner) && this.target === '') || (isKeyed && this.splitColumn === '');
		if (features.length === 0 || lacks) return null;
		const { testShare, validShare, seed } = this;
		return {
			features,
			target: needsTarget(learner) ? this.target : null,
			learner,
			split: {
				kind: this.splitKind,
				testShare: needsTarget(learner) ? testShare : 0,
				validShare: learner.kind === 'boosting' ? validShare : 0,
				seed
			},
			splitColumn: isKeyed ? this.splitColumn : null,
			weights: this.weights === '' ? null : this.weights,
			seed
		};
	}

	/** Parameters that a search may try, each with what is written for it, and what is wrong with that. */
	get spaces(): readonly TriedSpace[] {
		const kind = this.#searchKind;
		return (kind === 'linear' ? (['l2'] as const) : boostingTried).map((parameter) => {
			const text = this.tried[`${kind} ${parameter}`] ?? usuallyTried[kind][parameter] ?? '';
			const parsed = parseSpace(parameter, text);
			if (!parsed.ok) return { parameter, text, space: null, failure: parsed.error };
			const isEndless = kind !== 'drawn' && parsed.value?.kind === 'range';
			return { parameter, text, space: parsed.value, failure: isEndless ? { kind: 'endless-grid' } : null };
		});
	}

	try(parameter: Searchable, text: string): void {
		this.tried[`${this.#searchKind} ${parameter}`] = text;
	}

	/** What is tried beside the parameters that are filled in; null trains once. */
	get searchPlan(): SearchPlan | null {
		const { search, trials, seed } = this;
		if (search === 'none' || !this.hasTarget) return null;
		const spaces = Object.fromEntries(
			this.spaces.flatMap(({ parameter, space }) => (space === null ? [] : [[parameter, space]]))
		);
		if (this.#searchKind !== 'drawn') return { spaces, method: { kind: 'grid' }, seed };
		const method = search === 'halving' ? { kind: search, trials, factor: 3 } : { kind: 'random' as const, trials };
		return { spaces, method, seed };
	}

	get #searchKind(): keyof typeof usuallyTried {
		return this.algorithm === 'linear' ? 'linear' : this.search === 'grid' ? 'grid' : 'drawn';
	}

	/** Looks at the rows: what columns there are, and how many values they have. */
	async read(): Promise<void> {
		const { query } = this;
		if (query === '') return this.rows.forget();
		await this.rows.ask(query, (signal) => planTraining({ sql: query, target: null, signal }, this.#effects));
		const names = new Set(this.columns.map(({ name }) => name));
		if (!names.has(this.target)) [this.target, this.task] = ['', null];
		if (!names.has(this.splitColumn)) this.splitColumn = '';
		if (!names.has(this.weights)) this.weights = '';
	}

	/** Begins anew with a dataset. */
	async take(dataset: string): Promise<void> {
		if (this.source === 'dataset' && this.dataset === dataset) return;
		[this.source, this.dataset, this.name, this.target] = ['dataset', dataset, '', ''];
		await this.read();
	}

	/** As a sample asks, of the dataset that it became. */
	async fill({ name, sql, target }: ModelSample, dataset: string): Promise<void> {
		[this.source, this.name, this.target, this.task] = ['sql', name, target, null];
		this.sql = sql.replace('{table}', quoteName(dataset));
		[this.chosen, this.choices, this.monotone, this.tried, this.algorithm, this.split] = [
			{},
			{},
			{},
			{},
			'boosting',
			null
		];
		await this.read();
	}

	#guessed(): GuessedTraining | null {
		const rows = this.rows.value;
		if (!rows) return null;
		const target = this.hasTarget && this.target !== '' ? this.target : null;
		return guessTraining(rows.columns, target, rows.rowCount, this.algorithm);
	}

	get #learner(): Learner {
		const { l2, clusters, trees } = this;
		switch (this.algorithm) {
			case 'linear':
				return { kind: this.learnsClasses ? 'logistic' : 'linear', l2 };
			case 'isolation-forest':
				return { kind: 'isolation-forest', trees, sampleCount: 256 };
			case 'k-means':
				return { kind: 'k-means', clusters, restarts: 3 };
			case 'boosting': {
				const { rounds, learningRate, maxLeaves, minLeaf, rowShare, featureShare } = this;
				const patience = this.validShare > 0 && this.patience > 0 ? this.patience : null;
				const options = { rounds, learningRate, maxLeaves, minLeaf, l2, rowShare, featureShare, patience };
				const numbers =
					this.objective === 'quantile' ? { kind: this.objective, level: this.level } : { kind: this.objective };
				const learner = boosting(this.learnsClasses ? { kind: 'classes' } : numbers, options);
				return { ...learner, monotone: { ...this.monotone } };
			}
		}
	}
}
