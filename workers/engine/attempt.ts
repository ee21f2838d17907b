// The engine's outermost edge: what DuckDB throws becomes a failure, and a broken instance stays broken.
import { err, type Result } from '#core/result.ts';
import { decodeDuckDbError, type ErrorOrigin } from '#core/sql/duckdb-error.ts';
import type { SqlFailure } from '#core/sql/failure.ts';

/** Carries a failure of ours out of nested work. */
export class FailureError extends Error {
	readonly failure: SqlFailure;

	constructor(failure: SqlFailure) {
		super(failure.kind);
		this.failure = failure;
	}
}

/** The text as it ran, for errors that tell a position in it. */
export class OriginError extends Error {
	readonly error: unknown;
	readonly origin: ErrorOrigin;

	constructor(error: unknown, origin: ErrorOrigin) {
		super('failed with an origin');
		this.error = error;
		this.origin = origin;
	}
}

/** Positions of errors in our own SQL mean nothing to a person. */
const nowhere: ErrorOrigin = { sql: '', toOriginal: () => null };

export async function attempt<T, E>(work: () => Promise<Result<T, E>>): Promise<Result<T, E | SqlFailure>> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof FailureError) return err(error.failure);
		if (error instanceof OriginError) return err(decodeDuckDbError(error.error, error.origin));
		return err(decodeDuckDbError(error, nowhere));
	}
}

/** Runs a part of a person's text; what it throws keeps the way back to that text. */
export async function from<T>(origin: ErrorOrigin, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw error instanceof FailureError || error instanceof OriginError ? error : new OriginError(error, origin);
	}
}
