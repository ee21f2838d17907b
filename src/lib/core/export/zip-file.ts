// Makes a ZIP of files as their bytes come. They are stored as they are: Parquet is compressed already.
import { Zip, ZipPassThrough } from 'fflate';
import { invariant } from '../result.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** A ZIP without its 64-bit extension holds no more; the end stays free for the list of the files. */
export const ZIP_MAX_BYTES = 0xffff_ffff - 64 * 1024 * 1024;

/** A ZIP tells no other years; the days at either end differ by time zone. */
const FIRST_MS = Date.UTC(1980, 0, 2);
const LAST_MS = Date.UTC(2099, 11, 30);

export class ZipFile {
	readonly #zip: Zip;
	readonly #modifiedAtMs: number;
	#made: Bytes[] = [];
	#length = 0;
	#file: ZipPassThrough | null = null;

	/** `modifiedAtMs` is told as the time of every file. */
	constructor(modifiedAtMs: number) {
		this.#modifiedAtMs = Math.min(Math.max(modifiedAtMs, FIRST_MS), LAST_MS);
		this.#zip = new Zip((error, bytes) => {
			invariant(!error, 'bytes that are stored as they are cannot fail');
			this.#made.push(bytes);
			this.#length += bytes.length;
		});
	}

	/** Bytes so far. */
	get sizeBytes(): number {
		return this.#length;
	}

	/** Ends the file before. */
	begin(path: string): void {
		this.#endFile();
		this.#file = new ZipPassThrough(path);
		this.#file.mtime = this.#modifiedAtMs;
		this.#zip.add(this.#file);
	}

	add(bytes: Bytes): void {
		invariant(this.#file, 'bytes belong to a file');
		this.#file.push(bytes);
	}

	end(): void {
		this.#endFile();
		this.#zip.end();
	}

	/** What was made since the last call. */
	take(): readonly Bytes[] {
		const made = this.#made;
		this.#made = [];
		return made;
	}

	#endFile(): void {
		this.#file?.push(new Uint8Array(0), true);
		this.#file = null;
	}
}
