// OpenLineage events, made of what is kept of a run. Source: OpenLineage 2-0-2, https://openlineage.io/spec/2-0-2/OpenLineage.json
import { outputOf, stepsOf, type Pipeline, type Work } from '../pipeline/pipeline.ts';
import type { AttemptRecord, RunRecord, StepOutcome, TableFacts } from '../pipeline/run-record.ts';
import type { ColumnLineage, Dependence } from './column-lineage.ts';
import type { StepLineage } from './step-lineage.ts';

export const NAMESPACE = 'weir';
const REPORTS = 'weir-reports';
const PRODUCER = 'urn:weir';
const SPEC = 'https://openlineage.io/spec';

type Facet = Readonly<Record<string, unknown>>;
type Facets = Readonly<Record<string, Facet>>;
export type LineageDataset = {
	readonly namespace: string;
	readonly name: string;
	readonly facets: Facets;
	readonly inputFacets?: Facets;
	readonly outputFacets?: Facets;
};
export type LineageEvent = {
	readonly eventTime: string;
	readonly eventType: 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';
	readonly producer: string;
	readonly schemaURL: string;
	readonly run: { readonly runId: string; readonly facets: Facets };
	readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
	readonly inputs: readonly LineageDataset[];
	readonly outputs: readonly LineageDataset[];
};

/** Names of runs and attempts as UUIDs: the same ones whenever they are asked for. */
export type UuidOf = (text: string) => string;

/**
 * Events of a run and of every attempt of its steps, in the order of time.
 *
 * Steps whose output stood say so in the facet `weir_unchanged`; what of a query was not understood is in `weir_notUnderstood` of
 * its column lineage.
 */
