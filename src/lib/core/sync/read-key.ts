// What a program needs to read one dataset of a workspace: a token that lists and fetches, and the dataset's own key, in one text.
import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { err, ok, type Result } from '../result.ts';

export type ReadKey = {
	readonly workspace: string;
	readonly space: string;
	/** Of the key; a dataset whose keys were changed needs another text. */
	readonly epoch: number;
	readonly key: Uint8Array<ArrayBuffer>;
	readonly token: { readonly id: string; readonly secret: string };
};

const PATTERN = /^weir-read1-([\w-]{22})\.([\w-]{22})\.(\d{1,9})\.([\w-]{43})\.([\w-]{22})\.([\w-]{43})$/;

export function writeReadKey({ workspace, space, epoch, key, token }: ReadKey): string {
	return `weir-read1-${workspace}.${space}.${epoch}.${toBase64Url(key)}.${token.id}.${token.secret}`;
}

export function parseReadKey(text: string): Result<ReadKey, { readonly kind: 'invalid-read-key' }> {
	const [, workspace, space, epoch, keyText = '', id, secret] = PATTERN.exec(text.replaceAll(/\s/g, '')) ?? [];
	const key = fromBase64Url(keyText);
	return workspace && space && key?.length === 32 && id && secret
		? ok({ workspace, space, epoch: Number(epoch), key, token: { id, secret } })
		: err({ kind: 'invalid-read-key' });
}
