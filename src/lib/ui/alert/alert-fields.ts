// The controls of a rule's form: each shows a part of the rule, and says what of the text changes with it.
import { exampleCondition } from '#core/alert/example-rules.ts';
import { durationText } from '#core/alert/notice-text.ts';
import {
	alertSeverities,
	directions,
	groupings,
	measures,
	type AlertRule,
	type Channel,
	type Condition,
	type Measured
} from '#core/alert/rule.ts';
import type { Plain } from '#core/document/edit-list.ts';
import { isClassMeasure } from '#core/model/watch/watch-facts.ts';
import { writeChannels, writeCondition } from '#core/alert/write-rule.ts';
import { addresses, choice, duration, number, text, type AlertField, type Edit } from './alert-controls.ts';
import { escalationFields } from './escalation-fields.ts';
import { conditionKinds, kindTitles } from './alert-words.ts';

export type AlertFieldGroup = { readonly title: string; readonly fields: readonly AlertField[] };

/** What there is to choose from. */
export type Known = {
	readonly datasets: readonly string[];
	readonly suites: readonly string[];
	readonly checksOf: (suite: string | null) => readonly string[];
	readonly pipelines: readonly string[];
	readonly columnsOf: (dataset: string | null) => readonly string[];
};

export function alertFields(rule: AlertRule, known: Known): readonly AlertFieldGroup[] {
	return [
		{ title: 'When', fields: conditionFields(rule.condition, known) },
		{ title: 'How soon', fields: timingFields(rule) },
		{ title: 'Who is told', fields: tellingFields(rule) },
		{ title: 'While nobody acknowledges it', fields: escalationFields(rule.escalations) }
	];
}

function conditionFields(condition: Condition, known: Known): readonly AlertField[] {
	const become = (next: Condition): Edit => ['when', writeCondition(next)];
	const about = 'dataset' in condition ? condition.dataset : null;
	const kind: AlertField = {
		label: 'It fires when',
		kind: 'choice',
		value: condition.kind,
		choices: conditionKinds.map((value) => ({ value, label: kindTitles[value] })),
		edit: (text) => {
			const next = conditionKinds.find((one) => one === text);
			return next ? become(exampleCondition(next, about)) : null;
		}
	};
	const dataset: AlertField | null =
		'dataset' in condition
			? {
					label: 'Dataset',
					kind: 'choice',
					value: condition.dataset ?? '',
					choices: [
						{ value: '', label: 'every dataset' },
						...withOwn(condition.dataset, known.datasets).map((value) => ({ value, label: value }))
					],
					edit: (text) => become({ ...condition, dataset: text || null })
				}
			: null;
	return [kind, ...(dataset ? [dataset] : []), ...ownFields(condition, known, become)];
}

function withOwn(own: string | null, others: readonly string[]): readonly string[] {
	return own === null || others.includes(own) ? others : [own, ...others];
}

function ownFields(condition: Condition, known: Known, become: (next: Condition) => Edit): readonly AlertField[] {
	switch (condition.kind) {
		case 'verdict':
			return [
				text('Suite', condition.suite, (suite) => become({ ...condition, suite }), known.suites, 'every suite'),
				choice('Broken by', condition.outcome, ['fail', 'warn'] as const, (outcome) =>
					become({ ...condition, outcome })
				),
				choice('One alert for each', condition.each, ['suite', 'check'] as const, (each) =>
					become({ ...condition, each })
				)
			];
		case 'metric':
			return [
				...measuredFields(condition, known, become),
				number('Below', condition.below, (below) => become({ ...condition, below })),
				number('Above', condition.above, (above) => become({ ...condition, above }))
			];
		case 'change':
			return [
				...measuredFields(condition, known, become),
				number('By more than, in %', 100 * condition.deviation.relative, (percent) =>
					percent === null
						? null
						: become({ ...condition, deviation: { ...condition.deviation, relative: percent / 100 } })
				),
				number('Against the median of so many versions before', condition.versions, (versions) =>
					versions === null ? null : become({ ...condition, versions: Math.max(1, Math.round(versions)) })
				),
				choice('Which way', condition.direction, directions, (direction) => become({ ...condition, direction }))
			];
		case 'band':
			return [
				...measuredFields(condition, known, become),
				choice(
					'Alike by',
					condition.seasonality,
					['none', 'hour-of-day', 'day-of-week', 'hour-of-week', 'day-of-month'] as const,
					(seasonality) => become({ ...condition, seasonality })
				),
				number('Half its width, in deviations', condition.sensitivity, (sensitivity) =>
					sensitivity === null ? null : become({ ...condition, sensitivity })
				),
				choice('Which way', condition.direction, directions, (direction) => become({ ...condition, direction }))
			];
		case 'age':
			return [
				duration('Older than', condition.overMs, (over) =>
					over === null
						? null
						: ['when', { age: { ...(condition.dataset ? { dataset: condition.dataset } : {}), over } }]
				)
			];
		case 'drift':
			return [
				text(
					'Columns, with commas between',
					condition.columns?.join(', ') ?? null,
					(list) => {
						const columns =
							list
								?.split(',')
								.map((one) => one.trim())
								.filter((one) => one !== '') ?? [];
						return become({ ...condition, columns: columns.length === 0 ? null : columns });
					},
					known.columnsOf(condition.dataset),
					'every column'
				),
				{
					label: 'Columns that come, go or change their type count too',
					kind: 'flag',
					value: condition.schema ? 'true' : '',
					edit: (on) => become({ ...condition, schema: on !== '' })
				}
			];
		case 'run': {
			const flag = (trouble: (typeof condition.troubles)[number], label: string): AlertField => ({
				label,
				kind: 'flag',
				value: condition.troubles.includes(trouble) ? 'true' : '',
				edit: (text) => {
					const others = condition.troubles.filter((one) => one !== trouble);
					const troubles = text ? [...others, trouble] : others;
					return troubles.length === 0 ? null : become({ ...condition, troubles });
				}
			});
			return [
				text(
					'Pipeline',
					condition.pipeline,
					(pipeline) => become({ ...condition, pipeline }),
					known.pipelines,
					'every pipeline'
				),
				flag('failed', 'A run fails'),
				flag('missed', 'A run is missed'),
				flag('late', 'A run is not done in time')
			];
		}
	}
}

