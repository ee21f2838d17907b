// Reads what a drop or a paste carries as files.
import type { PathFile } from '#core/ingest/partitioned-folder.ts';

/** Files of a drop, those of dropped folders included, but for hidden ones in them. */
export async function droppedFiles(transfer: DataTransfer | null): Promise<readonly PathFile<File>[]> {
	if (!transfer) return [];
	const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
	if (entries.every((entry) => entry === null)) return [...transfer.files].map((file) => ({ path: file.name, file }));
	const files: PathFile<File>[] = [];
	for (const entry of entries) if (entry) await gather(entry, files);
	return files;
}

async function gather(entry: FileSystemEntry, files: PathFile<File>[]): Promise<void> {
	if (entry instanceof FileSystemFileEntry) {
		const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
		files.push({ path: entry.fullPath.replace(/^\//, ''), file });
	} else if (entry instanceof FileSystemDirectoryEntry) {
		const reader = entry.createReader();
		// A reader gives a hundred entries at a time, and none at the end.
		for (;;) {
			const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
			if (some.length === 0) return;
			for (const one of some) if (!one.name.startsWith('.')) await gather(one, files);
		}
	}
}

/** Files of an input element; those of a folder come with their path in it, but for hidden ones. */
export function pickedFiles(files: FileList | null): readonly PathFile<File>[] {
	return [...(files ?? [])]
		.filter((file) => file.webkitRelativePath === '' || !file.name.startsWith('.'))
		.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

type BlobSource = { readonly kind: 'blob'; readonly name: string; readonly blob: Blob };

/** Pasted files, or pasted text that has at least two cells or lines. */
export function pastedSources(clipboard: DataTransfer): readonly BlobSource[] {
	if (clipboard.files.length > 0)
		return [...clipboard.files].map((file) => ({ kind: 'blob', name: file.name, blob: file }));
	const text = clipboard.getData('text/plain');
	return /[\n\t,;]/.test(text.trim()) ? [textSource(text)] : [];
}

export function textSource(text: string): BlobSource {
	const isJson = /^\s*[[{]/.test(text);
	const name = isJson ? 'pasted.json' : text.includes('\t') ? 'pasted.tsv' : 'pasted.csv';
	return { kind: 'blob', name, blob: new Blob([text]) };
}
