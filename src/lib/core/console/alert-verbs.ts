// The documentation of `window.weir` for alerts.
import type { ConsoleVerb } from './verb.ts';

export const alertReference: readonly ConsoleVerb[] = [
	{
		verb: 'saveAlert',
		signature: 'saveAlert(name: string, text: string, options?: { message? })',
		summary:
			'Keeps an alert rule, written as YAML, as a document with a history. `/schemas/alert.json` is its JSON Schema; a text that cannot be read is refused with line and column. A rule with `disabled: true` is off.',
		failures: ['invalid-alert', 'invalid-name', 'moved', 'newer-format', 'storage-unavailable'],
		example:
			"await weir.saveAlert('few people', 'when:\\n  metric: { dataset: people, of: row_count, below: 2 }\\nseverity: critical\\nnotify: [ page, browser ]\\n')"
	},
	{
		verb: 'alerts',
		signature: 'alerts()',
		summary:
			'Every alert rule with its newest text, whether it is on, how many incidents of it go on, and which other device looks at it.',
		failures: ['storage-unavailable'],
		example: '(await weir.alerts()).value.map(({ name, isOn, openCount }) => [name, isOn, openCount])'
	},
	{
		verb: 'removeAlert',
		signature: 'removeAlert(name: string)',
		summary: 'Removes a rule, which `undo` brings back. Its open incidents end, and nobody is told.',
		failures: ['unknown-document', 'moved', 'newer-format', 'storage-unavailable'],
		example: "await weir.removeAlert('few people')"
	},
	{
		verb: 'rehearseAlert',
		signature: 'rehearseAlert(nameOrText: string)',
		summary:
			'Replays a rule over all versions, kept verdicts and runs, by the same steps as for real: when it would have fired and been over, and how many notices there would have been.',
		failures: ['invalid-alert', 'unknown-document', 'storage-unavailable'],
		example:
			"const rehearsal = await weir.rehearseAlert('when:\\n  change: { of: row_count, relative: 0.5 }\\n');\nrehearsal.ok && [rehearsal.value.incidents, rehearsal.value.noticeCounts]"
	},
	{
		verb: 'checkAlerts',
		signature: 'checkAlerts()',
		summary:
			'Looks at every rule that is on, and sends what waits. The page does both by itself, after every change and every few seconds; where one is at it, this follows.',
		failures: ['storage-unavailable'],
		example: 'await weir.checkAlerts()'
	},
	{
		verb: 'incidents',
		signature: 'incidents(options?: { open?: boolean, limit? })',
		summary:
			'Incidents with what was found, since when, how often they were told, and who acknowledged them; those that go on first.',
		failures: ['storage-unavailable'],
		example: '(await weir.incidents({ open: true })).value.map(({ subject, state, text }) => [subject, state, text])'
	},
	{
		verb: 'acknowledge',
		signature: 'acknowledge(incident: string, options?: { note? })',
		summary: 'Somebody knows: an incident is told no more and does not escalate; its recovery is told.',
		failures: ['unknown-alert', 'storage-unavailable'],
		example:
			"const [first] = (await weir.incidents({ open: true })).value;\nfirst && (await weir.acknowledge(first.id, { note: 'on it' }))"
	},
	{
		verb: 'silence',
		signature: 'silence(input: { rule?, dataset?, subject?, for: string, why: string })',
		summary:
			'Withholds every notice of the incidents that it names, or of all, for a time. What is still broken afterwards is told then.',
		failures: ['storage-unavailable'],
		example: "await weir.silence({ dataset: 'people', for: '2h', why: 'the import is being mended' })"
	},
	{
		verb: 'silences',
		signature: 'silences()',
		summary: 'Silences that are not over.',
		failures: ['storage-unavailable'],
		example: '(await weir.silences()).value.map(({ id, why, untilMs }) => [id, why, new Date(untilMs)])'
	},
	{
		verb: 'endSilence',
		signature: 'endSilence(id: string)',
		summary: 'Ends a silence at once.',
		failures: ['unknown-alert', 'storage-unavailable'],
		example: 'for (const { id } of (await weir.silences()).value) await weir.endSilence(id)'
	},
	{
		verb: 'deliveries',
		signature: 'deliveries(options?: { limit? })',
		summary: 'What was sent, to whom, with every attempt and why it failed; newest first.',
		failures: ['storage-unavailable'],
		example:
			'(await weir.deliveries()).value.map(({ notice, state, attempts }) => [notice.kind, notice.channel.kind, state, attempts.length])'
	},
	{
		verb: 'retryDelivery',
		signature: 'retryDelivery(id: string)',
		summary: 'Sends one that waits or was given up once more, at once, and as often as a new one.',
		failures: ['unknown-alert', 'storage-unavailable'],
		example:
			"for (const { id, state } of (await weir.deliveries()).value) if (state === 'given-up') await weir.retryDelivery(id)"
	}
];