export function runEvents(
	run: RunRecord,
	attempts: readonly AttemptRecord[],
	pipeline: Pipeline,
	uuid: UuidOf
): readonly LineageEvent[] {
	const job = { namespace: NAMESPACE, name: run.pipeline };
	const base = { producer: PRODUCER, schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent` };
	const nominalTime = facet('1-0-1/NominalTimeRunFacet', { nominalStartTime: time(run.nominalMs) });
	const above = run.cause.kind === 'pipeline' ? run.cause : null;
	const own = {
		...base,
		run: {
			runId: uuid(run.id),
			facets: {
				nominalTime,
				...(above
					? { parent: parentFacet(uuid(attemptName({ run: above.run, step: above.step, attempt: 1 })), above.step) }
					: {})
			}
		},
		job: { ...job, facets: { jobType: jobType('DAG'), sourceCode: sourceCode('YAML', run.text) } },
		inputs: [],
		outputs: []
	};
	const events: { readonly atMs: number; readonly event: LineageEvent }[] = [
		{ atMs: run.startedAtMs, event: { ...own, eventType: 'START', eventTime: time(run.startedAtMs) } }
	];
	const workById = new Map(stepsOf(pipeline).map(({ id, work }) => [id, work]));
	for (const attempt of attempts) {
		const work = workById.get(attempt.step.replace(/\[\d+\]$/, ''));
		if (!work) continue;
		const parent = parentFacet(uuid(run.id), run.pipeline);
		const step = {
			...base,
			run: { runId: uuid(attemptName(attempt)), facets: { nominalTime, parent, ...runFacets(attempt) } },
			job: {
				namespace: NAMESPACE,
				name: `${run.pipeline}.${attempt.step}`,
				facets: jobFacets(work, attempt.outcome?.lineage ?? null)
			}
		};
		const started = { ...step, inputs: [], outputs: [] };
		const startedAt = { ...started, run: { ...started.run, facets: { nominalTime, parent } } };
		events.push({
			atMs: attempt.startedAtMs,
			event: { ...startedAt, eventType: 'START', eventTime: time(attempt.startedAtMs) }
		});
		const eventType = endOf(attempt);
		if (eventType === null) continue;
		const atMs = attempt.endedAtMs ?? attempt.startedAtMs;
		const datasets = datasetsOf(attempt.step, attempt.outcome, work);
		events.push({ atMs, event: { ...step, ...datasets, eventType, eventTime: time(atMs) } });
	}
	const ends = { running: null, succeeded: 'COMPLETE', failed: 'FAIL', cancelled: 'ABORT' } as const;
	const eventType = ends[run.state];
	const atMs = run.endedAtMs ?? run.startedAtMs;
	const sorted = events.toSorted((one, other) => one.atMs - other.atMs).map(({ event }) => event);
	return eventType === null ? sorted : [...sorted, { ...own, eventType, eventTime: time(atMs) }];
}

function endOf({ state }: AttemptRecord): LineageEvent['eventType'] | null {
	switch (state) {
		case 'running':
			return null;
		case 'succeeded':
		case 'unchanged':
			return 'COMPLETE';
		case 'failed':
		case 'timed_out':
			return 'FAIL';
		case 'interrupted':
		case 'stopped':
			return 'ABORT';
	}
}

function runFacets({ state, failure, outcome }: AttemptRecord): Facets {
	const engine = outcome?.lineage?.engine;
	const message = failure && [failure.kind, failure['message']].filter((one) => typeof one === 'string').join(': ');
	return {
		...(engine === undefined
			? {}
			: { processing_engine: facet('1-1-1/ProcessingEngineRunFacet', { name: 'DuckDB', version: engine }) }),
		...(message === null
			? {}
			: { errorMessage: facet('1-0-1/ErrorMessageRunFacet', { message, programmingLanguage: 'SQL' }) }),
		...(state === 'unchanged' ? { weir_unchanged: ownFacet('unchanged', {}) } : {})
	};
}

function jobFacets(work: Work, lineage: StepLineage | null): Facets {
	const sql = lineage?.sql ?? null;
	return {
		jobType: jobType(sql === null ? 'TASK' : 'QUERY'),
		...(sql === null ? {} : { sql: facet('1-1-0/SQLJobFacet', { query: sql, dialect: 'duckdb' }) }),
		...(lineage?.code ? { sourceCode: sourceCode(lineage.code.language, lineage.code.source) } : {}),
		weir_step: ownFacet('step', { kind: work.kind })
	};
}

function datasetsOf(step: string, outcome: StepOutcome | null, work: Work): Pick<LineageEvent, 'inputs' | 'outputs'> {
	if (!outcome) return { inputs: [], outputs: [] };
	const lineage = outcome.lineage ?? null;
	const verdict = outcome.verdict;
	const inputs = outcome.inputs.map((table, index): LineageDataset => ({
		...datasetOf(table, lineage?.inputs[table.dataset] ?? null),
		inputFacets: {
			inputStatistics: facet('1-0-0/InputStatisticsInputDatasetFacet', {
				rowCount: table.rowCount,
				size: table.sizeBytes
			}),
			...(verdict !== null && index === 0
				? {
						dataQualityAssertions: facet('1-1-0/DataQualityAssertionsDatasetFacet', {
							assertions: (outcome.assertions ?? [{ name: step, passed: verdict === 'passed' }]).map(
								({ name, passed }) => ({ assertion: name, success: passed })
							)
						})
					}
				: {})
		}
	}));
	const source = lineage?.source ?? null;
	const files = lineage?.columns?.files ?? [];
	const outside = [...(source === null ? [] : [source]), ...files.map(fileNames)].map((one) => ({
		...one,
		facets: { dataSource: dataSource(one.namespace) }
	}));
	const { table, edition } = outcome;
	if (edition) return { inputs: [...inputs, ...outside], outputs: [editionOf(edition)] };
	if (!table || outputOf(work) === null) return { inputs: [...inputs, ...outside], outputs: [] };
	const output = datasetOf(table, lineage?.schema ?? null);
	const columns = lineage?.columns ? { columnLineage: columnFacet(lineage.columns) } : {};
	return {
		inputs: [...inputs, ...outside],
		outputs: [
			{
				...output,
				facets: { ...output.facets, ...columns },
				outputFacets: {
					outputStatistics: facet('1-0-2/OutputStatisticsOutputDatasetFacet', {
						rowCount: table.rowCount,
						size: table.sizeBytes
					})
				}
			}
		]
	};
}

/** Source: OpenLineage, "Dataset naming": of an address its scheme and host, of another file `file`. */
function fileNames(path: string): { readonly namespace: string; readonly name: string } {
	const [, namespace, name = '/'] = /^([a-z][a-z0-9+.-]*:\/\/[^/]+)(.*)$/i.exec(path) ?? [];
	return namespace === undefined ? { namespace: 'file', name: path } : { namespace, name: name || '/' };
}

/** What was published of a report: its bundle, not its text. */
function editionOf({ id, report }: NonNullable<StepOutcome['edition']>): LineageDataset {
	return {
		namespace: REPORTS,
		name: report,
		facets: {
			dataSource: dataSource(REPORTS),
			version: facet('1-0-1/DatasetVersionDatasetFacet', { datasetVersion: id })
		}
	};
}

function datasetOf(table: TableFacts, schema: StepLineage['schema']): LineageDataset {
	return {
		namespace: NAMESPACE,
		name: baseName(table.dataset),
		facets: {
			dataSource: dataSource(NAMESPACE),
			version: facet('1-0-1/DatasetVersionDatasetFacet', { datasetVersion: table.version }),
			...(schema === null
				? {}
				: { schema: facet('1-2-0/SchemaDatasetFacet', { fields: schema.map(({ name, type }) => ({ name, type })) }) })
		}
	};
}

function columnFacet({ fields, dataset, unknown }: ColumnLineage): Facet {
	return facet('1-2-0/ColumnLineageDatasetFacet', {
		fields: Object.fromEntries(fields.map(({ column, inputs }) => [column, { inputFields: inputFields(inputs) }])),
		dataset: inputFields(dataset),
		...(unknown.length > 0 ? { weir_notUnderstood: unknown } : {})
	});
}

function inputFields(all: readonly Dependence[]): readonly Facet[] {
	const byField = new Map<string, { readonly field: Dependence; readonly transformations: Facet[] }>();
	for (const one of all) {
		const key = `${one.dataset} ${one.column}`;
		const known = byField.get(key) ?? { field: one, transformations: [] };
		known.transformations.push({ type: one.type, subtype: one.subtype });
		byField.set(key, known);
	}
	return [...byField.values()].map(({ field, transformations }) => ({
		namespace: NAMESPACE,
		name: field.dataset,
		field: field.column,
		transformations
	}));
}

function jobType(kind: string): Facet {
	const values = { processingType: 'BATCH', integration: 'WEIR', jobType: kind };
	return { ...facet('2-0-4/JobTypeJobFacet', values), _schemaURL: `${SPEC}/facets/2-0-4/JobTypeJobFacet.json` };
}

function sourceCode(language: string, source: string): Facet {
	return facet('1-0-1/SourceCodeJobFacet', { language, sourceCode: source });
}

function dataSource(name: string): Facet {
	const uri = /^[a-z][a-z0-9+.-]*:/i.test(name) ? name : `${PRODUCER}:${name}`;
	return facet('1-0-1/DatasourceDatasetFacet', { name, uri });
}

function parentFacet(runId: string, name: string): Facet {
	return facet('1-2-0/ParentRunFacet', { run: { runId }, job: { namespace: NAMESPACE, name } });
}

function facet(schema: string, values: Facet): Facet {
	return { _producer: PRODUCER, _schemaURL: `${SPEC}/facets/${schema}.json`, ...values };
}

function ownFacet(name: string, values: Facet): Facet {
	return { _producer: PRODUCER, _schemaURL: `${PRODUCER}:facets:${name}`, ...values };
}

/** `flights@v2` is a version of `flights`. */
export function baseName(dataset: string): string {
	return dataset.split('@')[0] ?? dataset;
}

export function attemptName({ run, step, attempt }: Pick<AttemptRecord, 'run' | 'step' | 'attempt'>): string {
	return `${run} ${step} ${attempt}`;
}

function time(ms: number): string {
	return new Date(ms).toISOString();
}
