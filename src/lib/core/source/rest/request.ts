// What is asked for a page, and how a secret goes with it: into a header, or into the query of this one request.
import { isMapping } from '../../document/text-problem.ts';
import type { Auth, Pages, RestConnection } from './rest-connection.ts';
import type { Mark } from './page.ts';
import { paramsOf, type Position } from './paging.ts';

export type SourceRequest = {
	readonly url: string;
	readonly method: 'GET' | 'POST';
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | null;
};

export type PageAsked = { readonly pages: Pages; readonly position: Position; readonly since: Mark | null };

export function pageRequest(connection: RestConnection, { pages, position, since }: PageAsked): SourceRequest {
	const { method, headers, body } = connection;
	const common = { method, headers: { Accept: acceptByFormat[connection.format], ...headers } };
	if (position.kind === 'address') return { ...common, url: position.at, body };
	const params: Record<string, string> = { ...pageParams(pages, position) };
	if (since !== null && connection.since?.param) params[connection.since.param] = String(since);
	const url = withParams(connection.url, connection.query);
	const object = body === null ? null : objectOf(body);
	if (method === 'POST' && object)
		return {
			...common,
			headers: { 'Content-Type': 'application/json', ...common.headers },
			url,
			body: JSON.stringify({ ...object, ...numbered(params) })
		};
	return { ...common, url: withParams(url, params), body };
}

const acceptByFormat = {
	json: 'application/json',
	ndjson: 'application/x-ndjson, application/json;q=0.5',
	csv: 'text/csv'
} as const;

function pageParams(pages: Pages, position: Position): Readonly<Record<string, string>> {
	switch (pages.kind) {
		case 'none':
		case 'link':
		case 'next':
			return {};
		case 'cursor':
			return position.kind === 'cursor' ? { [pages.param]: position.at } : {};
		case 'offset': {
			const from = position.kind === 'offset' ? position.at : 0;
			return { ...sized(pages), [pages.offset]: String(from) };
		}
		case 'page': {
			const number = position.kind === 'page' ? position.at : (pages.first ?? 1);
			return { ...sized(pages), [pages.page]: String(number) };
		}
	}
}

function sized({
	limit,
	size
}: {
	readonly limit?: string | undefined;
	readonly size?: number | undefined;
}): Readonly<Record<string, string>> {
	return limit !== undefined && size !== undefined ? { [limit]: String(size) } : {};
}

function numbered(params: Readonly<Record<string, string>>): Readonly<Record<string, string | number>> {
	return Object.fromEntries(
		Object.entries(params).map(([name, value]) => [name, /^\d{1,15}$/.test(value) ? Number(value) : value])
	);
}

function objectOf(body: string): Readonly<Record<string, unknown>> | null {
	try {
		const value: unknown = JSON.parse(body);
		return isMapping(value) ? value : null;
	} catch {
		// A body of another kind is sent as it is.
		return null;
	}
}

/** `token` is that of OAuth 2; `secret` what the connection was told. */
export function withAuth(
	request: SourceRequest,
	auth: Auth,
	{ secret, token }: { readonly secret: string; readonly token: string | null }
): SourceRequest {
	const header = (name: string, value: string): SourceRequest => ({
		...request,
		headers: { ...request.headers, [name]: value }
	});
	switch (auth.kind) {
		case 'none':
			return request;
		case 'bearer':
			return header('Authorization', `Bearer ${secret}`);
		case 'basic':
			return header('Authorization', `Basic ${base64(`${auth.user}:${secret}`)}`);
		case 'api-key':
			if (auth.in === 'header') return header(auth.name, secret);
			return { ...request, url: withParams(request.url, { [auth.name]: secret }) };
		case 'oauth2':
			return header('Authorization', `Bearer ${token ?? ''}`);
	}
}

/** RFC 6749, section 4.4. */
export function tokenRequest(auth: Auth & { readonly kind: 'oauth2' }, secret: string): SourceRequest {
	const { client_id, scope, token_url: url } = auth;
	const params = {
		grant_type: 'client_credentials',
		client_id,
		client_secret: secret,
		...(scope !== undefined && { scope })
	};
	const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' };
	return { url, method: 'POST', headers, body: queryOf(Object.entries(params)) };
}

/** Those that are there already get the new value. */
function withParams(url: string, params: Readonly<Record<string, string>>): string {
	const [bare = ''] = url.split('?');
	const kept = paramsOf(url).filter(([name]) => !(name in params));
	const query = queryOf([...kept, ...Object.entries(params)]);
	return query === '' ? bare : `${bare}?${query}`;
}

/** An address as it may be kept. */
export function withoutParam(url: string, name: string): string {
	const [bare = ''] = url.split('?');
	const query = queryOf(paramsOf(url).filter(([one]) => one !== name));
	return query === '' ? bare : `${bare}?${query}`;
}

function queryOf(pairs: readonly (readonly [string, string])[]): string {
	return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
}

/** Of the text's UTF-8. */
function base64(text: string): string {
	const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
	const bytes = [...encodeURIComponent(text).matchAll(/%([0-9A-F]{2})|(.)/g)].map(([, hex, plain = '']) =>
		hex === undefined ? plain.charCodeAt(0) : parseInt(hex, 16)
	);
	let out = '';
	for (let from = 0; from < bytes.length; from += 3) {
		const [a = 0, b = 0, c = 0] = bytes.slice(from, from + 3);
		const bits = (a << 16) | (b << 8) | c;
		const letter = (shift: number): string => letters.charAt((bits >> shift) & 63);
		out +=
			letter(18) +
			letter(12) +
			(from + 1 < bytes.length ? letter(6) : '=') +
			(from + 2 < bytes.length ? letter(0) : '=');
	}
	return out;
}
