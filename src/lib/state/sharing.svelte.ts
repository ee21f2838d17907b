// Sharing the report that is open: a link that was made just now, and what was shared of it before.
import type { Failure } from '#core/failure.ts';
import type { Edition } from '#core/report/edition.ts';
import type { Result } from '#core/result.ts';
import type { Effects } from '#lib/flows/effects.ts';
import {
	fileOfEdition,
	linkOfEdition,
	listShares,
	revokeShare,
	shareEdition,
	type PackOptions,
	type ShareOptions,
	type ShownShare
} from '#lib/flows/share-edition.ts';
import { downloadFile } from './download-file.ts';

/** `link` begins with this page's address. */
export type MadeLink = { readonly link: string; readonly fingerprint: string; readonly isSealed: boolean };

export type SavedFile = { readonly name: string; readonly sizeBytes: number; readonly fingerprint: string };

export class Sharing {
	#edition = $state.raw<Edition | null>(null);
	#made = $state.raw<MadeLink | null>(null);
	#saved = $state.raw<SavedFile | null>(null);
	#shares = $state.raw<readonly ShownShare[] | null>(null);
	#failure = $state.raw<Failure | null>(null);
	#isBusy = $state(false);
	#progress = $state.raw<number | null>(null);
	#abort: AbortController | null = null;
	/** The edition before anything was marked in a chart: readers who can filter mark for themselves. */
	#unmarked: Edition | null = null;
	readonly #effects: Effects;

	constructor(effects: Effects) {
		this.#effects = effects;
	}

	/** What is to be shared; null while nobody asks for it. */
	get edition(): Edition | null {
		return this.#edition;
	}
	get made(): MadeLink | null {
		return this.#made;
	}
	/** The file that was downloaded last. */
	get saved(): SavedFile | null {
		return this.#saved;
	}
	/** Of this report, newest first; null where they could not be read. */
	get shares(): readonly ShownShare[] | null {
		const report = this.#edition?.report;
		return this.#shares?.filter(({ kept }) => kept?.report === report) ?? null;
	}
	get failure(): Failure | null {
		return this.#failure;
	}
	get isBusy(): boolean {
		return this.#isBusy;
	}
	/** 0..1 while what readers filter is counted; null otherwise. */
	get progress(): number | null {
		return this.#progress;
	}

	/** With this page's address before it. */
	whole(link: string): string {
		return location.origin + link;
	}

	/** `unmarked` is the same edition before anything was marked in it. */
	ask(edition: Edition, unmarked: Edition | null): void {
		this.#edition = edition;
		this.#unmarked = unmarked;
		this.#made = null;
		this.#saved = null;
		this.#failure = null;
		void this.#refresh();
	}

	/** Nothing leaves then. */
	cancel(): void {
		this.#abort?.abort();
	}

	dismiss(): void {
		this.cancel();
		this.#edition = null;
		this.#made = null;
		this.#saved = null;
	}

	async share(options: ShareOptions): Promise<void> {
		const edition = this.#shown(options.canFilter === true);
		if (!edition) return;
		await this.#do(
			(work) => shareEdition({ packed: edition, ...options, ...work }, this.#effects),
			({ link, fingerprint }) => (this.#made = { link: this.whole(link), fingerprint, isSealed: true })
		);
		await this.#refresh();
	}

	/** Without a server: whoever has the link can read it. */
	async link(canFilter: boolean): Promise<void> {
		const edition = this.#shown(canFilter);
		if (!edition) return;
		await this.#do(
			(work) => linkOfEdition(edition, this.#effects, { canFilter, ...work }),
			({ link, fingerprint }) => (this.#made = { link: this.whole(link), fingerprint, isSealed: false })
		);
	}

	/** As a download. */
	async save(canFilter: boolean): Promise<void> {
		const edition = this.#shown(canFilter);
		if (!edition) return;
		await this.#do(
			(work) => fileOfEdition(edition, this.#effects, { canFilter, ...work }),
			({ name, file, fingerprint }) => {
				downloadFile(file, name);
				this.#saved = { name, sizeBytes: file.size, fingerprint };
			}
		);
	}

	async revoke(share: string): Promise<void> {
		await this.#do(
			() => revokeShare(share, this.#effects),
			() => undefined
		);
		await this.#refresh();
	}

	#shown(canFilter: boolean): Edition | null {
		return (canFilter && this.#unmarked) || this.#edition;
	}

	async #refresh(): Promise<void> {
		const listed = await listShares(this.#effects);
		// Whoever has no server is told when they share by one.
		this.#shares = listed.ok ? listed.value : null;
	}

	async #do<T>(
		work: (options: Pick<PackOptions, 'signal' | 'onProgress'>) => Promise<Result<T, Failure>>,
		onDone: (value: T) => void
	): Promise<void> {
		if (this.#isBusy) return;
		this.#isBusy = true;
		this.#failure = null;
		const abort = new AbortController();
		this.#abort = abort;
		const onProgress = (done: number): void => {
			this.#progress = done;
		};
		try {
			const done = await work({ signal: abort.signal, onProgress });
			// Whoever closed the dialog meanwhile asked for nothing else.
			if (done.ok && !abort.signal.aborted) onDone(done.value);
			else if (!done.ok && done.error.kind !== 'cancelled') this.#failure = done.error;
		} finally {
			this.#isBusy = false;
			this.#progress = null;
		}
	}
}
