// The documentation of `window.weir` for watching models that serve, and for keeping models and runs in order.
import { running, type ConsoleVerb } from './verb.ts';

const keeping = ['unknown-model', 'unknown-model-version', 'storage-unavailable'];
const ofRuns = ['unknown-model-run', 'storage-unavailable'];

export const modelUpkeepReference: readonly ConsoleVerb[] = [
	{
		verb: 'scoredVersions',
		signature: 'scoredVersions(model: string)',
		summary:
			'Every version that a model scored, by a `score` step or a saved query with `predict`, with what is known of it: drift of its inputs and predictions in units of their thresholds, and metrics on rows whose labels are known. `facts` is null before it was looked at.',
		failures: ['storage-unavailable'],
		example:
			"(await weir.scoredVersions('churn')).value.map(({ dataset, number, facts }) => [dataset, number, facts?.measures])"
	},
	{
		verb: 'watchModel',
		signature: 'watchModel(dataset: string, options?: { at?: string, signal? })',
		summary:
			'Looks at a scored version, the newest when `at` names none: what drifted from the rows that the model learnt from, predictions and inputs each with what changed most first, and how good it was where labels are known, beside what held-out rows showed. `classes` tells of classes which were taken for which, and precision, recall and F1 of each, with intervals. Alert rules watch the same numbers: `of: prediction_drift`, `input_drift`, `labelled_auc`, `labelled_recall` of a `class` and others.',
		failures: ['unknown-dataset', 'unknown-model-version', 'check-crashed', ...running],
		example:
			"const report = await weir.watchModel('scored');\nreport.ok && [report.value.facts.measures, report.value.inputs.map(({ column, severity }) => [column, severity])]"
	},
	{
		verb: 'setModelLabels',
		signature: 'setModelLabels(model: string, labels: { sql: string, key: string[], label: string } | null)',
		summary:
			'Says where what turned out comes from: a query with the key of the scored rows and a column that holds it; rows are joined when a version is looked at, so that labels may come later. Null forgets that, and the scored rows are judged by the column that was learnt where they have it.',
		failures: ['unknown-model', 'unknown-column', ...running],
		example: "await weir.setModelLabels('churn', { sql: 'SELECT * FROM outcomes', key: ['customer'], label: 'left' })"
	},
	{
		verb: 'removeModel',
		signature: 'removeModel(model: string, version?: number)',
		summary:
			'Takes a version out of sight, or without a number the model with all its versions; `bringBackModel` brings them back. A version alone may not be in Production.',
		failures: ['model-in-production', ...keeping],
		example: "await weir.removeModel('churn', 2)"
	},
	{
		verb: 'bringBackModel',
		signature: 'bringBackModel(model: string, version?: number)',
		summary: 'Brings back what was removed, as it was.',
		failures: keeping,
		example: "await weir.bringBackModel('churn', 2)"
	},
	{
		verb: 'deleteModel',
		signature: 'deleteModel(model: string, version?: number)',
		summary:
			'Lets removed versions go for good, with bytes that nothing else has; their numbers are never given again. It cannot be undone.',
		failures: keeping,
		example: "await weir.deleteModel('churn', 2)"
	},
	{
		verb: 'tagModelRun',
		signature: 'tagModelRun(run: string, tags: object)',
		summary: 'Puts tags, which are texts by name, in the place of those that a run has.',
		failures: ofRuns,
		example:
			"const [run] = (await weir.modelRuns()).value;\nrun && await weir.tagModelRun(run.id, { ...run.tags, team: 'growth' })"
	},
	{
		verb: 'attachToModelRun',
		signature: 'attachToModelRun(run: string, name: string, file: Blob)',
		summary: 'Keeps a file with a run, in the place of one of that name that was kept before.',
		failures: ['artifact-name-taken', 'storage-full', ...ofRuns],
		example:
			"const [run] = (await weir.modelRuns()).value;\nrun && await weir.attachToModelRun(run.id, 'notes.md', new Blob(['# Notes']))"
	},
	{
		verb: 'detachFromModelRun',
		signature: 'detachFromModelRun(run: string, name: string)',
		summary: 'Takes a file that was kept with a run away from it.',
		failures: ['artifact-name-taken', 'unknown-artifact', ...ofRuns],
		example: "const [run] = (await weir.modelRuns()).value;\nrun && await weir.detachFromModelRun(run.id, 'notes.md')"
	},
	{
		verb: 'modelRunFile',
		signature: 'modelRunFile(run: string, name: string)',
		summary: 'A file of a run as a Blob: `onnx`, `evaluation`, `examples`, and what was kept with it.',
		failures: ['unknown-artifact', 'model-run-unfinished', 'damaged-model', ...ofRuns],
		example: "const [run] = (await weir.modelRuns()).value;\nrun && await weir.modelRunFile(run.id, 'onnx')"
	}
];
