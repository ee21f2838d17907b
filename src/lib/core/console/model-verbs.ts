// The documentation of `window.weir` for models.
import { modelUpkeepReference } from './model-upkeep-verbs.ts';
import { running, type ConsoleVerb } from './verb.ts';

const finding = ['unknown-model', 'unknown-model-version', 'storage-unavailable'];
const asking = [
	'model-input-mismatch',
	'model-null-not-allowed',
	'damaged-model',
	'onnx-refused',
	'onnx-failed',
	'onnx-crashed'
];

export const modelReference: readonly ConsoleVerb[] = [
	{
		verb: 'models',
		signature: 'models()',
		summary:
			'Every registered model with its versions, newest first: number, stage, signature, hash and size of its ONNX file, the run that made it; its aliases; and what was done to it by whom, when and why.',
		failures: ['storage-unavailable'],
		example:
			'const told = await weir.models();\ntold.ok && told.value.map(({ name, aliases, versions }) => [name, aliases, versions.length])'
	},
	{
		verb: 'modelRuns',
		signature: 'modelRuns(options?: { removed?: boolean })',
		summary:
			'Training runs, newest first: what was chosen, what came out, and the versions of the data they learnt from. One whose page was closed while it trained has failed. With `removed`, those that were removed.',
		failures: ['storage-unavailable'],
		example:
			'const runs = await weir.modelRuns();\nruns.ok && runs.value.map(({ name, state, metrics }) => [name, state, metrics])'
	},
	{
		verb: 'modelMetrics',
		signature: 'modelMetrics(run: string)',
		summary: 'The metrics of a run step by step, such as the loss after each tree.',
		failures: ['storage-unavailable'],
		example: 'const [run] = (await weir.modelRuns()).value;\nrun && await weir.modelMetrics(run.id)'
	},
	{
		verb: 'planTraining',
		signature:
			"planTraining(sql: string, options?: { target?: string, learner?: 'boosting' | 'linear' | 'logistic' | 'isolation-forest' | 'k-means', signal? })",
		summary:
			'Looks at the rows of a query and makes a first plan of a training: what is learnt and by what, how each column is used, which rows are held out; which columns were left out, and why.',
		failures: running,
		example:
			"const planned = await weir.planTraining('SELECT * FROM penguins', { target: 'species' });\nplanned.ok && planned.value.plan.features.map(({ name, as }) => [name, as])"
	},
	{
		verb: 'trainModel',
		signature:
			'trainModel(sql: string, options: { target?: string, learner?: string, plan?: object, experiment?: string, name?: string, threshold?: number, tags?: object, signal?, stop?, onProgress? })',
		summary:
			'Trains on the rows of a query by a plan, or by the one that `planTraining` makes, and keeps a run however that ends: parameters, versions of the data, the curve, what held-out rows showed, and the model with its ONNX. `stop` is a signal that ends it after the step that it is at, and keeps what it has.',
		failures: ['missing-values', 'too-few-rows', 'one-class', 'model-crashed', 'storage-full', ...running],
		example:
			"const run = await weir.trainModel('SELECT * FROM penguins', { target: 'species', onProgress: ({ step }) => step && console.log(step.step, step.valid) });\nrun.ok && run.value.metrics"
	},
	{
		verb: 'crossValidate',
		signature:
			'crossValidate(sql: string, options: { folds?: number, target?: string, learner?: string, plan?: object, experiment?: string, signal?, onFold? })',
		summary:
			'Trains once for each of 2 to 20 folds, 5 if left out, each judged on the part of the rows that it did not see: a run a fold, under one whose metrics are their means, with the deviation between folds (`auc_sd`) and the bounds of the mean (`auc_low`, `auc_high`). How folds are drawn is the plan’s: at random, by classes, by time or by groups.',
		failures: ['missing-values', 'too-few-rows', 'too-few-groups', 'model-crashed', 'storage-full', ...running],
		example:
			"const judged = await weir.crossValidate('SELECT * FROM penguins', { target: 'species' });\njudged.ok && judged.value.metrics.map(({ name, mean, deviation }) => [name, mean, deviation])"
	},
	{
		verb: 'searchModels',
		signature:
			'searchModels(sql: string, options: { search: object, target?: string, learner?: string, plan?: object, experiment?: string, signal?, stop?, onTrial? })',
		summary:
			"Trains with other parameters again and again, each trial a run under that of the search. `search` names the `spaces` of parameters, such as `{ learningRate: { kind: 'range', from: 0.01, to: 0.3, scale: 'log', isWhole: false } }`, the `method`, which is a grid, random or halving, and a `seed`. The best is the one with the least loss on validation rows. An aborted `stop` ends it after the trial that it is at, with the best so far.",
		failures: ['endless-grid', 'too-many-trials', 'empty-space', 'model-crashed', 'storage-full', ...running],
		example:
			"const spaces = { maxLeaves: { kind: 'choice', values: [7, 15, 31] } };\nconst found = await weir.searchModels('SELECT * FROM penguins', { target: 'species', search: { spaces, method: { kind: 'grid' }, seed: 1 } });\nfound.ok && found.value.best.params"
	},
	{
		verb: 'goOnTraining',
		signature: 'goOnTraining(run: string, options: { rounds: number, signal?, stop?, onProgress? })',
		summary:
			'Goes on from the trees that a run of boosting kept, to `rounds` in all, over the same versions of the data: another run, whose model has the bits of a training that never stopped.',
		failures: ['cannot-go-on', 'other-rows', 'unknown-model-run', 'model-run-unfinished', 'model-crashed', ...running],
		example: 'const [run] = (await weir.modelRuns()).value;\nrun && await weir.goOnTraining(run.id, { rounds: 400 })'
	},
	{
		verb: 'modelEvaluation',
		signature: 'modelEvaluation(run: string)',
		summary:
			'What held-out rows showed of a run: metrics with intervals beside those of knowing nothing, the counts at every threshold or the confusion of classes, calibration or residuals, importance of columns, and the slices where it is worst.',
		failures: ['unknown-model-run', 'model-run-unfinished', 'damaged-model', 'storage-unavailable'],
		example: 'const [run] = (await weir.modelRuns()).value;\nrun && await weir.modelEvaluation(run.id)'
	},
	{
		verb: 'modelDependence',
		signature: 'modelDependence(run: string, column: string, options?: { output?: number, signal? })',
		summary:
			'How what a run trained answers to one column, all others being as they are in up to 300 of the rows it learnt from: the mean, and each row. `output` is the number of a class where there are more than two.',
		failures: [
			'unknown-model-run',
			'model-run-unfinished',
			'training-version-gone',
			'damaged-model',
			'unknown-column',
			...running
		],
		example: "const [run] = (await weir.modelRuns()).value;\nrun && await weir.modelDependence(run.id, 'age')"
	},
	{
		verb: 'registerModel',
		signature: 'registerModel(run: string, name: string, options?: { description?: string })',
		summary: 'Makes what a run trained the next version of a model of that name.',
		failures: ['unknown-model-run', 'model-run-unfinished', 'invalid-model-name', 'damaged-model', 'storage-full'],
		example: "const [run] = (await weir.modelRuns()).value;\nrun && await weir.registerModel(run.id, 'species')"
	},
	{
		verb: 'removeModelRun',
		signature: 'removeModelRun(run: string)',
		summary:
			'Takes a run out of sight, a search or cross-validation with its parts; `undo` and `bringBackModelRun` bring it back. Versions of models that were registered from it keep all they know of it.',
		failures: ['unknown-model-run', 'moved', 'storage-unavailable'],
		example: 'const [run] = (await weir.modelRuns()).value;\nrun && await weir.removeModelRun(run.id)'
	},
	{
		verb: 'bringBackModelRun',
		signature: 'bringBackModelRun(run: string)',
		summary: 'Brings a removed run back as it was, with the parts that went with it.',
		failures: ['unknown-model-run', 'moved', 'storage-unavailable'],
		example:
			'const [run] = (await weir.modelRuns({ removed: true })).value;\nrun && await weir.bringBackModelRun(run.id)'
	},
	{
		verb: 'deleteModelRun',
		signature: 'deleteModelRun(run: string)',
		summary:
			'Lets a removed run go for good with what only it kept; versions of models keep their files. It cannot be undone.',
		failures: ['unknown-model-run', 'storage-unavailable'],
		example: 'const [run] = (await weir.modelRuns({ removed: true })).value;\nrun && await weir.deleteModelRun(run.id)'
	},
	{
		verb: 'readModelFile',
		signature: 'readModelFile(file: Blob)',
		summary:
			'Reads an ONNX file without registering it: the columns it takes, what it answers, its operators and metadata, and what `importModel` would mend of it.',
		failures: ['not-onnx', 'unsupported-onnx'],
		example:
			'// file: a File from a file picker\nconst read = await weir.readModelFile(file);\nread.ok && read.value.signature.columns'
	},
	{
		verb: 'importModel',
		signature: 'importModel(name: string, file: Blob, options?: { description?: string, signal? })',
		summary:
			'Registers an ONNX file as the next version of a model. Its signature is read and it is tried in the runtime first; a ZipMap at its end and equal names of nodes are mended, which is told.',
		failures: [
			'not-onnx',
			'unsupported-onnx',
			'onnx-refused',
			'onnx-crashed',
			'invalid-model-name',
			'storage-full',
			'cancelled'
		],
		example:
			"// file: a File from a file picker\nawait weir.importModel('churn', file, { description: 'Made in Python' })"
	},
	{
		verb: 'promoteModel',
		signature:
			"promoteModel(reference: string, stage: 'None' | 'Staging' | 'Production' | 'Archived', options?: { why?: string, margin?: number, force?: boolean })",
		summary:
			'Puts a version into a stage. Into Production only one goes that beats the one there by `margin` on the same held-out rows, whose ONNX predicts what the trainer does, and whose columns the data still has; with `force` and a reason it goes in spite of that. What was in Production becomes Archived.',
		failures: ['gates-closed', ...finding, ...asking, ...running],
		example: "await weir.promoteModel('churn@v2', 'Production', { why: 'Better on old customers' })"
	},
	{
		verb: 'rollBackModel',
		signature: 'rollBackModel(name: string, options?: { why?: string })',
		summary: 'The version that was in Production before is there again.',
		failures: ['nothing-to-roll-back', ...finding],
		example: "await weir.rollBackModel('churn', { why: 'Too many false alarms' })"
	},
	{
		verb: 'setModelAlias',
		signature: 'setModelAlias(name: string, alias: string, version: number | null)',
		summary: 'Names a version freely, such as `champion`, to be read as `name@champion`; null takes the name away.',
		failures: finding,
		example: "await weir.setModelAlias('churn', 'champion', 2)"
	},
	{
		verb: 'predict',
		signature: 'predict(reference: string, rows: object[], options?: { signal? })',
		summary:
			"Asks a model about rows, their columns named as its signature does: the number or the class, and the probability of the class, of two classes of the second. A name alone is its version in Production, else the newest. In SQL, `predict('name')`, `predict_probability('name')` and `predict_probabilities('name')`, which maps each class to its probability, stand wherever a value may in a query that reads one table, view or subquery; columns are taken by name, or given in order: `predict('name', a, b)`.",
		failures: [...finding, ...asking, ...running],
		example: "await weir.predict('churn', [{ age: 41, plan: 'basic' }])"
	},
	{
		verb: 'exportModel',
		signature: "exportModel(reference: string, format?: 'onnx' | 'mlflow' | 'card')",
		summary:
			'A version as a Blob: its ONNX file, which takes raw columns and tells in its metadata what it was made of; an MLflow folder with it as a ZIP; or a model card in Markdown.',
		failures: ['damaged-model', ...finding],
		example: "await weir.exportModel('churn@production')"
	},
	...modelUpkeepReference
];
