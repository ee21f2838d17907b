// How an API gives its rows in pages: found from a first answer, and which page is next. No way of it goes on for ever.
import * as v from 'valibot';
import { err, ok, type Result } from '../../result.ts';
import { originOf } from '../origin.ts';
import type { Pages, RestConnection } from './rest-connection.ts';
import type { LoopRule } from '../failure.ts';
import { at, type Page } from './page.ts';

/** Which page is asked for. Of `offset` and `page` a number, of a cursor its text, of `next` and `link` an address. */
export type Position =
	| { readonly kind: 'first' }
	| { readonly kind: 'offset' | 'page'; readonly at: number }
	| { readonly kind: 'cursor' | 'address'; readonly at: string };

export const FIRST: Position = { kind: 'first' };

const positionSchema = v.variant('kind', [
	v.object({ kind: v.literal('first') }),
	v.object({ kind: v.picklist(['offset', 'page']), at: v.number() }),
	v.object({ kind: v.picklist(['cursor', 'address']), at: v.string() })
]);

/** From a load's state, where it stands as text; null is the first. Throws when it is none. */
export function positionIn(text: string | null): Position {
	return text === null ? FIRST : v.parse(positionSchema, JSON.parse(text));
}

const holders = ['', 'meta', 'pagination', 'paging', 'page_info', 'pageInfo', 'links', '_links', 'response_metadata'];
const addressNames = [
	'next',
	'next_url',
	'nextUrl',
	'next_page_url',
	'nextLink',
	'@odata.nextLink',
	'next.href',
	'links.next'
];
const cursorNames = [
	'next_cursor',
	'nextCursor',
	'cursor',
	'next_page_token',
	'nextPageToken',
	'endCursor',
	'after',
	'cursors.after'
];
const totalNames = ['total', 'total_count', 'totalCount', 'count', 'total_results', 'totalResults'];
const paramByCursor: Readonly<Record<string, string>> = {
	next_page_token: 'page_token',
	nextPageToken: 'pageToken',
	endCursor: 'after',
	after: 'after',
	'cursors.after': 'after'
};

/** From a first answer and what was asked. `none` where nothing of it says that there is more. */
export function detectPages(
	{ url, query }: Pick<RestConnection, 'url' | 'query'>,
	page: Page,
	link: string | null
): Pages {
	if (nextInLink(link) !== null) return { kind: 'link' };
	const { envelope } = page;
	const asked = new Map([...paramsOf(url), ...Object.entries(query)]);
	const found = (names: readonly string[], fits: (value: unknown) => boolean): string | null => {
		for (const holder of holders)
			for (const name of names) {
				const path = [holder, name].filter(Boolean).join('.');
				if (fits(at(envelope, path))) return path;
			}
		return null;
	};
	const address = found(addressNames, (value) => typeof value === 'string' && isAddress(value));
	if (address !== null) return { kind: 'next', path: address };
	const cursor = found(
		cursorNames,
		(value) => (typeof value === 'string' && value !== '') || typeof value === 'number'
	);
	if (cursor !== null && page.hasMore !== false) {
		const name = cursorNames.find((one) => cursor === one || cursor.endsWith(`.${one}`)) ?? '';
		const given = [...asked.keys()].find((param) => /cursor|token|after/i.test(param));
		return { kind: 'cursor', param: given ?? paramByCursor[name] ?? 'cursor', path: cursor };
	}
	const total = found(totalNames, (value) => typeof value === 'number') ?? undefined;
	const named = (pattern: RegExp): string | undefined => [...asked.keys()].find((param) => pattern.test(param));
	const limit = named(/^(limit|per_page|perPage|page_size|pageSize|size|count|\$top)$/);
	const size = limit === undefined ? undefined : sizeOf(asked.get(limit));
	const sized = { ...(limit !== undefined && { limit }), ...(size !== undefined && { size }) };
	const counted = { ...sized, ...(total !== undefined && { total }) };
	const offset = named(/^(offset|skip|start|\$skip)$/) ?? (hasNumber(envelope, 'offset') ? 'offset' : undefined);
	if (offset !== undefined) return { kind: 'offset', offset, ...counted };
	const number = named(/^(page|page_number|pageNumber)$/) ?? (hasNumber(envelope, 'page') ? 'page' : undefined);
	if (number !== undefined) {
		const first = asked.get(number) === '0' ? 0 : 1;
		return { kind: 'page', page: number, first, ...sized };
	}
	const isMore = total !== undefined && Number(at(envelope, total)) > page.rows.length && page.rows.length > 0;
	return limit !== undefined || isMore ? { kind: 'offset', offset: 'offset', ...counted } : { kind: 'none' };
}

