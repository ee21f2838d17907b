// Asks a store for a file, a part of it, or a list: one question, signed where the store wants that, bounded in size, and in how long nothing comes.
import { AwsV4Signer } from 'aws4fetch';
import type { FileQuestion } from '#core/source/files/file-question.ts';
import type { SourceSilent } from '#core/source/asked.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { FileAnswer } from './api.ts';

const TEXT_MAX_BYTES = 8 * 1024 * 1024;
const HELD_BYTES = 8 * 1024 * 1024;

/** No cookies and no referrer. What carries a secret does not follow where it is sent on. */
export async function askFile(
	question: FileQuestion,
	onBytes: (readBytes: number) => void,
	askWeb: (url: string, init: RequestInit) => Promise<Response> = (url, init) => fetch(url, init)
): Promise<Result<FileAnswer, SourceSilent>> {
	const stop = new AbortController();
	let isLate = false;
	const late = (): void => {
		isLate = true;
		stop.abort();
	};
	let timer = setTimeout(late, question.timeoutMs);
	try {
		const headers = await headersOf(question);
		const response = await askWeb(question.url, {
			method: question.method,
			headers,
			credentials: 'omit',
			referrerPolicy: 'no-referrer',
			cache: 'no-store',
			redirect: question.sign ? 'error' : 'follow',
			signal: stop.signal
		});
		const isText = question.wanted === 'text' || !response.ok;
		const isBody = question.method === 'GET' && (isText || question.wanted === 'bytes');
		const limit = isText ? TEXT_MAX_BYTES : question.limitBytes;
		const blob = isBody
			? await bodyOf(response, limit, (readBytes) => {
					clearTimeout(timer);
					timer = setTimeout(late, question.timeoutMs);
					onBytes(readBytes);
				})
			: new Blob([]);
		const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
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
		return err({ kind: 'source-silent', reason: isLate ? 'timeout' : 'network' });
	} finally {
		clearTimeout(timer);
	}
}

async function headersOf({ url, method, range, ifTag, sign }: FileQuestion): Promise<Headers> {
	const headers = new Headers({
		...(range && { Range: `bytes=${range.startByte}-${range.endByte - 1}` }),
		...(ifTag !== null && { 'If-Match': ifTag })
	});
	if (!sign) return headers;
	const { accessKey: accessKeyId, secretKey: secretAccessKey, region } = sign;
	const signer = new AwsV4Signer({ url, method, headers, accessKeyId, secretAccessKey, region, service: 's3' });
	return (await signer.sign()).headers;
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
