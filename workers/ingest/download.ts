// Fetches the bytes behind a URL that a person named.
import type { IngestFailure, IngestProgress } from '#core/ingest/options.ts';
import { checkUrl, nameFromDisposition, nameFromUrl, refusalOfStatus } from '#core/ingest/source-url.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { IngestInput } from './api.ts';

const DOWNLOAD_MAX_BYTES = 4 * 1024 ** 3;

/** No cookies, no referrer, and no credentials in the URL. */
export async function download(
	text: string,
	onProgress: (progress: IngestProgress) => void
): Promise<Result<IngestInput, IngestFailure>> {
	const checked = checkUrl(text);
	if (!checked.ok) return checked;
	const url = checked.value;
	const refused = (status: number | null, reason: string): Result<IngestInput, IngestFailure> =>
		err({ kind: 'url-refused', url: nameFromUrl(url, true), status, reason });
	let response: Response;
	try {
		response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store' });
	} catch {
		// The browser tells a refused cross-origin answer and a lost network apart only in its console.
		return refused(
			null,
			'no answer that a page may read: the server is unreachable, or does not allow other sites (CORS); download the file and drop it here'
		);
	}
	if (!response.ok) return refused(response.status, refusalOfStatus(response.status));
	const totalBytes = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
	const name = nameFromDisposition(response.headers.get('content-disposition')) ?? nameFromUrl(url, false);
	const parts: Blob[] = [];
	let held: Uint8Array<ArrayBuffer>[] = [];
	let heldBytes = 0;
	let readBytes = 0;
	try {
		const reader = response.body?.getReader();
		for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) {
			readBytes += step.value.length;
			heldBytes += step.value.length;
			if (readBytes > DOWNLOAD_MAX_BYTES) {
				await reader?.cancel();
				return err({ kind: 'too-large', source: name, limit: '4 GB from a URL' });
			}
			held.push(step.value);
			// Blobs may live on disk, arrays may not.
			if (heldBytes >= 8 * 1024 * 1024) {
				parts.push(new Blob(held));
				held = [];
				heldBytes = 0;
			}
			onProgress({ readBytes, totalBytes, rowCount: 0 });
		}
	} catch {
		return refused(response.status, 'the connection broke off before the end; try again');
	}
	parts.push(new Blob(held));
	return ok({ name, blob: new Blob(parts) });
}
