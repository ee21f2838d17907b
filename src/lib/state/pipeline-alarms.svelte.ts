// Tells of runs that failed, whoever began them: as a note in the page and, where a person allowed it, by the browser.
import type { Failure } from '#core/failure.ts';
import type { RunRecord } from '#core/pipeline/run-record.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { PipelineRuns } from './pipeline-runs.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

const LOOKED_AT = 30;
const SETTING = 'notify-of-failed-runs';

export class PipelineAlarms {
	/** What the browser says: `default` has not been asked. */
	#permission = $state<NotificationPermission>(
		typeof Notification === 'undefined' ? 'denied' : Notification.permission
	);
	#isWanted = $state(false);
	/** Runs that were seen to go on. */
	readonly #running = new Set<string>();
	readonly #effects: Effects;
	readonly #toasts: Toasts;
	#goTo: (path: string) => void = () => undefined;

	constructor(effects: Effects, runs: PipelineRuns, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
		runs.watch(() => void this.#look());
	}

	/** Whether the browser will tell of failures. */
	get isOn(): boolean {
		return this.#isWanted && this.#permission === 'granted';
	}
	/** The browser refuses, and only its own settings change that. */
	get isRefused(): boolean {
		return this.#permission === 'denied';
	}

	async load(goTo: (path: string) => void): Promise<void> {
		this.#goTo = goTo;
		const wanted = await this.#effects.store.setting(SETTING);
		this.#isWanted = wanted.ok && wanted.value === true;
		const left = await this.#effects.runs.unfinished();
		if (left.ok) for (const { id } of left.value) this.#running.add(id);
	}

	/** Asks the browser when it has not been asked. */
	async set(isOn: boolean): Promise<void> {
		if (isOn && this.#permission === 'default') this.#permission = await Notification.requestPermission();
		this.#isWanted = isOn && this.#permission === 'granted';
		await this.#effects.store.saveSetting(SETTING, this.#isWanted);
	}

	/** A scheduled run that could not even begin. */
	cannotStart(failure: Failure): void {
		this.#toasts.fail(failure);
	}

	async #look(): Promise<void> {
		const runs = await this.#effects.runs.runs({ pipeline: null, limit: LOOKED_AT });
		if (!runs.ok) return;
		for (const run of runs.value) {
			if (run.state === 'running') this.#running.add(run.id);
			else if (this.#running.delete(run.id) && run.state === 'failed' && run.cause.kind !== 'pipeline') this.#tell(run);
		}
	}

	#tell(run: RunRecord): void {
		const failed = Object.entries(run.steps ?? {}).filter(([, state]) => state === 'failed' || state === 'timed_out');
		const names = failed.map(([step]) => step);
		const title = `${run.pipeline} failed`;
		const detail = names.length === 0 ? '' : `In ${names.slice(0, 3).join(', ')}.`;
		const path = `/pipelines?${new URLSearchParams({ pipeline: run.pipeline, view: 'runs', run: run.id }).toString()}`;
		this.#toasts.show('bad', title, detail, { label: 'See the run', run: () => this.#goTo(path) });
		// Every tab tells; the browser shows what has the same tag once.
		if (!this.isOn || document.visibilityState === 'visible') return;
		const notification = new Notification(title, { body: detail, tag: run.id });
		notification.onclick = () => {
			focus();
			this.#goTo(path);
		};
	}
}
