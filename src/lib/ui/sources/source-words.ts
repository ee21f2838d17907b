// Words about how a source pages, and about what a load came to.
import type { Pages } from '#core/source/rest/rest-connection.ts';
import type { ConnectionDraft, Loading } from '#lib/state/sources.svelte.ts';
import { bytesText } from '../amounts.ts';

const SHOWN_PATHS = 3;

type Trial = Extract<NonNullable<ConnectionDraft['test']>['trial'], { readonly ok: true }>['value'];
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

/** What somebody has to know who lets the server ask a source of that kind. */
export function relaySees(kind: unknown): string {
	const secret = kind === 's3' ? 'the signature, not the secret key it is made with,' : 'the headers with the secret,';
	return `The server sees the address, ${secret} and the answers in the clear, for as long as each takes. It keeps none of them; its audit log is told the host, the status and the length.`;
}

export const askedWords = {
	direct: 'directly to this browser',
	relay: 'to your server, which asked for this browser'
} as const;

export const count = (number: number, noun: string): string =>
	`${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

type Entry = { readonly name: string; readonly sizeBytes: number | null };

export function filesFound(files: readonly Entry[]): string {
	const bytes = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
	return `${count(files.length, 'file')}${bytes > 0 ? ` of ${bytesText(bytes)}` : ''}: ${listed(files.map(({ name }) => name))}`;
}

type Table = { readonly kind: string; readonly file?: string };

/** Of a file that has several. */
export function tablesFound(tables: readonly Table[], read: string | null): string {
	const what = tables[0]?.kind === 'sheet' ? 'sheet' : 'table';
	return `${tables[0]?.file ?? 'The first file'} has ${count(tables.length, what)}; ${read ?? 'the first'} is read. All files are read by the same one.`;
}

/** What a load would do with the first rows. */
export function trialWords(
	{ addedCount, changedCount, sameCount, replacedCount, rejectedCount }: Trial,
	into: string
): string {
	const told = [
		[addedCount, 'would be added'],
		[changedCount, 'would change'],
		[sameCount, 'are there as they are'],
		[rejectedCount, 'would be refused']
	] as const;
	const parts = told.filter(([number]) => number > 0).map(([number, what]) => `${number.toLocaleString('en')} ${what}`);
	const replaced = replacedCount > 0 ? ` The ${count(replacedCount, 'row')} of ${into} would be replaced.` : '';
	return `Of the first rows ${parts.length === 0 ? 'none would be kept' : parts.join(', ')}.${replaced}`;
}

export function reportWords(report: LoadReport): string {
	const { keptCount, pages, knownCount, rejectedCount, retries, waitedMs, added, wasResumed } = report;
	return [
		...(report.files ? filesWords(keptCount, report.files) : [pagesRead(keptCount, pages)]),
		...(wasResumed ? ['went on where the last load was ended'] : []),
		...(knownCount > 0 ? [`${count(knownCount, 'row')} known already`] : []),
		...(rejectedCount > 0 ? [`${count(rejectedCount, 'row')} refused`] : []),
		...(added.length > 0 ? [`new columns ${added.join(', ')}`] : []),
		...(retries > 0 ? [`asked again ${count(retries, 'time')}`] : []),
		...(waitedMs >= 1000 ? [`waited ${count(Math.round(waitedMs / 1000), 'second')} for the source`] : [])
	].join(', ');
}

function pagesRead(keptCount: number, pages: number): string {
	return keptCount === 0
		? `Nothing new in ${count(pages, 'page')}`
		: `${count(keptCount, 'row')} from ${count(pages, 'page')}`;
}

function filesWords(keptCount: number, files: NonNullable<LoadReport['files']>): readonly string[] {
	const { readCount, unchangedCount, changed, gone, readBytes, totalBytes } = files;
	return [
		readCount === 0 ? 'No new file' : `${count(keptCount, 'row')} from ${count(readCount, 'file')}`,
		...(readCount > 0 ? [`${bytesText(readBytes)} read of ${bytesText(totalBytes)}`] : []),
		...(unchangedCount > 0 ? [`${count(unchangedCount, 'file')} loaded before`] : []),
		...(changed.length > 0 ? [`changed since and not loaded again: ${listed(changed)}`] : []),
		...(gone.length > 0 ? [`no longer there: ${listed(gone)}`] : [])
	];
}

function listed(paths: readonly string[]): string {
	const more = paths.length - SHOWN_PATHS;
	return `${paths.slice(0, SHOWN_PATHS).join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
}
