// Puts a handler behind an endpoint of the contract: who calls and what is asked come before it, answers after it.
import type { Context, Hono } from 'hono';
import { getDotPath, safeParse } from 'valibot';
import {
	mediaTypesOf,
	pathFieldsOf,
	type AnswerOf,
	type Endpoint,
	type FailureOf,
	type ParsedRequestOf,
	type Verb
} from '#core/contract/endpoint.ts';
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Addresses } from './address.ts';
import { authenticate, isOperator, isWithin, tellDenial } from './authenticate.ts';
import type { Counts } from './counts.ts';
import { preflightHeaders } from './cross-origin.ts';
import type { Token } from './d1/tokens.ts';
import type { Env } from './env.ts';
import type { Permits } from './permits.ts';
import { readRequest, type Incoming, type RawRequest } from './read-request.ts';
import { refuse } from './refuse.ts';

/** What is known of a request besides what it says; the log of it is written from this. */
export type Variables = { operation: string; failure: ApiFailure['kind']; workspace: string };
export type App = Hono<{ Bindings: Env; Variables: Variables }>;

/** The clock, and what this instance of the Worker was asked so far. */
export type Surroundings = {
	readonly now: () => number;
	readonly counts: Counts;
	readonly addresses: Addresses;
	readonly permits: Permits;
};

type Call<E extends Endpoint> = {
	readonly nowMs: number;
	/** Who it came from, as a hash. */
	readonly address: () => Promise<string>;
	readonly counts: Counts;
	readonly token: E['access'] extends Verb ? Token : null;
	/** The secret of the token, as it was sent; empty without one. */
	readonly secret: string;
	/** Goes on with it after the answer, where the runtime lets it. */
	readonly keep: (work: Promise<unknown>) => void;
	/** What the request's address begins with. */
	readonly origin: string;
	/** What is answered for all that is not there, or not for this token. */
	readonly notFound: { readonly kind: 'not-found'; readonly path: string };
};
type Asked<E extends Endpoint> = ParsedRequestOf<E> &
	(E extends { readonly sends: 'bytes' } ? { readonly bytes: Incoming } : unknown);
/** An answer that is not JSON. */
export type Payload = {
	readonly body: ReadableStream | Uint8Array<ArrayBuffer> | string | null;
	readonly headers: Readonly<Record<string, string>>;
	/** One of `succeeds`; 200 where it is left out. */
	readonly status?: 206 | 304;
	/** One of `answers`; the first where it is left out. */
	readonly type?: string;
};
type Answered<E extends Endpoint> = E extends { readonly answers: string | readonly string[] } ? Payload : AnswerOf<E>;

export type Handler<E extends Endpoint> = (
	request: Asked<E>,
	env: Env,
	call: Call<E>
) => Promise<Result<Answered<E>, FailureOf<E>>>;

export function mount<E extends Endpoint>(
	app: App,
	endpoint: E,
	handler: Handler<E>,
	{ now, counts, addresses, permits }: Surroundings
): void {
	app.on(endpoint.method, honoPath(endpoint), async (context) => {
		context.set('operation', endpoint.name);
		const nowMs = now();
		const address = (): Promise<string> => addresses.of(context.req.raw, context.env.DB, nowMs);
		const caller = await callerOf(context, endpoint, permits, { endpoint, address, nowMs });
		if (!caller.ok) return refuse(context, caller.error);
		const token = caller.value;
		if (token) context.set('workspace', token.workspace);
		const notFound = { kind: 'not-found', path: context.req.path } as const;
		const asked = await askedOf(context, endpoint);
		if (!asked.ok) return refuse(context, asked.error);
		if (token && !isWithin(token, endpoint.access as Verb, asked.value)) {
			await tellDenial(context.env, token, { endpoint, address, nowMs });
			return refuse(context, notFound);
		}
		const secret = token ? (context.req.header('authorization')?.split('.')[2] ?? '') : '';
		const { origin } = new URL(context.req.url);
		const keep = (work: Promise<unknown>): void => keepGoing(context, work);
		const call = { nowMs, address, counts, token, secret, keep, origin, notFound } as Call<E>;
		const result = await handler(asked.value, context.env, call);
		if (!result.ok) return refuse(context, result.error);
		if (endpoint.answers === undefined) return context.json(result.value as object);
		const { body, headers, status = 200, type = mediaTypesOf(endpoint)[0] ?? '' } = result.value as Payload;
		return new Response(body, { status, headers: { ...headers, ...(status !== 304 && { 'Content-Type': type }) } });
	});
}

function keepGoing(context: Context, work: Promise<unknown>): void {
	try {
		context.executionCtx.waitUntil(work);
	} catch {
		// Asked without a runtime around it, as tests do: it goes on by itself.
	}
}

/** What is mounted at an address for some methods answers others by saying so, and a browser that asks for another origin. */
export function mountRefusals(app: App, endpoints: readonly Endpoint[]): void {
	for (const path of new Set(endpoints.map(honoPath))) {
		const here = endpoints.filter((one) => honoPath(one) === path);
		const preflight = preflightHeaders(here);
		app.all(path, (context) => {
			if (preflight && context.req.method === 'OPTIONS' && context.req.header('access-control-request-method')) {
				context.set('operation', 'preflight');
				return context.body(null, 204, { ...preflight });
			}
			return refuse(context, { kind: 'method-not-allowed', allowed: here.map(({ method }) => method) });
		});
	}
}

function honoPath(endpoint: Endpoint): string {
	return pathFieldsOf(endpoint).reduce<string>((path, field) => path.replace(`{${field}}`, `:${field}`), endpoint.path);
}

/** Null where no token is needed. */
async function callerOf(
	context: Context<{ Bindings: Env; Variables: Variables }>,
	endpoint: Endpoint,
	permits: Permits,
	asked: Parameters<typeof tellDenial>[2]
): Promise<Result<Token | null, ApiFailure>> {
	if (endpoint.access === 'anyone') return ok(null);
	const authorization = context.req.header('authorization');
	if (endpoint.access !== 'operator') return authenticate(context.env, authorization, permits, asked);
	const isKnown = await isOperator(context.env, authorization);
	if (isKnown === null) return err({ kind: 'not-found', path: context.req.path });
	return isKnown ? ok(null) : err({ kind: 'unauthorized' });
}

async function askedOf<E extends Endpoint>(context: Context, endpoint: E): Promise<Result<Asked<E>, ApiFailure>> {
	const raw: Result<RawRequest, ApiFailure> = await readRequest(context, endpoint);
	if (!raw.ok) return raw;
	const parsed = safeParse(endpoint.request, raw.value.fields);
	if (!parsed.success) {
		const fields = parsed.issues.map((issue) => getDotPath(issue) ?? '');
		return err({ kind: 'invalid-request', fields: [...new Set(fields)] });
	}
	const { bytes } = raw.value;
	return ok({ ...parsed.output, ...(bytes && { bytes }) } as Asked<E>);
}
