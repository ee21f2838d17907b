// The script worker's interface: user functions in a machine of their own, which has no network, no storage and no clock. Types only.
import type { FunctionTestOutcome, ScriptFailure, UserFunction } from '#core/script/user-function.ts';
import type { Result } from '#core/result.ts';

export type GivenRows = {
	readonly rowCount: number;
	/** Arrow IPC stream with a column for each output, `c0`, `c1`, …, typed as `stagedTypes` says. Transferred. */
	readonly arrow: Uint8Array<ArrayBuffer>;
};

export type ScriptApi = {
	/**
	 * Calls the function over a batch, in a fresh machine. Rows in calls and failures are numbered from `startRow`.
	 *
	 * Owner: `arrow`, an Arrow IPC stream of the input columns, is transferred
	 */
	call(fn: UserFunction, arrow: Uint8Array<ArrayBuffer>, startRow: number): Promise<Result<GivenRows, ScriptFailure>>;
	/** Runs the function's own tests. Fails when the code cannot be read or has no function to call. */
	test(fn: UserFunction): Promise<Result<readonly FunctionTestOutcome[], ScriptFailure>>;
};
