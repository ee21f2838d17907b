// The file of a version that another Weir workspace published: what it is now is told by its publication, and each read is held against that.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FileFacts } from '../core/source/files/file-facts.ts';
import { parsePublished } from '../core/source/files/published-facts.ts';
import type { ByteRange } from '../core/source/files/pruned-parquet.ts';
import type { FileAsker } from './file-asker.ts';
import type { FileStore, StoreCounts, StoredBytes } from './file-store.ts';

export class PublishedStore implements FileStore {
	readonly source: string;
	readonly #url: string;
	readonly #asker: FileAsker;

	constructor(source: string, url: string, asker: FileAsker) {
		this.source = source;
		this.#url = url;
		this.#asker = asker;
	}

	get counts(): StoreCounts {
		return this.#asker.counts;
	}

	async list(): Promise<Result<readonly FileFacts[], Failure>> {
		const common = { url: this.#url, file: this.#url, method: 'GET', range: null, ifTag: null } as const;
		const asked = await this.#asker.ask({ ...common, wanted: 'text' });
		if (!asked.ok) return asked;
		const told = parsePublished(asked.value.text ?? '');
		if (!told)
			return err({
				...{ kind: 'file-unreadable', source: this.source, file: this.#url },
				reason: 'what answers is no publication of Weir'
			});
		return ok([{ path: `${this.#url.split('/').at(-1) ?? ''}.parquet`, ...told }]);
	}

	async bytes(file: FileFacts, range: ByteRange | null): Promise<Result<StoredBytes, Failure>> {
		const url = `${this.#url}/file.parquet`;
		const asked = await this.#asker.ask({ url, file: file.path, method: 'GET', range, ifTag: null, wanted: 'bytes' });
		if (!asked.ok) return asked;
		const { status, blob, tag } = asked.value;
		if (tag !== null && tag !== file.tag) return err({ kind: 'file-changed', source: this.source, file: file.path });
		if (!blob) return err({ kind: 'file-unreadable', source: this.source, file: file.path, reason: 'no bytes came' });
		return ok({ blob, isWhole: range === null || status !== 206 });
	}
}
