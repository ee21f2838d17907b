// Takes the files of a folder into one ZIP, whose bytes go on as they are made.
import { ZIP_MAX_BYTES, ZipFile } from '../core/export/zip-file.ts';
import type { FolderSink } from './export-partitions.ts';

type Give = (bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>;

/** The list of files, without which nothing can be read, comes at the end. */
export function zipSink(modifiedAtMs: number, give: Give): FolderSink {
	const zip = new ZipFile(modifiedAtMs);
	const flush = async (): Promise<void> => {
		for (const bytes of zip.take()) await give(bytes);
	};
	return {
		begin: (path) => {
			zip.begin(path);
			return flush();
		},
		write: (bytes) => {
			if (zip.sizeBytes + bytes.length > ZIP_MAX_BYTES)
				throw new Error('a ZIP of more than 4 GB cannot be written; export to a folder, or fewer rows');
			zip.add(bytes);
			return flush();
		},
		end: () => undefined,
		finish: () => {
			zip.end();
			return flush();
		}
	};
}
