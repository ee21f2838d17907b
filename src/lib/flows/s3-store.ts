// Files of an S3-compatible store: listed page by page, read by ranges, each read bound to the ETag that was listed.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isWanted, type FileFacts } from '../core/source/files/file-facts.ts';
import type { Glob } from '../core/source/files/glob.ts';
import type { ByteRange } from '../core/source/files/pruned-parquet.ts';
import { listAddress, objectAddress, s3Origin, type S3Place } from '../core/source/files/s3-address.ts';
import { parseListing } from '../core/source/files/s3-listing.ts';
import { FILES_MAX, type FileStore, type StoreCounts, type StoredBytes } from './file-store.ts';
import type { FileAsker } from './file-asker.ts';

/** A store that leads from page to page without an end. */
const PAGES_MAX = 1000;

export class S3Store implements FileStore {
	readonly listsAll = true;
	readonly source: string;
	readonly #place: S3Place;
	readonly #pattern: Glob;
	readonly #asker: FileAsker;

	constructor(place: S3Place, pattern: Glob, asker: FileAsker) {
		this.source = s3Origin(place);
		this.#place = place;
		this.#pattern = pattern;
		this.#asker = asker;
	}

	get counts(): StoreCounts {
		return this.#asker.counts;
	}

	async list(): Promise<Result<readonly FileFacts[], Failure>> {
		const files = new Map<string, FileFacts>();
		const tokens = new Set<string>();
		let token: string | null = null;
		for (let number = 1; number <= PAGES_MAX; number++) {
			const url = listAddress(this.#place, this.#pattern.prefix, token);
			const file = `${this.#place.bucket}/${this.#pattern.prefix}`;
			const asked = await this.#asker.ask({ url, file, method: 'GET', range: null, ifTag: null, wanted: 'text' });
			if (!asked.ok) return asked;
			const page = parseListing(asked.value.text ?? '');
			if (!page.ok) return err({ kind: 'file-unreadable', source: this.source, file, reason: page.error.reason });
			for (const one of page.value.files) if (isWanted(one, this.#pattern)) files.set(one.path, one);
			if (files.size > FILES_MAX) return err({ kind: 'files-too-many', source: this.source, limit: FILES_MAX });
			token = page.value.token;
			if (token === null) return ok([...files.values()]);
			if (tokens.has(token)) break;
			tokens.add(token);
		}
		return err({ kind: 'source-loops', source: this.source, page: tokens.size + 1, rule: 'same-cursor' });
	}

	async bytes(file: FileFacts, range: ByteRange | null): Promise<Result<StoredBytes, Failure>> {
		const url = objectAddress(this.#place, file.path);
		const unreadable = (reason: string): Result<never, Failure> =>
			err({ kind: 'file-unreadable', source: this.source, file: file.path, reason });
		if (url === null) return unreadable('a browser cannot ask for a name with “.” or “..” as a folder');
		const ifTag = file.isStrong ? file.tag : null;
		const asked = await this.#asker.ask({ url, file: file.path, method: 'GET', range, ifTag, wanted: 'bytes' });
		if (!asked.ok) return asked;
		const { status, blob, tag } = asked.value;
		if (ifTag !== null && tag !== null && tag !== ifTag)
			return err({ kind: 'file-changed', source: this.source, file: file.path });
		if (!blob) return unreadable('no bytes came');
		return ok({ blob, isWhole: range === null || status !== 206 });
	}
}
