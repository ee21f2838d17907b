// Asks a store of files patiently: again when it is busy, does not answer, or breaks off; not at all for a while when it is down.
import { RELAYED_BYTES } from '../core/contract/relay.ts';
import type { Failure } from '../core/failure.ts';
import { err, type Result } from '../core/result.ts';
import type { SourceSilent } from '../core/source/asked.ts';
import type { FileQuestion } from '../core/source/files/file-question.ts';
import { parseStoreError } from '../core/source/files/s3-listing.ts';
import { backoffMs, meaningOf, retryAfterMs } from '../core/source/rest/patience.ts';
import { originOf } from '../core/source/origin.ts';
import type { FileAnswer } from '#workers/ingest/api.ts';
import type { Breakers } from './breakers.ts';
import { askGuarded } from './guarded-ask.ts';

export type FileAskerEffects = {
	readonly ask: (
		question: FileQuestion,
		onBytes: (readBytes: number) => void
	) => Promise<Result<FileAnswer, SourceSilent | Failure>>;
	readonly now: () => number;
	readonly random: () => number;
	readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
	readonly breakers: Pick<Breakers, 'call'>;
};

/** What is asked about a file; the rest is alike for all of a store. */
export type AskedFile = Pick<FileQuestion, 'url' | 'method' | 'range' | 'ifTag' | 'wanted'> & {
	/** As people know it. */
	readonly file: string;
};

type FileAskerInput = {
	readonly sign: FileQuestion['sign'];
	readonly signal: AbortSignal;
	readonly onBytes: (readBytes: number) => void;
	readonly isRelayed: boolean;
};

const TRIES = 6;
const TIMEOUT_MS = 30_000;
const LIMIT_BYTES = 4 * 1024 ** 3;
const PATIENCE_MS = 120_000;

export class FileAsker {
	readonly #input: FileAskerInput;
	readonly #effects: FileAskerEffects;
	#requests = 0;
	#retries = 0;
	#waitedMs = 0;
	#readBytes = 0;

	constructor(input: FileAskerInput, effects: FileAskerEffects) {
		this.#input = input;
		this.#effects = effects;
	}

	/** `readBytes` are those of all answers. */
	get counts() {
		return {
			requests: this.#requests,
			retries: this.#retries,
			waitedMs: this.#waitedMs,
			readBytes: this.#readBytes
		};
	}

	/** An answer that says it went well, whole. */
	async ask(asked: AskedFile): Promise<Result<FileAnswer, Failure>> {
		const source = originOf(asked.url);
		let failure: Failure = { kind: 'source-silent', source, reason: 'network' };
		for (let attempt = 0; attempt < TRIES; attempt++) {
			const answered = await this.#once(asked, source);
			let least = 0;
			if (answered.ok) {
				const { status, text, retryAfter, isTooLarge } = answered.value;
				if (isTooLarge)
					return err({
						kind: 'too-large',
						source: asked.file,
						limit: this.#input.isRelayed ? '64 MiB in one answer by your server' : '4 GB in one file'
					});
				if (status === 412) return err({ kind: 'file-changed', source, file: asked.file });
				const isWhole = this.#isWhole(asked, answered.value);
				if (meaningOf(status) === 'rows' && isWhole) return answered;
				const code = parseStoreError(text ?? '');
				failure = isWhole
					? { kind: 'file-refused', source, file: asked.file, status, code }
					: { kind: 'file-unreadable', source, file: asked.file, reason: 'its bytes ended too early' };
				if (isWhole && meaningOf(status) !== 'again') return err(failure);
				least = retryAfterMs(retryAfter, this.#effects.now()) ?? 0;
				if (least > PATIENCE_MS) return err({ kind: 'source-busy', source, waitMs: least });
			} else if (answered.error.kind === 'source-silent') failure = answered.error;
			else return answered;
			if (attempt + 1 === TRIES) break;
			this.#retries++;
			const waitMs = least + backoffMs(attempt, this.#effects.random());
			this.#waitedMs += waitMs;
			await this.#effects.sleep(waitMs, this.#input.signal);
			if (this.#input.signal.aborted) return err({ kind: 'cancelled' });
		}
		return err(failure);
	}

	/** A server may leave a range aside, and give all. */
	#isWhole({ range, wanted }: AskedFile, { status, blob, sizeBytes }: FileAnswer): boolean {
		if (wanted !== 'bytes' || !blob || meaningOf(status) !== 'rows') return true;
		if (range && status === 206) return blob.size === range.endByte - range.startByte;
		return sizeBytes === null || blob.size === sizeBytes;
	}

	async #once({ file: _file, ...asked }: AskedFile, source: string): Promise<Result<FileAnswer, Failure>> {
		const { sign, signal, onBytes, isRelayed } = this.#input;
		const question = { ...asked, sign, timeoutMs: TIMEOUT_MS, limitBytes: isRelayed ? RELAYED_BYTES : LIMIT_BYTES };
		this.#requests++;
		let before = 0;
		return askGuarded({ source, signal }, this.#effects.breakers, () =>
			this.#effects.ask(question, (readBytes) => {
				this.#readBytes += readBytes - before;
				before = readBytes;
				onBytes(this.#readBytes);
			})
		);
	}
}
