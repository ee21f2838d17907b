// What the edge keeps for other programs, in memory, as flows see it: inboxes whose items are claimed and settled by compare-and-swap.
import { err, ok, type Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import { sealItem } from '#lib/crypto/inbox-item.ts';
import type {
	EdgeInbox,
	EdgeItem,
	EdgePublication,
	EdgeQuery,
	ProgramsNet,
	ProgramToken
} from '#lib/flows/programs-net.ts';
import type { SyncRim } from '#lib/flows/sync-rim.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Held = EdgeItem & { readonly space: string; readonly bytes: Bytes };

export class MemoryPrograms {
	readonly inboxes = new Map<string, EdgeInbox>();
	items: readonly Held[] = [];
	readonly tokens: ProgramToken[] = [];
	readonly publications = new Map<string, EdgePublication>();
	readonly queries = new Map<string, EdgeQuery>();
	readonly files = new Map<string, Bytes>();
	/** Told before each call; what it throws is what a lost network or a killed page looks like. */
	before: (call: string) => void = () => undefined;
	/** And after what was asked was done, before anybody hears of it. */
	after: (call: string) => void = () => undefined;
	readonly #now: () => number;

	constructor(now: () => number = () => 1_700_000_000_000) {
		this.#now = now;
	}

	async push(workspace: string, space: string, key: string, text: string, type = 'application/json'): Promise<void> {
		const publicKey = this.inboxes.get(space)?.publicKey ?? '';
		const content = { type, name: null, bytes: new TextEncoder().encode(text) };
		const sealed = await sealItem(publicKey, { workspace, space, key }, content);
		if (!sealed.ok) throw new Error(sealed.error.kind);
		this.put(space, key, sealed.value);
	}

	put(space: string, key: string, bytes: Bytes): void {
		const held: Held = {
			...{ space, key, bytes, sizeBytes: bytes.length, receivedAtMs: this.#now(), by: null, sealedBy: 'sender' },
			...{ claimedBy: null, claimedAtMs: null, takenAtMs: null, isDiscarded: false }
		};
		this.items = [...this.items, held];
	}

	readonly programs: SyncRim['programs'] = ({ token }): ProgramsNet => {
		const call = async <T>(name: string, work: () => T): Promise<Result<T, NetFailure>> => {
			await Promise.resolve();
			this.before(name);
			const done = work();
			this.after(name);
			return ok(done);
		};
		const waits = (space: string, item: Held): boolean => item.space === space && item.takenAtMs === null;
		const change = (space: string, keys: readonly string[], to: (item: Held) => Held): void => {
			this.items = this.items.map((item) => (waits(space, item) && keys.includes(item.key) ? to(item) : item));
		};
		const own = (space: string, keys: readonly string[]): readonly string[] =>
			this.items
				.filter((item) => item.space === space && keys.includes(item.key) && item.claimedBy === token.id)
				.map(({ key }) => key)
				.sort();
		return {
			inboxes: () =>
				call('inboxes', () =>
					[...this.inboxes.values()].map((inbox) => ({
						...inbox,
						waiting: this.items.filter((item) => waits(inbox.space, item)).length
					}))
				),
			items: (space, waiting) =>
				call('items', () =>
					this.items.filter((item) => item.space === space && (waiting === 'all' || waits(space, item)))
				),
			claim: (space, keys, from) =>
				call('claim', () => {
					const claimed = { claimedBy: token.id, claimedAtMs: this.#now() };
					change(space, keys, (item) => (item.claimedBy === from ? { ...item, ...claimed } : item));
					return own(space, keys);
				}),
			item: (space, key) =>
				call('item', () => this.items.find((item) => waits(space, item) && item.key === key)?.bytes ?? null),
			settle: (space, keys, outcome) =>
				call('settle', () => {
					const settled = { takenAtMs: this.#now(), isDiscarded: outcome === 'discarded' };
					change(space, keys, (item) => (item.claimedBy === token.id ? { ...item, ...settled } : item));
					return own(space, keys);
				}),
			openInbox: (space, publicKey, hook) =>
				call('openInbox', () => {
					const told = { waiting: 0, waitingBytes: 0, openedAtMs: this.#now() };
					this.inboxes.set(space, { space, publicKey, hook: hook?.signed ?? null, ...told });
				}),
			rekeyInbox: (space, publicKey) =>
				call('rekeyInbox', () => {
					const inbox = this.inboxes.get(space);
					if (inbox) this.inboxes.set(space, { ...inbox, publicKey });
				}),
			closeInbox: (space) => call('closeInbox', () => void this.inboxes.delete(space)),
			createToken: ({ id, may, space, label, expiresAtMs }) =>
				call('createToken', () => {
					const times = { createdAtMs: this.#now(), lastUsedAtMs: null, revokedAtMs: null };
					this.tokens.push({ id, verbs: [may], spaces: [space], label, expiresAtMs, ...times });
				}),
			tokens: (may) => call('tokens', () => this.tokens.filter(({ verbs }) => verbs.join(' ') === may)),
			revokeToken: (id) =>
				call('revokeToken', () => {
					const at = this.tokens.findIndex((one) => one.id === id);
					if (at >= 0) this.tokens.splice(at, 1);
				}),
			putFile: (_publication, file, bytes) => call('putFile', () => void this.files.set(file, bytes)),
			publish: async (publication, file, name) => {
				const bytes = this.files.get(file);
				if (!bytes) return err({ kind: 'edge-unreadable', status: null });
				const told = { rowCount: 0, sizeBytes: bytes.length, columns: [], publishedAtMs: this.#now() };
				return call('publish', () => void this.publications.set(publication, { publication, name, file, ...told }));
			},
			unpublish: (publication) => call('unpublish', () => void this.publications.delete(publication)),
			publications: () => call('publications', () => [...this.publications.values()]),
			putQuery: ({ plan, ...query }) =>
				call('putQuery', () => {
					const told = { hash: JSON.stringify(plan), publishedAtMs: this.#now() };
					this.queries.set(`${query.publication}.${query.query}`, { ...query, ...told });
				}),
			removeQuery: (publication, query) =>
				call('removeQuery', () => void this.queries.delete(`${publication}.${query}`)),
			queries: () => call('queries', () => [...this.queries.values()])
		};
	};
}
