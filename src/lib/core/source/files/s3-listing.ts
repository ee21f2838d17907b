// Reads one page of an S3 listing. Source: Amazon S3 API Reference, ListObjectsV2, "Response Syntax".
import { err, ok, type Result } from '../../result.ts';
import type { FileFacts } from './file-facts.ts';

export type ListingPage = {
	readonly files: readonly FileFacts[];
	/** With which the next page is asked; null at the end. */
	readonly token: string | null;
};

export type ListingProblem = { readonly reason: string };

export function parseListing(xml: string): Result<ListingPage, ListingProblem> {
	const root = /<ListBucketResult[\s>]/.exec(xml);
	if (!root || !/<\/ListBucketResult>\s*$/.test(xml)) return err({ reason: 'it is no whole list of objects' });
	const isEncoded = textOf(xml, 'EncodingType') === 'url';
	const files: FileFacts[] = [];
	for (const [, entry = ''] of xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
		const key = textOf(entry, 'Key');
		const size = textOf(entry, 'Size');
		if (key === null || size === null || !/^\d{1,15}$/.test(size))
			return err({ reason: 'an object in it has no name or size' });
		const path = isEncoded ? decoded(key) : key;
		if (path === null) return err({ reason: 'a name in it is not encoded as it says' });
		// Consoles keep folders as empty objects.
		if (path.endsWith('/')) continue;
		const tag = textOf(entry, 'ETag');
		const modified = textOf(entry, 'LastModified');
		files.push({ path, sizeBytes: Number(size), tag: tag ?? modified, isStrong: tag !== null });
	}
	const isMore = textOf(xml, 'IsTruncated') === 'true';
	const token = isMore ? textOf(xml, 'NextContinuationToken') : null;
	if (isMore && token === null) return err({ reason: 'it says that more follow, and not how to ask for them' });
	return ok({ files, token });
}

/** What the store says went wrong, such as `SignatureDoesNotMatch`; null when it says nothing. */
export function parseStoreError(xml: string): string | null {
	const code = /<Error[\s>]/.test(xml) ? textOf(xml, 'Code') : null;
	return code !== null && /^[A-Za-z]{1,60}$/.test(code) ? code : null;
}

function textOf(xml: string, name: string): string | null {
	const start = xml.indexOf(`<${name}>`);
	const end = start < 0 ? -1 : xml.indexOf(`</${name}>`, start);
	return end < 0 ? null : unescaped(xml.slice(start + name.length + 2, end));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
	return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi, (whole, hex, decimal, name) => {
		if (typeof name === 'string') return entities[name.toLowerCase()] ?? whole;
		const code = typeof hex === 'string' ? parseInt(hex, 16) : Number(decimal);
		return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
	});
}

function decoded(text: string): string | null {
	try {
		return decodeURIComponent(text.replace(/\+/g, ' '));
	} catch {
		// No percent-encoded UTF-8.
		return null;
	}
}
