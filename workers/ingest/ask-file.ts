// Asks a store for a file, a part of it, or a list: one question, signed where the store wants that, bounded in size, and in how long nothing comes.
import type { FileQuestion } from '#core/source/files/file-question.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { AskFailure, RelayAccess } from '#core/source/relayed.ts';
import type { FileAnswer } from './api.ts';
import type { AskWeb } from './ask-by-relay.ts';
import { askSource } from './ask-source.ts';
import { signQuestion } from './sign-question.ts';

const TEXT_MAX_BYTES = 8 * 1024 * 1024;
const HELD_BYTES = 8 * 1024 * 1024;

/** By the edge where there is `relay`, else directly. */
export async function askFile(
	question: FileQuestion,
	relay: RelayAccess | null,
	onBytes: (readBytes: number) => void,
	askWeb: AskWeb = (url, init) => fetch(url, init)
): Promise<Result<FileAnswer, AskFailure>> {
	const stop = new AbortController();
	let isLate = false;
	let hasBegun = false;
	const late = (): void => {
		isLate = true;
		stop.abort();
	};
	let timer = setTimeout(late, question.timeoutMs);
	try {
		const { url, method } = question;
		const request = { url, method, headers: Object.fromEntries(await headersOf(question)), body: null };
		const asked = { request, isSecret: question.sign !== null };
		const answered = await askSource(relay, asked, stop.signal, askWeb);
		if (!answered.ok) return answered;
		hasBegun = true;
		const response = answered.value;
		const isText = question.wanted === 'text' || !response.ok;
		const isBody = question.method === 'GET' && (isText || question.wanted === 'bytes');
		const limit = isText ? TEXT_MAX_BYTES : question.limitBytes;
		const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
		const isTooLong = isBody && Number(length ?? 0) > limit;
		if (isTooLong) await response.body?.cancel();
		const blob = isTooLong
			? null
			: isBody
				? await bodyOf(response, limit, (readBytes) => {
						clearTimeout(timer);
						timer = setTimeout(late, question.timeoutMs);
						onBytes(readBytes);
					})
				: new Blob([]);
		return ok({
			status: response.status,
			retryAfter: response.headers.get('retry-after'),
			tag: response.headers.get('etag'),
			modified: response.headers.get('last-modified'),
			sizeBytes: length === null ? null : Number(length),
			text: isText && blob ? await blob.text() : null,
			blob: isText ? null : blob,
			isTooLarge: blob === null
		});
	} catch {
		// The browser tells a refused cross-origin answer and a lost network apart only in its console.
		const reason = relay ? (hasBegun ? 'answer' : 'server') : 'network';
		return err({ kind: 'source-silent', reason: isLate ? 'timeout' : reason });
	} finally {
		clearTimeout(timer);
	}
}

async function headersOf({ url, method, range, ifTag, sign }: FileQuestion): Promise<Headers> {
	const headers = new Headers({
		...(range && { Range: `bytes=${range.startByte}-${range.endByte - 1}` }),
		...(ifTag !== null && { 'If-Match': ifTag })
	});
	return sign ? signQuestion({ url, method, headers }, sign) : headers;
}

/** Null when it is longer. */
async function bodyOf(
	response: Response,
	limitBytes: number,
	onBytes: (readBytes: number) => void
): Promise<Blob | null> {
	const parts: Blob[] = [];
	let held: Uint8Array<ArrayBuffer>[] = [];
	let heldBytes = 0;
	let readBytes = 0;
	const reader = response.body?.getReader();
	for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
		readBytes += step.value.length;
		heldBytes += step.value.length;
		if (readBytes > limitBytes) {
			await reader?.cancel();
			return null;
		}
		held.push(step.value);
		// Blobs may live on disk, arrays may not.
		if (heldBytes >= HELD_BYTES) {
			parts.push(new Blob(held));
			held = [];
			heldBytes = 0;
		}
		onBytes(readBytes);
	}
	parts.push(new Blob(held));
	return new Blob(parts);
}
