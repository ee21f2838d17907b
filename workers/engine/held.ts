// Rows the engine holds for a grid, in batches as DuckDB gave them. Windows are cut from them without decoding.
import { BatchSlicer, END_OF_STREAM, batchRowCount, concatBytes } from '#core/sql/arrow-messages.ts';
import type { ResultShape } from '#core/sql/relation.ts';
import type { Column } from '#core/version/version.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** More than this and a page's process is at risk; the rows until then stay readable. */
export const HELD_MAX_BYTES = 1024 * 1024 * 1024;

export class HeldRows {
	readonly columns: readonly Column[];
	readonly header: Bytes;
	readonly #batches: Bytes[] = [];
	/** Rows up to and including each batch. */
	readonly #ends: number[] = [];
	#sizeBytes: number;
	#slicer: BatchSlicer | null = null;
	#table: Promise<string> | null = null;

	constructor(columns: readonly Column[], header: Bytes) {
		this.columns = columns;
		this.header = header;
		this.#sizeBytes = header.byteLength;
	}

	get rowCount(): number {
		return this.#ends.at(-1) ?? 0;
	}

	get sizeBytes(): number {
		return this.#sizeBytes;
	}

	get shape(): ResultShape {
		return { columns: this.columns, rowCount: this.rowCount };
	}

	get batches(): readonly Bytes[] {
		return this.#batches;
	}

	/** Rows up to and including a batch. */
	rowsUntil(batch: number): number {
		return this.#ends[batch] ?? this.rowCount;
	}

	add(batch: Bytes): void {
		this.#batches.push(batch);
		this.#ends.push(this.rowCount + batchRowCount(batch));
		this.#sizeBytes += batch.byteLength;
	}

	/** An Arrow IPC stream of its own; bounds beyond the rows are cut. */
	window(startRow: number, endRow: number): Bytes {
		const messages = [this.header];
		for (let index = this.#batchOf(startRow); index < this.#batches.length; index++) {
			const start = index === 0 ? 0 : (this.#ends[index - 1] ?? 0);
			const batch = this.#batches[index];
			if (!batch || start >= endRow) break;
			this.#slicer ??= new BatchSlicer(this.header);
			if (startRow < (this.#ends[index] ?? 0))
				messages.push(this.#slicer.slice(batch, startRow - start, endRow - start));
		}
		return concatBytes([...messages, END_OF_STREAM]);
	}

	all(): Bytes {
		return concatBytes([this.header, ...this.#batches, END_OF_STREAM]);
	}

	/** The table with these rows inside DuckDB; `make` is called once, and again after it failed. */
	table(make: () => Promise<string>): Promise<string> {
		if (!this.#table) {
			this.#table = make();
			this.#table.catch(() => (this.#table = null));
		}
		return this.#table;
	}

	/** Forgets the table, if there is one, after `drop`. */
	async dropTable(drop: (table: string) => Promise<void>): Promise<void> {
		const made = this.#table;
		this.#table = null;
		// A table whose making failed has been dropped already.
		const table = await made?.catch(() => null);
		if (table) await drop(table);
	}

	get madeTable(): Promise<string> | null {
		return this.#table;
	}

	#batchOf(row: number): number {
		let low = 0;
		let high = this.#ends.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#ends[middle] ?? 0) <= row) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}
