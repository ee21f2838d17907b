// An edge in memory, for flows with real keys: what the real one promises, without its limits, and every byte that it was given.
import type { AuditEntry } from '#core/contract/audit.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import type { WireEntry } from '#core/sync/member-log.ts';
import type { WireRef } from '#core/sync/ref-record.ts';
import { sha256Text } from '#lib/crypto/derive.ts';
import type { SyncEdge, SyncRim } from '#lib/flows/sync-rim.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export class MemoryEdge {
	readonly tokens = new Set<string>();
	readonly revoked = new Set<string>();
	readonly slots = new Map<string, Bytes>();
	readonly members: WireEntry[] = [];
	logs = new Map<string, readonly WireRef[]>();
	readonly objects = new Map<string, Bytes>();
	/** What a test says was done. */
	audit: readonly AuditEntry[] = [];
	isDown = false;
	/** Says that it keeps slots, and does not. */
	losesSlots = false;
	quotaBytes = Infinity;
	/** Answers in the place of the edge, where there is one. */
	fault: (() => NetFailure | null) | null = null;
	#cycle: { readonly id: string; readonly live: Set<string> } | null = null;
	/** Found unused by the cycle before; here a day goes by between any two. */
	#dead = new Set<string>();
	puts = 0;

	readonly edge: SyncRim['edge'] = ({ token }): SyncEdge => {
		const call = async <T>(work: () => T | Promise<T>): Promise<Result<T, NetFailure>> => {
			if (this.isDown) return err({ kind: 'edge-unreachable' } satisfies NetFailure);
			if (this.revoked.has(token.id)) return err({ kind: 'device-removed' } satisfies NetFailure);
			const fault = this.fault?.() ?? null;
			if (fault) return err(fault);
			if (!this.tokens.has(token.id)) return err({ kind: 'edge-access-refused' } satisfies NetFailure);
			return ok(await work());
		};
		return {
			createWorkspace: async (genesis) => {
				if (this.members.length === 0) this.tokens.add(token.id);
				const made = await call(() => this.append('', genesis));
				return made.ok ? ok(undefined) : made;
			},
			createToken: (id) => call(() => void this.tokens.add(id)),
			tokens: () =>
				call(() =>
					[...this.tokens].map((id) => ({
						id,
						createdAtMs: 1,
						lastUsedAtMs: 2,
						revokedAtMs: this.revoked.has(id) ? 3 : null
					}))
				),
			revokeToken: (id) => call(() => void this.revoked.add(id)),
			slots: () => call(() => [...this.slots].map(([id, sealed]) => ({ id, sealed, writtenAtMs: 1 }))),
			putSlot: (id, sealed) => call(() => (this.losesSlots ? undefined : void this.slots.set(id, sealed))),
			deleteSlot: (id) => call(() => void this.slots.delete(id)),
			refs: () => call(() => [...this.logs.values()].flatMap((log) => log.at(-1) ?? [])),
			refLog: (space, _token, after) => call(() => (this.logs.get(space) ?? []).filter(({ seq }) => seq > after)),
			members: (after) => call(() => this.members.filter(({ seq }) => seq > after)),
			appendMember: (prev, entry, seen) => call(() => this.append(prev, entry, seen)),
			usage: () =>
				call(() => {
					const usedBytes = [...this.objects.values()].reduce((sum, { length }) => sum + length, 0);
					return { usedBytes, quotaBytes: this.quotaBytes, objectCount: this.objects.size };
				}),
			auditTip: () =>
				call(() => {
					const last = this.audit.at(-1);
					return last ? { seq: last.seq, hash: last.hash } : null;
				}),
			audit: (after) => call(() => this.audit.filter(({ seq }) => seq > after)),
			beginGc: (id) => call(() => void (this.#cycle = { id, live: new Set() })),
			markLive: (cycle, space, ids) =>
				call(() => {
					if (this.#cycle?.id !== cycle) return false;
					for (const id of ids) this.#cycle.live.add(`${space}/${id}`);
					return true;
				}),
			endGc: (cycle) =>
				call(() => {
					if (this.#cycle?.id !== cycle) return null;
					const { live } = this.#cycle;
					const dead = [...this.objects.keys()].filter((key) => !live.has(key));
					const condemned = dead.filter((key) => this.#dead.has(key));
					for (const key of condemned) this.objects.delete(key);
					this.#dead = new Set(dead);
					this.#cycle = null;
					return { dead: dead.length - condemned.length, condemned: condemned.length };
				}),
			have: (space, ids) => call(() => ids.filter((id) => !this.objects.has(`${space}/${id}`))),
			put: async (space, id, bytes) => {
				const used = [...this.objects.values()].reduce((sum, { length }) => sum + length, 0);
				const { quotaBytes } = this;
				if (used + bytes.length > quotaBytes)
					return err({ kind: 'edge-full', quotaBytes, usedBytes: used, sizeBytes: bytes.length });
				return call(() => {
					this.puts++;
					this.objects.set(`${space}/${id}`, bytes.slice());
				});
			},
			get: async (space, id) => {
				const got = await call(() => this.objects.get(`${space}/${id}`));
				if (!got.ok) return got;
				return got.value ? ok(got.value.slice()) : err({ kind: 'object-lost', id });
			},
			moveRef: (ref) =>
				call(() => {
					const log = this.logs.get(ref.space) ?? [];
					if ((log.at(-1)?.hash ?? '') !== ref.prev) return 'moved';
					if (ref.needs.some((id) => !this.objects.has(`${ref.space}/${id}`))) return 'missing';
					const { prev: _prev, needs: _needs, ...wire } = ref;
					this.logs.set(ref.space, [...log, wire]);
					return 'won';
				})
		};
	};

	append = async (prev: string, entry: Bytes, seen?: readonly WireRef[]): Promise<boolean> => {
		const hash = await sha256Text(entry);
		const isSeen = (ref: WireRef | undefined): boolean => seen?.some((one) => one.hash === ref?.hash) ?? true;
		if (![...this.logs.values()].every((log) => isSeen(log.at(-1)))) return false;
		if ((this.members.at(-1)?.hash ?? '') !== prev) return false;
		this.members.push({ seq: this.members.length + 1, hash, entry });
		return true;
	};

	/** All that it holds, one after another. */
	get bytes(): Bytes {
		const records = [...this.logs.values()].flat().map(({ record }) => record);
		const all = [
			...this.objects.values(),
			...this.slots.values(),
			...this.members.map(({ entry }) => entry),
			...records
		];
		return new Uint8Array(Buffer.concat(all));
	}
}
