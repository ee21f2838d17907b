// Pushes rows and files into a dataset's inbox, sealed to the workspace's public key: the edge sees how long they are, and no more.
import { toBase64Url } from '../../src/lib/core/base64url.ts';
import { SEALED_ITEM_BYTES, pushSealed } from '../../src/lib/core/contract/inbox.ts';
import { err, ok, type Result } from '../../src/lib/core/result.ts';
import {
	encodeContent,
	parseInboxAddress,
	type InboxAddress,
	type ItemContent
} from '../../src/lib/core/sync/inbox-item.ts';
import { sealItem } from '../../src/lib/crypto/inbox-item.ts';
import type { CallApiFailure } from '../../src/lib/remote/call-api.ts';
import { callEdge, type EdgeOptions } from './call.ts';

export type PushFailure =
	| CallApiFailure
	| { readonly kind: 'invalid-inbox-address' }
	| { readonly kind: 'invalid-key' }
	| { readonly kind: 'not-a-key' }
	| { readonly kind: 'file-too-large'; readonly sizeBytes: number; readonly limitBytes: number };

/** `isRepeated`: all of it had come before. */
export type Pushed = { readonly key: string; readonly items: number; readonly isRepeated: boolean };

/** `key` makes that what is pushed again is taken once: an order's number, a file's hash, the hour of a batch. Random where it is left out. */
export type PushOptions = { readonly key?: string };

export type Inbox = {
	/** Objects, of which each is a row. Many are pushed as several items, whole rows each. */
	pushRows(rows: readonly object[], options?: PushOptions): Promise<Result<Pushed, PushFailure>>;
	/** CSV, JSON, NDJSON, Parquet, Arrow or Excel, told by its name. */
	pushFile(name: string, bytes: Uint8Array, options?: PushOptions): Promise<Result<Pushed, PushFailure>>;
};

/** Of the rows of one item, before they are sealed. */
const ITEM_BYTES = 4 * 1024 * 1024;
/** What sealing adds, padding included. */
const FILE_BYTES = Math.floor(SEALED_ITEM_BYTES / 1.13);

/** `address` is the text that the page Programs gives, `weir-inbox1-…`. It is a secret: whoever has it can push. */
export function openInbox(address: string, options: EdgeOptions): Result<Inbox, PushFailure> {
	const parsed = parseInboxAddress(address);
	if (!parsed.ok) return parsed;
	const inbox = parsed.value;
	return ok({
		pushRows: async (rows, { key = crypto.randomUUID() } = {}) => {
			const pieces = linesOf(rows);
			let isRepeated = true;
			for (const [at, bytes] of pieces.entries()) {
				// The number of pieces is in the key: other rows under one key are refused, and not mixed with those before.
				const itemKey = pieces.length === 1 ? key : `${key}.${at + 1}-${pieces.length}`;
				const pushed = await push(inbox, itemKey, { type: 'application/x-ndjson', name: null, bytes }, options);
				if (!pushed.ok) return pushed;
				isRepeated &&= pushed.value.isRepeated;
			}
			return ok({ key, items: pieces.length, isRepeated });
		},
		pushFile: async (name, bytes, { key = crypto.randomUUID() } = {}) => {
			if (bytes.length > FILE_BYTES)
				return err({ kind: 'file-too-large', sizeBytes: bytes.length, limitBytes: FILE_BYTES });
			const content = { type: 'application/octet-stream', name, bytes: new Uint8Array(bytes) };
			const pushed = await push(inbox, key, content, options);
			return pushed.ok ? ok({ key, items: 1, isRepeated: pushed.value.isRepeated }) : pushed;
		}
	});
}

async function push(
	{ workspace, space, publicKey, token }: InboxAddress,
	key: string,
	content: ItemContent,
	options: EdgeOptions
): Promise<Result<{ readonly isRepeated: boolean }, PushFailure>> {
	if (!/^[A-Za-z0-9_.:-]{1,100}$/.test(key)) return err({ kind: 'invalid-key' });
	const bytes = await sealItem(publicKey, { workspace, space, key }, content);
	if (!bytes.ok) return bytes;
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.value));
	const digest = `sha-256=:${btoa(String.fromCharCode(...hash))}:`;
	const same = await contentHash(token.secret, content);
	return callEdge(
		pushSealed,
		{ workspace, space, key, digest, same, sealedTo: publicKey, bytes: bytes.value },
		token,
		options
	);
}

/** Sealed anew, the same rows are other bytes: the edge knows them again by this, which it cannot make itself. */
async function contentHash(secret: string, content: ItemContent): Promise<string> {
	const raw = new TextEncoder().encode(secret);
	const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
	return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', key, encodeContent(content))));
}

/** Lines of JSON, in pieces of whole lines. */
function linesOf(rows: readonly object[]): readonly Uint8Array<ArrayBuffer>[] {
	const encoder = new TextEncoder();
	const pieces: Uint8Array<ArrayBuffer>[] = [];
	let lines: string[] = [];
	let length = 0;
	const close = (): void => {
		if (lines.length > 0) pieces.push(new Uint8Array(encoder.encode(lines.join(''))));
		[lines, length] = [[], 0];
	};
	for (const row of rows) {
		const line = `${JSON.stringify(row, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`;
		if (length + line.length > ITEM_BYTES) close();
		lines.push(line);
		length += line.length;
	}
	close();
	return pieces;
}
