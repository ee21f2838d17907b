// What a device believes of a server: never less than it has seen. A chain goes on from where it was last seen, or it is an alarm.
import { err, ok, type Result } from '../result.ts';
import type { Reset } from './ref-record.ts';

/** How far a chain was seen: its newest record then. */
export type Trust = { readonly seq: number; readonly hash: string };

export type Link = Trust & { readonly prev: string };

export type Distrust =
	/** It shows an older state than it has shown before. */
	| { readonly kind: 'rolled-back'; readonly seenSeq: number; readonly shownSeq: number }
	/** It shows another past than it has shown before, or records that do not follow each other. */
	| { readonly kind: 'forked'; readonly atSeq: number }
	/** It has nothing where it had something. */
	| { readonly kind: 'server-lost-data'; readonly seenSeq: number };

/** Whether a reset speaks of all that a device has seen: what it saw may then be missing. */
export function coversTrust({ era, lost }: Reset, trust: Trust, seenEra: number): boolean {
	if (era <= seenEra || lost.era < seenEra) return false;
	if (lost.era > seenEra || lost.seq > trust.seq) return true;
	return lost.seq === trust.seq && lost.hash === trust.hash;
}

/**
 * Whether a tip may be believed. `links` are the records after the trusted one, in order, up to the tip; whether they are what they
 * say (signature, membership) is asked of each besides.
 */
export function judgeChain(
	trust: Trust | null,
	tip: Trust | null,
	links: readonly Link[]
): Result<Trust | null, Distrust> {
	if (!tip) return trust ? err({ kind: 'server-lost-data', seenSeq: trust.seq }) : ok(null);
	const seen = trust ?? { seq: 0, hash: '' };
	if (tip.seq < seen.seq) return err({ kind: 'rolled-back', seenSeq: seen.seq, shownSeq: tip.seq });
	let last = seen;
	for (const link of links) {
		if (link.seq !== last.seq + 1 || link.prev !== last.hash) return err({ kind: 'forked', atSeq: link.seq });
		last = link;
	}
	if (last.seq !== tip.seq || last.hash !== tip.hash) return err({ kind: 'forked', atSeq: tip.seq });
	return ok(tip);
}
