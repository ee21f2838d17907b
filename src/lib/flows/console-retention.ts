// The console's verbs for what is kept: rules for old versions, what they would let go, and what went.
import { ok, type Result } from '../core/result.ts';
import { parseRule, type RetentionRules } from '../core/version/retention.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { invalid } from './console-values.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { RetentionChange, RetentionFacts } from './console-storage-types.ts';
import type { WeirConsole } from './console-types.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';
import { previewRetention, readRetention, saveRetention, withRule } from './retention.ts';
import { tidyLog, tidyStorage } from './tidy-storage.ts';

type RetentionVerb = 'retention' | 'setRetention' | 'previewRetention' | 'tidy' | 'tidyLog';

export function retentionVerbs(effects: Effects): Pick<WeirConsole, RetentionVerb> {
	return {
		retention: async () => {
			const rules = await readRetention(effects);
			return rules.ok ? factsOf(rules.value, effects) : rules;
		},
		setRetention: async (change) => {
			const rules = await changed(change, effects);
			if (!rules.ok) return rules;
			const saved = await saveRetention(rules.value, effects);
			return saved.ok ? factsOf(rules.value, effects) : saved;
		},
		previewRetention: async (change = {}) => {
			const rules = await changed(change, effects);
			return rules.ok ? previewRetention(rules.value, effects) : rules;
		},
		tidy: (options = {}) => tidyStorage({ cause: 'request', signal: options.signal }, effects),
		tidyLog: () => tidyLog(effects)
	};
}

async function factsOf(rules: RetentionRules, effects: Effects): Promise<Result<RetentionFacts, StoreFailure>> {
	const datasets = await effects.store.datasets();
	if (!datasets.ok) return datasets;
	const own = datasets.value.flatMap(({ id, name }) => {
		const rule = rules.overrides[id];
		return rule === undefined ? [] : [[name, rule] as const];
	});
	return ok({ rule: rules.rule, datasets: Object.fromEntries(own), undoSteps: rules.undoSteps });
}

async function changed(
	change: RetentionChange,
	effects: Effects
): Promise<Result<RetentionRules, StoreFailure | InvalidArgument>> {
	const stored = await readRetention(effects);
	if (!stored.ok) return stored;
	if (typeof change !== 'object' || change === null) return invalid('change', 'an object such as { rule: null }');
	const { dataset, undoSteps } = change;
	const given: unknown = change.rule;
	const rule = given === undefined ? undefined : parseRule(given);
	if (given !== undefined && rule === undefined)
		return invalid('rule', '{ keepVersions, keepDays } as whole numbers, 1 and 0 or more, or null');
	if (undoSteps !== undefined && !(Number.isInteger(undoSteps) && undoSteps >= 0))
		return invalid('undoSteps', 'a whole number of operations, 0 or more');
	const rules = undoSteps === undefined ? stored.value : { ...stored.value, undoSteps };
	if (dataset === undefined) return ok('rule' in change ? withRule(rules, null, rule) : rules);
	if (typeof dataset !== 'string') return invalid('dataset', 'a dataset name');
	const found = await findDataset(dataset, effects);
	return found.ok ? ok(withRule(rules, found.value.dataset.id, rule)) : found;
}
