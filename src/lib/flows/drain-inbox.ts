// Takes what other programs pushed into the datasets it is for, each item exactly once. See note: why once.
//
// Note: why once. An item is claimed on the edge by one device before it reads it, and no other takes it in while the claim stands. The
// version that holds its rows, and the note that it does, land in one transaction here, which is refused where the note is there already.
// The edge is told, and lets the bytes go, only once it has that version. So whatever ends in between, the item is still claimed by
// this device: with the note it is told again, without it taken in again. A claim is taken over only by a person, who is told what
// that may mean; and what a version of another device names is not taken in here.
import type { Failure } from '../core/failure.ts';
import { resultId, type DatasetId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isSameState, stateOf } from '../core/sync/space-state.ts';
import type { InboxKeys } from '../crypto/inbox-item.ts';
import type { StoredDataset } from '../db/catalogue.ts';
import type { InboxTrouble } from '../db/inbox.ts';
import { isTexts } from './console-values.ts';
import type { Effects } from './effects.ts';
import { planBatches, type InboxBatch, type OpenedItem } from './inbox-batches.ts';
import { ingestInto } from './ingest-into.ts';
import { syncNow } from './sync-now.ts';
import { accountOf, ownerAccess } from './sync-open.ts';
import type { EdgeItem, ProgramsNet } from './programs-net.ts';

export type DrainedInbox = {
	readonly dataset: string;
	/** Items whose rows are in versions that were made now. */
	readonly taken: number;
	/** Items that cannot be taken in as they are; they wait for a person. */
	readonly refused: readonly { readonly key: string; readonly failure: Failure }[];
	/** Another device is at it. */
	readonly isElsewhere: boolean;
};
export type DrainReport = { readonly inboxes: readonly DrainedInbox[] };

/** What is no fault of an item: all of it is tried again. */
const passing: ReadonlySet<string> = new Set<Failure['kind']>([
	'cancelled',
	'storage-full',
	'storage-unavailable',
	'newer-format',
	'moved',
	'worker-crashed',
	'engine-crashed',
	'out-of-memory'
]);

/** Of an inbox at once. */
const AT_ONCE = 100;
const SYNC_TRIES = 20;
const SYNC_WAIT_MS = 500;
/** So long a device that claimed something is let go on alone: what both append at one time would have to be merged. */
const ALONE_MS = 15 * 60_000;

export async function drainInboxes(effects: Effects): Promise<Result<DrainReport, Failure>> {
	const drained = await effects.alone('inbox', async () => {
		const account = await accountOf(effects);
		if (!account.ok) return account;
		const { workspace, token } = account.value;
		const net = effects.sync.programs({ workspace, token });
		const inboxes = await net.inboxes();
		if (!inboxes.ok) return inboxes;
		const busy = inboxes.value.filter(({ waiting }) => waiting > 0);
		const reports: DrainedInbox[] = [];
		if (busy.length === 0) return ok({ inboxes: reports });
		const access = await ownerAccess(effects);
		if (!access.ok) return access;
		const { inboxKeys: keys } = access.value;
		for (const { space } of busy) {
			const stored = await datasetOf(space, effects);
			if (!stored.ok) return stored;
			// One that is not on this device is taken in where it is.
			if (!stored.value) continue;
			const drain = new Drain({ workspace, own: token.id, stored: stored.value, net, keys, effects });
			const report = await drain.run();
			if (!report.ok) return report;
			reports.push(report.value);
		}
		if (reports.some(({ taken }) => taken > 0)) {
			await syncSoon(effects);
			for (const { space } of busy) {
				const settled = await settleTaken(space, net, effects);
				if (!settled.ok) return settled;
			}
		}
		return ok({ inboxes: reports });
	});
	return drained ?? err({ kind: 'sync-busy' });
}

