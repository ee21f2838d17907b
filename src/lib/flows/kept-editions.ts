// Editions that pipelines published: which there are, what one shows, and letting one go.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { OpenedShare } from '../core/share/bundle.ts';
import { decodeBundle } from '../core/share/bundle-bytes.ts';
import type { KeptEdition } from '../core/share/kept-edition.ts';
import type { Effects } from './effects.ts';
import { revokeShare } from './share-edition.ts';

/** Newest first; of all reports where none is named. */
export async function listEditions(
	report: string | null,
	{ editions }: Effects
): Promise<Result<readonly KeptEdition[], Failure>> {
	const all = await editions.all();
	if (!all.ok || report === null) return all;
	return ok(all.value.filter((one) => one.report.toLowerCase() === report.toLowerCase()));
}

/** As its readers have it. */
export async function openEdition(id: string, { editions, sharing }: Effects): Promise<Result<OpenedShare, Failure>> {
	const bytes = await editions.bundle(id);
	if (!bytes.ok) return bytes;
	if (!bytes.value) return err({ kind: 'unknown-edition', id });
	const bundle = decodeBundle(bytes.value);
	return bundle.ok ? ok({ bundle: bundle.value, fingerprint: await sharing.fingerprintOf(bytes.value) }) : bundle;
}

/** With its link, where it has one that still stands. */
export async function removeEdition(id: string, effects: Effects): Promise<Result<void, Failure>> {
	const edition = await effects.editions.edition(id);
	if (!edition.ok) return edition;
	if (!edition.value) return err({ kind: 'unknown-edition', id });
	const { share } = edition.value;
	if (share && share.expiresAtMs > effects.now()) {
		const revoked = await revokeShare(share.share, effects);
		if (!revoked.ok && revoked.error.kind !== 'sync-off') return revoked;
	}
	return effects.editions.remove([id]);
}
