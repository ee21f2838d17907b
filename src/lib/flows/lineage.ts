// Lineage as it is asked for: OpenLineage events of runs, and the graph round a dataset or a column as of a run.
import { around, wholeGraph, type LineageGraph, type MadeStep } from '../core/lineage/graph.ts';
import { attemptName, runEvents, type LineageEvent } from '../core/lineage/open-lineage.ts';
import type { AttemptRecord, RunRecord } from '../core/pipeline/run-record.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { RunPipelineFailure } from './run-pipeline.ts';
import type { RunnerEffects } from './runner-effects.ts';

/** More than are kept of all pipelines together, in practice. */
const RUNS_READ = 1_000_000;

type LineageEffects = Pick<RunnerEffects, 'runs' | 'parse' | 'sha256'>;
type Kept = { readonly run: RunRecord; readonly attempts: readonly AttemptRecord[] };

/** Of one run, of a pipeline's, or of all; oldest run first. */
export async function lineageEvents(
	{ run, pipeline }: { readonly run?: string | undefined; readonly pipeline?: string | undefined },
	effects: LineageEffects
): Promise<Result<readonly LineageEvent[], RunPipelineFailure>> {
	const kept = run === undefined ? await keptRuns(pipeline ?? null, effects) : await keptRun(run, effects);
	if (!kept.ok) return kept;
	const events: LineageEvent[] = [];
	for (const { run: record, attempts } of kept.value) {
		const parsed = effects.parse(record.text);
		// A text that an earlier version of this page could read tells nothing to this one.
		if (!parsed.ok) continue;
		const { cause } = record;
		const names = [
			record.id,
			...attempts.map(attemptName),
			...(cause.kind === 'pipeline' ? [attemptName({ run: cause.run, step: cause.step, attempt: 1 })] : [])
		];
		const uuids = new Map<string, string>();
		for (const name of names) uuids.set(name, await uuidOf(name, effects.sha256));
		events.push(...runEvents(record, attempts, parsed.value, (name) => uuids.get(name) ?? ''));
	}
	return ok(events);
}

/** `run` is the run as of whose end the graph is; left out, now. */
export async function lineageGraph(
	input: {
		readonly dataset?: string | undefined;
		readonly column?: string | undefined;
		readonly run?: string | undefined;
	},
	effects: LineageEffects
): Promise<Result<LineageGraph, RunPipelineFailure>> {
	const { dataset, column, run } = input;
	let untilMs = Infinity;
	if (run !== undefined) {
		const found = await effects.runs.run(run);
		if (!found.ok) return found;
		if (!found.value) return err({ kind: 'unknown-run', id: run });
		untilMs = found.value.endedAtMs ?? Infinity;
	}
	const kept = await keptRuns(null, effects);
	if (!kept.ok) return kept;
	const made = kept.value.flatMap((one) =>
		one.attempts.map((attempt): MadeStep => ({ ...attempt, pipeline: one.run.pipeline }))
	);
	const graph = wholeGraph(made, untilMs);
	return ok(dataset === undefined ? graph : around(graph, dataset, column ?? null));
}

async function keptRuns(
	pipeline: string | null,
	effects: LineageEffects
): Promise<Result<readonly Kept[], StoreFailure>> {
	const runs = await effects.runs.runs({ pipeline, limit: RUNS_READ });
	if (!runs.ok) return runs;
	const kept: Kept[] = [];
	for (const run of runs.value.toReversed()) {
		const attempts = await effects.runs.attempts(run.id);
		if (!attempts.ok) return attempts;
		kept.push({ run, attempts: attempts.value });
	}
	return ok(kept);
}

async function keptRun(id: string, effects: LineageEffects): Promise<Result<readonly Kept[], RunPipelineFailure>> {
	const run = await effects.runs.run(id);
	if (!run.ok) return run;
	if (!run.value) return err({ kind: 'unknown-run', id });
	const attempts = await effects.runs.attempts(id);
	return attempts.ok ? ok([{ run: run.value, attempts: attempts.value }]) : attempts;
}

/** Version 8 of RFC 9562: a hash of our own. */
async function uuidOf(name: string, sha256: RunnerEffects['sha256']): Promise<string> {
	const hex = await sha256(new TextEncoder().encode(name));
	const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
