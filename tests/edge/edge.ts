// The edge in this runtime with a clock that a test sets, and workspaces on it, called with the page's own client.
import { env } from 'cloudflare:workers';
import { toBase64Url } from '#core/base64url.ts';
import type { Endpoint, RequestOf, Verb } from '#core/contract/endpoint.ts';
import { putObject } from '#core/contract/objects.ts';
import { moveRef } from '#core/contract/refs.ts';
import { createToken } from '#core/contract/tokens.ts';
import { createWorkspace } from '#core/contract/workspaces.ts';
import { createApp, type LogLine } from '#edge/app.ts';
import { hashOfText } from '#edge/bytes.ts';
import type { Engine } from '#edge/engine/question.ts';
import type { LimitEnv, SourceEnv } from '#edge/env.ts';
import { callApi, type Fetch } from '#lib/remote/call-api.ts';

export const origin = 'http://weir.test';
/** Starts with an hour and a minute, so that no window ends by chance. */
export const clock = { nowMs: Math.ceil(Date.now() / 3_600_000) * 3_600_000 };
export const log: LogLine[] = [];
const app = createApp({ now: () => clock.nowMs, log: (line) => log.push(line) });

type Settings = LimitEnv & SourceEnv & { readonly ENGINE?: Engine | undefined };

/** What a developer may have set in .dev.vars does not reach a test. */
const unset: Settings = { INVITATION: '', METRICS_TOKEN: '', SOURCE_RELAY: 'off' };

export function edgeWith(settings: Settings = {}): Fetch {
	return async (url, { body, ...init }) => {
		// The runtime adds it where a request comes over a network.
		const headers = { ...init.headers, ...(body instanceof Uint8Array && { 'content-length': String(body.length) }) };
		return app.request(url, { ...init, headers, body }, { ...env, ...unset, ...settings });
	};
}

/** Any request at all, as a program would send it that is not the page's client. */
export async function send(path: string, init: RequestInit = {}, settings: Settings = {}): Promise<Response> {
	return app.request(`${origin}${path}`, init, { ...env, ...unset, ...settings });
}

export function randomText(sizeBytes: number): string {
	return toBase64Url(crypto.getRandomValues(new Uint8Array(sizeBytes)));
}
export const randomId = (): string => randomText(16);
export const randomHash = (): string => randomText(32);

export type Held = { readonly id: string; readonly secret: string; readonly text: string; readonly hash: string };

export async function newToken(): Promise<Held> {
	const [id, secret] = [randomId(), randomText(32)];
	return { id, secret, text: `weir1.${id}.${secret}`, hash: await hashOfText(secret) };
}

export type TestWorkspace = {
	readonly workspace: string;
	readonly space: string;
	readonly token: Held;
	readonly genesis: string;
	/** With its own token, or another one. */
	readonly call: <E extends Endpoint>(
		endpoint: E,
		input: Omit<RequestOf<E>, 'workspace'>,
		token?: string | null
	) => ReturnType<typeof callApi<E>>;
};

export async function makeWorkspace(settings: Settings = {}): Promise<TestWorkspace> {
	const [workspace, space, genesis] = [randomId(), randomId(), randomText(300)];
	const token = await newToken();
	const edge = edgeWith(settings);
	const made = await callApi(
		edgeWith({ WORKSPACES_PER_HOUR: '1000000' }),
		createWorkspace,
		{ workspace, genesis, token: { id: token.id, hash: token.hash } },
		{ origin }
	);
	if (!made.ok) throw new Error(JSON.stringify(made.error));
	const call: TestWorkspace['call'] = (endpoint, input, by = token.text) =>
		callApi(edge, endpoint, { ...input, workspace } as unknown as RequestOf<typeof endpoint>, {
			origin,
			...(by !== null && { token: by })
		});
	return { workspace, space, token, genesis, call };
}

type Scope = {
	readonly verbs?: Verb[];
	readonly spaces?: string[] | null;
	readonly refs?: string[] | null;
	readonly expiresAtMs?: number | null;
};

/** A token of less than everything. */
export async function grant(
	{ call }: TestWorkspace,
	{ verbs = ['read'], spaces = null, refs = null, expiresAtMs = null }: Scope
): Promise<Held> {
	const { id, hash, ...rest } = await newToken();
	const made = await call(createToken, { id, hash, verbs, spaces, refs, expiresAtMs, label: null });
	if (!made.ok) throw new Error(JSON.stringify(made.error));
	return { id, hash, ...rest };
}

export type Sealed = { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly digest: string };

export async function someObject(sizeBytes = 1000): Promise<Sealed> {
	const bytes = crypto.getRandomValues(new Uint8Array(Math.min(sizeBytes, 65_536)));
	const all = new Uint8Array(sizeBytes);
	for (let at = 0; at < sizeBytes; at += bytes.length) all.set(bytes.subarray(0, sizeBytes - at), at);
	return { id: randomHash(), bytes: all, digest: await digestOf(all) };
}

/** As `Content-Digest` has it. */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
	return `sha-256=:${btoa(String.fromCharCode(...digest))}:`;
}

export async function store({ call, space }: TestWorkspace, sizeBytes?: number): Promise<Sealed> {
	const object = await someObject(sizeBytes);
	const stored = await call(putObject, { space, ...object });
	if (!stored.ok) throw new Error(JSON.stringify(stored.error));
	return object;
}

export type Step = {
	readonly seq: number;
	readonly prev: string | null;
	readonly hash: string;
	readonly record: string;
};

export async function stepAfter(prev: Step | null, seq = (prev?.seq ?? 0) + 1): Promise<Step> {
	const record = randomText(200);
	return { seq, prev: prev?.hash ?? null, record, hash: await hashOfText(record) };
}

/** `moveRef`, with less to say. */
export function move(
	{ call, space }: TestWorkspace,
	token: string,
	step: Step,
	needs: readonly string[] = []
): ReturnType<typeof callApi<typeof moveRef>> {
	return call(moveRef, { space, token, ...step, needs: [...needs] });
}
