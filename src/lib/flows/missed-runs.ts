// Runs that a closed page missed, one by one: run after all, let go, or taken back when they were let go.
import { err, ok, type Result } from '../core/result.ts';
import type { PipelineFailure } from '../core/pipeline/failure.ts';
import type { RunRecord } from '../core/pipeline/run-record.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { runPipeline, type RunPipelineFailure, type RunPipelineInput } from './run-pipeline.ts';
import type { RunnerEffects } from './runner-effects.ts';
import { keptSchedule } from './schedule-kept.ts';

type NotMissed = Extract<PipelineFailure, { kind: 'not-missed' }>;

type MissedEffects = Pick<Effects, 'store' | 'runs'>;

/** The nominal time of a run is in its id, so that there is one of it, whoever begins it. */
export function scheduledRunId(name: string, nominalMs: number): string {
	return `${name} ${new Date(nominalMs).toISOString()}`;
}

/** Nominal times that have no run and were not let go, the newest last. */
export async function missedRuns(
	name: string,
	effects: MissedEffects
): Promise<Result<readonly number[], StoreFailure>> {
	const kept = await keptSchedule(name, effects);
	if (!kept.ok) return kept;
	const dealt = await dealtWith(name, effects);
	if (!dealt.ok) return dealt;
	const missed: number[] = [];
	for (const nominalMs of kept.value?.missedMs ?? []) {
		if (dealt.value.includes(nominalMs)) continue;
		const there = await effects.runs.run(scheduledRunId(name, nominalMs));
		if (!there.ok) return there;
		if (!there.value) missed.push(nominalMs);
	}
	return ok(missed);
}

/** Runs one as it would have been then. */
export async function runMissed(
	input: { readonly name: string; readonly nominalMs: number } & Pick<RunPipelineInput, 'signal' | 'onState'>,
	effects: MissedEffects,
	runner: RunnerEffects
): Promise<Result<RunRecord, RunPipelineFailure | NotMissed>> {
	const { name, nominalMs } = input;
	const missed = await missedRuns(name, effects);
	if (!missed.ok) return missed;
	if (!missed.value.includes(nominalMs)) return err({ kind: 'not-missed', name, nominalMs });
	const ran = await runPipeline({ ...input, id: scheduledRunId(name, nominalMs), cause: { kind: 'schedule' } }, runner);
	if (!ran.ok) return ran;
	// Its record goes with the oldest runs one day; it is not missed then.
	const saved = await deal(name, (dealt) => [...dealt, nominalMs], effects);
	return saved.ok ? ran : saved;
}

/** One, or all of them; the answer is what was let go. */
export async function dismissMissed(
	{ name, nominalMs }: { readonly name: string; readonly nominalMs?: number | undefined },
	effects: MissedEffects
): Promise<Result<readonly number[], StoreFailure | NotMissed>> {
	const missed = await missedRuns(name, effects);
	if (!missed.ok) return missed;
	if (nominalMs !== undefined && !missed.value.includes(nominalMs)) return err({ kind: 'not-missed', name, nominalMs });
	const gone = nominalMs === undefined ? missed.value : [nominalMs];
	const saved = await deal(name, (dealt) => [...dealt, ...gone], effects);
	return saved.ok ? ok(gone) : saved;
}

/** Takes back that they were let go. */
export async function restoreMissed(
	{ name, nominalMs }: { readonly name: string; readonly nominalMs: readonly number[] },
	effects: MissedEffects
): Promise<Result<readonly number[], StoreFailure>> {
	const saved = await deal(name, (dealt) => dealt.filter((time) => !nominalMs.includes(time)), effects);
	return saved.ok ? missedRuns(name, effects) : saved;
}

/**
 * What was dealt with has a row of its own: whoever looks what is due writes the other one, at times long after he read it.
 * Times that are not listed as missed any more are dropped.
 */
async function deal(
	name: string,
	change: (dealt: readonly number[]) => readonly number[],
	effects: MissedEffects
): Promise<Result<void, StoreFailure>> {
	const kept = await keptSchedule(name, effects);
	if (!kept.ok) return kept;
	const dealt = await dealtWith(name, effects);
	if (!dealt.ok) return dealt;
	const listed = kept.value?.missedMs ?? [];
	return effects.store.saveSetting(
		keyOf(name),
		change(dealt.value).filter((time) => listed.includes(time))
	);
}

async function dealtWith(name: string, { store }: MissedEffects): Promise<Result<readonly number[], StoreFailure>> {
	const stored = await store.setting(keyOf(name));
	return stored.ok ? ok((stored.value as readonly number[] | undefined) ?? []) : stored;
}

function keyOf(name: string): string {
	return `missed ${name}`;
}
