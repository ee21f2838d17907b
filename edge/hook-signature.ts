// Whether what a service posted is signed by the secret that it shares with an inbox, and not too old.
import type { ParsedRequestOf } from '#core/contract/endpoint.ts';
import type { postHook } from '#core/contract/inbox.ts';
import { hmacOf, isEqualHash } from './bytes.ts';
import type { HookInbox } from './d1/inboxes.ts';

type Asked = ParsedRequestOf<typeof postHook>;

/** Older signatures, and those of a clock that goes further ahead, are refused: a copied request cannot be sent again later. */
const WINDOW_SECONDS = 300;

/**
 * Source: GitHub, "Validating webhook deliveries"; Stripe, "Verify webhook signatures manually"; Standard Webhooks 1.0.0,
 * "Verifying webhook authenticity".
 */
export async function isSigned(
	{ signed, secret }: Pick<HookInbox, 'signed' | 'secret'>,
	asked: Asked,
	body: Uint8Array,
	nowMs: number
): Promise<boolean> {
	switch (signed) {
		case 'none':
			return true;
		case 'github':
			return isEqualHash(asked.github ?? '', `sha256=${hex(await hmacOf(secret, body))}`);
		case 'stripe': {
			const fields = (asked.stripe ?? '').split(',').map((field) => field.trim().split('='));
			const at = fields.find(([name]) => name === 't')?.[1] ?? '';
			const expected = hex(await hmacOf(secret, signedBytes(`${at}.`, body)));
			const isRight = fields.filter(([name, value]) => name === 'v1' && isEqualHash(value ?? '', expected)).length > 0;
			return isRight && isRecent(at, nowMs);
		}
		case 'standard': {
			const [id, at] = [asked.id ?? '', asked.timestamp ?? ''];
			const mac = await hmacOf(standardKey(secret), signedBytes(`${id}.${at}.`, body));
			const expected = `v1,${btoa(String.fromCharCode(...mac))}`;
			const isRight = (asked.signature ?? '').split(' ').filter((one) => isEqualHash(one, expected)).length > 0;
			return isRight && id !== '' && isRecent(at, nowMs);
		}
	}
}

/** `whsec_` and base64; another text is taken as it is. */
function standardKey(secret: string): string | Uint8Array {
	const text = secret.replace(/^whsec_/, '');
	try {
		return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
	} catch {
		// Not base64.
		return secret;
	}
}

function isRecent(seconds: string, nowMs: number): boolean {
	return /^\d{1,12}$/.test(seconds) && Math.abs(nowMs / 1000 - Number(seconds)) <= WINDOW_SECONDS;
}

function signedBytes(before: string, body: Uint8Array): Uint8Array {
	const head = new TextEncoder().encode(before);
	const bytes = new Uint8Array(head.length + body.length);
	bytes.set(head);
	bytes.set(body, head.length);
	return bytes;
}

function hex(bytes: Uint8Array): string {
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
