// From an alert rule's text to the rule, or to everything that is wrong with it, each with line and column.
import * as v from 'valibot';
import { ageMs } from '../check/age.ts';
import { placeIssue, problemAt } from '../document/place-issue.ts';
import { inOrder, isMapping, shownValue, typeOf, type Place, type TextProblem } from '../document/text-problem.ts';
import { readYaml, type Path, type YamlText } from '../document/yaml-text.ts';
import { err, ok, type Result } from '../result.ts';
import type { AlertRule, Channel, Condition, Escalation, Measured } from './rule.ts';
import { conditionEntries, conditionNames, durationShape, ruleSchema, type WrittenRule } from './rule-schema.ts';

export type AlertProblem =
	| TextProblem
	| (Place & { readonly path: string } & (
				| { readonly code: 'no-condition' }
				| { readonly code: 'two-conditions'; readonly names: readonly string[] }
				| { readonly code: 'bad-duration'; readonly value: string }
				| { readonly code: 'bad-channel'; readonly value: string }
				/** A bound, or a column, without which the condition says nothing. */
				| { readonly code: 'needs'; readonly keys: readonly string[] }
			));

export type InvalidAlert = {
	readonly kind: 'invalid-alert';
	/** In the order of the text; at least one. */
	readonly problems: readonly AlertProblem[];
};

export function parseRule(text: string): Result<AlertRule, InvalidAlert> {
	const read = readYaml(text);
	if (!read.ok) return err({ kind: 'invalid-alert', problems: read.error });
	const yaml = read.value;
	const { value } = yaml;
	if (!isMapping(value)) {
		const problem = { code: 'wrong-type', expected: 'a mapping', found: typeOf(value) } as const;
		return err({ kind: 'invalid-alert', problems: [problemAt(yaml.placeOf([]), [], problem)] });
	}
	const parsed = v.safeParse(ruleSchema, value);
	if (!parsed.success) {
		const problems = inOrder(parsed.issues.map((issue) => placed(issue, yaml)));
		return err({ kind: 'invalid-alert', problems });
	}
	const problems = problemsOf(parsed.output, yaml);
	const condition = conditionOf(parsed.output.when);
	if (problems.length > 0 || condition === null) return err({ kind: 'invalid-alert', problems: inOrder(problems) });
	return ok(ruleOf(parsed.output, condition));
}

function placed(issue: v.BaseIssue<unknown>, yaml: YamlText): AlertProblem {
	const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
	const place = yaml.placeOf(path);
	const value = shownValue(issue.input);
	const inList = path.indexOf('notify');
	if (inList >= 0 && path.length > inList + 1) return problemAt(place, path, { code: 'bad-channel', value });
	if ('requirement' in issue && issue.requirement === durationShape)
		return problemAt(place, path, { code: 'bad-duration', value });
	if (path[0] === 'repeat' && path.length === 1) return problemAt(place, path, { code: 'bad-duration', value });
	return placeIssue(issue, yaml, knownKeys);
}

function knownKeys(holder: Path): readonly string[] {
	const [first, second] = holder;
	if (first === undefined) return Object.keys(ruleSchema.entries);
	if (first === 'when' && second === undefined) return conditionNames;
	if (first === 'when') {
		const name = conditionNames.find((one) => one === second);
		return name === undefined ? [] : Object.keys(conditionEntries[name].wrapped.pipe[0].entries);
	}
	const others: Readonly<Record<string, readonly string[]>> = {
		pending: ['times', 'for'],
		recovery: ['times', 'hold_off'],
		group: ['by', 'wait'],
		escalate: ['after', 'severity', 'notify']
	};
	return others[String(first)] ?? [];
}

