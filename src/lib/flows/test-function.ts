// Runs the tests beside a user function in a thread of its own.
import type { Result } from '../core/result.ts';
import type { FunctionTestOutcome, ScriptFailure, UserFunction } from '../core/script/user-function.ts';
import type { Effects } from './effects.ts';

export async function testFunction(
	fn: UserFunction,
	{ startScript }: Pick<Effects, 'startScript'>
): Promise<Result<readonly FunctionTestOutcome[], ScriptFailure>> {
	const session = startScript();
	const tested = await session.api.test(fn);
	if (tested.ok) session.giveBack();
	else session.end();
	return tested;
}
