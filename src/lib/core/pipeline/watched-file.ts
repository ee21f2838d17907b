// Files of a watched folder, and which of them are new and whole.

export type WatchedFile = { readonly path: string; readonly sizeBytes: number; readonly modifiedMs: number };

export type FolderFailure =
	| { readonly kind: 'unknown-folder'; readonly folder: string }
	/** The browser must be asked again, by a person. */
	| { readonly kind: 'folder-not-allowed'; readonly folder: string }
	| { readonly kind: 'folder-unreadable'; readonly folder: string; readonly reason: string };

export function isFolderFailure({ kind }: { readonly kind: string }): boolean {
	const kinds: readonly string[] = [
		'unknown-folder',
		'folder-not-allowed',
		'folder-unreadable'
	] satisfies FolderFailure['kind'][];
	return kinds.includes(kind);
}

/** What is remembered of a folder's files: path to size and time. */
export type Seen = Readonly<Record<string, string>>;

/**
 * Files that are new or were changed, and look the same as at the last look: whatever still grows is left for the next one.
 *
 * Without anything remembered, what is there was there before.
 */
export function newFiles(
	files: readonly WatchedFile[],
	pattern: string,
	kept: { readonly done: Seen; readonly last: Seen } | null
): { readonly fresh: readonly WatchedFile[]; readonly done: Seen; readonly last: Seen } {
	const fits = patternOf(pattern);
	const matching = files.filter(({ path }) => fits.test(path));
	const last = Object.fromEntries(matching.map((file) => [file.path, signature(file)]));
	if (kept === null) return { fresh: [], done: last, last };
	const fresh = matching.filter(
		(file) => kept.done[file.path] !== signature(file) && kept.last[file.path] === signature(file)
	);
	const done = { ...kept.done, ...Object.fromEntries(fresh.map((file) => [file.path, signature(file)])) };
	return { fresh, done, last };
}

export function signature({ sizeBytes, modifiedMs }: Omit<WatchedFile, 'path'>): string {
	return `${sizeBytes} ${modifiedMs}`;
}

export type NewestFile = { readonly path: string; readonly modifiedMs: number };

/** What was seen at a look, in short. */
export function newestFile(seen: Seen): { readonly count: number; readonly newest: NewestFile | null } {
	const files = Object.entries(seen).map(([path, told]) => ({ path, modifiedMs: Number(told.split(' ')[1]) }));
	const [newest = null] = files.toSorted((one, other) => other.modifiedMs - one.modifiedMs);
	return { count: files.length, newest };
}

/** `*` stands for any letters, `?` for one. */
function patternOf(pattern: string): RegExp {
	const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
	return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i');
}
