// Files of a folder of this machine that a person let the page read.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isWanted, type FileFacts } from '../core/source/files/file-facts.ts';
import type { Glob } from '../core/source/files/glob.ts';
import type { ByteRange } from '../core/source/files/pruned-parquet.ts';
import { signature } from '../core/pipeline/watched-file.ts';
import type { Folders } from '../db/folders.ts';
import { FILES_MAX, type FileStore, type StoredBytes } from './file-store.ts';

export class FolderStore implements FileStore {
	readonly listsAll = true;
	readonly source: string;
	readonly #folder: string;
	readonly #pattern: Glob;
	readonly #folders: Pick<Folders, 'tree' | 'file'>;
	#readBytes = 0;

	constructor(folder: string, pattern: Glob, folders: Pick<Folders, 'tree' | 'file'>) {
		this.source = folder;
		this.#folder = folder;
		this.#pattern = pattern;
		this.#folders = folders;
	}

	get counts() {
		return { requests: 0, retries: 0, waitedMs: 0, readBytes: this.#readBytes };
	}

	async list(): Promise<Result<readonly FileFacts[], Failure>> {
		const files = await this.#folders.tree(this.#folder, FILES_MAX);
		if (!files.ok) return files;
		if (files.value === null) return err({ kind: 'files-too-many', source: this.source, limit: FILES_MAX });
		return ok(
			files.value
				.map((file) => ({ path: file.path, sizeBytes: file.sizeBytes, tag: signature(file), isStrong: true }))
				.filter((file) => isWanted(file, this.#pattern))
		);
	}

	async bytes({ path, tag }: FileFacts, range: ByteRange | null): Promise<Result<StoredBytes, Failure>> {
		const found = await this.#folders.file(this.#folder, path);
		if (!found.ok) return found;
		const blob = found.value;
		if (signature({ sizeBytes: blob.size, modifiedMs: blob.lastModified }) !== tag)
			return err({ kind: 'file-changed', source: this.source, file: path });
		const part = range ? blob.slice(range.startByte, range.endByte) : blob;
		this.#readBytes += part.size;
		return ok({ blob: part, isWhole: range === null });
	}
}
