// What the edge keeps for other programs, by the contract.
import { toBase64Url } from '#core/base64url.ts';
import type { Endpoint, ParsedAnswerOf, RequestOf } from '#core/contract/endpoint.ts';
import {
	claimItems,
	closeInbox,
	getItem,
	listInboxes,
	listItems,
	openInbox,
	settleItems
} from '#core/contract/inbox.ts';
import { listPublications, publish, putPublishedFile, unpublish } from '#core/contract/publications.ts';
import { listQueries, putQuery, removeQuery } from '#core/contract/published-queries.ts';
import { createToken, listTokens, revokeToken } from '#core/contract/tokens.ts';
import type { QueryRefused } from '#core/query/publish-failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import { callApi, type CallApiFailure, type Fetch } from './call-api.ts';
import { netFailure } from './net-failure.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Net<T> = Promise<Result<T, NetFailure>>;
type Access = { readonly workspace: string; readonly token: { readonly id: string; readonly secret: string } };
type Hook = Exclude<RequestOf<typeof openInbox>['hook'], undefined>;
type NewProgramToken = {
	readonly id: string;
	readonly hash: string;
	readonly may: 'push' | 'read';
	readonly space: string;
	readonly expiresAtMs: number | null;
	readonly label: string;
};

export class ProgramsEdge {
	readonly #fetch: Fetch;
	readonly #access: Access;
	readonly #digest: (bytes: Bytes) => Promise<Bytes>;

	/** `digest` is SHA-256. */
	constructor(fetch: Fetch, access: Access, digest: (bytes: Bytes) => Promise<Bytes>) {
		this.#fetch = fetch;
		this.#access = access;
		this.#digest = digest;
	}

	async inboxes(): Net<ParsedAnswerOf<typeof listInboxes>['inboxes']> {
		const listed = await this.#call(listInboxes, {});
		return listed.ok ? ok(listed.value.inboxes) : listed;
	}

	async items(space: string, waiting: 'only' | 'all'): Net<ParsedAnswerOf<typeof listItems>['items']> {
		const listed = await this.#call(listItems, { space, waiting });
		return listed.ok ? ok(listed.value.items) : listed;
	}

	async claim(space: string, keys: readonly string[], from: string | null): Net<readonly string[]> {
		const claimed = await this.#call(claimItems, { space, keys: [...keys], from });
		return claimed.ok ? ok(claimed.value.claimed) : claimed;
	}

	async item(space: string, key: string): Net<Bytes | null> {
		const got = await this.#ask(getItem, { space, key });
		if (got.ok) return got;
		return got.error.kind === 'not-found' ? ok(null) : err(netFailure(got.error));
	}

	async settle(space: string, keys: readonly string[], outcome: 'taken' | 'discarded'): Net<readonly string[]> {
		const settled = await this.#call(settleItems, { space, keys: [...keys], outcome });
		return settled.ok ? ok(settled.value.settled) : settled;
	}

	async openInbox(space: string, publicKey: string, hook: Hook): Net<void> {
		return done(await this.#call(openInbox, { space, publicKey, hook }));
	}

	async rekeyInbox(space: string, publicKey: string): Net<void> {
		return done(await this.#call(openInbox, { space, publicKey }));
	}

	async closeInbox(space: string): Net<void> {
		return done(await this.#call(closeInbox, { space }));
	}

	async createToken({ may, space, ...token }: NewProgramToken): Net<void> {
		return done(await this.#call(createToken, { ...token, verbs: [may], spaces: [space], refs: null }));
	}

	/** Those that may do this and no more, in some dataset, but for those that were revoked. */
	async tokens(may: 'push' | 'read'): Net<ParsedAnswerOf<typeof listTokens>['tokens']> {
		const listed = await this.#call(listTokens, {});
		if (!listed.ok) return listed;
		return ok(
			listed.value.tokens.filter(
				({ verbs, spaces, revokedAtMs }) => verbs.join(' ') === may && spaces?.length === 1 && revokedAtMs === null
			)
		);
	}

	async revokeToken(id: string): Net<void> {
		return done(await this.#call(revokeToken, { id }));
	}

	async putFile(publication: string, file: string, bytes: Bytes): Net<void> {
		const digest = `sha-256=:${base64(await this.#digest(bytes))}:`;
		return done(await this.#call(putPublishedFile, { publication, file, digest, bytes }));
	}

	async publish(publication: string, file: string, name: string): Net<void> {
		return done(await this.#call(publish, { publication, file, name }));
	}

	async unpublish(publication: string): Net<void> {
		return done(await this.#call(unpublish, { publication }));
	}

	async putQuery(
		query: Omit<RequestOf<typeof putQuery>, 'workspace'>
	): Promise<Result<void, NetFailure | QueryRefused>> {
		const put = await this.#ask(putQuery, query);
		if (put.ok) return ok(undefined);
		const { error } = put;
		switch (error.kind) {
			case 'plan-refused':
			case 'engine-missing':
			case 'statement-refused':
			case 'engine-limit':
			case 'dataset-withdrawn':
				return err(error);
			case 'unavailable':
				return err(error.stores.includes('engine') ? { kind: 'engine-busy' } : netFailure(error));
			default:
				return err(netFailure(error));
		}
	}

	async removeQuery(publication: string, query: string): Net<void> {
		return done(await this.#call(removeQuery, { publication, query }));
	}

	async queries(): Net<ParsedAnswerOf<typeof listQueries>['queries']> {
		const listed = await this.#call(listQueries, {});
		return listed.ok ? ok(listed.value.queries) : listed;
	}

	async publications(): Net<ParsedAnswerOf<typeof listPublications>['publications']> {
		const listed = await this.#call(listPublications, {});
		return listed.ok ? ok(listed.value.publications) : listed;
	}

	async #call<E extends Endpoint>(endpoint: E, input: Omit<RequestOf<E>, 'workspace'>): Net<ParsedAnswerOf<E>> {
		const answer = await this.#ask(endpoint, input);
		return answer.ok ? answer : err(netFailure(answer.error));
	}

	#ask<E extends Endpoint>(
		endpoint: E,
		input: Omit<RequestOf<E>, 'workspace'>
	): Promise<Result<ParsedAnswerOf<E>, CallApiFailure>> {
		const { workspace, token } = this.#access;
		// Every endpoint that is called here names the workspace.
		const request = { ...input, workspace } as unknown as RequestOf<E>;
		return callApi(this.#fetch, endpoint, request, { token: `weir1.${token.id}.${token.secret}` });
	}
}

function done(answer: Result<unknown, NetFailure>): Result<void, NetFailure> {
	return answer.ok ? ok(undefined) : answer;
}

/** As `Content-Digest` has it. */
function base64(bytes: Bytes): string {
	const letters = toBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/');
	return letters.padEnd(Math.ceil(letters.length / 4) * 4, '=');
}
