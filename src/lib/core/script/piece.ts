// A piece of long work: what a user function gave for a range of its rows, kept so that another attempt need not call it for them again.
import type { Encodable } from '../encoding.ts';
import type { Relation } from '../sql/relation.ts';
import { BATCH_ROWS, type UserFunction } from './user-function.ts';

export type Piece = {
	/** Hash of `pieceFacts`: what was made of something else is no piece of this work. */
	readonly fingerprint: string;
	/** Of the rows that went in: the first, and the one behind the last. */
	readonly startRow: number;
	readonly endRow: number;
	/** Arrow IPC stream of the staged columns. */
	readonly arrow: Uint8Array<ArrayBuffer>;
};

/** Counts when the same function comes to give something else for the same rows. */
const PIECE_FORMAT = 1;

/**
 * All that decides the answers: the function, the query for its rows with the versions it reads, the engine, and how rows are told
 * apart into batches, since each begins in a machine of its own. A version has one order of its rows.
 */
export function pieceFacts(
	fn: UserFunction,
	{
		sql,
		relations,
		engine,
		rowCount
	}: {
		readonly sql: string;
		readonly relations: readonly Relation[];
		readonly engine: string;
		readonly rowCount: number;
	}
): Encodable {
	const { code, language, mode, inputs, outputs } = fn;
	return {
		format: [PIECE_FORMAT, BATCH_ROWS],
		fn: { code, language, mode, inputs, outputs: outputs.map(({ name, type }) => [name, type]) },
		rows: { sql, engine, rowCount, relations: relations.map(({ name, version, rows }) => [name, version, rows]) }
	};
}