function measuredFields(
	condition: Extract<Condition, { measured: Measured }>,
	known: Known,
	become: (next: Condition) => Edit
): readonly AlertField[] {
	const { measured, dataset } = condition;
	const put = (change: Partial<Measured>): Edit => become({ ...condition, measured: { ...measured, ...change } });
	const [column = null] = known.columnsOf(dataset);
	const suite = measured.suite ?? known.suites.find((one) => known.checksOf(one).length > 0) ?? null;
	const [check = null] = known.checksOf(suite);
	// What cannot be said yet is not to be chosen.
	const choices = measures.filter((one) => one === measured.of || one !== 'observed_value' || check !== null);
	const of = choice('Number', measured.of, choices, (next) => {
		const isOfColumn = next === 'null_ratio' || next === 'min' || next === 'max';
		const isOfCheck = next === 'observed_value';
		const said = {
			of: next,
			column: isOfColumn ? (measured.column ?? column) : null,
			suite: isOfCheck ? suite : null,
			check: isOfCheck ? (measured.check ?? check) : null
		};
		const { class: name } = measured;
		return become({
			...condition,
			measured: isClassMeasure(next) && name !== undefined ? { ...said, class: name } : said
		});
	});
	if (isClassMeasure(measured.of)) {
		const { class: name = null, ...plain } = measured;
		const field = text(
			'Class',
			name,
			(next) => become({ ...condition, measured: next === null ? plain : { ...plain, class: next } }),
			[],
			'the second of two, the worst of more'
		);
		return [of, field];
	}
	if (measured.of === 'observed_value')
		return [
			of,
			text('Suite', measured.suite, (next) => put({ suite: next }), known.suites),
			text('Check', measured.check, (next) => put({ check: next }), known.checksOf(measured.suite))
		];
	if (measured.of === 'input_drift')
		return [
			of,
			text('Column', measured.column, (next) => put({ column: next }), known.columnsOf(dataset), 'what moved most')
		];
	if (measured.of === 'null_ratio' || measured.of === 'min' || measured.of === 'max')
		return [of, text('Column', measured.column, (next) => put({ column: next }), known.columnsOf(dataset))];
	return [of];
}

function timingFields({
	severity,
	pending,
	recovery,
	groupBy,
	groupWaitMs,
	repeatMs
}: AlertRule): readonly AlertField[] {
	const told = (ms: number): string | null => (ms === 0 ? null : durationText(ms));
	const part = (values: Readonly<Record<string, Plain>>): Plain => {
		const kept = Object.entries(values).filter(([, value]) => value !== null);
		return kept.length === 0 ? null : Object.fromEntries(kept);
	};
	const times = (count: number): number | null => (count === 1 ? null : count);
	return [
		choice('Severity', severity, alertSeverities, (next) => ['severity', next]),
		number('Broken so often in a row', pending.times, (next) => [
			'pending',
			part({ times: times(Math.max(1, Math.round(next ?? 1))), for: told(pending.forMs) })
		]),
		duration(
			'And for',
			pending.forMs,
			(next) => ['pending', part({ times: times(pending.times), for: next })],
			'at once'
		),
		duration(
			'Over when fine for',
			recovery.forMs,
			(next) => ['recovery', part({ times: times(recovery.times), hold_off: next })],
			'at once'
		),
		duration('Told again every', repeatMs ?? 0, (next) => ['repeat', next], 'never'),
		choice('Told together', groupBy, groupings, (next) => [
			'group',
			part({ by: next === 'incident' ? null : next, wait: told(groupWaitMs) })
		]),
		duration(
			'The first waits for others',
			groupWaitMs,
			(next) => ['group', part({ by: groupBy === 'incident' ? null : groupBy, wait: next })],
			'not at all'
		)
	];
}

function tellingFields({ notify }: AlertRule): readonly AlertField[] {
	const put = (channels: readonly Channel[]): Edit | null =>
		channels.length === 0 ? null : ['notify', writeChannels(channels)];
	const others = (kind: Channel['kind']): readonly Channel[] => notify.filter((one) => one.kind !== kind);
	const flag = (kind: 'page' | 'browser', label: string): AlertField => ({
		label,
		kind: 'flag',
		value: notify.some((one) => one.kind === kind) ? 'true' : '',
		edit: (on) => put(on ? [{ kind }, ...others(kind)] : others(kind))
	});
	const webhook = notify.find((one) => one.kind === 'webhook')?.url ?? null;
	const mail = notify.flatMap((one) => (one.kind === 'email' ? one.to : []));
	return [
		flag('page', 'In this page'),
		flag('browser', 'As a notification of the browser'),
		text(
			'Webhook',
			webhook,
			(url) => put(url === null ? others('webhook') : [...others('webhook'), { kind: 'webhook', url }]),
			[],
			'https://…'
		),
		text(
			'E-mail, with commas between',
			mail.length === 0 ? null : mail.join(', '),
			(list) => put(list === null ? others('email') : [...others('email'), { kind: 'email', to: addresses(list) }]),
			[],
			'name@example.org'
		)
	];
}
