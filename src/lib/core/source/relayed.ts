// A source's question as the edge is asked to ask it, and what the edge's answer says of the source.
import { safeParse } from 'valibot';
import { failureAnswerSchema, type ApiFailure } from '../contract/failure.ts';
import { relayedHeaders, relaySource, SOURCE_PREFIX, STATUS_HEADER } from '../contract/relay.ts';
import type { NetFailure } from '../sync/failure.ts';
import type { EdgeToken } from '../sync/workspace-code.ts';
import type { SourceSilent } from './asked.ts';
import type { RelayFailure } from './failure.ts';
import type { SourceRequest } from './rest/request.ts';

/** By which the edge knows whose question it is. */
export type RelayAccess = { readonly workspace: string; readonly token: EdgeToken };

/** Files are looked at with HEAD, too. */
export type RelayedRequest = Omit<SourceRequest, 'method'> & { readonly method: SourceRequest['method'] | 'HEAD' };

export type RelayQuestion = {
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
};

export function relayQuestion(
	{ workspace, token }: RelayAccess,
	{ url, method, headers, body }: RelayedRequest,
	isSecret: boolean
): RelayQuestion {
	const sent = Object.entries(headers).map(([name, value]) => ({ name, value }));
	return {
		path: relaySource.path.replace('{workspace}', encodeURIComponent(workspace)),
		headers: { authorization: `Bearer weir1.${token.id}.${token.secret}`, 'content-type': 'application/json' },
		body: JSON.stringify({ url, method, headers: sent, body, isSecret })
	};
}

/** What the source said; null where the answer is none of the relay's. */
export function relayedHead(
	get: (name: string) => string | null
): { readonly status: number; readonly headers: Readonly<Record<string, string>> } | null {
	const status = Number(get(STATUS_HEADER) ?? '');
	if (!Number.isInteger(status) || status < 200 || status > 599) return null;
	const said = relayedHeaders.flatMap((name) => {
		const value = get(`${SOURCE_PREFIX}${name}`);
		return value === null ? [] : [[name, value] as const];
	});
	return { status, headers: Object.fromEntries(said) };
}

/** Why a source gave no answer, whoever asked it. */
export type AskFailure = SourceSilent | RelayFailure | NetFailure;

type RelayRefused =
	| AskFailure
	/** Asked too often; it may be asked again. */
	| { readonly kind: 'relay-waits'; readonly retryAfterSeconds: number };

/** Why the edge did not ask, or got no answer; `body` is what it answered. */
export function relayRefused(status: number, body: unknown, source: string): RelayRefused {
	const parsed = safeParse(failureAnswerSchema, body);
	if (!parsed.success)
		return status >= 500 ? { kind: 'source-silent', reason: 'server' } : { kind: 'edge-unreadable', status };
	return refusalOf(parsed.output.error, status, source);
}

function refusalOf(failure: ApiFailure, status: number, source: string): RelayRefused {
	switch (failure.kind) {
		case 'source-not-allowed':
			return { kind: 'relay-refused', source, asked: failure.origin, reason: failure.reason };
		case 'source-not-reached':
			return { kind: 'source-silent', reason: failure.stage };
		case 'relay-not-connected':
			return { kind: 'relay-off', source };
		case 'too-many-requests':
			return { kind: 'relay-waits', retryAfterSeconds: failure.retryAfterSeconds };
		case 'token-revoked':
			return { kind: 'device-removed' };
		case 'unauthorized':
		case 'not-found':
			return { kind: 'edge-access-refused' };
		case 'unavailable':
		case 'internal':
			return { kind: 'source-silent', reason: 'server' };
		default:
			return { kind: 'edge-unreadable', status };
	}
}
