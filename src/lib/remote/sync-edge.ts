// The edge as sync sees it, by the contract: pages of lists read to their end, and its refusals in the words of sync.
import { fromBase64Url, toBase64Url } from '#core/base64url.ts';
import type { Endpoint, ParsedAnswerOf, RequestOf } from '#core/contract/endpoint.ts';
import { listAudit } from '#core/contract/audit.ts';
import { appendMember, listMembers } from '#core/contract/members.ts';
import { BUNDLE_OBJECTS, FRAME_BYTES, encodeBundle, parseBundle, type Bundled } from '#core/contract/bundle.ts';
import { OBJECT_BYTES, getBundle, getObject, haveObjects, putBundle, putObject } from '#core/contract/objects.ts';
import { beginGc, endGc, markLive } from '#core/contract/gc.ts';
import { listRefLog, listRefs, moveRef } from '#core/contract/refs.ts';
import { deleteSlot, listSlots, putSlot } from '#core/contract/slots.ts';
import { createToken, listTokens, revokeToken } from '#core/contract/tokens.ts';
import { createWorkspace, getWorkspace } from '#core/contract/workspaces.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import type { WireEntry } from '#core/sync/member-log.ts';
import type { WireRef } from '#core/sync/ref-record.ts';
import { gather } from './gather.ts';
import { callApi, type CallApiFailure, type Fetch } from './call-api.ts';
import { netFailure } from './net-failure.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Net<T> = Promise<Result<T, NetFailure>>;
type Access = {
	readonly workspace: string;
	readonly token: { readonly id: string; readonly secret: string };
};
type InSpace<T> = T & { readonly space: string };
type Scope = {
	readonly verbs: readonly ('read' | 'write' | 'ref' | 'push' | 'share' | 'relay' | 'admin')[];
	readonly spaces: readonly string[] | null;
	readonly expiresAtMs: number | null;
};
type Slot = { readonly id: string; readonly sealed: Bytes; readonly writtenAtMs: number };
type TokenUse = Pick<
	ParsedAnswerOf<typeof listTokens>['tokens'][number],
	'id' | 'createdAtMs' | 'lastUsedAtMs' | 'revokedAtMs'
>;

/** No log is so long. */
const PAST_ALL = 999_999_999_999_999;

