// What Weir accepts as a source's address, and the name a downloaded source gets.
import { err, ok, type Result } from '../result.ts';
import type { IngestFailure } from './options.ts';

/** The URL, when it may be fetched. */
export function checkUrl(text: string): Result<string, IngestFailure> {
	const trimmed = text.trim();
	const found = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(trimmed);
	const scheme = found?.[1]?.toLowerCase();
	const host = found?.[2] ?? '';
	const refused = (reason: string): Result<string, IngestFailure> =>
		err({ kind: 'url-refused', url: nameFromUrl(withoutUser(trimmed), true), status: null, reason });
	if (scheme !== 'http' && scheme !== 'https') return refused('only http and https addresses can be fetched');
	if (host.includes('@'))
		return refused('the address carries a user name or password; remove it, or download the file and drop it here');
	if (host === '' || /\s/.test(trimmed)) return refused('this is not a complete address');
	return ok(trimmed);
}

/** The last piece of the path; with `whole`, the address without query and fragment. */
export function nameFromUrl(url: string, whole: boolean): string {
	const bare = url.replace(/[?#].*$/s, '');
	if (whole) return bare;
	const [, path = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^/]*\/(.*)$/i.exec(bare) ?? [];
	return cleanName(decode(path.split('/').filter(Boolean).at(-1) ?? '')) || 'download';
}

/** RFC 6266: `filename*` before `filename`; a path in it is not believed. */
export function nameFromDisposition(header: string | null): string | null {
	if (header === null) return null;
	const extended = /filename\*\s*=\s*(?:utf-8)?'[^']*'([^;\s]+)/i.exec(header)?.[1];
	if (extended !== undefined) return cleanName(decode(extended)) || null;
	const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header);
	return cleanName((plain?.[1] ?? plain?.[2] ?? '').replace(/\\(.)/g, '$1')) || null;
}

export function refusalOfStatus(status: number): string {
	if (status === 401 || status === 403)
		return 'the server wants a sign-in; download the file yourself and drop it here';
	if (status === 404 || status === 410) return 'there is nothing at this address; check it for a typing error';
	if (status === 429) return 'the server asks to wait; try again in a few minutes';
	if (status >= 500) return 'the server has a problem of its own; try again later';
	return 'the server did not give the file; open the address in a tab to see what it says';
}

function cleanName(name: string): string {
	return (name.split(/[/\\]/).at(-1) ?? '')
		.replace(/[\u0000-\u001f\u007f]/g, '')
		.trim()
		.slice(0, 255);
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		// Not percent-encoded UTF-8: the text stands for itself.
		return text;
	}
}

function withoutUser(text: string): string {
	return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1');
}
