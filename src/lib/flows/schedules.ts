// Runs that are due: by their cron pattern, at nominal times that are the same for every page, and on new versions of datasets.
import type { Pipeline } from '../core/pipeline/pipeline.ts';
import { newFiles, newestFile, signature, type FolderFailure, type NewestFile } from '../core/pipeline/watched-file.ts';
import { dueRuns, nextNominal } from '../core/pipeline/schedule.ts';
import type { FailureFacts, RunRecord } from '../core/pipeline/run-record.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { documentsElsewhere } from './document-homes.ts';
import { asJob } from './jobs.ts';
import { listDocuments } from './list-documents.ts';
import { missedRuns, scheduledRunId } from './missed-runs.ts';
import type { UpgradeEffects } from './upgrade-workspace.ts';
import { runPipeline, type RunPipelineFailure, type RunPipelineInput } from './run-pipeline.ts';
import type { RunnerEffects } from './runner-effects.ts';
import { keepSchedule, keptSchedule, type KeptSchedule } from './schedule-kept.ts';

export type ScheduleFacts = {
	readonly pipeline: string;
	readonly cron: string | null;
	readonly timeZone: string;
	readonly onVersion: readonly string[];
	readonly onFile: { readonly folder: string; readonly pattern: string } | null;
	readonly catchUp: 'all' | 'latest' | 'none';
	/** UTC; null without a cron pattern. */
	readonly nextMs: number | null;
	/** Nominal times that no page was open for, that did not run and were not let go, the newest last. */
	readonly missedMs: readonly number[];
	/** Files of the watched folder that fit, as they were at the last look; null before the first, and without a folder. */
	readonly files: { readonly count: number; readonly newest: NewestFile | null } | null;
	/** Why its newest due run could not begin; null when it could. */
	readonly failure: (FailureFacts & { readonly atMs: number }) | null;
	/** The device that runs it, where that is another one. */
	readonly elsewhere: string | null;
};

const MISSED_KEPT = 100;

type ScheduleEffects = UpgradeEffects & Pick<Effects, 'store' | 'runs' | 'now' | 'lock' | 'jobs' | 'folders' | 'sync'>;

/** One page at a time; another one that looks meanwhile does nothing. */
export async function runDue(
	{ openSinceMs }: { readonly openSinceMs: number },
	effects: ScheduleEffects,
	runner: RunnerEffects
): Promise<Result<readonly RunRecord[], RunPipelineFailure>> {
	const ran = await effects.lock('schedules', false, async () => {
		const scheduled = await scheduledPipelines(effects, runner);
		if (!scheduled.ok) return scheduled;
		const runs: RunRecord[] = [];
		let failed: Result<readonly RunRecord[], RunPipelineFailure> | null = null;
		for (const { pipeline, elsewhere } of scheduled.value) {
			if (elsewhere !== null) continue;
			const ended = await runDueOf(pipeline, openSinceMs, effects, runner);
			// One that cannot start keeps no other from starting.
			if (ended.ok) runs.push(...ended.value);
			else failed ??= ended;
			const told = await tellFailure(pipeline.name, ended, effects);
			if (!told.ok) failed ??= told;
		}
		return failed ?? ok(runs);
	});
	return ran === 'busy' ? ok([]) : ran;
}

export async function listSchedules(
	effects: ScheduleEffects,
	runner: RunnerEffects
): Promise<Result<readonly ScheduleFacts[], StoreFailure>> {
	const scheduled = await scheduledPipelines(effects, runner);
	if (!scheduled.ok) return scheduled;
	const facts: ScheduleFacts[] = [];
	for (const { pipeline, elsewhere } of scheduled.value) {
		const { name, schedule } = pipeline;
		if (!schedule) continue;
		const kept = await keptSchedule(name, effects);
		if (!kept.ok) return kept;
		const missed = await missedRuns(name, effects);
		if (!missed.ok) return missed;
		const { cron, timeZone, onVersion, onFile, catchUp } = schedule;
		const nextMs = nextNominal(schedule, effects.now());
		facts.push({
			pipeline: name,
			cron,
			timeZone,
			onVersion,
			onFile,
			catchUp,
			nextMs,
			missedMs: missed.value,
			files: onFile && kept.value?.files ? newestFile(kept.value.files.last) : null,
			failure: kept.value?.failure ?? null,
			elsewhere
		});
	}
	return ok(facts);
}

