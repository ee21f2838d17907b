// Words about how a source pages, and about what a load came to.
import type { Pages } from '#core/source/rest/rest-connection.ts';
import type { Loading } from '#lib/state/sources.svelte.ts';

type LoadReport = Extract<Loading, { readonly state: 'done' }>['report'];

export function pagesWords(pages: Pages): string {
	switch (pages.kind) {
		case 'none':
			return 'one answer with all rows';
		case 'offset':
			return `pages by ${pages.offset}${pages.limit === undefined ? '' : ` and ${pages.limit}`}`;
		case 'page':
			return `pages by number, in ${pages.page}`;
		case 'cursor':
			return `pages by a cursor, from ${pages.path} into ${pages.param}`;
		case 'link':
			return 'pages by the Link header';
		case 'next':
			return `pages by the address at ${pages.path}`;
	}
}

/** What somebody has to know who lets the server ask. */
export const relaySees =
	'The server sees the address, the headers with the secret, and the answers in the clear, for as long as each takes. It keeps none of them; its audit log is told the host, the status and the length.';

export const askedWords = {
	direct: 'directly to this browser',
	relay: 'to your server, which asked for this browser'
} as const;

const count = (number: number, noun: string): string =>
	`${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

export function reportWords(report: LoadReport): string {
	const { keptCount, pages, knownCount, rejectedCount, retries, waitedMs, added, wasResumed } = report;
	return [
		keptCount === 0
			? `Nothing new in ${count(pages, 'page')}`
			: `${count(keptCount, 'row')} from ${count(pages, 'page')}`,
		...(wasResumed ? ['went on where the last load was ended'] : []),
		...(knownCount > 0 ? [`${count(knownCount, 'row')} known already`] : []),
		...(rejectedCount > 0 ? [`${count(rejectedCount, 'row')} refused`] : []),
		...(added.length > 0 ? [`new columns ${added.join(', ')}`] : []),
		...(retries > 0 ? [`asked again ${count(retries, 'time')}`] : []),
		...(waitedMs >= 1000 ? [`waited ${count(Math.round(waitedMs / 1000), 'second')} for the source`] : [])
	].join(', ');
}
