// What starts runs by itself, as a person deals with it: watched folders, and runs that a closed page missed.
import { isFolderFailure } from '#core/pipeline/watched-file.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { followHere } from '#lib/flows/document-homes.ts';
import type { PipelineConsole } from '#lib/flows/console-pipeline-types.ts';
import { scheduledRunId } from '#lib/flows/missed-runs.ts';
import type { Toasts } from './toasts.svelte.ts';

export class PipelineTriggers {
	/** Whether this browser lets a page watch a folder. */
	readonly canWatch: boolean;
	#folders = $state.raw<readonly string[]>([]);
	#isLooking = $state(false);
	readonly #effects: Effects;
	readonly #verbs: PipelineConsole;
	readonly #toasts: Toasts;
	readonly #changed: () => Promise<void>;

	/** `changed` reads the schedules anew. */
	constructor(effects: Effects, verbs: PipelineConsole, toasts: Toasts, changed: () => Promise<void>) {
		this.canWatch = effects.pickFolder !== null;
		this.#effects = effects;
		this.#verbs = verbs;
		this.#toasts = toasts;
		this.#changed = changed;
	}

	/** Names of the folders that are watched, whether the browser still shows them or not. */
	get folders(): readonly string[] {
		return this.#folders;
	}
	get isLooking(): boolean {
		return this.#isLooking;
	}

	async refresh(): Promise<void> {
		const folders = await this.#verbs.watchedFolders();
		if (folders.ok) this.#folders = folders.value;
		else this.#toasts.fail(folders.error);
		await this.#changed();
	}

	/** A person chooses the folder. */
	async watch(name: string): Promise<void> {
		const watched = await this.#verbs.watchFolder(name);
		if (!watched.ok) return this.#toasts.fail(watched.error);
		this.#toasts.show('good', `${name} is watched`, 'Files that are in it now start nothing; new ones do.');
		await this.look();
	}

	async allow(name: string): Promise<void> {
		const allowed = await this.#verbs.allowFolder(name);
		if (!allowed.ok) return this.#toasts.fail(allowed.error);
		await this.look();
	}

	async unwatch(name: string): Promise<void> {
		const forgotten = await this.#verbs.unwatchFolder(name);
		if (!forgotten.ok) return this.#toasts.fail(forgotten.error);
		this.#toasts.show(
			'plain',
			`${name} is not watched any more`,
			'Its files stay as they are. Choose it once more to go on.'
		);
		await this.refresh();
	}

	/** Looks for what is due at once; the page does so by itself all the time. */
	async look(): Promise<void> {
		this.#isLooking = true;
		const ran = await this.#verbs.runDue();
		this.#isLooking = false;
		// What is wrong with a folder is said where it is.
		if (!ran.ok && !isFolderFailure(ran.error)) this.#toasts.fail(ran.error);
		await this.refresh();
	}

	/** From now on this device starts it, and no other one. */
	async followHere(pipeline: string): Promise<void> {
		const followed = await followHere({ kind: 'pipeline', name: pipeline }, this.#effects);
		if (!followed.ok) return this.#toasts.fail(followed.error);
		this.#toasts.show('good', `${pipeline} starts on this device`, 'The others hear of it by the next sync.');
		await this.#changed();
	}

	/** Answers at once with the id that the run has; a failure to begin becomes a note. */
	runMissed(pipeline: string, nominalMs: number): string {
		void this.#verbs.runMissed(pipeline, nominalMs).then(async (ran) => {
			if (!ran.ok) this.#toasts.fail(ran.error);
			await this.#changed();
		});
		return scheduledRunId(pipeline, nominalMs);
	}

	/** One, or all of a pipeline. */
	async dismiss(pipeline: string, nominalMs: number | undefined): Promise<void> {
		const gone = await this.#verbs.dismissMissed(pipeline, nominalMs);
		await this.#changed();
		if (!gone.ok) return this.#toasts.fail(gone.error);
		const count = gone.value.length === 1 ? 'A missed run' : `${gone.value.length} missed runs`;
		const restore = async (): Promise<void> => {
			const back = await this.#verbs.restoreMissed(pipeline, gone.value);
			if (!back.ok) this.#toasts.fail(back.error);
			await this.#changed();
		};
		this.#toasts.show('good', `${count} of ${pipeline} let go`, '', { label: 'Undo', run: () => void restore() });
	}
}
