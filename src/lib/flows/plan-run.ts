// Finds what is known of every step before a run, and plans it: nothing is run, nothing is kept.
import { fingerprintOf, testsHashOf } from '../core/pipeline/fingerprint.ts';
import { inputOf, outputOf, sqlsOf, stepsOf, type Step } from '../core/pipeline/pipeline.ts';
import { planRun, type RunPlan, type StepFacts } from '../core/pipeline/plan.ts';
import { resolveWork, scopeOf } from '../core/pipeline/resolve-work.ts';
import type { Scope } from '../core/pipeline/references.ts';
import type { RunRecord } from '../core/pipeline/run-record.ts';
import { tableNames } from '../core/pipeline/table-names.ts';
import { err, ok, type Result } from '../core/result.ts';
import { prepareRun, type RunPipelineFailure, type RunPipelineInput } from './run-pipeline.ts';
import type { RunnerEffects } from './runner-effects.ts';

export async function planPipeline(
	input: RunPipelineInput,
	effects: RunnerEffects
): Promise<Result<RunPlan, RunPipelineFailure>> {
	const prepared = await prepareRun(input, effects);
	if (!prepared.ok) return prepared;
	const { pipeline, record } = prepared.value;
	const scope = scopeOf(pipeline, record, null);
	const facts = new Map<string, StepFacts>();
	for (const step of stepsOf(pipeline)) {
		if (step.work.kind === 'join' || step.work.kind === 'pipeline') continue;
		if (step.work.kind === 'branch' && step.work.on.kind === 'verdict') continue;
		if (step.work.kind === 'for-each' && step.work.items.kind === 'list') continue;
		const found = await factsOf(step, scope, record, effects);
		if (!found.ok) return found;
		facts.set(step.id, found.value);
	}
	const kept = new Set(record.kept.map(({ step }) => step));
	return ok(planRun({ pipeline, facts, isForced: record.isForced, kept, faults: record.faults }));
}

async function factsOf(
	step: Step,
	scope: Scope,
	run: RunRecord,
	effects: RunnerEffects
): Promise<Result<StepFacts, RunPipelineFailure>> {
	const outputs = await effects.runs.outputs(run.pipeline, step.id);
	if (!outputs.ok) return outputs;
	const last = outputs.value[0] ?? null;
	const tests = run.isTested ? await testsHashOf(step.work, effects.sha256) : null;
	const none: StepFacts = {
		studied: null,
		failure: null,
		known: null,
		stands: false,
		last,
		tests,
		into: null,
		reads: []
	};
	const work = resolveWork(step.work, scope);
	if (!work.ok) return ok({ ...none, failure: work.error });
	const into = outputOf(work.value);
	const input = inputOf(work.value);
	const reads = [
		...sqlsOf(work.value).flatMap((sql) => tableNames(sql).map(({ name }) => name)),
		...(input === null ? [] : [input])
	];
	const studied = await effects.worker.study(work.value);
	if (!studied.ok) return ok({ ...none, failure: studied.error, into, reads });
	const hashed = await fingerprintOf({ work: work.value, ...studied.value }, effects.sha256);
	const known = outputs.value.find(({ fingerprint }) => fingerprint === hashed.fingerprint) ?? null;
	const stands = known ? await effects.worker.stands(known) : ok(false);
	if (!stands.ok) return err({ kind: 'storage-unavailable', reason: stands.error.kind });
	return ok({
		studied: { ...studied.value, ...hashed },
		failure: null,
		known,
		stands: stands.value,
		last,
		tests,
		into,
		reads
	});
}
