// Puts a handler behind an endpoint of the contract: requests are parsed before it, failures turned into answers after it.
import type { Context, Hono } from 'hono';
import { getDotPath, safeParse } from 'valibot';
import type { AnswerOf, Endpoint, ParsedRequestOf } from '#core/contract/endpoint.ts';
import { statusByKind, type ApiFailure } from '#core/contract/failure.ts';
import type { Result } from '#core/result.ts';
import type { Env } from './env.ts';

export type App = Hono<{ Bindings: Env }>;

export type Handler<E extends Endpoint> = (
	request: ParsedRequestOf<E>,
	env: Env
) => Promise<Result<AnswerOf<E>, ApiFailure>>;

export function mount<E extends Endpoint>(app: App, endpoint: E, handler: Handler<E>): void {
	app.on(endpoint.method, endpoint.path, async (context) => {
		const parsed = safeParse(endpoint.request, await requestOf(context, endpoint.method));
		if (!parsed.success) {
			const fields = parsed.issues.map((issue) => getDotPath(issue) ?? '');
			return refuse(context, { kind: 'invalid-request', fields: [...new Set(fields)] });
		}
		const result = await handler(parsed.output, context.env);
		return result.ok ? context.json(result.value) : refuse(context, result.error);
	});
}

export function refuse(context: Context, failure: ApiFailure): Response {
	return context.json({ error: failure }, statusByKind[failure.kind]);
}

async function requestOf(context: Context, method: Endpoint['method']): Promise<unknown> {
	if (method === 'GET') return context.req.query();
	// Any page may send a form or a plain text here without being asked; JSON it may not.
	if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) return null;
	try {
		return await context.req.json();
	} catch {
		// Not JSON: the schema then says what was expected.
		return null;
	}
}
