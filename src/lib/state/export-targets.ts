// Where exported bytes go: a file or folder that the person chose, or a download.
import type { FolderSink } from '#lib/flows/export-partitions.ts';
import { downloadFile } from './download-file.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type FileTarget = {
	write(bytes: Bytes): Promise<void>;
	finish(): Promise<void>;
	abandon(): Promise<void>;
};

export type FolderTarget = {
	/** Of the new folder, which may have a number where the name was taken. */
	readonly name: string;
	readonly sink: FolderSink;
	/** Removes what was written; false when that did not work, and a half-written folder is left. */
	abandon(): Promise<boolean>;
};

/** The File System Access API, where the browser has it. */
type Pickers = {
	showSaveFilePicker?: (options: {
		suggestedName: string;
		types: { accept: Record<string, string[]> }[];
	}) => Promise<FileSystemFileHandle>;
	showDirectoryPicker?: (options: { id: string; mode: 'readwrite' }) => Promise<FileSystemDirectoryHandle>;
};

const pickers = (): Pickers => globalThis as Pickers;

export function hasFilePicker(): boolean {
	return pickers().showSaveFilePicker !== undefined;
}

export function hasFolderPicker(): boolean {
	return pickers().showDirectoryPicker !== undefined;
}

/** Asks where to; a download where the browser has no dialog for that. */
export async function pickFile(name: string, mediaType: string, extension: string): Promise<FileTarget | 'cancelled'> {
	const picker = pickers().showSaveFilePicker;
	if (!picker) return downloadTarget(name, mediaType);
	try {
		const handle = await picker({ suggestedName: name, types: [{ accept: { [mediaType]: [`.${extension}`] } }] });
		const stream = await handle.createWritable();
		return {
			write: (bytes) => stream.write(bytes),
			finish: () => stream.close(),
			abandon: () => stream.abort()
		};
	} catch (error) {
		if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled';
		// The picker needs a recent click, or the folder is protected: a download always works.
		if (error instanceof DOMException) return downloadTarget(name, mediaType);
		throw error;
	}
}

/** Asks for a folder, and makes a new one in it: what is there already stays apart. Null when the browser refuses. */
export async function pickFolder(name: string): Promise<FolderTarget | 'cancelled' | null> {
	try {
		const parent = await pickers().showDirectoryPicker?.({ id: 'export', mode: 'readwrite' });
		return parent ? await folderTarget(parent, name) : null;
	} catch (error) {
		if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled';
		if (error instanceof DOMException) return null;
		throw error;
	}
}

async function folderTarget(parent: FileSystemDirectoryHandle, wanted: string): Promise<FolderTarget> {
	const name = await freeFolderName(parent, wanted);
	const root = await parent.getDirectoryHandle(name, { create: true });
	let stream: FileSystemWritableFileStream | null = null;
	return {
		name,
		sink: {
			begin: async (path) => {
				const folders = path.split('/');
				const file = folders.pop() ?? path;
				let folder = root;
				for (const one of folders) folder = await folder.getDirectoryHandle(one, { create: true });
				stream = await (await folder.getFileHandle(file, { create: true })).createWritable();
			},
			write: async (bytes) => stream?.write(bytes),
			end: async () => {
				await stream?.close();
				stream = null;
			},
			finish: () => undefined
		},
		abandon: async () => {
			// A stream that broke holds nothing that could be given up.
			await stream?.abort().catch(() => undefined);
			try {
				await parent.removeEntry(name, { recursive: true });
				return true;
			} catch (error) {
				if (error instanceof DOMException || error instanceof TypeError) return false;
				throw error;
			}
		}
	};
}

async function freeFolderName(parent: FileSystemDirectoryHandle, wanted: string): Promise<string> {
	for (let number = 1; ; number++) {
		const name = number === 1 ? wanted : `${wanted}_${number}`;
		try {
			await parent.getDirectoryHandle(name);
		} catch (error) {
			if (error instanceof DOMException && error.name === 'NotFoundError') return name;
			// A file has the name.
			if (!(error instanceof DOMException && error.name === 'TypeMismatchError')) throw error;
		}
	}
}

function downloadTarget(name: string, mediaType: string): FileTarget {
	// The browser may keep a Blob's bytes on the disk.
	const chunks: Blob[] = [];
	return {
		write: (bytes) => Promise.resolve(void chunks.push(new Blob([bytes]))),
		finish: () => {
			downloadFile(new Blob(chunks, { type: mediaType }), name);
			return Promise.resolve();
		},
		abandon: () => Promise.resolve()
	};
}
