// What a program needs to read one dataset of a workspace: a token that lists and fetches, and the dataset's own keys, in one text.
import { fromBase64Url, toBase64Url } from '../base64url.ts';
import { err, ok, type Result } from '../result.ts';
import type { RingKey, SpaceRing } from './space-ring.ts';

export type ReadKey = {
	readonly workspace: string;
	readonly space: string;
	/** Of all epochs so far. What comes after the workspace changed its keys once more asks for another text. */
	readonly ring: SpaceRing;
	readonly token: { readonly id: string; readonly secret: string };
};

const PATTERN = /^weir-read1-([\w-]{22})\.([\w-]{22})((?:\.[1-9]\d{0,8}\.[\w-]{43}){1,100})\.([\w-]{22})\.([\w-]{43})$/;

export function writeReadKey({ workspace, space, ring, token }: ReadKey): string {
	const keys = ring.map(({ epoch, key }) => `${epoch}.${toBase64Url(key)}`).join('.');
	return `weir-read1-${workspace}.${space}.${keys}.${token.id}.${token.secret}`;
}

export function parseReadKey(text: string): Result<ReadKey, { readonly kind: 'invalid-read-key' }> {
	const [, workspace, space, keys = '', id, secret] = PATTERN.exec(text.replaceAll(/\s/g, '')) ?? [];
	const ring = [...keys.matchAll(/\.(\d+)\.([\w-]{43})/g)].flatMap(([, epoch, keyText = '']): RingKey[] => {
		const key = fromBase64Url(keyText);
		return key?.length === 32 ? [{ epoch: Number(epoch), key }] : [];
	});
	const [oldest, ...others] = ring;
	const isAscending = others.every(({ epoch }, at) => epoch > (ring[at]?.epoch ?? 0));
	return workspace && space && oldest && isAscending && id && secret && keys.split('.').length === 1 + 2 * ring.length
		? ok({ workspace, space, ring: [oldest, ...others], token: { id, secret } })
		: err({ kind: 'invalid-read-key' });
}
