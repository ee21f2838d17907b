// Whether the audit log that the edge shows is the one that this device knew: a chain of hashes that only grows.
import { auditBytes, type AuditEntry } from '../contract/audit.ts';

export type AuditTip = Pick<AuditEntry, 'seq' | 'hash'>;

export type AuditTrust =
	| { readonly kind: 'holds' }
	/** Entries that this device has seen are gone. */
	| { readonly kind: 'cut'; readonly seenSeq: number; readonly shownSeq: number }
	/** From this entry on it is not what its hashes say, or not what this device has seen. */
	| { readonly kind: 'changed'; readonly atSeq: number };

/**
 * Follows the hashes of entries that come one after another, up to the last one there is.
 *
 * Bounds: the hash of an entry that is the first of these, and not the first of all, is taken as it is.
 * `seen` is the last one that this device believed; it is among the entries, unless the log was cut.
 */
export async function checkAudit(
	{
		workspace,
		entries,
		seen
	}: { readonly workspace: string; readonly entries: readonly AuditEntry[]; readonly seen: AuditTip | null },
	hashOf: (bytes: Uint8Array<ArrayBuffer>) => Promise<string>
): Promise<AuditTrust> {
	const shownSeq = entries.at(-1)?.seq ?? 0;
	if (seen && shownSeq < seen.seq) return { kind: 'cut', seenSeq: seen.seq, shownSeq };
	let before: AuditTip | null = null;
	for (const { hash, ...entry } of entries) {
		const isLinked: boolean = before === null || entry.seq === before.seq + 1;
		const isAnchor = before === null && entry.seq > 1;
		const isTold = isAnchor || (await hashOf(auditBytes(workspace, entry, before?.hash ?? null))) === hash;
		const isAsSeen = seen?.seq !== entry.seq || seen.hash === hash;
		if (!isLinked || !isTold || !isAsSeen) return { kind: 'changed', atSeq: entry.seq };
		before = { seq: entry.seq, hash };
	}
	return { kind: 'holds' };
}