/** Another tab, or this one, may be at it. What it fails of is kept with the account, and items are settled later. */
async function syncSoon(effects: Effects): Promise<void> {
	for (let tries = 0; tries < SYNC_TRIES; tries++) {
		const synced = await syncNow({ isQuiet: true }, effects);
		if (synced.ok || synced.error.kind !== 'sync-busy') return;
		await effects.sleep(SYNC_WAIT_MS, new AbortController().signal);
	}
}

async function datasetOf(space: string, effects: Effects): Promise<Result<StoredDataset | null, Failure>> {
	const catalogue = await effects.store.catalogue();
	return catalogue.ok ? ok(catalogue.value.find(({ dataset }) => dataset.id === space) ?? null) : catalogue;
}

/** Tells the edge what was taken in, once it has the versions. */
async function settleTaken(space: string, net: ProgramsNet, effects: Effects): Promise<Result<void, Failure>> {
	const stored = await datasetOf(space, effects);
	if (!stored.ok) return stored;
	if (!stored.value) return ok(undefined);
	const { dataset } = stored.value;
	const [taken, spaces] = [await effects.sync.inbox.taken(dataset.id), await effects.sync.rows.spaces()];
	if (!taken.ok) return taken;
	if (!spaces.ok) return spaces;
	const base = spaces.value.find((one) => one.space === dataset.id)?.base ?? null;
	if (taken.value.length === 0 || !base || !isSameState(base.state, stateOf(dataset))) return ok(undefined);
	const keys = taken.value.map(({ key }) => key);
	for (let at = 0; at < keys.length; at += AT_ONCE) {
		const some = keys.slice(at, at + AT_ONCE);
		const settled = await net.settle(space, some, 'taken');
		if (!settled.ok) return settled;
		const forgotten = await effects.sync.inbox.forget(dataset.id, some);
		if (!forgotten.ok) return forgotten;
	}
	return ok(undefined);
}

function isElsewhere({ claimedBy, claimedAtMs }: EdgeItem, own: string, nowMs: number): boolean {
	return claimedBy !== null && claimedBy !== own && nowMs - (claimedAtMs ?? 0) < ALONE_MS;
}

type DrainInput = {
	readonly workspace: string;
	/** The id of this device's token, by which the edge knows whose a claim is. */
	readonly own: string;
	readonly stored: StoredDataset;
	readonly net: ProgramsNet;
	readonly keys: InboxKeys;
	readonly effects: Effects;
};

class Drain {
	readonly #input: DrainInput;
	readonly #space: DatasetId;
	readonly #refused: InboxTrouble[] = [];
	#taken = 0;

	constructor(input: DrainInput) {
		this.#input = input;
		this.#space = input.stored.dataset.id;
	}

