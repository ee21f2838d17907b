// Files at public addresses: each told apart by its ETag, else by its time and size, as far as the server lets other pages see them.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FileFacts } from '../core/source/files/file-facts.ts';
import type { ByteRange } from '../core/source/files/pruned-parquet.ts';
import type { FileAsker } from './file-asker.ts';
import type { FileStore, StoreCounts, StoredBytes } from './file-store.ts';

export class WebStore implements FileStore {
	readonly source: string;
	readonly #urls: readonly string[];
	readonly #asker: FileAsker;
	/** Of a server that refuses a question for a range, where the browser asks leave for it. */
	#isWithoutRanges = false;

	constructor(source: string, urls: readonly string[], asker: FileAsker) {
		this.source = source;
		this.#urls = urls;
		this.#asker = asker;
	}

	get counts(): StoreCounts {
		return this.#asker.counts;
	}

	async list(): Promise<Result<readonly FileFacts[], Failure>> {
		const files: FileFacts[] = [];
		for (const url of this.#urls) {
			const file = await this.#facts(url);
			if (!file.ok) return file;
			files.push(file.value);
		}
		return ok(files);
	}

	async bytes(file: FileFacts, range: ByteRange | null): Promise<Result<StoredBytes, Failure>> {
		const url = file.path;
		const asked = this.#isWithoutRanges ? null : range;
		const common = { url, file: url, method: 'GET', ifTag: null, wanted: 'bytes' } as const;
		let answered = await this.#asker.ask({ ...common, range: asked });
		if (!answered.ok && asked && answered.error.kind === 'source-silent' && answered.error.reason === 'network') {
			this.#isWithoutRanges = true;
			answered = await this.#asker.ask({ ...common, range: null });
		}
		if (!answered.ok) return answered;
		const { status, blob, tag } = answered.value;
		if (file.isStrong && tag !== null && tag !== file.tag)
			return err({ kind: 'file-changed', source: this.source, file: url });
		if (!blob) return err({ kind: 'file-unreadable', source: this.source, file: url, reason: 'no bytes came' });
		return ok({ blob, isWhole: asked === null || status !== 206 });
	}

	/** A server that does not take HEAD has to be asked for all of it. */
	async #facts(url: string): Promise<Result<FileFacts, Failure>> {
		const head = await this.#asker.ask({
			...{ url, file: url, method: 'HEAD', range: null, ifTag: null },
			wanted: 'nothing'
		});
		const unknown = { path: url, sizeBytes: null, tag: null, isStrong: false };
		if (!head.ok) {
			const isOnlyHead = head.error.kind === 'file-refused' && [400, 403, 405, 501].includes(head.error.status);
			return isOnlyHead ? ok(unknown) : head;
		}
		const { tag, modified, sizeBytes } = head.value;
		const isStrong = tag !== null && !tag.startsWith('W/');
		const told = tag ?? (modified === null ? null : `${modified} ${sizeBytes ?? ''}`);
		return ok({ ...unknown, sizeBytes, tag: told, isStrong });
	}
}
