// Parts of a rule as its text has them, for forms and for rules that begin from an example. What is as usual is left out.
import { stringify } from 'yaml';
import { editList, type Plain } from '../document/edit-list.ts';
import { durationText } from './notice-text.ts';
import type { Channel, Condition, Measured } from './rule.ts';

export type RuleKey =
	| 'description'
	| 'severity'
	| 'when'
	| 'pending'
	| 'recovery'
	| 'group'
	| 'repeat'
	| 'notify'
	| 'escalate'
	| 'disabled';

/** The text with another value; null takes the key away. The same text where it is no YAML. */
export function editRule(text: string, key: RuleKey, value: Plain): string {
	return editList(text, '', { kind: 'head', key, value });
}

export function writeCondition(condition: Condition): Plain {
	switch (condition.kind) {
		case 'verdict': {
			const { dataset, suite, checks, outcome, each } = condition;
			const usual = { outcome: outcome === 'fail' ? null : outcome, each: each === 'suite' ? null : each };
			return { verdict: given({ dataset, suite, checks, ...usual }) };
		}
		case 'metric': {
			const { dataset, measured, above, below } = condition;
			return { metric: given({ dataset, ...written(measured), above, below }) };
		}
		case 'change': {
			const { dataset, measured, deviation, versions, direction } = condition;
			const { relative, floor } = deviation;
			const usual = {
				floor: floor === 0 ? null : floor,
				versions: versions === 5 ? null : versions,
				direction: direction === 'both' ? null : direction
			};
			return { change: given({ dataset, ...written(measured), relative, ...usual }) };
		}
		case 'band': {
			const { dataset, measured, seasonality, sensitivity, direction } = condition;
			const usual = {
				seasonality: seasonality === 'none' ? null : seasonality,
				sensitivity: sensitivity === 4 ? null : sensitivity,
				direction: direction === 'both' ? null : direction
			};
			return { band: given({ dataset, ...written(measured), ...usual }) };
		}
		case 'age':
			return { age: given({ dataset: condition.dataset, over: durationText(condition.overMs) }) };
		case 'drift': {
			const { dataset, columns, schema } = condition;
			return { drift: given({ dataset, columns, schema: schema ? null : false }) };
		}
		case 'run': {
			const { pipeline, troubles, lateAfterMs } = condition;
			const late = troubles.includes('late') ? durationText(lateAfterMs) : null;
			return { run: given({ pipeline, when: troubles, late_after: late }) };
		}
	}
}

export function writeChannels(channels: readonly Channel[]): Plain {
	return channels.map((channel): Plain => {
		if (channel.kind === 'webhook') return { webhook: channel.url };
		return channel.kind === 'email' ? { email: channel.to } : channel.kind;
	});
}

/** Off, until somebody has seen what it would have done. */
export function newRuleText(condition: Condition): string {
	return stringify(
		{ when: writeCondition(condition), severity: 'warning', notify: ['page'], disabled: true },
		{ lineWidth: 120 }
	);
}

function written(measured: Measured): { readonly [key: string]: Plain } {
	const { of, column, suite, check } = measured;
	return { of, column, class: measured.class ?? null, suite, check };
}

function given(values: { readonly [key: string]: Plain }): Plain {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
