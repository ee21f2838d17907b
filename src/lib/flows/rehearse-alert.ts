// Replays a rule over everything that is known, as if it had been on.
import { isOfModels, type NamedRule } from '../core/alert/rule.ts';
import { rehearse, type Rehearsal } from '../core/alert/rehearse.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { readPast } from './alert-past.ts';
import type { Effects } from './effects.ts';
import { measureDrifts } from './measure-drifts.ts';
import { measureWatch, WATCHED } from './watch-model.ts';

/** Newest versions of a dataset that are compared with its baseline for a rehearsal; those that were before are kept. */
const COMPARED = 20;

export async function rehearseAlert(named: NamedRule, effects: Effects): Promise<Result<Rehearsal, StoreFailure>> {
	const { condition } = named.rule;
	if (condition.kind === 'drift') {
		const measured = await measureDrifts({ dataset: condition.dataset, versions: COMPARED }, effects);
		if (!measured.ok) return measured;
	}
	if (isOfModels(condition)) {
		const measured = await measureWatch({ dataset: condition.dataset, versions: WATCHED }, effects);
		if (!measured.ok) return measured;
	}
	const past = await readPast([condition], effects);
	return past.ok ? ok(rehearse(named, past.value, effects.now())) : past;
}
