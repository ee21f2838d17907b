// The documentation of `window.weir` for pipelines and their runs.
import type { ConsoleVerb } from './verb.ts';

const storing = ['storage-full', 'storage-unavailable', 'newer-format'];
const starting = [
	'unknown-pipeline',
	'invalid-pipeline',
	'missing-parameter',
	'unknown-parameter',
	'parameter-of-wrong-type',
	'unknown-environment'
];
const running = [...starting, 'pipeline-busy', 'superseded', ...storing];

export const pipelineReference: readonly ConsoleVerb[] = [
	{
		verb: 'savePipeline',
		signature: 'savePipeline(text: string)',
		summary:
			'Keeps a pipeline, written as YAML, under the name it has. `/schemas/pipeline.json` is its JSON Schema; a text that cannot be read is refused with line and column.',
		failures: ['invalid-pipeline', ...storing],
		example:
			'await weir.savePipeline(`name: late\nsteps:\n  - { id: flights, kind: ingest, sample: flights, into: flights }\n  - id: by-day\n    kind: transform\n    needs: [flights]\n    sql: SELECT date::date AS day, avg(delay) AS delay FROM flights GROUP BY day ORDER BY day\n    into: by_day`)'
	},
	{
		verb: 'pipelines',
		signature: 'pipelines()',
		summary: 'Lists the pipelines that are kept, with their texts.',
		failures: storing,
		example: 'await weir.pipelines()'
	},
	{
		verb: 'removePipeline',
		signature: 'removePipeline(name: string)',
		summary: 'Removes a pipeline, until `undo`; its runs and what they made stay.',
		failures: ['unknown-pipeline', ...storing],
		example: "await weir.removePipeline('late')"
	},
	{
		verb: 'planPipeline',
		signature:
			'planPipeline(name: string, options?: { params?, environment?, force?, nominalMs?, replay?: { run, from? } })',
		summary:
			'Tells what a run would do before it does it: each step with `run`, `skip` or `perhaps`, why, from which versions, and about how many bytes.',
		failures: [...starting, 'unknown-run', 'unknown-step'],
		example: "(await weir.planPipeline('late')).value.steps"
	},
	{
		verb: 'runPipeline',
		signature:
			'runPipeline(name: string, options?: { params?, environment?, force?, nominalMs?, faults?, tests?, signal?, onState? })',
		summary:
			'Runs a pipeline to its end. A step with the same code and the same inputs as before is left out. A failed step is a `state` of the answer; `tests` runs the tests of each step before it; `faults` makes steps fail, be slow, time out, lose their worker, see the clock jump or the storage full.',
		failures: running,
		example: "await weir.runPipeline('late', { faults: [{ step: 'flights', do: 'slow', ms: 2000 }] })"
	},
	{
		verb: 'testPipeline',
		signature: 'testPipeline(name: string, options?: { step?, params? })',
		summary:
			'Runs the tests that stand beside the steps of a pipeline: rows given in, rows expected out, in any order. Nothing stored is read or changed; what differs is told row by row.',
		failures: ['unknown-pipeline', 'invalid-pipeline', 'unknown-step', ...storing],
		example: "(await weir.testPipeline('late')).value.filter(({ passed }) => !passed)"
	},
	{
		verb: 'runs',
		signature: 'runs(options?: { pipeline?, limit? })',
		summary: 'Lists runs, the newest first.',
		failures: storing,
		example: "await weir.runs({ pipeline: 'late' })"
	},
	{
		verb: 'run',
		signature: 'run(id: string)',
		summary: 'One run with every attempt of every step: when, what it read and made, and how it failed.',
		failures: ['unknown-run'],
		example: 'await weir.run((await weir.runs()).value[0].id)'
	},
	{
		verb: 'runLog',
		signature: 'runLog(id: string, options?: { step?, search? })',
		summary: 'The log lines of a run in the order of time, of one step or with a word in them.',
		failures: ['unknown-run'],
		example: "await weir.runLog((await weir.runs()).value[0].id, { search: 'rows' })"
	},
	{
		verb: 'cancelRun',
		signature: 'cancelRun(id: string)',
		summary: 'Stops a run, in whatever tab it runs; what its steps have committed stays.',
		failures: ['unknown-run', ...storing],
		example: 'await weir.cancelRun((await weir.runs()).value[0].id)'
	},
	{
		verb: 'replayRun',
		signature: 'replayRun(id: string, options?: { from?, params?, faults?, signal?, onState? })',
		summary:
			'Runs a step and all behind it once more, with other parameters if you say so, or all that did not succeed; what lies before stays as it ended.',
		failures: ['unknown-run', 'unknown-step', ...running],
		example: "await weir.replayRun((await weir.runs()).value[0].id, { from: 'by-day' })"
	},
	{
		verb: 'resumeRuns',
		signature: 'resumeRuns()',
		summary: 'Goes on with runs that a closed page left, as the page does by itself when it opens.',
		failures: running,
		example: 'await weir.resumeRuns()'
	},
	{
		verb: 'backfill',
		signature: 'backfill(name: string, options?: { from?, to?, partitions?, params?, environment?, again?, signal? })',
		summary: 'Runs a pipeline once for each of its partitions that has not succeeded, and answers with the calendar.',
		failures: ['no-partitions', 'cancelled', ...running],
		example: "await weir.backfill('daily', { from: '2001-01-01', to: '2001-01-07' })"
	},
	{
		verb: 'partitions',
		signature: 'partitions(name: string, options?: { from?, to?, partitions?, params?, environment? })',
		summary: 'The calendar of a pipeline: for each partition how its newest run stands, or that it is missing.',
		failures: ['no-partitions', ...starting],
		example: "await weir.partitions('daily', { from: '2001-01-01', to: '2001-01-31' })"
	},
	{
		verb: 'lineage',
		signature: 'lineage(options?: { dataset?, column?, run? })',
		summary:
			'A graph of what a dataset, or one of its columns, came from and went into, through filters, joins, groups and windows too; `run` asks as of the end of a run. `unknown` of a node says what of its query was not understood.',
		failures: ['unknown-run', ...storing],
		example: "(await weir.lineage({ dataset: 'by_day', column: 'delay' })).value.edges"
	},
	{
		verb: 'lineageEvents',
		signature: 'lineageEvents(options?: { run?, pipeline? })',
		summary:
			'OpenLineage events of runs: START, COMPLETE, FAIL and ABORT of each run and each attempt of its steps, with SQL, schemas, versions, statistics and the lineage of columns. A line of JSON each is NDJSON for any catalogue.',
		failures: ['unknown-run', ...storing],
		example: "(await weir.lineageEvents({ pipeline: 'late' })).value.map((event) => JSON.stringify(event)).join('\\n')"
	},
	{
		verb: 'breakers',
		signature: 'breakers()',
		summary: 'The circuit breakers of sources that have failed: closed, open or half-open, and since when.',
		failures: storing,
		example: 'await weir.breakers()'
	},
	{
		verb: 'resetBreaker',
		signature: 'resetBreaker(source: string)',
		summary: 'Closes a breaker, so that its source is asked again at once.',
		failures: ['unknown-breaker', ...storing],
		example: "await weir.resetBreaker('https://example.org')"
	},
	{
		verb: 'watchFolder',
		signature: 'watchFolder(name: string, handle?: FileSystemDirectoryHandle)',
		summary:
			'Names a folder that pipelines watch by `schedule: { on_file: { folder: name } }` while the page is open. You are asked for the folder unless you give its handle. A browser without the File System Access API says so.',
		failures: ['unsupported-option', 'cancelled', ...storing],
		example: "await weir.watchFolder('inbox')"
	},
	{
		verb: 'allowFolder',
		signature: 'allowFolder(name: string)',
		summary:
			'Asks a person once more for a watched folder that the browser shows no longer. The browser asks only right after a press or a key.',
		failures: ['unknown-folder', 'folder-not-allowed', ...storing],
		example: "await weir.allowFolder('inbox')"
	},
	{
		verb: 'unwatchFolder',
		signature: 'unwatchFolder(name: string)',
		summary: 'Forgets a folder; nothing in it is touched.',
		failures: storing,
		example: "await weir.unwatchFolder('inbox')"
	},
	{
		verb: 'watchedFolders',
		signature: 'watchedFolders()',
		summary: 'The names of the folders that are watched.',
		failures: storing,
		example: 'await weir.watchedFolders()'
	},
	{
		verb: 'schedules',
		signature: 'schedules()',
		summary:
			'When each scheduled pipeline runs next, which of its times passed while no page was open, why its newest run could not begin, and which other device runs it (see `followHere`).',
		failures: storing,
		example: 'await weir.schedules()'
	},
	{
		verb: 'runDue',
		signature: 'runDue()',
		summary: 'Runs what is due, as the page does by itself while it is open. A closed page runs nothing.',
		failures: running,
		example: 'await weir.runDue()'
	},
	{
		verb: 'runMissed',
		signature: 'runMissed(name: string, nominalMs: number, options?: { signal?, onState? })',
		summary:
			'Runs one of the `missedMs` of a schedule after all, as it would have been then; there is one run of each time.',
		failures: ['not-missed', ...running],
		example: "await weir.runMissed('late', (await weir.schedules()).value[0].missedMs[0])"
	},
	{
		verb: 'dismissMissed',
		signature: 'dismissMissed(name: string, nominalMs?: number)',
		summary: 'Lets one missed run of a schedule go, or all of them, and answers with their times.',
		failures: ['not-missed', ...storing],
		example: "await weir.dismissMissed('late')"
	},
	{
		verb: 'restoreMissed',
		signature: 'restoreMissed(name: string, nominalMs: number[])',
		summary: 'Takes back that missed runs were let go, and answers with all that are missed then.',
		failures: storing,
		example: "await weir.restoreMissed('late', (await weir.dismissMissed('late')).value)"
	}
];
