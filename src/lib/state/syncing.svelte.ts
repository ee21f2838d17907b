// Sync with other devices, as the page offers it.
import type { SyncFailure } from '#core/sync/failure.ts';
import type { DocumentKind } from '#core/document/document.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { settleDocument } from '#lib/flows/settle-document.ts';
import { leaveSync, pauseSync, syncNow, syncState, type SyncReport, type SyncState } from '#lib/flows/sync-now.ts';
import { joinSync, newRecoveryWords, turnOnSync, type JoinInput, type TurnOnInput } from '#lib/flows/sync-set-up.ts';
import type { Toasts } from './toasts.svelte.ts';

export type KeptBesideNote = { readonly dataset: string; readonly branch: string; readonly as: string };

export class Syncing {
	#state = $state.raw<SyncState | null>(null);
	#isBusy = $state(false);
	#failure = $state.raw<SyncFailure | null>(null);
	#keptBeside = $state.raw<readonly KeptBesideNote[]>([]);
	readonly #effects: Effects;
	readonly #toasts: Toasts;

	constructor(effects: Effects, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
	}

	/** Null until it was read. */
	get state(): SyncState | null {
		return this.#state;
	}
	get isBusy(): boolean {
		return this.#isBusy;
	}
	/** Why turning on or joining was refused. */
	get failure(): SyncFailure | null {
		return this.#failure;
	}
	/** Branches whose line of this device stands beside that of another, since syncs of this page. */
	get keptBeside(): readonly KeptBesideNote[] {
		return this.#keptBeside;
	}

	/** Reads how it stands now, and whenever it changes. Returns the stop function. */
	follow(): () => void {
		void this.refresh();
		const stops = [
			this.#effects.sync.rows.watch(() => void this.refresh()),
			this.#effects.store.watch(() => void this.refresh()),
			this.#effects.models.watch(() => void this.refresh())
		];
		return () => stops.forEach((stop) => stop());
	}

	async refresh(): Promise<void> {
		const state = await syncState(this.#effects);
		if (state.ok) this.#state = state.value;
		else this.#toasts.fail(state.error);
	}

	/** What was refused before is no matter of another form. */
	beginAnew(): void {
		this.#failure = null;
	}

	newWords(): readonly string[] {
		return newRecoveryWords(this.#effects);
	}

	turnOn(input: TurnOnInput): Promise<boolean> {
		return this.#setUp(() => turnOnSync(input, this.#effects));
	}

	join(input: JoinInput): Promise<boolean> {
		return this.#setUp(() => joinSync(input, this.#effects));
	}

	async #setUp(work: () => ReturnType<typeof joinSync>): Promise<boolean> {
		if (this.#isBusy) return false;
		this.#isBusy = true;
		this.#failure = null;
		try {
			const done = await work();
			if (!done.ok) this.#failure = done.error;
			await this.refresh();
			if (done.ok) void this.#sync();
			return done.ok;
		} finally {
			this.#isBusy = false;
		}
	}

	async now(): Promise<void> {
		if (this.#isBusy) return;
		this.#isBusy = true;
		try {
			await this.#sync();
		} finally {
			this.#isBusy = false;
		}
	}

	async pause(isPaused: boolean): Promise<void> {
		const paused = await pauseSync(isPaused, this.#effects);
		if (!paused.ok) this.#toasts.fail(paused.error);
		await this.refresh();
	}

	/** Of a document that two devices changed. */
	async choose(kind: DocumentKind, name: string, take: 'this' | 'other'): Promise<void> {
		const settled = await settleDocument({ kind, name, take }, this.#effects);
		if (!settled.ok) this.#toasts.fail(settled.error);
		else this.#toasts.show('good', `${name} is settled`, 'The text that was not taken stays in its history.');
		await this.refresh();
	}

	async leave(): Promise<void> {
		const left = await leaveSync(this.#effects);
		if (!left.ok) this.#toasts.fail(left.error);
		this.#keptBeside = [];
		await this.refresh();
	}

	async #sync(): Promise<void> {
		const synced = await syncNow({}, this.#effects);
		// What went wrong stands on the page.
		if (synced.ok) this.#tell(synced.value);
		else if (synced.error.kind === 'sync-busy') this.#toasts.fail(synced.error);
		await this.refresh();
	}

	#tell({ datasets }: SyncReport): void {
		const notes = datasets.flatMap(({ name, outcome }) =>
			outcome.ok ? outcome.value.keptBeside.map(({ branch, as }) => ({ dataset: name ?? '', branch, as })) : []
		);
		if (notes.length > 0) this.#keptBeside = [...this.#keptBeside, ...notes];
	}
}
