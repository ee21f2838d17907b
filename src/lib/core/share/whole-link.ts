// A link that carries a small report whole: `/s/#d1.<text>`, the text being three bytes of CRC-24 and the bundle, as base64url. Nothing is
// sealed: whoever has the link can read.
import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { err, ok, type Result } from '../result.ts';
import { crc24 } from './crc24.ts';
import { parseFragment, type LinkFailure } from './share-link.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Longer ones are cut by programs on their way. */
export const WHOLE_LINK_LETTERS = 30_000;

export function wholeLink(bundle: Bytes): string {
	const checked = new Uint8Array(3 + bundle.length);
	checked.set(crc24(bundle));
	checked.set(bundle, 3);
	return `/s/#d1.${toBase64Url(checked)}`;
}

/** The bundle's bytes, as they were put in. */
export function parseWholeLink(fragment: string): Result<Bytes, LinkFailure> {
	const form = parseFragment(fragment);
	if (!form.ok) return form;
	const bytes = form.value.form === 'd' ? fromBase64Url(form.value.text) : null;
	const bundle = bytes?.slice(3);
	if (!bytes || !bundle || crc24(bundle).some((byte, at) => byte !== bytes[at]))
		return err({ kind: 'link-incomplete', why: 'broken' });
	return ok(bundle);
}
