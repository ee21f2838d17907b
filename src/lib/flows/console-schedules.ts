// The console's verbs for what starts runs by itself: schedules, what they missed, and watched folders.
import { err, ok } from '../core/result.ts';
import type { PipelineConsole } from './console-pipeline-types.ts';
import { asRun, runFacts } from './console-runs.ts';
import { invalid, isNumbers } from './console-values.ts';
import type { Effects } from './effects.ts';
import { dismissMissed, restoreMissed, runMissed } from './missed-runs.ts';
import type { RunnerEffects } from './runner-effects.ts';
import { listSchedules, runDue } from './schedules.ts';

type ScheduleVerb =
	| 'watchFolder'
	| 'allowFolder'
	| 'unwatchFolder'
	| 'watchedFolders'
	| 'schedules'
	| 'runDue'
	| 'runMissed'
	| 'dismissMissed'
	| 'restoreMissed';

export function scheduleVerbs(effects: Effects, runner: () => RunnerEffects): Pick<PipelineConsole, ScheduleVerb> {
	const openSinceMs = effects.now();
	return {
		watchFolder: async (name, handle) => {
			if (typeof name !== 'string' || name === '') return invalid('name', 'a name for the folder');
			const reason = 'this browser shows no folders to pages';
			if (!handle && !effects.pickFolder)
				return err({ kind: 'unsupported-option', option: 'folder', value: name, reason } as const);
			const chosen = handle ?? (await effects.pickFolder?.());
			if (!chosen) return err({ kind: 'cancelled' } as const);
			const kept = await effects.folders.keep(name, chosen);
			return kept.ok ? ok({ name }) : kept;
		},
		allowFolder: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a folder');
			const allowed = await effects.folders.allow(name);
			return allowed.ok ? ok({ name }) : allowed;
		},
		unwatchFolder: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a folder');
			const forgotten = await effects.folders.forget(name);
			return forgotten.ok ? ok({ name }) : forgotten;
		},
		watchedFolders: () => effects.folders.names(),
		schedules: () => listSchedules(effects, runner()),
		runDue: async () => {
			const ran = await runDue({ openSinceMs }, effects, runner());
			return ran.ok ? ok(ran.value.map((run) => runFacts(run, run.steps ?? {}))) : ran;
		},
		runMissed: async (name, nominalMs, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline');
			if (typeof nominalMs !== 'number') return invalid('nominalMs', 'a time of missedMs');
			return asRun(effects, `Run ${name}`, options, (job, onState) =>
				runMissed({ name, nominalMs, signal: job.signal, onState }, effects, runner())
			);
		},
		dismissMissed: async (name, nominalMs) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline');
			if (nominalMs !== undefined && typeof nominalMs !== 'number')
				return invalid('nominalMs', 'a time of missedMs, or nothing for all');
			return dismissMissed({ name, nominalMs }, effects);
		},
		restoreMissed: async (name, nominalMs) => {
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline');
			if (!isNumbers(nominalMs)) return invalid('nominalMs', 'a list of times');
			return restoreMissed({ name, nominalMs }, effects);
		}
	};
}
