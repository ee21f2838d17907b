// Who is told besides while nobody acknowledges an incident: the steps of a rule's escalation as controls, and one more to begin the next.
import { durationText } from '#core/alert/notice-text.ts';
import { alertSeverities, type Channel, type Escalation } from '#core/alert/rule.ts';
import { writeChannels } from '#core/alert/write-rule.ts';
import type { Plain } from '#core/document/edit-list.ts';
import { addresses, choice, duration, text, type AlertField, type Edit } from './alert-controls.ts';

const STEPS_MAX = 5;
const FIRST_MS = 3_600_000;
const UNCHANGED = 'as it is';

type Written = { readonly [key: string]: Plain };

/** A step that tells nobody any more is gone. */
export function escalationFields(steps: readonly Escalation[]): readonly AlertField[] {
	const become = (next: readonly Written[]): Edit => ['escalate', next.length === 0 ? null : next];
	const replaceAt = (at: number, next: Written | null): Edit =>
		become(steps.flatMap((step, place) => (place !== at ? [written(step)] : next ? [next] : [])));
	const fields = steps.flatMap((step, at) => stepFields(step, `Step ${at + 1}`, (next) => replaceAt(at, next)));
	if (steps.length >= STEPS_MAX) return fields;
	const afterMs = 2 * (steps.at(-1)?.afterMs ?? FIRST_MS / 2);
	const begin = (channel: Channel): Edit =>
		become([...steps.map(written), written({ afterMs, severity: null, notify: [channel] })]);
	const when = `After ${durationText(afterMs)}`;
	return [
		...fields,
		text(
			`${when}, also e-mail`,
			null,
			(list) => (list === null ? null : begin({ kind: 'email', to: addresses(list) })),
			[],
			'nobody'
		),
		text(
			`${when}, also webhook`,
			null,
			(url) => (url === null ? null : begin({ kind: 'webhook', url })),
			[],
			'https://…'
		)
	];
}

function stepFields(step: Escalation, place: string, become: (next: Written | null) => Edit): readonly AlertField[] {
	const others = (kind: Channel['kind']): readonly Channel[] => step.notify.filter((one) => one.kind !== kind);
	const put = (notify: readonly Channel[]): Edit => become(notify.length === 0 ? null : written({ ...step, notify }));
	const mail = step.notify.flatMap((one) => (one.kind === 'email' ? one.to : []));
	const webhook = step.notify.find((one) => one.kind === 'webhook')?.url ?? null;
	return [
		// As it was typed: what is no duration is told at its place in the text.
		duration(`${place}: after`, step.afterMs, (after) => (after === null ? null : become({ ...written(step), after }))),
		text(
			`${place}: also e-mail`,
			mail.length === 0 ? null : mail.join(', '),
			(list) => put(list === null ? others('email') : [...others('email'), { kind: 'email', to: addresses(list) }]),
			[],
			'nobody'
		),
		text(
			`${place}: also webhook`,
			webhook,
			(url) => put(url === null ? others('webhook') : [...others('webhook'), { kind: 'webhook', url }]),
			[],
			'https://…'
		),
		choice(`${place}: severity`, step.severity ?? UNCHANGED, [UNCHANGED, ...alertSeverities] as const, (severity) =>
			become(written({ ...step, severity: severity === UNCHANGED ? null : severity }))
		)
	];
}

function written({ afterMs, severity, notify }: Escalation): Written {
	return { after: durationText(afterMs), ...(severity ? { severity } : {}), notify: writeChannels(notify) };
}
