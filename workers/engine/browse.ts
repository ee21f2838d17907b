// Rows of a version for a grid, read from its files where the grid looks and nowhere else.
import { END_OF_STREAM, concatBytes } from '#core/sql/arrow-messages.ts';
import { quoteName, quoteText } from '#core/sql/quote.ts';
import type { Relation, ResultShape } from '#core/sql/relation.ts';
import { arrowType } from '#core/sql/types.ts';
import type { Column } from '#core/version/version.ts';
import type { Duck } from './duck.ts';
import type { Job } from './job.ts';
import type { RegisteredRows } from './relations.ts';

export class BrowsedRows {
	readonly relation: Relation;
	readonly #rows: RegisteredRows;

	constructor(relation: Relation, rows: RegisteredRows) {
		this.relation = relation;
		this.#rows = rows;
	}

	get columns(): readonly Column[] {
		return this.#rows.columns;
	}

	get shape(): ResultShape {
		return { columns: this.columns, rowCount: this.#rows.rowCount };
	}

	/** An Arrow IPC stream; bounds beyond the rows are cut. */
	async window(duck: Duck, startRow: number, endRow: number, job: Job): Promise<Uint8Array<ArrayBuffer>> {
		const messages: Uint8Array<ArrayBuffer>[] = [];
		await duck.using(async (connection) => {
			const { header, batches } = await duck.start(connection, this.#query(startRow, endRow), job);
			messages.push(header);
			for await (const batch of batches) messages.push(batch);
		});
		return concatBytes([...messages, END_OF_STREAM]);
	}

	#query(startRow: number, endRow: number): string {
		const { file, rowCount } = this.#rows;
		const from = Math.max(startRow, 0);
		const to = Math.min(endRow, rowCount);
		if (file !== null && from < to) return this.#fileQuery(file, from, to);
		const nulls = this.columns.map(({ name, type }) => `CAST(NULL AS ${arrowType(type)}) AS ${quoteName(name)}`);
		return `SELECT ${nulls.join(', ')} WHERE false`;
	}

	/** The row number of a file prunes row groups; it is a column, so a version may have a column of that name. */
	#fileQuery(file: string, from: number, to: number): string {
		const selected = this.columns.map(({ name, type }) => {
			const column = quoteName(name);
			return arrowType(type) === type ? column : `CAST(${column} AS ${arrowType(type)}) AS ${column}`;
		});
		const select = `SELECT ${selected.join(', ')} FROM read_parquet(${quoteText(file)}`;
		return this.columns.some(({ name }) => name.toLowerCase() === 'file_row_number')
			? `${select}) LIMIT ${to - from} OFFSET ${from}`
			: `${select}, file_row_number = true) WHERE file_row_number >= ${from} AND file_row_number < ${to}`;
	}
}