async function runDueOf(
	{ name, schedule }: Pipeline,
	openSinceMs: number,
	effects: ScheduleEffects,
	runner: RunnerEffects
): Promise<Result<readonly RunRecord[], RunPipelineFailure>> {
	if (!schedule) return ok([]);
	const stored = await keptSchedule(name, effects);
	if (!stored.ok) return stored;
	const heads = await headsOf(schedule.onVersion, effects);
	if (!heads.ok) return heads;
	const now = effects.now();
	// A pipeline that is seen for the first time begins now: nothing was missed before it was there.
	const kept = stored.value ?? { doneUntilMs: now, missedMs: [], seen: heads.value };
	const due = dueRuns(schedule, kept.doneUntilMs, openSinceMs, now);
	const runs: RunRecord[] = [];
	const run = (input: Omit<RunPipelineInput, 'name'>): Promise<Result<RunRecord, RunPipelineFailure>> =>
		asJob(effects.jobs, `Run ${name}`, undefined, ({ signal }) => runPipeline({ ...input, name, signal }, runner));
	for (const nominalMs of due.run) {
		const ran = await run({ id: scheduledRunId(name, nominalMs), nominalMs, cause: { kind: 'schedule' } });
		if (!ran.ok) return ran;
		runs.push(ran.value);
	}
	for (const [dataset, version] of Object.entries(heads.value)) {
		if (kept.seen[dataset] === version) continue;
		const id = `${name} ${dataset} ${version}`;
		const ran = await run({ id, cause: { kind: 'version', dataset } });
		if (!ran.ok) return ran;
		runs.push(ran.value);
	}
	const files = await filesOf(schedule.onFile, kept.files ?? null, effects);
	if (!files.ok) return files;
	for (const file of files.value?.fresh ?? []) {
		const folder = schedule.onFile?.folder ?? '';
		const id = `${name} ${folder}/${file.path} ${signature(file)}`;
		const ran = await run({ id, cause: { kind: 'file', folder }, file: file.path });
		if (!ran.ok) return ran;
		runs.push(ran.value);
	}
	const missedMs = [...kept.missedMs, ...due.missed].slice(-MISSED_KEPT);
	const isSame =
		stored.value &&
		due.run.length + due.missed.length === 0 &&
		runs.length === 0 &&
		isSameFiles(kept.files, files.value);
	if (isSame) return ok(runs);
	const next: KeptSchedule = {
		doneUntilMs: Math.max(kept.doneUntilMs, now),
		missedMs,
		seen: { ...kept.seen, ...heads.value },
		failure: kept.failure ?? null,
		...(files.value ? { files: { done: files.value.done, last: files.value.last } } : {})
	};
	const saved = await keepSchedule(name, next, effects);
	return saved.ok ? ok(runs) : saved;
}

type Files = ReturnType<typeof newFiles>;

async function filesOf(
	onFile: ScheduleFacts['onFile'],
	kept: NonNullable<KeptSchedule['files']> | null,
	{ folders }: Pick<Effects, 'folders'>
): Promise<Result<Files | null, FolderFailure | StoreFailure>> {
	if (onFile === null) return ok(null);
	const files = await folders.files(onFile.folder);
	return files.ok ? ok(newFiles(files.value, onFile.pattern, kept)) : files;
}

function isSameFiles(kept: KeptSchedule['files'], now: Files | null): boolean {
	return now === null || (kept !== undefined && JSON.stringify(kept.last) === JSON.stringify(now.last));
}

/** Kept, so that every page can say it; gone with the next run that begins. */
async function tellFailure(
	name: string,
	ended: Result<unknown, RunPipelineFailure>,
	effects: ScheduleEffects
): Promise<Result<void, StoreFailure>> {
	const stored = await keptSchedule(name, effects);
	if (!stored.ok) return stored;
	const before = stored.value?.failure ?? null;
	if (ended.ok && before === null) return ok(undefined);
	if (!ended.ok && before?.kind === ended.error.kind) return ok(undefined);
	const kept = stored.value ?? { doneUntilMs: effects.now(), missedMs: [], seen: {} };
	const failure = ended.ok ? null : { ...ended.error, atMs: effects.now() };
	return keepSchedule(name, { ...kept, failure }, effects);
}

async function scheduledPipelines(
	effects: ScheduleEffects,
	runner: RunnerEffects
): Promise<Result<readonly { readonly pipeline: Pipeline; readonly elsewhere: string | null }[], StoreFailure>> {
	const saved = await listDocuments('pipeline', effects);
	if (!saved.ok) return saved;
	const elsewhere = await documentsElsewhere(effects);
	if (!elsewhere.ok) return elsewhere;
	return ok(
		saved.value.flatMap(({ document, version }) => {
			const parsed = runner.parse(version.text);
			const device = elsewhere.value.get(document.id) ?? null;
			return parsed.ok && parsed.value.schedule ? [{ pipeline: parsed.value, elsewhere: device }] : [];
		})
	);
}

async function headsOf(
	names: readonly string[],
	effects: ScheduleEffects
): Promise<Result<Readonly<Record<string, string>>, StoreFailure>> {
	if (names.length === 0) return ok({});
	const datasets = await effects.store.datasets();
	if (!datasets.ok) return datasets;
	const wanted = new Set(names.map((name) => name.toLowerCase()));
	const found = datasets.value.filter(({ name }) => wanted.has(name.toLowerCase()));
	return ok(Object.fromEntries(found.map(({ name, head }) => [name.toLowerCase(), head])));
}
