// Rows of a version for a grid, read from its files where the grid looks and nowhere else.
import { END_OF_STREAM, concatBytes } from '#core/sql/arrow-messages.ts';
import { quoteName, quoteText } from '#core/sql/quote.ts';
import type { Relation, ResultShape } from '#core/sql/relation.ts';
import { arrowType } from '#core/sql/types.ts';
import { patchedSql } from '#core/version/patch-sql.ts';
import { patchedRange } from '#core/version/patch.ts';
import type { Column } from '#core/version/version.ts';
import type { Duck } from './duck.ts';
import type { Job } from './job.ts';
import type { RegisteredRows, Relations } from './relations.ts';

export class BrowsedRows {
	readonly relation: Relation;
	readonly shape: ResultShape;
	readonly #relations: Relations;

	private constructor(relation: Relation, shape: ResultShape, relations: Relations) {
		this.relation = relation;
		this.shape = shape;
		this.#relations = relations;
	}

	static async open(relation: Relation, relations: Relations): Promise<BrowsedRows> {
		const { columns, rowCount } = await relations.rows(relation);
		return new BrowsedRows(relation, { columns, rowCount }, relations);
	}

	get columns(): readonly Column[] {
		return this.shape.columns;
	}

	all(duck: Duck, job: Job): Promise<Uint8Array<ArrayBuffer>> {
		return this.window(duck, { startRow: 0, endRow: this.shape.rowCount }, job);
	}

	/** An Arrow IPC stream; bounds beyond the rows are cut. */
	async window(
		duck: Duck,
		{ startRow, endRow }: { readonly startRow: number; readonly endRow: number },
		job: Job
	): Promise<Uint8Array<ArrayBuffer>> {
		const messages: Uint8Array<ArrayBuffer>[] = [];
		const rows = await this.#relations.rows(this.relation);
		await duck.using(async (connection) => {
			const { header, batches } = await duck.start(connection, this.#query(rows, startRow, endRow), job);
			messages.push(header);
			for await (const batch of batches) messages.push(batch);
		});
		return concatBytes([...messages, END_OF_STREAM]);
	}

	#query({ file, rowCount, patched }: RegisteredRows, startRow: number, endRow: number): string {
		const from = Math.max(startRow, 0);
		const to = Math.min(endRow, rowCount);
		if (patched && from < to) {
			const range = patchedRange(patched.segments, from, to);
			const source = patchedSql(patched.table, null, range);
			return `SELECT ${this.#selected()} FROM ${source} LIMIT ${to - from} OFFSET ${range.offset}`;
		}
		if (file !== null && from < to) return this.#fileQuery(file, from, to);
		const nulls = this.columns.map(({ name, type }) => `CAST(NULL AS ${arrowType(type)}) AS ${quoteName(name)}`);
		return `SELECT ${nulls.join(', ')} WHERE false`;
	}

	/** The row number of a file prunes row groups; it is a column, so a version may have a column of that name. */
	#fileQuery(file: string, from: number, to: number): string {
		const select = `SELECT ${this.#selected()} FROM read_parquet(${quoteText(file)}`;
		return this.columns.some(({ name }) => name.toLowerCase() === 'file_row_number')
			? `${select}) LIMIT ${to - from} OFFSET ${from}`
			: `${select}, file_row_number = true) WHERE file_row_number >= ${from} AND file_row_number < ${to}`;
	}

	#selected(): string {
		return this.columns
			.map(({ name, type }) => {
				const column = quoteName(name);
				return arrowType(type) === type ? column : `CAST(${column} AS ${arrowType(type)}) AS ${column}`;
			})
			.join(', ');
	}
}
