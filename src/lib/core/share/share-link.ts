// The link of a share: where it is, and in the fragment, which no browser sends anywhere, what opens it.
//
// `/s/<share>#v1.<text>`, the text being 36 bytes as base64url:
//
// | bytes | what |
// | --- | --- |
// | 1 | flags: 1 where a passphrase is asked for besides; all other bits 0 |
// | 32 | the secret |
// | 3 | CRC-24 of the share's 22 letters and the 33 bytes before: what was cut or changed on its way is known before anything is asked |
import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { err, ok, type Result } from '../result.ts';
import { crc24 } from './crc24.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type ShareLink = {
	/** 128 random bits, base64url: by it the edge knows the share. */
	readonly share: string;
	/** 32 random bytes, which the edge never has. */
	readonly secret: Bytes;
	readonly hasPassphrase: boolean;
};

export type LinkFailure =
	/** `missing`: there is nothing behind the address; `broken`: it is not what was made. */
	| { readonly kind: 'link-incomplete'; readonly why: 'missing' | 'broken' }
	/** Of a form that this page does not know. */
	| { readonly kind: 'link-newer' };

const SECRET_BYTES = 32;
const PASSPHRASE = 1;

/** Path and fragment. */
export function writeShareLink({ share, secret, hasPassphrase }: ShareLink): string {
	const told = new Uint8Array(1 + SECRET_BYTES);
	told[0] = hasPassphrase ? PASSPHRASE : 0;
	told.set(secret, 1);
	const checked = new Uint8Array([...told, ...crc24(asciiOf(share), told)]);
	return `/s/${share}#v1.${toBase64Url(checked)}`;
}

/** `share` is what the path says, `fragment` begins with `#` or is empty. */
export function parseShareLink(share: string, fragment: string): Result<ShareLink, LinkFailure> {
	if (!/^[\w-]{22}$/.test(share)) return err({ kind: 'link-incomplete', why: 'broken' });
	const form = parseFragment(fragment);
	if (!form.ok) return form;
	const bytes = form.value.form === 'v' ? fromBase64Url(form.value.text) : null;
	if (bytes?.length !== SECRET_BYTES + 4) return err({ kind: 'link-incomplete', why: 'broken' });
	const told = bytes.slice(0, 1 + SECRET_BYTES);
	const check = crc24(asciiOf(share), told);
	const [flags = 0] = told;
	if (check.some((byte, at) => byte !== bytes[told.length + at]) || flags > PASSPHRASE)
		return err({ kind: 'link-incomplete', why: 'broken' });
	return ok({ share, secret: told.slice(1), hasPassphrase: flags === PASSPHRASE });
}

export type Fragment = {
	/** `v`: a secret; `d`: a whole report. */
	readonly form: 'v' | 'd';
	readonly text: string;
};

/** What a fragment says it is. One that was doubled, encoded twice or broken over lines is none. */
export function parseFragment(fragment: string): Result<Fragment, LinkFailure> {
	if (fragment === '' || fragment === '#') return err({ kind: 'link-incomplete', why: 'missing' });
	const [, form, version, text] = /^#([vd])(\d{1,3})\.([\w-]*)$/.exec(fragment) ?? [];
	if (form !== 'v' && form !== 'd') return err({ kind: 'link-incomplete', why: 'broken' });
	if (version !== '1') return err({ kind: 'link-newer' });
	return text ? ok({ form, text }) : err({ kind: 'link-incomplete', why: 'broken' });
}

/** Of letters of base64url alone. */
function asciiOf(text: string): Bytes {
	return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
