// Whole reports from a dataset or a model: what it is decides what stands in them.
import type { Column } from '../version/version.ts';
import { dashboardText, dateOf, numbersOf, overviewText, seriesText, type Dimension } from './templates-dataset.ts';
import { diffText } from './templates-diff.ts';
import { modelText, type ModelTemplateInput } from './templates-model.ts';
import { qualityText } from './templates-quality.ts';

export type TemplateInput = {
	readonly dataset: string;
	/** Those that the report is about. */
	readonly columns: readonly Column[];
	/** Those of them whose values tell groups of rows apart. */
	readonly dimensions: readonly Dimension[];
	/** Columns that tell rows apart; none where nobody said. */
	readonly key: readonly string[];
	/** Of the versions of the open branch, ascending: `v3` is 3. */
	readonly numbers: readonly number[];
	/** Null: the newest, whichever that is when the report is read. */
	readonly version: number | null;
	/** What it is held against; null: the one before. */
	readonly against: number | null;
	/** Names of columns that this one has too. */
	readonly shared: readonly string[];
};

/** What a dataset lacks for a template. */
export type TemplateNeed = 'dates-and-numbers' | 'two-versions';

type Told = { readonly id: string; readonly title: string; readonly about: string };

export type DatasetTemplate = Told & {
	readonly of: 'dataset';
	readonly nameOf: (dataset: string) => string;
	/** It has to be told which columns are dimensions: what their values are is asked for. */
	readonly needsDimensions?: true;
	readonly textOf: (input: TemplateInput) => string;
	/** Null where the dataset has what it needs. */
	readonly missing: (input: Pick<TemplateInput, 'columns' | 'numbers'>) => TemplateNeed | null;
};

export type ModelTemplate = Told & {
	readonly of: 'model';
	readonly nameOf: (model: string, version: number) => string;
	readonly textOf: (input: ModelTemplateInput) => string;
};

export const datasetTemplates: readonly DatasetTemplate[] = [
	{
		of: 'dataset',
		id: 'series',
		title: 'A metric over time',
		about: 'A time series of one number and a histogram of its distribution.',
		nameOf: (dataset) => `${dataset} over time`,
		needsDimensions: true,
		textOf: seriesText,
		missing: ({ columns }) => (dateOf(columns) && numbersOf(columns)[0] ? null : 'dates-and-numbers')
	},
	{
		of: 'dataset',
		id: 'overview',
		title: 'Overview of a dataset',
		about: 'How many rows, how numbers are distributed, what categories there are, and the first rows.',
		nameOf: (dataset) => `${dataset} overview`,
		needsDimensions: true,
		textOf: overviewText,
		missing: () => null
	},
	{
		of: 'dataset',
		id: 'dashboard',
		title: 'Dashboard',
		about: 'Charts on a grid with inputs that filter all of them.',
		nameOf: (dataset) => `${dataset} dashboard`,
		needsDimensions: true,
		textOf: dashboardText,
		missing: () => null
	},
	{
		of: 'dataset',
		id: 'quality',
		title: 'Quality report',
		about:
			'Checks that passed and failed, version by version, the failing rules with their numbers, and missing values.',
		nameOf: (dataset) => `${dataset} quality`,
		textOf: qualityText,
		missing: () => null
	},
	{
		of: 'dataset',
		id: 'diff',
		title: 'What changed between two versions',
		about: 'Rows added, removed and changed, changes of columns, and how far their values drifted.',
		nameOf: (dataset) => `${dataset} changes`,
		textOf: diffText,
		missing: ({ numbers }) => (numbers.length > 1 ? null : 'two-versions')
	}
];

export const modelTemplates: readonly ModelTemplate[] = [
	{
		of: 'model',
		id: 'model',
		title: 'Model card',
		about: 'How good it is with intervals, what it looks at, what it learnt from, and what was done to it.',
		nameOf: (model, version) => `${model} v${version} card`,
		textOf: modelText
	}
];

export const templateIds: readonly string[] = [...datasetTemplates, ...modelTemplates].map(({ id }) => id);
