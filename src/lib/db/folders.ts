// Folders of the machine that a person lets the page watch: their handles are kept, and the browser asks again when it must.
import type { FolderFailure, WatchedFile } from '#core/pipeline/watched-file.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import { storeFailure } from './failures.ts';
import type { WorkspaceDb } from './schema.ts';

export type Folders = {
	/** Keeps a folder under a name, in the place of the one that had it. */
	keep(name: string, handle: FileSystemDirectoryHandle): Promise<Result<void, StoreFailure>>;
	/** Lets the browser ask a person once more for a folder that it shows no longer. Fails: unknown-folder · folder-not-allowed */
	allow(name: string): Promise<Result<void, FolderFailure | StoreFailure>>;
	forget(name: string): Promise<Result<void, StoreFailure>>;
	names(): Promise<Result<readonly string[], StoreFailure>>;
	/** By path; folders inside of it are not looked into. */
	files(name: string): Promise<Result<readonly WatchedFile[], FolderFailure | StoreFailure>>;
	/** By path, those of the folders inside of it too. Null when there are more than `most`. */
	tree(name: string, most: number): Promise<Result<readonly WatchedFile[] | null, FolderFailure | StoreFailure>>;
	file(name: string, path: string): Promise<Result<File, FolderFailure | StoreFailure>>;
};

const PREFIX = 'folder ';

/** TypeScript's own types do not have it yet; only Chromium does. */
type Asking = {
	queryPermission?(of: { readonly mode: 'read' }): Promise<PermissionState>;
	requestPermission?(of: { readonly mode: 'read' }): Promise<PermissionState>;
};

export function createFolders(db: WorkspaceDb): Folders {
	const handleOf = async (
		name: string,
		ask: 'queryPermission' | 'requestPermission'
	): Promise<Result<FileSystemDirectoryHandle, FolderFailure | StoreFailure>> => {
		try {
			const row = await db.settings.get(PREFIX + name);
			if (!row) return err({ kind: 'unknown-folder', folder: name });
			// Only `keep` writes such a row.
			const handle = row.value as FileSystemDirectoryHandle & Asking;
			const permission = (await handle[ask]?.({ mode: 'read' })) ?? 'granted';
			return permission === 'granted' ? ok(handle) : err({ kind: 'folder-not-allowed', folder: name });
		} catch (error) {
			// The browser asks nobody unless somebody has just pressed something.
			const isUnasked = error instanceof DOMException && error.name === 'SecurityError';
			return err(isUnasked ? { kind: 'folder-not-allowed', folder: name } : storeFailure(error, 0));
		}
	};
	return {
		keep: (name, handle) => written(() => db.settings.put({ key: PREFIX + name, value: handle })),
		allow: async (name) => {
			const allowed = await handleOf(name, 'requestPermission');
			return allowed.ok ? ok(undefined) : allowed;
		},
		forget: (name) => written(() => db.settings.delete(PREFIX + name)),
		names: async () => {
			try {
				const keys = await db.settings.where('key').startsWith(PREFIX).primaryKeys();
				return ok(keys.map((key) => key.slice(PREFIX.length)));
			} catch (error) {
				return err(storeFailure(error, 0));
			}
		},
		files: async (name) => {
			const handle = await handleOf(name, 'queryPermission');
			if (!handle.ok) return handle;
			return gone(name, async () => {
				const found: WatchedFile[] = [];
				for await (const entry of handle.value.values()) {
					if (entry.kind !== 'file') continue;
					const { size, lastModified } = await entry.getFile();
					found.push({ path: entry.name, sizeBytes: size, modifiedMs: lastModified });
				}
				return found.sort(byPath);
			});
		},
		tree: async (name, most) => {
			const handle = await handleOf(name, 'queryPermission');
			if (!handle.ok) return handle;
			return gone(name, async () => {
				const found: WatchedFile[] = [];
				return (await gather(handle.value, '', found, most)) ? found.sort(byPath) : null;
			});
		},
		file: async (name, path) => {
			const handle = await handleOf(name, 'queryPermission');
			if (!handle.ok) return handle;
			return gone(name, async () => {
				const folders = path.split('/');
				const last = folders.pop() ?? '';
				let at = handle.value;
				for (const folder of folders) at = await at.getDirectoryHandle(folder);
				return (await at.getFileHandle(last)).getFile();
			});
		}
	};
}

function byPath(one: WatchedFile, other: WatchedFile): number {
	return one.path < other.path ? -1 : 1;
}

/** False when there are more than `most`. What begins with a dot is no data. */
async function gather(
	folder: FileSystemDirectoryHandle,
	before: string,
	found: WatchedFile[],
	most: number
): Promise<boolean> {
	for await (const entry of folder.values()) {
		if (entry.name.startsWith('.')) continue;
		const path = before + entry.name;
		if (entry.kind === 'directory') {
			if (!(await gather(entry, `${path}/`, found, most))) return false;
			continue;
		}
		const { size, lastModified } = await entry.getFile();
		found.push({ path, sizeBytes: size, modifiedMs: lastModified });
		if (found.length > most) return false;
	}
	return true;
}

async function written(work: () => PromiseLike<unknown>): Promise<Result<void, StoreFailure>> {
	try {
		await work();
		return ok(undefined);
	} catch (error) {
		return err(storeFailure(error, 0));
	}
}

/** A folder or file that is not there any more, or that the browser does not let us see. */
async function gone<T>(folder: string, work: () => Promise<T>): Promise<Result<T, FolderFailure>> {
	try {
		return ok(await work());
	} catch (error) {
		if (error instanceof DOMException) return err({ kind: 'folder-unreadable', folder, reason: error.name });
		throw error;
	}
}
