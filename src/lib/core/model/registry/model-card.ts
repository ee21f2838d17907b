// A version of a model told in Markdown: what it is for, what it learnt from, how good it is, what it takes and answers.
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { ModelSignature } from '../../onnx/signature.ts';
import type { ModelRun } from './model-run.ts';
import type { ModelEvent, ModelVersion } from './registered-model.ts';

export type CardFacts = {
	/** Null of an imported file. */
	readonly run: ModelRun | null;
	/** What held-out rows showed; null without. */
	readonly evaluation: Evaluation | null;
	readonly events: readonly ModelEvent[];
};

export function modelCard(version: ModelVersion, { run, evaluation, events }: CardFacts): string {
	const { model, number, stage, description, signature, onnx, sizeBytes, createdAtMs, repairs } = version;
	const lines = [
		`# ${model}, version ${number}`,
		'',
		...(description === '' ? [] : [description, '']),
		`| | |`,
		`| --- | --- |`,
		`| Stage | ${stage} |`,
		`| Made | ${new Date(createdAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC |`,
		`| From | ${run ? `the training run ${cell(run.name)}` : 'an imported ONNX file'} |`,
		`| File | ${sizeBytes} bytes, SHA-256 \`${onnx}\` |`,
		...(run?.task && 'target' in run.task ? [`| Learnt | ${run.task.kind} of ${cell(run.task.target)} |`] : []),
		...(repairs.length > 0 ? [`| Mended | ${repairs.map(({ kind }) => kind).join(', ')} |`] : []),
		'',
		'## What it takes',
		'',
		...featureListOf(signature),
		''
	];
	if (run) {
		const inputs = run.data.inputs.map(({ dataset, version: id }) => `${dataset}@${id.slice(0, 8)}`).join(', ');
		lines.push(
			'## What it learnt from',
			'',
			`${inputs || 'No dataset'}, by this query:`,
			'',
			'```sql',
			run.data.sql,
			'```',
			''
		);
		lines.push('## How good it is', '', ...scoresOf(run, evaluation));
		lines.push('', '## How it was trained', '');
		lines.push(
			...table(
				['parameter', 'value'],
				Object.entries(run.params).map(([name, value]) => [name, String(value)])
			),
			''
		);
	}
	if (events.length > 0) {
		lines.push('## What was done to it', '');
		lines.push(
			...table(
				['when', 'what', 'who', 'why'],
				events.map(({ atMs, kind, from, to, who, why }) => [
					new Date(atMs).toISOString().slice(0, 16).replace('T', ' '),
					[kind, from, to].filter((word) => word !== null).join(' '),
					who ?? '',
					why
				])
			)
		);
	}
	return `${lines.join('\n').trimEnd()}\n`;
}

/** With the interval of each and what knowing nothing would give, where that is kept. */
function scoresOf({ metrics }: ModelRun, evaluation: Evaluation | null): readonly string[] {
	if (!evaluation)
		return table(
			['metric', 'value'],
			Object.entries(metrics).map(([name, value]) => [name, value.toPrecision(5)])
		);
	const number = (value: number | undefined): string => (value === undefined ? '' : value.toPrecision(5));
	const rows = Object.entries(evaluation.metrics).map(([name, { value, low, high }]) => [
		name,
		number(value),
		`${number(low)} to ${number(high)}`,
		number(evaluation.baseline[name])
	]);
	return [
		`On ${evaluation.rowCount} rows that were held out of the training:`,
		'',
		...table(['metric', 'value', '95 of 100 draws', 'knowing nothing'], rows)
	];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
	const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
	return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)];
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function featureListOf({ columns, answer }: ModelSignature): readonly string[] {
	const answers =
		answer.kind === 'number' ? 'It answers with a number.' : `It answers with a class: ${answer.classes.join(', ')}.`;
	return [
		...table(
			['column', 'kind'],
			columns.map(({ name, kind }) => [name, kind])
		),
		'',
		answers
	];
}
