// Outputs of a model as what it answers: a number a row, or a class and its probability.
import type { ModelSignature } from './signature.ts';

/** One output as the runtime gives it, row-major. */
export type OutputValues = {
	readonly values: ArrayLike<number | bigint | string>;
	/** How many stand for each row. */
	readonly width: number;
};

export type ModelAnswers =
	| { readonly kind: 'number'; readonly values: Float64Array }
	/** NaN where the model tells none. */
	| {
			readonly kind: 'class';
			readonly labels: readonly string[];
			readonly probabilities: Float64Array;
			/** One array a class, where that is asked for. */
			readonly all: readonly Float64Array[];
	  };

/** The names of the outputs that an answer is made of. */
export function outputsRead({ answer }: Pick<ModelSignature, 'answer'>): readonly string[] {
	if (answer.kind === 'number') return [answer.output];
	return [answer.label, answer.probabilities].filter((name) => name !== null);
}

export function answersOf(
	{ answer }: Pick<ModelSignature, 'answer'>,
	outputs: ReadonlyMap<string, OutputValues>,
	rowCount: number
): ModelAnswers {
	if (answer.kind === 'number') {
		const output = outputs.get(answer.output);
		return { kind: 'number', values: told(rowCount, (row) => numberAt(output, row)) };
	}
	const { label, probabilities, classes, threshold } = answer;
	const shares = probabilities === null ? undefined : outputs.get(probabilities);
	if (!shares) {
		const named = label === null ? undefined : outputs.get(label);
		return {
			kind: 'class',
			labels: Array.from({ length: rowCount }, (_, row) => String(named?.values[row * named.width] ?? '')),
			probabilities: new Float64Array(rowCount).fill(Number.NaN),
			all: []
		};
	}
	const chosen = told(rowCount, (row) => classAt(shares, row, threshold));
	const isBinary = classes.length === 2;
	return {
		kind: 'class',
		labels: Array.from(chosen, (number) => classes[number] ?? String(number)),
		probabilities: told(rowCount, (row) => numberAt(shares, row, isBinary ? shares.width - 1 : (chosen[row] ?? 0))),
		all: answer.tellsAll ? classes.map((_, number) => told(rowCount, (row) => shareAt(shares, row, number))) : []
	};
}

function told(rowCount: number, of: (row: number) => number): Float64Array<ArrayBuffer> {
	const values = new Float64Array(rowCount);
	for (let row = 0; row < rowCount; row++) values[row] = of(row);
	return values;
}

/** Of two classes the threshold decides, of more the greatest share; the first of equals. */
function classAt(shares: OutputValues, row: number, threshold: number): number {
	if (shares.width <= 2) return numberAt(shares, row, shares.width - 1) >= threshold ? 1 : 0;
	let best = 0;
	for (let column = 1; column < shares.width; column++)
		if (numberAt(shares, row, column) > numberAt(shares, row, best)) best = column;
	return best;
}

/** Of two classes one share may stand for both. */
function shareAt(shares: OutputValues, row: number, number: number): number {
	if (shares.width > 1) return numberAt(shares, row, number);
	const second = numberAt(shares, row);
	return number === 0 ? 1 - second : second;
}

function numberAt(output: OutputValues | undefined, row: number, column = 0): number {
	return Number(output?.values[row * output.width + column] ?? Number.NaN);
}
