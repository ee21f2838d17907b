// How triggers are said.

/** Each policy for what was missed, as the text has it. */
export const catchUpWords: readonly (readonly [string, string])[] = [
	['latest', 'the latest runs, others are listed'],
	['all', 'all of them run'],
	['none', 'none runs, all are listed']
];

/** As the clocks of a time zone show it: `Thu 27 Nov, 06:00`. */
export function zonedText(ms: number, timeZone: string): string {
	return new Intl.DateTimeFormat('en-GB', {
		timeZone,
		weekday: 'short',
		day: 'numeric',
		month: 'short',
		hour: '2-digit',
		minute: '2-digit'
	}).format(ms);
}
