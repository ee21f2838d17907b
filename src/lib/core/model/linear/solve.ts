// Solves symmetric positive definite systems by Cholesky's decomposition.

/**
 * x of A x = b for each b; `matrix` is A, row-major, [size, size]. Where A says nothing of a direction (columns that follow from others),
 * x takes none of it.
 *
 * Source: Golub, Van Loan, "Matrix Computations", 4.2.
 */
export function solve(matrix: Float64Array, size: number, sides: readonly Float64Array[]): readonly Float64Array[] {
	const factor = decompose(matrix, size);
	return sides.map((side) => {
		const x = new Float64Array(size);
		for (let row = 0; row < size; row++) {
			const pivot = factor[row * size + row] ?? 0;
			let rest = side[row] ?? 0;
			for (let at = 0; at < row; at++) rest -= (factor[row * size + at] ?? 0) * (x[at] ?? 0);
			x[row] = pivot === 0 ? 0 : rest / pivot;
		}
		for (let row = size - 1; row >= 0; row--) {
			const pivot = factor[row * size + row] ?? 0;
			let rest = x[row] ?? 0;
			for (let at = row + 1; at < size; at++) rest -= (factor[at * size + row] ?? 0) * (x[at] ?? 0);
			x[row] = pivot === 0 ? 0 : rest / pivot;
		}
		return x;
	});
}

/** What is left of a diagonal entry, as a share of it, below which it follows from the rows before. */
const DEPENDENT = 1e-10;

/** The lower triangle; a column that follows from those before it is 0. */
function decompose(matrix: Float64Array, size: number): Float64Array {
	const factor = new Float64Array(size * size);
	for (let column = 0; column < size; column++) {
		const own = matrix[column * size + column] ?? 0;
		let rest = own;
		for (let at = 0; at < column; at++) rest -= (factor[column * size + at] ?? 0) ** 2;
		if (!(rest > DEPENDENT * own)) continue;
		const pivot = Math.sqrt(rest);
		factor[column * size + column] = pivot;
		for (let row = column + 1; row < size; row++) {
			let sum = matrix[row * size + column] ?? 0;
			for (let at = 0; at < column; at++) sum -= (factor[row * size + at] ?? 0) * (factor[column * size + at] ?? 0);
			factor[row * size + column] = sum / pivot;
		}
	}
	return factor;
}
