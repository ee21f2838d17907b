// The examples that are shipped with Weir, one a stage: what a small program of each did, on real rows.
import { examplePipelines } from '../pipeline/example-pipelines.ts';
import { sampleQuery } from '../query/sample-query.ts';
import { sampleConnection } from '../source/sample-connection.ts';
import type { Example, ExampleStep } from './example.ts';
import { metricReport } from './metric-report.ts';
import { metricSuite } from './metric-suite.ts';
import { resilientPipeline } from './resilient-pipeline.ts';
import { windowRecipe } from './window-recipe.ts';

const sample = (id: string): ExampleStep => ({ do: 'sample', sample: id });

const [rain] = examplePipelines;
const orchestrated: readonly ExampleStep[] = rain
	? [
			{ do: 'document', kind: 'pipeline', name: rain.name, text: rain.text },
			{ do: 'run', pipeline: rain.name }
		]
	: [];

export const examples: readonly Example[] = [
	{
		stage: 'source',
		title: 'Connect an API, page by page',
		about:
			'A weather station that gives its days in pages, each with the address of the next. How they are asked for is text with a history; the load is one or more versions, and says how far it came.',
		next: 'Press “Load now” again: every day is known by its key, and none comes twice. “Edit” shows the form, the text, and a test.',
		steps: [{ do: 'connection', name: sampleConnection.name, text: sampleConnection.text }],
		place: { at: 'source', connection: sampleConnection.name }
	},
	{
		stage: 'ingest',
		title: 'Bring a messy table in',
		about:
			'A famously dirty table of films: titles that are numbers, dates in the future, ratings that are missing. Weir says what it understood, keeps the hash of the source, and profiles every column.',
		next: 'Press a column’s head for its profile, or change its type.',
		steps: [sample('movies')],
		place: { at: 'dataset', dataset: 'movies' }
	},
	{
		stage: 'store',
		title: 'Store it small, in partitions',
		about:
			'Three million events with floats that are whole numbers. Weir measures on the rows what narrower types, dictionaries and compression save, and you choose.',
		next: 'Export it as a folder of Parquet, partitioned by year and month.',
		steps: [
			sample('flights'),
			{
				do: 'dataset',
				name: 'flight_events',
				sql: `SELECT date AS timestamp, origin, destination, delay::DOUBLE AS value, year(date) AS year, month(date) AS month
FROM flights`
			}
		],
		place: { at: 'optimise', dataset: 'flight_events' }
	},
	{
		stage: 'transform',
		title: 'A moving average for each company',
		about:
			'Typed steps with a live preview of each: the mean of a price and the two before it, and a metric of your own in JavaScript over the same window, with its tests.',
		next: 'Change the function, add a step, or read the SQL that it becomes.',
		steps: [
			sample(windowRecipe.sample),
			{ do: 'document', kind: 'recipe', name: windowRecipe.name, text: windowRecipe.text }
		],
		place: { at: 'recipe', recipe: windowRecipe.name }
	},
	{
		stage: 'pipeline',
		title: 'Branch on quality, fan out, try again',
		about:
			'Import, transform, a check as a gate, a branch on its verdict, and one step for each kind of weather. It has just run.',
		next: 'Run it again: what did not change is left out, and the plan says why.',
		steps: orchestrated,
		place: { at: 'pipeline', pipeline: rain?.name ?? '' }
	},
	{
		stage: 'query',
		title: 'A question asked again, with other values',
		about:
			'Warm days in Seattle, with a bound, a date and the kinds of weather as typed parameters. Values are bound, never pasted into the SQL; rows of the same values are kept until the data has a new version.',
		next: 'Ask for other values, then for the first ones again: those rows are kept.',
		steps: [
			sample(sampleQuery.sample),
			{ do: 'document', kind: 'query', name: sampleQuery.name, text: sampleQuery.text }
		],
		place: { at: 'query', query: sampleQuery.name }
	},
	{
		stage: 'lineage',
		title: 'Where a number comes from',
		about:
			'Every run tells which versions, by which operation, gave which version, down to the column. It opens as a graph.',
		next: 'Choose a column to see what it is made of, or export it all as OpenLineage.',
		steps: orchestrated,
		place: { at: 'lineage', dataset: 'rain_by_year' }
	},
	{
		stage: 'version',
		title: 'What changed between two versions',
		about:
			'Daily measurements, and a version of them a tenth higher with small steps besides: rows with old and new value, and how each column’s distribution moved.',
		next: 'Go back with Undo, branch off, or merge by key.',
		steps: [
			sample('seattle-weather'),
			{
				do: 'dataset',
				name: 'weather_features',
				key: ['date'],
				sql: 'SELECT date, temp_max, temp_min, wind, precipitation FROM seattle_weather ORDER BY date',
				changes: [
					'UPDATE weather_features SET temp_max = round(temp_max * 1.1 + sin(dayofyear(date)) / 10, 2), temp_min = round(temp_min * 1.1 + cos(dayofyear(date)) / 10, 2)'
				]
			}
		],
		place: { at: 'compare', dataset: 'weather_features' }
	},
	{
		stage: 'model',
		title: 'Learn which bird strikes do damage',
		about:
			'Scaling, categories and gradient boosting in the tab; what it scores is told on rows that were held out, with its interval.',
		next: 'Register it, promote it through its gates, and ask it in SQL.',
		steps: [sample('birdstrikes')],
		place: { at: 'train', sample: 'bird damage' }
	},
	{
		stage: 'report',
		title: 'A report of a metric, in two sections',
		about:
			'Four years of weather as a page to send: temperature by month, days by weather, and how the warmest hours are distributed. Each number names the version it comes from.',
		next: 'Choose “Both” to see the Markdown beside it, or share it behind a link.',
		steps: [
			sample(metricReport.sample),
			{ do: 'document', kind: 'report', name: metricReport.name, text: metricReport.text }
		],
		place: { at: 'report', report: metricReport.name }
	},
	{
		stage: 'check',
		title: 'Be told when the data stops being right',
		about:
			'A trusted version as the baseline, and a newer one in which every tenth value is doubled. The suite fails, and drift says what moved most.',
		next: 'Open the suite for the rows against it, or make a rule that tells you.',
		steps: [
			sample('seattle-weather'),
			{
				do: 'dataset',
				name: metricSuite.dataset,
				key: ['date'],
				sql: 'SELECT date, temp_max + 100 AS value, wind FROM seattle_weather ORDER BY date',
				pinsBaseline: true,
				changes: [`UPDATE ${metricSuite.dataset} SET value = value * 2 WHERE dayofyear(date) % 10 = 0`]
			},
			{ do: 'document', kind: 'suite', name: metricSuite.name, text: metricSuite.text },
			{ do: 'check', suite: metricSuite.name, dataset: metricSuite.dataset }
		],
		place: { at: 'drift', dataset: metricSuite.dataset }
	},
	{
		stage: 'recover',
		title: 'Fail, try again, go on from there',
		about:
			'A source that does not answer: three attempts with growing pauses, a circuit breaker that counts them, a step that takes over, and nothing half-written.',
		next: 'Replay it from “prices” with an address that answers. The list of pipelines shows the breaker.',
		steps: [
			{ do: 'document', kind: 'pipeline', name: resilientPipeline.name, text: resilientPipeline.text },
			{ do: 'run', pipeline: resilientPipeline.name }
		],
		place: { at: 'pipeline', pipeline: resilientPipeline.name }
	}
];