export class SyncEdge {
	readonly #fetch: Fetch;
	readonly #access: Access;
	readonly #digest: (bytes: Bytes) => Promise<Bytes>;
	readonly #putting = gather((objects: readonly InSpace<Bundled>[]) => this.#putAll(objects), {
		most: BUNDLE_OBJECTS,
		mostBytes: OBJECT_BYTES - FRAME_BYTES * BUNDLE_OBJECTS,
		sizeOf: ({ bytes }) => bytes.length
	});
	readonly #getting = gather((objects: readonly InSpace<{ readonly id: string }>[]) => this.#getAll(objects), {
		most: BUNDLE_OBJECTS,
		mostBytes: Infinity,
		sizeOf: () => 0
	});

	/** `digest` is SHA-256. */
	constructor(fetch: Fetch, access: Access, digest: (bytes: Bytes) => Promise<Bytes>) {
		this.#fetch = fetch;
		this.#access = access;
		this.#digest = digest;
	}

	async createWorkspace(genesis: Bytes, hash: string, invitation: string | null): Net<void> {
		const { workspace, token } = this.#access;
		const made = await this.#call(createWorkspace, {
			workspace,
			genesis: toBase64Url(genesis),
			token: { id: token.id, hash },
			...(invitation === null ? {} : { invitation })
		});
		return made.ok ? ok(undefined) : made;
	}

	async createToken(id: string, hash: string, { verbs, spaces, expiresAtMs }: Scope): Net<void> {
		const { workspace } = this.#access;
		const scope = { verbs: [...verbs], spaces: spaces && [...spaces], refs: null, expiresAtMs, label: null };
		const made = await this.#call(createToken, { workspace, id, hash, ...scope });
		return made.ok ? ok(undefined) : made;
	}

	async tokens(): Net<readonly TokenUse[]> {
		const listed = await this.#call(listTokens, { workspace: this.#access.workspace });
		return listed.ok ? ok(listed.value.tokens) : listed;
	}

	/** Also of one that is none any more. */
	async revokeToken(id: string): Net<void> {
		const revoked = await this.#ask(revokeToken, { workspace: this.#access.workspace, id });
		if (revoked.ok || revoked.error.kind === 'not-found') return ok(undefined);
		return err(netFailure(revoked.error));
	}

	async slots(): Net<readonly Slot[]> {
		const { workspace } = this.#access;
		const listed = await this.#call(listSlots, { workspace });
		if (!listed.ok) return listed;
		return ok(
			listed.value.slots.map(({ slot, sealed, writtenAtMs }) => ({ id: slot, sealed: bytesOf(sealed), writtenAtMs }))
		);
	}

	async putSlot(slot: string, sealed: Bytes): Net<void> {
		const { workspace } = this.#access;
		const put = await this.#call(putSlot, { workspace, slot, sealed: toBase64Url(sealed) });
		return put.ok ? ok(undefined) : put;
	}

	async deleteSlot(slot: string): Net<void> {
		const { workspace } = this.#access;
		const removed = await this.#call(deleteSlot, { workspace, slot });
		return removed.ok ? ok(undefined) : removed;
	}

	async usage(): Net<{ readonly usedBytes: number; readonly quotaBytes: number; readonly objectCount: number }> {
		return this.#call(getWorkspace, { workspace: this.#access.workspace });
	}

	async auditTip(): Net<ParsedAnswerOf<typeof listAudit>['tip']> {
		const listed = await this.#call(listAudit, { workspace: this.#access.workspace, after: String(PAST_ALL) });
		return listed.ok ? ok(listed.value.tip) : listed;
	}

	async audit(after: number): Net<ParsedAnswerOf<typeof listAudit>['entries']> {
		const { workspace } = this.#access;
		const entries: ParsedAnswerOf<typeof listAudit>['entries'] = [];
		for (let from: number | null = after; from !== null;) {
			const input: RequestOf<typeof listAudit> = { workspace, after: String(from) };
			const page: Result<ParsedAnswerOf<typeof listAudit>, NetFailure> = await this.#call(listAudit, input);
			if (!page.ok) return page;
			entries.push(...page.value.entries);
			from = page.value.isMore ? (entries.at(-1)?.seq ?? null) : null;
		}
		return ok(entries);
	}

	async beginGc(cycle: string): Net<void> {
		const begun = await this.#call(beginGc, { workspace: this.#access.workspace, cycle });
		return begun.ok ? ok(undefined) : begun;
	}

	/** False when another cycle has begun since. */
	async markLive(cycle: string, space: string, ids: readonly string[]): Net<boolean> {
		const { workspace } = this.#access;
		return outcome(
			await this.#ask(markLive, { workspace, cycle, space, ids: [...ids] }),
			{ 'cycle-over': false },
			true
		);
	}

	/** How many objects are dead now, and how many are on their way out; null when another cycle has begun since. */
	async endGc(cycle: string): Net<{ readonly dead: number; readonly condemned: number } | null> {
		const ended = await this.#ask(endGc, { workspace: this.#access.workspace, cycle });
		if (ended.ok) return ended;
		return ended.error.kind === 'cycle-over' ? ok(null) : err(netFailure(ended.error));
	}

	async refs(): Net<readonly WireRef[]> {
		const { workspace } = this.#access;
		const refs: WireRef[] = [];
		for (let after: string | null = ''; after !== null;) {
			const page: Result<ParsedAnswerOf<typeof listRefs>, NetFailure> = await this.#call(listRefs, {
				workspace,
				...(after === '' ? {} : { after })
			});
			if (!page.ok) return page;
			for (const ref of page.value.refs) refs.push({ ...ref, record: bytesOf(ref.record) });
			after = page.value.next;
		}
		return ok(refs);
	}

	async refLog(space: string, token: string, after: number): Net<readonly Omit<WireRef, 'space' | 'token'>[]> {
		const { workspace } = this.#access;
		const steps: Omit<WireRef, 'space' | 'token'>[] = [];
		for (let from: number | null = after; from !== null;) {
			const input: RequestOf<typeof listRefLog> = { workspace, space, token, after: String(from) };
			const page: Result<ParsedAnswerOf<typeof listRefLog>, NetFailure> = await this.#call(listRefLog, input);
			if (!page.ok) return page;
			for (const { seq, hash, record } of page.value.entries) steps.push({ seq, hash, record: bytesOf(record) });
			from = page.value.isMore ? (steps.at(-1)?.seq ?? null) : null;
		}
		return ok(steps);
	}

	async members(after: number): Net<readonly WireEntry[]> {
		const { workspace } = this.#access;
		const entries: WireEntry[] = [];
		for (let from: number | null = after; from !== null;) {
			const input: RequestOf<typeof listMembers> = { workspace, after: String(from) };
			const page: Result<ParsedAnswerOf<typeof listMembers>, NetFailure> = await this.#call(listMembers, input);
			if (!page.ok) return page;
			for (const { seq, hash, entry } of page.value.entries) entries.push({ seq, hash, entry: bytesOf(entry) });
			from = page.value.isMore ? (entries.at(-1)?.seq ?? null) : null;
		}
		return ok(entries);
	}

	/** False when another entry is the last, or a ref is not where it was seen. */
	async appendMember(prev: string, entry: Bytes, seen?: readonly WireRef[]): Net<boolean> {
		const { workspace } = this.#access;
		const refs = seen ? { refs: seen.map(({ hash }) => hash) } : {};
		const input = { workspace, prev: prev === '' ? null : prev, entry: toBase64Url(entry), ...refs };
		return outcome(await this.#ask(appendMember, input), { moved: false }, true);
	}

	async have(space: string, ids: readonly string[]): Net<readonly string[]> {
		const { workspace } = this.#access;
		const told = await this.#call(haveObjects, { workspace, space, ids: [...ids] });
		return told.ok ? ok(told.value.missing) : told;
	}

	/** With others that are put at the same time, in one request. */
	put(space: string, id: string, bytes: Bytes): Net<void> {
		return this.#putting({ space, id, bytes });
	}

	/** With others that are asked for at the same time, in one request. */
	get(space: string, id: string): Net<Bytes> {
		return this.#getting({ space, id });
	}

	async #putAll(objects: readonly InSpace<Bundled>[]): Promise<readonly Result<void, NetFailure>[]> {
		const outcomes = new Map<InSpace<Bundled>, Result<void, NetFailure>>();
		for (const [space, some] of bySpace(objects)) {
			const [only] = some;
			const put = await (some.length === 1 && only ? this.#putOne(only) : this.#putBundle(space, some));
			for (const object of some) outcomes.set(object, put);
		}
		return objects.map((object) => outcomes.get(object) ?? ok(undefined));
	}

	async #putOne({ space, id, bytes }: InSpace<Bundled>): Net<void> {
		const { workspace } = this.#access;
		const put = await this.#call(putObject, { workspace, space, id, digest: await this.#digestOf(bytes), bytes });
		return put.ok ? ok(undefined) : put;
	}

	async #putBundle(space: string, objects: readonly Bundled[]): Net<void> {
		const { workspace } = this.#access;
		// Whoever asks twice for one means one.
		const bytes = encodeBundle([...new Map(objects.map((object) => [object.id, object])).values()]);
		const put = await this.#call(putBundle, { workspace, space, digest: await this.#digestOf(bytes), bytes });
		return put.ok ? ok(undefined) : put;
	}

	async #getAll(objects: readonly InSpace<{ readonly id: string }>[]): Promise<readonly Result<Bytes, NetFailure>[]> {
		const { workspace } = this.#access;
		const found = new Map<string, Bytes>();
		for (const [space, some] of bySpace(objects)) {
			const ids = [...new Set(some.map(({ id }) => id))];
			if (ids.length === 1) continue;
			const read = await this.#ask(getBundle, { workspace, space, ids });
			if (!read.ok) return objects.map(() => err(netFailure(read.error)));
			for (const { id, bytes } of parseBundle(read.value) ?? []) found.set(`${space}/${id}`, bytes);
		}
		// What a bundle had no room for, or was not there, is asked for by itself.
		return Promise.all(
			objects.map(async (object) => {
				const bytes = found.get(`${object.space}/${object.id}`);
				return bytes ? ok(bytes) : this.#getOne(object);
			})
		);
	}

	async #getOne({ space, id }: InSpace<{ readonly id: string }>): Net<Bytes> {
		const { workspace } = this.#access;
		const got = await this.#ask(getObject, { workspace, space, id });
		if (got.ok) return got;
		// A token that was revoked is answered otherwise.
		return got.error.kind === 'not-found' ? err({ kind: 'object-lost', id }) : err(netFailure(got.error));
	}

	async moveRef(
		ref: WireRef & { readonly prev: string; readonly needs: readonly string[] }
	): Net<'won' | 'moved' | 'missing'> {
		const { workspace } = this.#access;
		const { space, token, seq, hash, record, prev, needs } = ref;
		const step = { seq, hash, record: toBase64Url(record), prev: prev === '' ? null : prev, needs: [...needs] };
		const moved = await this.#ask(moveRef, { workspace, space, token, ...step });
		return outcome(moved, { moved: 'moved', 'objects-missing': 'missing' } as const, 'won' as const);
	}

	async #digestOf(bytes: Bytes): Promise<string> {
		return `sha-256=:${btoa(String.fromCharCode(...(await this.#digest(bytes))))}:`;
	}

	async #call<E extends Endpoint>(endpoint: E, input: RequestOf<E>): Net<ParsedAnswerOf<E>> {
		const answer = await this.#ask(endpoint, input);
		return answer.ok ? answer : err(netFailure(answer.error));
	}

	#ask<E extends Endpoint>(endpoint: E, input: RequestOf<E>): Promise<Result<ParsedAnswerOf<E>, CallApiFailure>> {
		const { token } = this.#access;
		const bearer = endpoint.access === 'anyone' ? {} : { token: `weir1.${token.id}.${token.secret}` };
		return callApi(this.#fetch, endpoint, input, bearer);
	}
}

function bySpace<T extends { readonly space: string }>(objects: readonly T[]): ReadonlyMap<string, readonly T[]> {
	const spaces = new Map<string, T[]>();
	for (const object of objects) spaces.set(object.space, [...(spaces.get(object.space) ?? []), object]);
	return spaces;
}

function outcome<T>(
	answer: Result<unknown, CallApiFailure>,
	byKind: Readonly<Partial<Record<CallApiFailure['kind'], T>>>,
	won: T
): Result<T, NetFailure> {
	if (answer.ok) return ok(won);
	const known = byKind[answer.error.kind];
	return known === undefined ? err(netFailure(answer.error)) : ok(known);
}

/** What is no base64url is no record either: whoever reads it finds it too short. */
function bytesOf(text: string): Bytes {
	return fromBase64Url(text) ?? new Uint8Array();
}
