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
const PIECE_FORMAT = 2;

/** What rows a function is given: those of a query of versions, each of which has one order, or those of a digest. */
type GivenRows = { readonly sql: string; readonly relations: readonly Relation[] } | { readonly digest: string };

/**
 * All that decides the answers: the function, its rows, the engine, and how rows are told apart into batches, since each begins in a
 * machine of its own.
 */
export function pieceFacts(
	fn: UserFunction,
	rows: GivenRows,
	{ engine, rowCount }: { readonly engine: string; readonly rowCount: number }
): Encodable {
	const given =
		'digest' in rows
			? { digest: rows.digest }
			: {
					sql: rows.sql,
					relations: rows.relations.map(({ name, version, rows: which }) => [name, version, which])
				};
	const { code, language, mode, inputs, outputs } = fn;
	return {
		format: [PIECE_FORMAT, BATCH_ROWS],
		fn: { code, language, mode, inputs, outputs: outputs.map(({ name, type }) => [name, type]) },
		rows: { ...given, engine, rowCount }
	};
}
