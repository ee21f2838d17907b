// What was done to the workspace on the edge, by whom, and whether the log of it is the one that this device knew.
import type { AuditEntry } from '../core/contract/audit.ts';
import { ok, type Result } from '../core/result.ts';
import { checkAudit, type AuditTip, type AuditTrust } from '../core/sync/audit-chain.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { onceMember } from '../core/sync/member-log.ts';
import type { Effects } from './effects.ts';
import type { SyncEffects } from './sync-effects.ts';
import { epochOf, readMembers } from './sync-members.ts';
import { accountOf, ownerEdge, readingKeys } from './sync-open.ts';

export type AuditTold = Pick<AuditEntry, 'seq' | 'atMs' | 'action' | 'subject'> & {
	/** A device by its name, also one that was removed; the key that all devices have; or a program by the id of its token. */
	readonly by:
		| { readonly kind: 'device'; readonly name: string }
		| { readonly kind: 'owner' }
		| { readonly kind: 'program'; readonly id: string };
	/** The dataset or the device that it was done to, where it is one that is known here. */
	readonly about: string | null;
};

export type AuditLog = {
	/** Newest first, as many as were asked for, and all since this device looked last. */
	readonly entries: readonly AuditTold[];
	/** How many there are in all. */
	readonly count: number;
	readonly trust: AuditTrust;
	/** The last of them; null of a log without entries. */
	readonly tip: AuditTip | null;
};

const NEWEST = 200;

/** What it finds as it should be is what the next look goes on from. */
export async function readAudit(
	{ newest = NEWEST }: { readonly newest?: number | undefined },
	effects: Effects
): Promise<Result<AuditLog, SyncFailure>> {
	return readingKeys(effects, async (open) => {
		const members = await readMembers(open);
		if (!members.ok) return members;
		const epoch = epochOf(members.value);
		const edge = await ownerEdge(open, epoch, effects);
		const seen = await effects.sync.rows.auditTip();
		if (!seen.ok) return seen;
		const tip = await edge.auditTip();
		if (!tip.ok) return tip;
		const count = tip.value?.seq ?? 0;
		// The one before the first is read, too: its hash is what the first goes on from.
		const after = Math.max(0, Math.min(seen.value?.seq ?? count, count - newest) - 1);
		const read = await edge.audit(after);
		if (!read.ok) return read;
		const entries = read.value;
		const { workspace, keys } = open;
		const trust = await checkAudit({ workspace, entries, seen: seen.value }, (bytes) => keys.sha256(bytes));
		const last = entries.at(-1);
		const shown = last ? { seq: last.seq, hash: last.hash } : null;
		if (trust.kind === 'holds') {
			const kept = await effects.sync.rows.saveAuditTip(shown);
			if (!kept.ok) return kept;
		}
		const told = await inWords(entries, { open, epoch, members: members.value }, effects);
		if (!told.ok) return told;
		const isAnchor = after > 0 ? 1 : 0;
		return ok({ entries: told.value.slice(isAnchor).toReversed(), count: last?.seq ?? 0, trust, tip: shown });
	});
}

/** From now on, the log as it was shown is the one that this device knows. */
export async function acceptAudit(tip: AuditTip | null, effects: Effects): Promise<Result<void, SyncFailure>> {
	const account = await accountOf(effects);
	return account.ok ? effects.sync.rows.saveAuditTip(tip) : account;
}

type Members = Extract<Awaited<ReturnType<typeof readMembers>>, { ok: true }>['value'];

async function inWords(
	entries: readonly AuditEntry[],
	{ open, epoch, members }: { readonly open: SyncEffects; readonly epoch: number; readonly members: Members },
	effects: Effects
): Promise<Result<readonly AuditTold[], SyncFailure>> {
	const datasets = await effects.store.datasets();
	if (!datasets.ok) return datasets;
	const names = new Map<string, string>(datasets.value.map(({ id, name }) => [id, name]));
	const log = members.map(({ entry }) => entry);
	const devices = new Map<string, string>();
	for (const { change } of log) {
		const id = change.kind === 'add' ? change.device.id : change.kind === 'rename' ? change.device : null;
		const sealed = change.kind === 'rename' ? change.name : id === null ? null : onceMember(log, id)?.name;
		if (id === null || !sealed) continue;
		const name = await open.keys.openName(id, sealed);
		devices.set(id, name.ok ? name.value : id);
	}
	const owners = new Set<string>();
	for (let one = 1; one <= epoch; one++) owners.add((await open.keys.token('owner', one)).id);
	return ok(
		entries.map(({ seq, atMs, actor, action, subject }) => {
			const [id = ''] = subject.split('.');
			const name = devices.get(actor);
			return {
				...{ seq, atMs, action, subject },
				by:
					name !== undefined
						? { kind: 'device', name }
						: owners.has(actor)
							? { kind: 'owner' }
							: { kind: 'program', id: actor },
				about: names.get(id) ?? devices.get(id) ?? null
			};
		})
	);
}