	async run(): Promise<Result<DrainedInbox, Failure>> {
		const { net, effects, own } = this.#input;
		const settled = await settleTaken(this.#space, net, effects);
		if (!settled.ok) return settled;
		const items = await net.items(this.#space, 'only');
		if (!items.ok) return items;
		if (items.value.some((item) => isElsewhere(item, own, effects.now()))) return ok(this.#report(true));
		const open = await this.#open(items.value);
		if (!open.ok) return open;
		const claimed = await this.#claim(open.value);
		if (!claimed.ok) return claimed;
		const opened = await this.#read(claimed.value);
		if (!opened.ok) return opened;
		for (const batch of planBatches(opened.value)) {
			const took = await this.#take(batch, opened.value);
			if (!took.ok) return took;
		}
		const told = await this.#tell();
		return told.ok ? ok(this.#report(false)) : told;
	}

	#report(isElsewhere: boolean): DrainedInbox {
		const refused = this.#refused.map(({ key, failure }) => ({ key, failure }));
		const { name } = this.#input.stored.dataset;
		return { dataset: name, taken: this.#taken, refused, isElsewhere };
	}

	/** What is in no version yet, here or from another device, and was not found wanting. */
	async #open(items: readonly EdgeItem[]): Promise<Result<readonly EdgeItem[], Failure>> {
		const { effects, stored, net, own } = this.#input;
		const [taken, troubles] = [await effects.sync.inbox.taken(this.#space), await effects.sync.inbox.troubles()];
		if (!taken.ok) return taken;
		if (!troubles.ok) return troubles;
		const notes = new Set(taken.value.map(({ key }) => key));
		const named = new Set(
			stored.versions.flatMap(({ lineage }) => {
				const inbox = lineage.parameters?.['inbox'];
				return isTexts(inbox) ? inbox : [];
			})
		);
		const done = items.filter(({ key }) => named.has(key) && !notes.has(key)).map(({ key }) => key);
		if (done.length > 0) {
			// Another device took them in and did not come to tell.
			const mine = await this.#claim(items.filter(({ key }) => done.includes(key)));
			if (!mine.ok) return mine;
			const settled = await net.settle(this.#space, mine.value, 'taken');
			if (!settled.ok) return settled;
		}
		const wanting = new Set(troubles.value.filter(({ dataset }) => dataset === this.#space).map(({ key }) => key));
		const isMine = ({ claimedBy }: EdgeItem): boolean => claimedBy === null || claimedBy === own;
		const open = items.filter(
			(item) => isMine(item) && !notes.has(item.key) && !done.includes(item.key) && !wanting.has(item.key)
		);
		return ok(open.slice(0, AT_ONCE));
	}

	async #claim(items: readonly EdgeItem[]): Promise<Result<readonly string[], Failure>> {
		const keys = items.map(({ key }) => key);
		if (keys.length === 0) return ok([]);
		const claimed = await this.#input.net.claim(this.#space, keys, null);
		// As they came, whatever order the edge answers in.
		return claimed.ok ? ok(keys.filter((key) => claimed.value.includes(key))) : claimed;
	}

	async #read(keys: readonly string[]): Promise<Result<readonly OpenedItem[], Failure>> {
		const opened: OpenedItem[] = [];
		const { workspace } = this.#input;
		for (const key of keys) {
			const bytes = await this.#input.net.item(this.#space, key);
			if (!bytes.ok) return bytes;
			if (!bytes.value) continue;
			const content = await this.#input.keys.open({ workspace, space: this.#space, key }, bytes.value);
			if (content.ok) opened.push({ key, content: content.value });
			else this.#refuse([key], content.error);
		}
		return ok(opened);
	}

	async #take({ keys, source, format }: InboxBatch, opened: readonly OpenedItem[]): Promise<Result<void, Failure>> {
		const { effects } = this.#input;
		const { name } = this.#input.stored.dataset;
		const taken = await ingestInto(
			{
				id: resultId(`inbox-${effects.randomId()}`),
				source,
				into: name,
				mode: 'append',
				key: [],
				overrides: format === null ? {} : { format },
				message: keys.length === 1 ? 'Take in 1 item of the inbox' : `Take in ${keys.length} items of the inbox`,
				taken: { dataset: this.#space, keys }
			},
			effects
		);
		if (taken.ok) {
			this.#taken += keys.length;
			return ok(undefined);
		}
		// Claimed as they are, they are taken in at the next look.
		if (passing.has(taken.error.kind)) return taken;
		if (keys.length === 1) this.#refuse(keys, taken.error);
		else {
			// One of them is wrong: each has its own turn.
			for (const item of opened.filter(({ key }) => keys.includes(key))) {
				for (const batch of planBatches([item])) {
					const took = await this.#take(batch, opened);
					if (!took.ok) return took;
				}
			}
		}
		return ok(undefined);
	}

	#refuse(keys: readonly string[], failure: Failure): void {
		for (const key of keys) this.#refused.push({ dataset: this.#space, key, failure });
	}

	async #tell(): Promise<Result<void, Failure>> {
		if (this.#refused.length === 0) return ok(undefined);
		const { inbox } = this.#input.effects.sync;
		const troubles = await inbox.troubles();
		return troubles.ok ? inbox.saveTroubles([...troubles.value, ...this.#refused]) : troubles;
	}
}
