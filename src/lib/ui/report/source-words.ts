// Which versions the numbers of an edition come from, and when they were asked for, in one line.
import type { Edition } from '#core/report/edition.ts';

const time = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

export function sourceWords({ sources, renderedAtMs }: Edition): string {
	const names = sources.map(
		({ name, version, number }) => `${name} ${number === null ? version.slice(0, 8) : `v${number}`}`
	);
	return `${names.length === 0 ? 'From no dataset' : `From ${names.join(', ')}`} · rendered ${time.format(renderedAtMs)}`;
}
