// Which endpoints pages of any origin may ask and read: those that are open to everybody, and those by which something is pushed. No answer
// hangs on a cookie, so whoever asks has the address or a token; all others stay with the page that the edge serves.
import type { Endpoint } from '#core/contract/endpoint.ts';
import { postHook } from '#core/contract/inbox.ts';

/** As long as Chromium keeps an answer to a preflight at most. */
const PREFLIGHT_SECONDS = 7200;

export const crossOriginHeaders = {
	'Access-Control-Allow-Origin': '*',
	'Access-Control-Expose-Headers': 'ETag, Link, Content-Range, Accept-Ranges, Retry-After',
	'Cross-Origin-Resource-Policy': 'cross-origin'
};

export function isForAnyOrigin({ isOpen, access, name }: Endpoint): boolean {
	return isOpen === true || access === 'push' || name === postHook.name;
}

/** What a browser asks before it sends what another origin wants sent; null: no method of this address is for others. */
export function preflightHeaders(endpoints: readonly Endpoint[]): Readonly<Record<string, string>> | null {
	const open = endpoints.filter(isForAnyOrigin);
	if (open.length === 0) return null;
	const sent = open.flatMap(({ access, headers }) => [
		...(access === 'anyone' ? [] : ['authorization']),
		...Object.values(headers ?? {})
	]);
	return {
		'Access-Control-Allow-Origin': '*',
		'Access-Control-Allow-Methods': open.map(({ method }) => method).join(', '),
		'Access-Control-Allow-Headers': [...new Set(['content-type', ...sent])].join(', '),
		'Access-Control-Max-Age': String(PREFLIGHT_SECONDS)
	};
}
