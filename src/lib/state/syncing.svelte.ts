// Sync with other devices, as the page offers it.
import type { Result } from '#core/result.ts';
import type { SyncFailure } from '#core/sync/failure.ts';
import type { SyncProgress } from '#core/sync/sync-progress.ts';
import type { DatasetChoice } from '#core/sync/sync-choice.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { settleDocument } from '#lib/flows/settle-document.ts';
import { loadVersion } from '#lib/flows/load-version.ts';
import { chooseDataset, chooseOtherwise } from '#lib/flows/sync-choose.ts';
import {
	leaveSync,
	pauseSync,
	reseedSync,
	syncNow,
	syncState,
	type SyncReport,
	type SyncState
} from '#lib/flows/sync-now.ts';
import type { DocumentKind } from '#core/document/document.ts';
import { joinSync, newRecoveryWords, turnOnSync, type JoinInput, type TurnOnInput } from '#lib/flows/sync-set-up.ts';
import { previewJoin, type JoinPreview } from '#lib/flows/sync-take-names.ts';
import { collectServer, serverUsage, shortenServer } from '#lib/flows/sync-tidy.ts';
import { collectedWords, shortenedWords } from './sync-words.ts';
import type { Toasts } from './toasts.svelte.ts';

/** Longer than one request may take. */
const STALE_MS = 45_000;

export type KeptBesideNote = { readonly dataset: string; readonly branch: string; readonly as: string };

export class Syncing {
	#state = $state.raw<SyncState | null>(null);
	#isBusy = $state(false);
	#failure = $state.raw<SyncFailure | null>(null);
	#keptBeside = $state.raw<readonly KeptBesideNote[]>([]);
	#progress = $state.raw<SyncProgress | null>(null);
	#usage = $state.raw<{ readonly usedBytes: number; readonly quotaBytes: number } | null>(null);
	#bringable = $state.raw<JoinPreview | null>(null);
	#toldAtMs = 0;
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

	/** Of the sync of any tab; null where none is under way. */
	get progress(): SyncProgress | null {
		return this.#progress;
	}
	/** What the workspace stores on the server; null until it was asked. */
	get usage(): { readonly usedBytes: number; readonly quotaBytes: number } | null {
		return this.#usage;
	}
	/** What this device would bring into a workspace that it joins; null until it was read. */
	get bringable(): JoinPreview | null {
		return this.#bringable;
	}

	/** Reads how it stands now, and whenever it changes. Returns the stop function. */
	follow(): () => void {
		void this.refresh();
		// A tab that ended without a word tells nothing any more.
		const timer = setInterval(() => {
			if (this.#progress && this.#effects.now() - this.#toldAtMs > STALE_MS) this.#progress = null;
		}, STALE_MS);
		const stops = [
			() => clearInterval(timer),
			this.#effects.sync.progress.watch((progress) => {
				this.#toldAtMs = this.#effects.now();
				this.#progress = progress;
				if (!progress && this.#usage) void this.askUsage();
			}),
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
		if (paused.ok && !isPaused) void this.now();
	}

	/** Ends the sync of whichever tab is at it. */
	stop(): void {
		this.#effects.sync.progress.askToStop();
	}

	/** What is not here any more is undone as any change is. */
	async chooseHere(dataset: string, choice: Partial<DatasetChoice>): Promise<void> {
		await this.#do(() => chooseDataset(dataset, choice, this.#effects));
		if (choice.isTaken !== false) void this.now();
	}

	async chooseOtherwise(change: Parameters<typeof chooseOtherwise>[0]): Promise<void> {
		await this.#do(() => chooseOtherwise(change, this.#effects));
	}

	/** Brings a version here that the server alone has. */
	async load(dataset: string, version: string): Promise<void> {
		await this.#do(() => loadVersion({ dataset, version }, this.#effects));
	}

	/** Puts the server right from here. */
	async reseed(): Promise<void> {
		const filled = await this.#do(() => reseedSync({}, this.#effects));
		if (filled?.ok) this.#tell(filled.value);
		await this.askUsage();
	}

	async collect(): Promise<void> {
		const collected = await this.#do(() => collectServer({}, this.#effects));
		if (collected?.ok) this.#toasts.show('good', ...collectedWords(collected.value));
		await this.askUsage();
	}

	/** How many versions of a dataset the server would let go. */
	async shortens(dataset: string, newest: number): Promise<number | null> {
		const counted = await this.#do(() => shortenServer({ dataset, newest, isPreview: true }, this.#effects));
		return counted?.ok ? counted.value : null;
	}

	async shorten(dataset: string, newest: number): Promise<void> {
		const gone = await this.#do(() => shortenServer({ dataset, newest }, this.#effects));
		if (gone?.ok) this.#toasts.show('good', ...shortenedWords(dataset, gone.value));
	}

	async askUsage(): Promise<void> {
		const usage = await serverUsage(this.#effects);
		// Where the server cannot be asked, the state says so already.
		if (usage.ok) this.#usage = usage.value;
	}

	async lookAtOwn(): Promise<void> {
		const preview = await previewJoin(this.#effects);
		if (preview.ok) this.#bringable = preview.value;
		else this.#toasts.fail(preview.error);
	}

	/** One thing at a time, and what goes wrong is told; null where something else is under way. */
	async #do<T>(work: () => Promise<Result<T, SyncFailure>>): Promise<Result<T, SyncFailure> | null> {
		if (this.#isBusy) return null;
		this.#isBusy = true;
		try {
			const done = await work();
			if (!done.ok) this.#toasts.fail(done.error);
			await this.refresh();
			return done;
		} finally {
			this.#isBusy = false;
		}
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
		// What went wrong stands on the page, and so does how far a sync is that is under way already.
		if (synced.ok) this.#tell(synced.value);
		else if (synced.error.kind === 'sync-busy' && !this.#progress) this.#toasts.fail(synced.error);
		await this.refresh();
	}

	#tell({ datasets }: SyncReport): void {
		const notes = datasets.flatMap(({ name, outcome }) =>
			outcome.ok ? outcome.value.keptBeside.map(({ branch, as }) => ({ dataset: name ?? '', branch, as })) : []
		);
		if (notes.length > 0) this.#keptBeside = [...this.#keptBeside, ...notes];
	}
}
