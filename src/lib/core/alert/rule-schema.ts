// The shape of an alert rule's text; `static/schemas/alert.json` is made from it, and a test keeps it so.
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import type { Seasonality } from '../check/anomaly/season.ts';
import { alertSeverities, directions, groupings, measures, runTroubles } from './rule.ts';

const told = v.pipe(v.string(), v.minLength(1));
const count = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

/** Told apart from other texts that have a wrong shape. */
export const durationShape = /^\d{1,9}(\.\d{1,3})?\s*[smhdw]$/;
const duration = v.pipe(v.string(), v.regex(durationShape), v.description('Such as 90s, 30m, 24h, 7d or 2w.'));

const seasonalities = [
	'none',
	'hour-of-day',
	'day-of-week',
	'hour-of-week',
	'day-of-month'
] as const satisfies readonly Seasonality[];

const dataset = v.optional(v.pipe(told, v.description('Left out, every dataset.')));
const measured = {
	dataset,
	of: v.pipe(
		v.picklist(measures),
		v.description(
			'The number that is watched. Drifts are of versions that a model scored, in units of their threshold.'
		)
	),
	column: v.optional(v.pipe(told, v.description('Of null_ratio, min and max; of input_drift, one column alone.'))),
	class: v.optional(
		v.pipe(
			told,
			v.description(
				'Of labelled_precision, labelled_recall and labelled_f1: one class alone. Left out, of two classes the second, of more the one that does worst.'
			)
		)
	),
	suite: v.optional(v.pipe(told, v.description('Of observed_value.'))),
	check: v.optional(v.pipe(told, v.description('Of observed_value: the check by its name.')))
};
const direction = v.optional(v.picklist(directions));

export const conditionEntries = {
	verdict: v.optional(
		v.pipe(
			v.strictObject({
				dataset,
				suite: v.optional(told),
				checks: v.optional(v.pipe(v.array(told), v.minLength(1))),
				outcome: v.optional(v.pipe(v.picklist(['fail', 'warn']), v.description('The mildest outcome that counts.'))),
				each: v.optional(
					v.pipe(v.picklist(['suite', 'check']), v.description('Whether each check has alerts of its own.'))
				)
			}),
			v.description('Checks of a suite do not hold.')
		)
	),
	metric: v.optional(
		v.pipe(
			v.strictObject({ ...measured, above: v.optional(v.number()), below: v.optional(v.number()) }),
			v.description('A number of the newest version is above or below a bound.')
		)
	),
	change: v.optional(
		v.pipe(
			v.strictObject({
				...measured,
				relative: v.pipe(v.number(), v.minValue(0), v.description('Allowed share of the expected value: 0.2 is 20 %.')),
				floor: v.optional(
					v.pipe(v.number(), v.minValue(0), v.description('Allowed distance where the expected value is 0.'))
				),
				versions: v.optional(v.pipe(count(100), v.description('The expected value is the median of so many before.'))),
				direction
			}),
			v.description('A number is too far from what it was in the versions before.')
		)
	),
	band: v.optional(
		v.pipe(
			v.strictObject({
				...measured,
				seasonality: v.optional(v.picklist(seasonalities)),
				sensitivity: v.optional(
					v.pipe(
						v.number(),
						v.minValue(0.5),
						v.maxValue(20),
						v.description('Half of its width in standard deviations.')
					)
				),
				direction
			}),
			v.description('A number is outside the band that is learnt from the versions before.')
		)
	),
	age: v.optional(
		v.pipe(v.strictObject({ dataset, over: duration }), v.description('The newest version is older than that.'))
	),
	drift: v.optional(
		v.pipe(
			v.strictObject({
				dataset,
				columns: v.optional(v.pipe(v.array(told), v.minLength(1))),
				schema: v.optional(
					v.pipe(v.boolean(), v.description('Whether columns that came, went or changed their type count, as usual.'))
				)
			}),
			v.description('A version has drifted from the pinned baseline.')
		)
	),
	run: v.optional(
		v.pipe(
			v.strictObject({
				pipeline: v.optional(v.pipe(told, v.description('Left out, every pipeline.'))),
				when: v.optional(v.pipe(v.array(v.picklist(runTroubles)), v.minLength(1))),
				late_after: v.optional(duration)
			}),
			v.description('A run of a pipeline failed, is late, or was missed.')
		)
	)
};
export type ConditionName = keyof typeof conditionEntries;
export const conditionNames = Object.keys(conditionEntries) as readonly ConditionName[];

export const mailShape = /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+\.[^\s@<>,;:"()[\]\\]+$/;
export const webhookShape = /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)([:/?]|$))/i;

const channel = v.union([
	v.picklist(['page', 'browser']),
	v.strictObject({ webhook: v.pipe(v.string(), v.regex(webhookShape), v.maxLength(2000)) }),
	v.strictObject({
		email: v.pipe(v.array(v.pipe(v.string(), v.regex(mailShape), v.maxLength(254))), v.minLength(1), v.maxLength(20))
	})
]);
export const channelsSchema = v.pipe(v.array(channel), v.minLength(1), v.maxLength(10));
const patience = (entry: 'for' | 'hold_off', said: string) =>
	v.optional(
		v.pipe(v.strictObject({ times: v.optional(count(1000)), [entry]: v.optional(duration) }), v.description(said))
	);

const severity = v.picklist(alertSeverities);

export const ruleSchema = v.strictObject({
	description: v.optional(v.string()),
	severity: v.optional(severity),
	when: v.pipe(v.strictObject(conditionEntries), v.description('One condition.')),
	pending: patience('for', 'How often in a row, and for how long, it must be broken before anyone is told.'),
	recovery: patience('hold_off', 'How often in a row, and for how long, it must be fine before it is over.'),
	group: v.optional(
		v.pipe(
			v.strictObject({ by: v.optional(v.picklist(groupings)), wait: v.optional(duration) }),
			v.description('What is told in one notice, and how long the first waits for others.')
		)
	),
	repeat: v.optional(
		v.pipe(v.union([v.literal('never'), duration]), v.description('How often an incident that goes on is told again.'))
	),
	notify: v.optional(v.pipe(channelsSchema, v.description('Left out, the page.'))),
	escalate: v.optional(
		v.pipe(
			v.array(v.strictObject({ after: duration, severity: v.optional(severity), notify: channelsSchema })),
			v.maxLength(5),
			v.description('Who is told besides while nobody acknowledges it.')
		)
	),
	disabled: v.optional(v.boolean())
});
export type WrittenRule = v.InferOutput<typeof ruleSchema>;

export function alertJsonSchema(): Readonly<Record<string, unknown>> {
	const schema = toJsonSchema(ruleSchema, { typeMode: 'input', errorMode: 'ignore' });
	const { when, ...others } = schema.properties ?? {};
	return {
		$id: '/schemas/alert.json',
		...schema,
		properties: { ...others, when: { ...(when as object), minProperties: 1, maxProperties: 1 } },
		title: 'Weir alert rule',
		description: 'When an alert fires, how soon it is told, to whom, and how often again.'
	};
}