function problemsOf({ when }: WrittenRule, yaml: YamlText): readonly AlertProblem[] {
	const names = Object.keys(when);
	const [name, second] = names;
	if (name === undefined) return [problemAt(yaml.placeOf(['when']), ['when'], { code: 'no-condition' })];
	const at = ['when', name];
	if (second !== undefined)
		return [problemAt(yaml.placeOfKey(['when'], second), ['when', second], { code: 'two-conditions', names })];
	const needs = (...keys: readonly string[]): AlertProblem => problemAt(yaml.placeOf(at), at, { code: 'needs', keys });
	const problems: AlertProblem[] = [];
	if (when.metric && when.metric.above === undefined && when.metric.below === undefined)
		problems.push(needs('above', 'below'));
	const measured = when.metric ?? when.change ?? when.band;
	if (measured && ['null_ratio', 'min', 'max'].includes(measured.of) && measured.column === undefined)
		problems.push(needs('column'));
	if (measured?.of === 'observed_value' && (measured.suite === undefined || measured.check === undefined))
		problems.push(needs(measured.suite === undefined ? 'suite' : 'check'));
	return problems;
}

function measuredOf({ of, column = null, suite = null, check = null, class: name }: Loose<Measured>): Measured {
	return { of, column, suite, check, ...(name === undefined ? {} : { class: name }) };
}
type Loose<T extends { readonly of: unknown }> = { readonly of: T['of'] } & {
	readonly [Key in Exclude<keyof T, 'of'>]?: T[Key] | undefined;
};

const LATE_AFTER_MS = 3_600_000;

function conditionOf({ verdict, metric, change, band, age, drift, run }: WrittenRule['when']): Condition | null {
	if (verdict) {
		const { dataset = null, suite = null, checks = null, outcome = 'fail', each = 'suite' } = verdict;
		return { kind: 'verdict', dataset, suite, checks, outcome, each };
	}
	if (metric) {
		const { dataset = null, above = null, below = null } = metric;
		return { kind: 'metric', dataset, measured: measuredOf(metric), above, below };
	}
	if (change) {
		const { dataset = null, relative, floor = 0, versions = 5, direction = 'both' } = change;
		const deviation = { relative, floor };
		return { kind: 'change', dataset, measured: measuredOf(change), deviation, versions, direction };
	}
	if (band) {
		const { dataset = null, seasonality = 'none', sensitivity = 4, direction = 'both' } = band;
		return { kind: 'band', dataset, measured: measuredOf(band), seasonality, sensitivity, direction };
	}
	if (age) return { kind: 'age', dataset: age.dataset ?? null, overMs: msOf(age.over) };
	if (drift) {
		const { dataset = null, columns = null, schema = true } = drift;
		return { kind: 'drift', dataset, columns, schema };
	}
	if (run) {
		const { pipeline = null, when = ['failed'], late_after } = run;
		return { kind: 'run', pipeline, troubles: when, lateAfterMs: msOf(late_after, LATE_AFTER_MS) };
	}
	return null;
}

function ruleOf(written: WrittenRule, condition: Condition): AlertRule {
	const { description = null, severity = 'warning', disabled = false, repeat = 'never' } = written;
	const { pending, recovery, group, notify, escalate = [] } = written;
	const escalations = escalate.map((step): Escalation => ({
		afterMs: msOf(step.after),
		severity: step.severity ?? null,
		notify: step.notify.map(channelOf)
	}));
	return {
		description,
		severity,
		isDisabled: disabled,
		condition,
		pending: { times: numberOf(pending?.times), forMs: msOf(pending?.['for']) },
		recovery: { times: numberOf(recovery?.times), forMs: msOf(recovery?.['hold_off']) },
		groupBy: group?.by ?? 'incident',
		groupWaitMs: msOf(group?.wait),
		repeatMs: repeat === 'never' ? null : msOf(repeat),
		notify: notify?.map(channelOf) ?? [{ kind: 'page' }],
		escalations: escalations.toSorted((one, other) => one.afterMs - other.afterMs)
	};
}

function numberOf(times: unknown): number {
	return typeof times === 'number' ? times : 1;
}

/** The schema has seen that it is a duration. */
function msOf(text: unknown, usual = 0): number {
	return typeof text === 'string' ? (ageMs(text) ?? usual) : usual;
}

type WrittenChannel = NonNullable<WrittenRule['notify']>[number];

export function channelOf(written: WrittenChannel): Channel {
	if (typeof written === 'string') return { kind: written };
	return 'webhook' in written ? { kind: 'webhook', url: written.webhook } : { kind: 'email', to: written.email };
}