function hasNumber(envelope: Page['envelope'], name: string): boolean {
	return holders.some((holder) => typeof at(at(envelope, holder), name) === 'number');
}

function sizeOf(text: string | undefined): number | undefined {
	const size = Number(text);
	return Number.isInteger(size) && size >= 1 && size <= 100_000 ? size : undefined;
}

function isAddress(text: string): boolean {
	return /^(https?:\/\/|\/|\?)/i.test(text);
}

/** RFC 8288: the target whose relation is `next`. */
export function nextInLink(header: string | null): string | null {
	for (const [, target = '', parameters = ''] of (header ?? '').matchAll(/<([^>]*)>((?:\s*;[^,<]*)*)/g))
		if (/;\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)/i.test(parameters)) return target;
	return null;
}

export type NextFailure =
	| { readonly kind: 'loops'; readonly rule: LoopRule }
	| { readonly kind: 'short'; readonly total: number; readonly read: number }
	| { readonly kind: 'away'; readonly origin: string };

export type Turned = {
	readonly pages: Pages;
	readonly url: string;
	readonly position: Position;
	readonly page: Page;
	readonly link: string | null;
};

/** The position after a page; null when it was the last. A short page is not a last one: servers give fewer than was asked for. */
export function nextPosition({ pages, url, position, page, link }: Turned): Result<Position | null, NextFailure> {
	const { rows, hasMore, total } = page;
	switch (pages.kind) {
		case 'none':
			return ok(null);
		case 'offset': {
			const from = position.kind === 'offset' ? position.at : 0;
			const to = from + rows.length;
			if (rows.length === 0 && total !== null && total > to) return err({ kind: 'short', total, read: to });
			const isLast = rows.length === 0 || hasMore === false || (total !== null && to >= total);
			return ok(isLast ? null : { kind: 'offset', at: to });
		}
		case 'page': {
			const number = position.kind === 'page' ? position.at : (pages.first ?? 1);
			return ok(rows.length === 0 || hasMore === false ? null : { kind: 'page', at: number + 1 });
		}
		case 'cursor': {
			if (page.next === null || hasMore === false) return ok(null);
			if (position.kind === 'cursor' && position.at === page.next) return err({ kind: 'loops', rule: 'same-cursor' });
			return ok({ kind: 'cursor', at: page.next });
		}
		case 'next':
		case 'link': {
			const target = pages.kind === 'link' ? nextInLink(link) : page.next;
			if (target === null) return ok(null);
			const from = position.kind === 'address' ? position.at : url;
			const next = resolveAddress(target, from);
			if (originOf(next) !== originOf(url)) return err({ kind: 'away', origin: originOf(next) });
			if (next === from) return err({ kind: 'loops', rule: 'same-cursor' });
			return ok({ kind: 'address', at: next });
		}
	}
}

/** As far as pages need it: whole addresses, those of the same host, and another query. */
function resolveAddress(target: string, from: string): string {
	const bare = target.replace(/#.*$/s, '');
	if (/^[a-z][a-z0-9+.-]*:/i.test(bare)) return bare;
	if (bare.startsWith('//')) return `${/^[a-z]+:/i.exec(from)?.[0] ?? ''}${bare}`;
	if (bare.startsWith('/')) return originOf(from) + bare;
	const path = from.replace(/[?#].*$/s, '');
	return bare.startsWith('?') ? path + bare : `${path.replace(/[^/]*$/, '')}${bare}`;
}

export function paramsOf(url: string): readonly (readonly [string, string])[] {
	const [, query = ''] = url.split('?');
	return query
		.split('&')
		.filter(Boolean)
		.map((pair) => {
			const [name = '', ...value] = pair.split('=');
			return [decode(name), decode(value.join('='))] as const;
		});
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text.replaceAll('+', ' '));
	} catch {
		return text;
	}
}
