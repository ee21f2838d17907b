// What a request says, put together from its path, headers, query and body, before its schema has been asked.
import type { Context } from 'hono';
import { pathFieldsOf, type Endpoint } from '#core/contract/endpoint.ts';
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';

/** A body that is passed on as it comes, of a length that is known. */
export type Incoming = { readonly stream: ReadableStream<Uint8Array>; readonly sizeBytes: number };

export type RawRequest = { readonly fields: unknown; readonly bytes: Incoming | null };

/** Of a body that is JSON, where the endpoint names no limit. */
const JSON_BYTES = 1024 * 1024;

export async function readRequest(context: Context, endpoint: Endpoint): Promise<Result<RawRequest, ApiFailure>> {
	const placed: Record<string, unknown> = {};
	for (const [field, name] of Object.entries(endpoint.headers ?? {})) placed[field] = context.req.header(name);
	for (const field of pathFieldsOf(endpoint)) placed[field] = context.req.param(field);
	const limitBytes = endpoint.bodyBytes ?? JSON_BYTES;
	if (endpoint.sends === 'bytes') {
		if (endpoint.takes) {
			const type = mediaTypeOf(context.req.header('content-type'));
			if (!endpoint.takes.includes(type)) return err({ kind: 'media-type-unknown', takes: [...endpoint.takes] });
			placed['type'] = type;
		}
		const bytes = incoming(context.req.raw, limitBytes);
		return bytes.ok ? ok({ fields: placed, bytes: bytes.value }) : bytes;
	}
	if (endpoint.method === 'GET' || endpoint.method === 'DELETE') {
		if (endpoint.othersIn !== undefined) placed[endpoint.othersIn] = othersOf(context, endpoint);
		return ok({ fields: { ...context.req.query(), ...placed }, bytes: null });
	}
	// Any page may send a form or a plain text here without being asked; JSON it may not.
	if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) return ok({ fields: null, bytes: null });
	const text = await readText(context.req.raw, limitBytes);
	if (!text.ok) return text;
	let body: unknown;
	try {
		body = JSON.parse(text.value);
	} catch {
		// Not JSON: the schema then says what was expected.
		return ok({ fields: null, bytes: null });
	}
	if (typeof body !== 'object' || body === null) return ok({ fields: body, bytes: null });
	// What the path says is said there alone: a body that says it too may mean something else.
	const twice = Object.keys(placed).filter((field) => Object.hasOwn(body, field));
	if (twice.length > 0) return err({ kind: 'invalid-request', fields: twice });
	return ok({ fields: { ...body, ...placed }, bytes: null });
}

/** All of the query that is no field by itself. What the path or a header says may be the name of one too. */
function othersOf(context: Context, endpoint: Endpoint): Readonly<Record<string, readonly string[]>> {
	const { request, othersIn, headers = {} } = endpoint;
	const elsewhere = [...pathFieldsOf(endpoint), ...Object.keys(headers), othersIn];
	const isField = (name: string): boolean => Object.hasOwn(request.entries, name) && !elsewhere.includes(name);
	return Object.fromEntries(Object.entries(context.req.queries()).filter(([name]) => !isField(name)));
}

/** Without its parameters. */
function mediaTypeOf(header: string | undefined): string {
	return header?.replace(/;.*/s, '').trim().toLowerCase() ?? 'application/octet-stream';
}

/** All of it, which is no longer than it said. */
export async function readIncoming({ stream, sizeBytes }: Incoming): Promise<Uint8Array<ArrayBuffer> | null> {
	const bytes = new Uint8Array(sizeBytes);
	let at = 0;
	for await (const chunk of stream) {
		if (at + chunk.length > sizeBytes) return null;
		bytes.set(chunk, at);
		at += chunk.length;
	}
	return at === sizeBytes ? bytes : null;
}

function incoming(request: Request, limitBytes: number): Result<Incoming, ApiFailure> {
	const length = request.headers.get('content-length');
	if (length === null || !/^\d{1,15}$/.test(length)) return err({ kind: 'length-required' });
	const sizeBytes = Number(length);
	if (sizeBytes > limitBytes) return err({ kind: 'too-large', limitBytes });
	return ok({ stream: request.body ?? new Blob([]).stream(), sizeBytes });
}

/** Reads no further than the limit, whatever length was announced. */
async function readText(request: Request, limitBytes: number): Promise<Result<string, ApiFailure>> {
	const tooLarge = err({ kind: 'too-large', limitBytes });
	if (Number(request.headers.get('content-length') ?? 0) > limitBytes) return tooLarge;
	const decoder = new TextDecoder();
	let text = '';
	let sizeBytes = 0;
	for await (const chunk of (request.body as ReadableStream<Uint8Array> | null) ?? []) {
		sizeBytes += chunk.length;
		if (sizeBytes > limitBytes) return tooLarge;
		text += decoder.decode(chunk, { stream: true });
	}
	return ok(text + decoder.decode());
}
