// Pieces of a step's long work: kept while an attempt of it runs, and found again by another one of the same run.
import type { LogLine } from '../core/pipeline/run-record.ts';
import { ok, type Result } from '../core/result.ts';
import type { Piece } from '../core/script/piece.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { RunStore } from '../db/runs.ts';

export type Pieces = {
	/** Gives `use` what is kept for a fingerprint, from the first row on, and answers with the first row that has nothing, counted from `firstRow`. */
	each<F>(
		fingerprint: string,
		use: (piece: Piece) => Promise<Result<void, F>>,
		firstRow?: number
	): Promise<Result<number, F | StoreFailure>>;
	/** What cannot be kept is told in the log of the work, which goes on. */
	keep(piece: Piece): Promise<void>;
};

/** More rows than a function is ever given. */
const STAGE_ROWS = 2 ** 40;

/** Of one function of several in a step: its rows are counted behind those of the ones before. */
export function piecesOfStage(pieces: Pieces, stage: number): Pieces {
	const firstRow = stage * STAGE_ROWS;
	return {
		each: (fingerprint, use) => pieces.each(fingerprint, use, firstRow),
		keep: ({ startRow, endRow, ...piece }) =>
			pieces.keep({ ...piece, startRow: firstRow + startRow, endRow: firstRow + endRow })
	};
}

type Of = {
	readonly run: string;
	readonly step: string;
	readonly owner: string;
	readonly log: (level: LogLine['level'], text: string) => void;
};

export function piecesOfStep({ run, step, owner, log }: Of, runs: RunStore): Pieces {
	let isKeeping = true;
	return {
		each: async <F>(
			fingerprint: string,
			use: (piece: Piece) => Promise<Result<void, F>>,
			firstRow = 0
		): Promise<Result<number, F | StoreFailure>> => {
			let startRow = firstRow;
			for (;;) {
				const piece = await runs.piece({ run, step, fingerprint, startRow });
				if (!piece.ok) return piece;
				if (!piece.value) break;
				const used = await use(piece.value);
				if (!used.ok) return used;
				startRow = piece.value.endRow;
			}
			const rows = startRow - firstRow;
			if (rows > 0) log('info', `Goes on behind row ${rows}: an earlier attempt kept what the function gave`);
			return ok(rows);
		},
		keep: async (piece) => {
			if (!isKeeping) return;
			const kept = await runs.keepPiece({ ...piece, run, step }, owner);
			if (kept.ok) return;
			isKeeping = false;
			log('warn', `What the function gives is not kept for another attempt: ${kept.error.kind}`);
		}
	};
}
