// The edge as whoever shares asks it, by the contract.
import { toBase64Url } from '#core/base64url.ts';
import type { ParsedAnswerOf } from '#core/contract/endpoint.ts';
import { listShares, putShare, revokeShare } from '#core/contract/shares.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import { callApi, type Fetch } from './call-api.ts';
import { netFailure } from './net-failure.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Net<T> = Promise<Result<T, NetFailure>>;
type Access = { readonly workspace: string; readonly token: { readonly id: string; readonly secret: string } };
type NewShare = {
	readonly share: string;
	/** SHA-256 of what readers send. */
	readonly auth: string;
	readonly expiresAtMs: number;
	readonly maxViews: number | null;
	readonly bytes: Bytes;
};

export class ShareEdge {
	readonly #fetch: Fetch;
	readonly #access: Access;
	readonly #digest: (bytes: Bytes) => Promise<Bytes>;

	/** `digest` is SHA-256. */
	constructor(fetch: Fetch, access: Access, digest: (bytes: Bytes) => Promise<Bytes>) {
		this.#fetch = fetch;
		this.#access = access;
		this.#digest = digest;
	}

	async put({ expiresAtMs, maxViews, ...share }: NewShare): Net<void> {
		const letters = toBase64Url(await this.#digest(share.bytes))
			.replaceAll('-', '+')
			.replaceAll('_', '/');
		const limits = { expiresAtMs: String(expiresAtMs), ...(maxViews !== null && { maxViews: String(maxViews) }) };
		const { workspace } = this.#access;
		const input = { ...share, ...limits, workspace, digest: `sha-256=:${letters}=:` };
		const put = await callApi(this.#fetch, putShare, input, this.#address());
		return put.ok ? ok(undefined) : err(netFailure(put.error));
	}

	async list(): Net<ParsedAnswerOf<typeof listShares>['shares']> {
		const { workspace } = this.#access;
		const listed = await callApi(this.#fetch, listShares, { workspace }, this.#address());
		return listed.ok ? ok(listed.value.shares) : err(netFailure(listed.error));
	}

	async revoke(share: string): Net<void> {
		const { workspace } = this.#access;
		const revoked = await callApi(this.#fetch, revokeShare, { workspace, share }, this.#address());
		return revoked.ok ? ok(undefined) : err(netFailure(revoked.error));
	}

	#address(): { readonly token: string } {
		const { id, secret } = this.#access.token;
		return { token: `weir1.${id}.${secret}` };
	}
}
