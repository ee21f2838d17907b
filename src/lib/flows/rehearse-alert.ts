// Replays a rule over everything that is known, as if it had been on.
import type { NamedRule } from '../core/alert/rule.ts';
import { rehearse, type Rehearsal } from '../core/alert/rehearse.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { readPast } from './alert-past.ts';
import type { Effects } from './effects.ts';

export async function rehearseAlert(named: NamedRule, effects: Effects): Promise<Result<Rehearsal, StoreFailure>> {
	const past = await readPast([named.rule.condition], effects);
	return past.ok ? ok(rehearse(named, past.value, effects.now())) : past;
}
