// A report that somebody shared, as its reader's page shows it: the link, a passphrase where it asks for one, the download, the report.
import type { Result } from '#core/result.ts';
import type { OpenedShare } from '#core/share/bundle.ts';
import type { OpenShareFailure } from '#core/share/failure.ts';
import { openLink, readLink, type ReadLink, type ReadShareEffects } from '#lib/flows/read-share.ts';

export type ReadingPhase =
	| { readonly kind: 'reading' }
	| { readonly kind: 'passphrase'; readonly failure: OpenShareFailure | null }
	| { readonly kind: 'opening'; readonly ratio: number }
	| { readonly kind: 'opened'; readonly opened: OpenedShare; readonly isSealed: boolean }
	| { readonly kind: 'failed'; readonly failure: OpenShareFailure };

export class ShareReading {
	#phase = $state.raw<ReadingPhase>({ kind: 'reading' });
	#read: ReadLink | null = null;
	readonly #effects: ReadShareEffects;

	constructor(effects: ReadShareEffects) {
		this.#effects = effects;
	}

	get phase(): ReadingPhase {
		return this.#phase;
	}

	/** `share` is empty where the report itself is in the fragment, which begins with `#`. */
	async begin(share: string, fragment: string): Promise<void> {
		const read = readLink(share, fragment);
		if (!read.ok) {
			this.#phase = { kind: 'failed', failure: read.error };
			return;
		}
		this.#read = read.value;
		if (read.value.kind === 'sealed' && read.value.link.hasPassphrase)
			this.#phase = { kind: 'passphrase', failure: null };
		else await this.open(null);
	}

	async open(passphrase: string | null): Promise<void> {
		const read = this.#read;
		if (!read || this.#phase.kind === 'opening') return;
		this.#phase = { kind: 'opening', ratio: 0 };
		const opened = await openLink(read, passphrase, this.#effects, (ratio) => {
			if (this.#phase.kind === 'opening') this.#phase = { kind: 'opening', ratio };
		});
		this.#phase = phaseAfter(opened, read, passphrase !== null);
	}
}

function phaseAfter(opened: Result<OpenedShare, OpenShareFailure>, read: ReadLink, isAsked: boolean): ReadingPhase {
	if (opened.ok) return { kind: 'opened', opened: opened.value, isSealed: read.kind === 'sealed' };
	// It may have been the passphrase, or a network that comes back: it is asked for again.
	return isAsked ? { kind: 'passphrase', failure: opened.error } : { kind: 'failed', failure: opened.error };
}
