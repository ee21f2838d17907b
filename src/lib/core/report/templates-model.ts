// The card of a model's version as a report: its numbers with intervals, what it looks at, learnt from, and what was done to it.
import type { ModelRun } from '../model/registry/model-run.ts';
import type { ModelVersion } from '../model/registry/registered-model.ts';
import { mainMetric } from '../model/evaluate/evaluation.ts';
import { quoteText } from '../sql/quote.ts';
import { fenced, writeBlock, writeHead, writeProse, writeQuery } from './report-text.ts';

export type ModelTemplateInput = {
	readonly version: ModelVersion;
	/** Null of an imported file. */
	readonly run: ModelRun | null;
};

export function modelText({ version, run }: ModelTemplateInput): string {
	const { model, number, description } = version;
	const own = `model = ${quoteText(model)}`;
	return [
		writeHead({
			title: `${model}, version ${number}`,
			description: description === '' ? undefined : description
		}),
		writeQuery('this_version', `SELECT * FROM model_versions WHERE ${own} AND version = ${number}`),
		writeBlock('metric', { from: 'this_version', value: 'stage', label: 'Stage' }),
		writeBlock('metric', { from: 'this_version', value: 'created_at', label: 'Made', format: 'date' }),
		writeBlock('metric', { from: 'this_version', value: 'size_bytes', label: 'File', format: 'bytes' }),
		...(run ? scoresOf(run) : ['It was imported as an ONNX file: how it was trained is not known here.\n']),
		'## What it takes\n',
		writeQuery(
			'features',
			`SELECT position, column_name, kind FROM model_columns WHERE ${own} AND version = ${number}`
		),
		writeBlock('table', {
			from: 'features',
			columns: [
				{ column: 'column_name', label: 'Column' },
				{ column: 'kind', label: 'Kind' }
			],
			order: 'position'
		}),
		...(run ? trainingOf(run) : []),
		'## What was done to it\n',
		writeQuery(
			'events',
			`SELECT "at", kind, before, after, who, why FROM model_events WHERE ${own} AND version = ${number}`
		),
		writeBlock('table', {
			from: 'events',
			columns: [
				{ column: 'at', label: 'When', format: 'datetime' },
				{ column: 'kind', label: 'What' },
				{ column: 'before', label: 'Before' },
				{ column: 'after', label: 'After' },
				{ column: 'who', label: 'Who' },
				{ column: 'why', label: 'Why' }
			],
			order: 'at'
		}),
		'The file it serves from:\n',
		writeBlock('table', {
			from: 'this_version',
			columns: [{ column: 'onnx', label: 'SHA-256 of the ONNX file' }]
		})
	].join('\n');
}

function scoresOf({ id, task }: ModelRun): readonly string[] {
	const own = `run = ${quoteText(id)}`;
	const main = task && Object.hasOwn(mainMetric, task.kind) ? mainMetric[task.kind as keyof typeof mainMetric] : null;
	return [
		...(main
			? [
					writeQuery(
						'main_score',
						`SELECT value, baseline FROM model_scores WHERE ${own} AND metric = ${quoteText(main.name)}`
					),
					writeBlock('metric', {
						from: 'main_score',
						value: 'value',
						compare: 'baseline',
						label: main.name,
						format: '.3f',
						better: main.isMoreBetter ? 'more' : 'less'
					})
				]
			: []),
		'## How good it is\n',
		'On rows that were held out of the training; 95 of 100 draws of them lie between the two ends.\n',
		writeQuery('scores', `SELECT metric, value, low, high, baseline, row_count FROM model_scores WHERE ${own}`),
		writeBlock('table', {
			from: 'scores',
			columns: [
				{ column: 'metric', label: 'Metric' },
				{ column: 'value', label: 'Value', format: '.4~f' },
				{ column: 'low', label: '95 % from', format: '.4~f' },
				{ column: 'high', label: 'to', format: '.4~f' },
				{ column: 'baseline', label: 'Knowing nothing', format: '.4~f' },
				{ column: 'row_count', label: 'Rows', format: ',' }
			],
			order: 'metric'
		}),
		'## What it looks at\n',
		writeQuery(
			'importance',
			`SELECT column_name, coalesce(loss, gain_share) AS importance FROM model_importance WHERE ${own}`
		),
		writeBlock('chart', {
			type: 'bar',
			from: 'importance',
			x: 'column_name',
			y: 'max(importance)',
			horizontal: true,
			order: '-y',
			limit: 20,
			y_label: 'Importance',
			title: 'How much worse it does where a column is shuffled'
		})
	];
}

function trainingOf({ id, data, task }: ModelRun): readonly string[] {
	const own = `id = ${quoteText(id)}`;
	return [
		'## What it learnt from\n',
		`${task && 'target' in task ? `It learnt ${writeProse(task.target)}` : 'It learnt'} from this query:\n`,
		fenced('sql', data.sql),
		writeQuery(
			'learnt_from',
			[
				'SELECT v.dataset, v.number, v.rows, v.committed_at, v.source, v.source_sha256',
				`FROM (SELECT unnest(dataset_versions) AS version FROM model_runs WHERE ${own}) AS used`,
				'LEFT JOIN dataset_versions AS v USING (version)'
			].join('\n')
		),
		writeBlock('table', {
			from: 'learnt_from',
			columns: [
				{ column: 'dataset', label: 'Dataset' },
				{ column: 'number', label: 'Version', format: 'integer' },
				{ column: 'rows', label: 'Rows', format: ',' },
				{ column: 'committed_at', label: 'Committed', format: 'datetime' },
				{ column: 'source', label: 'Source' },
				{ column: 'source_sha256', label: 'SHA-256 of the source' }
			],
			title: 'Versions it learnt from'
		}),
		'## How it was trained\n',
		writeQuery(
			'parameters',
			[
				`SELECT name, json_extract_string(params, '$."' || name || '"') AS value`,
				`FROM (SELECT params, unnest(json_keys(params)) AS name FROM model_runs WHERE ${own})`
			].join('\n')
		),
		writeBlock('table', {
			from: 'parameters',
			columns: [
				{ column: 'name', label: 'Parameter' },
				{ column: 'value', label: 'Value' }
			],
			order: 'name'
		})
	];
}
