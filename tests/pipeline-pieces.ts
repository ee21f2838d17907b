// Pieces of long work in the runner's world: where they are kept, and a function that takes them, and tells what it should not have got.
import type { FailureFacts, StepPiece } from '#core/pipeline/run-record.ts';
import { ok, type Result } from '#core/result.ts';
import type { WorkContext } from '#lib/flows/runner-effects.ts';

/** Rows of a function's input, each a piece. */
const ROWS = 4;

type At = Pick<StepPiece, 'run' | 'step' | 'startRow'>;

export class WorldPieces {
	readonly #pieces = new Map<string, StepPiece>();
	readonly #isBlind: boolean;

	/** Blind: gives pieces of other rows too. */
	constructor(isBlind: boolean) {
		this.#isBlind = isBlind;
	}

	keep(piece: StepPiece): void {
		this.#pieces.set(keyOf(piece), piece);
	}

	find(at: At & Pick<StepPiece, 'fingerprint'>): StepPiece | null {
		const piece = this.#pieces.get(keyOf(at)) ?? null;
		return piece?.fingerprint === at.fingerprint || this.#isBlind ? piece : null;
	}

	/** Of a run, or of one step of it. */
	drop(run: string, step: string | null): void {
		for (const [key, piece] of this.#pieces)
			if (piece.run === run && (step === null || piece.step === step)) this.#pieces.delete(key);
	}

	/** Calls for the rows that nothing is kept for; answers with what is against a promise. */
	async callFunction(
		fingerprint: string,
		{ run, step, pieces }: Pick<WorkContext, 'run' | 'step' | 'pieces'>,
		callOne: () => Promise<void>
	): Promise<Result<readonly string[], FailureFacts>> {
		const violations: string[] = [];
		let given = 0;
		const answer = (row: number): Uint8Array<ArrayBuffer> => new TextEncoder().encode(`${fingerprint} ${row}`);
		const use = (arrow: Uint8Array<ArrayBuffer>): void => {
			if (String(arrow) !== String(answer(given))) violations.push(`${run} ${step} has an answer for other rows`);
			given++;
		};
		const kept = await pieces.each<FailureFacts>(fingerprint, ({ arrow }) => {
			use(arrow);
			return Promise.resolve(ok(undefined));
		});
		if (!kept.ok) return kept;
		for (let row = kept.value; row < ROWS; row++) {
			if (this.#pieces.get(keyOf({ run, step, startRow: row }))?.fingerprint === fingerprint)
				violations.push(`${run} ${step} calls its function again for row ${row}, which is kept`);
			await callOne();
			use(answer(row));
			await pieces.keep({ fingerprint, startRow: row, endRow: row + 1, arrow: answer(row) });
		}
		return ok(violations);
	}
}

function keyOf({ run, step, startRow }: At): string {
	return `${run} ${step} ${startRow}`;
}
