// Shares a rendered report behind a link, and tells what was shared and how often it was opened.
import { SHARE_DAYS, SHARE_VIEWS } from '../core/contract/shares.ts';
import type { Failure } from '../core/failure.ts';
import type { Edition, EditionSource } from '../core/report/edition.ts';
import { resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Bundle, SourceHashes } from '../core/share/bundle.ts';
import { bundleTitle } from '../core/share/bundle-title.ts';
import { decodeBundle, encodeBundle } from '../core/share/bundle-bytes.ts';
import { wholeLink, WHOLE_LINK_LETTERS } from '../core/share/whole-link.ts';
import type { KeptShare } from '../core/share/kept-share.ts';
import { minimiseEdition } from '../core/share/minimise-edition.ts';
import { reportFileName, writeReportFile } from '../core/share/report-file.ts';
import { BUNDLE_BYTES } from '../core/share/sealed-share.ts';
import { writeShareLink, type ShareLink } from '../core/share/share-link.ts';
import type { Effects } from './effects.ts';
import type { RenderedEdition } from './render-report.ts';
import { shareFilters } from './share-filters.ts';
import type { EdgeShare } from './share-net.ts';
import { ownerAccess } from './sync-open.ts';

const DAY_MS = 86_400_000;
const FIRST_DAYS = 7;
/** What readers of a link without a server can filter by, in the order that is tried; see `room` of share-filters.ts. */
const LINK_ROOMS = [0.04, 0.01];
/** It is guessed on the edge alone, which counts: a shorter one than a workspace's will do. */
const PASSPHRASE_LEAST = 8;

export type ShareOptions = {
	readonly passphrase?: string | undefined;
	/** Seven days where nothing is said. */
	readonly expiresInDays?: number | undefined;
	/** Whether readers can filter what it shows: then it holds groups besides, see shared-filter.ts. */
	readonly canFilter?: boolean | undefined;
	readonly signal?: AbortSignal | undefined;
	/** 0..1 while groups are counted. */
	readonly onProgress?: ((done: number) => void) | undefined;
	/** How often it may be opened; as often as anyone likes where nothing is said. */
	readonly views?: number | undefined;
};

/** Of what is made of an edition, wherever it goes. */
export type PackOptions = Pick<ShareOptions, 'canFilter' | 'signal' | 'onProgress'>;

export type ShareInput = ShareOptions & {
	/** Rendered, or as its readers have it already. */
	readonly packed: Edition | PackedEdition;
	/** Where it is known before; a new one where none is given. */
	readonly link?: ShareLink | undefined;
};

/** A bundle, and what it is kept as. */
export type PackedEdition = {
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly report: string;
	readonly title: string;
};

/** The link stands in what is kept; it needs the address of this page before it. */
export async function shareEdition(input: ShareInput, effects: Effects): Promise<Result<KeptShare, Failure>> {
	const { passphrase, expiresInDays = FIRST_DAYS, views } = input;
	if (passphrase !== undefined && passphrase.length < PASSPHRASE_LEAST)
		return err({ kind: 'passphrase-too-short', least: PASSPHRASE_LEAST });
	if (!(expiresInDays > 0 && expiresInDays <= SHARE_DAYS))
		return err({ kind: 'invalid-argument', argument: 'expiresInDays', expected: `1 to ${SHARE_DAYS}` });
	if (views !== undefined && !(Number.isInteger(views) && views >= 1 && views <= SHARE_VIEWS))
		return err({ kind: 'invalid-argument', argument: 'views', expected: `1 to ${SHARE_VIEWS}` });
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const packed = await asPacked(input, effects);
	if (!packed.ok) return packed;
	const { bytes, report, title } = packed.value;
	if (bytes.length > BUNDLE_BYTES)
		return err({ kind: 'share-too-large', sizeBytes: bytes.length, limitBytes: BUNDLE_BYTES });
	const { sharing, sync } = effects;
	const link = input.link ?? sharing.newLink(passphrase !== undefined);
	const { share } = link;
	const keys = await sharing.keysOf(link, passphrase ?? null, sync.stretch);
	if (!keys.ok) return keys;
	const sealed = await sharing.seal(keys.value.key, share, bytes);
	if (input.signal?.aborted) return err({ kind: 'cancelled' });
	const createdAtMs = effects.now();
	const limits = { expiresAtMs: Math.round(createdAtMs + expiresInDays * DAY_MS), maxViews: views ?? null };
	const { workspace, owner: token } = access.value;
	const auth = await sync.crypto.tokenHash(keys.value.auth);
	const kept: KeptShare = {
		...{ share, report, title, link: writeShareLink(link) },
		...{ hasPassphrase: link.hasPassphrase, createdAtMs, ...limits, sizeBytes: sealed.length },
		fingerprint: await sharing.fingerprintOf(bytes)
	};
	// First here: a share whose link is lost could not even be revoked by name.
	const saved = await sharing.rows.save(kept);
	if (!saved.ok) return saved;
	const put = await sharing.edge({ workspace, token }).put({ share, auth, ...limits, bytes: sealed });
	if (put.ok) return ok(kept);
	await sharing.rows.forget(share);
	return put;
}

/** The whole report in a link, without a server: whoever has the link can read it. */
export async function linkOfEdition(
	edition: Edition,
	effects: Effects,
	options: PackOptions = {}
): Promise<Result<{ readonly link: string; readonly fingerprint: string }, Failure>> {
	let letters = 0;
	for (const room of options.canFilter ? LINK_ROOMS : [1]) {
		const packed = await packedOf(edition, effects, { ...options, room });
		if (!packed.ok) return packed;
		const { bytes, bundle } = packed.value;
		const link = wholeLink(bytes);
		if (link.length <= WHOLE_LINK_LETTERS) return ok({ link, fingerprint: await effects.sharing.fingerprintOf(bytes) });
		letters = link.length;
		if (!bundle.filters) break;
	}
	return err({ kind: 'link-too-long', letters, limit: WHOLE_LINK_LETTERS });
}

export type ReportFile = {
	readonly name: string;
	readonly file: Blob;
	/** Of its bundle: who opens the file sees the same. */
	readonly fingerprint: string;
};

/** The whole report as one HTML file, which opens from disk: whoever has the file can read it. */
export async function fileOfEdition(
	edition: Edition,
	effects: Effects,
	options: PackOptions = {}
): Promise<Result<ReportFile, Failure>> {
	const packed = await packedOf(edition, effects, options);
	if (!packed.ok) return packed;
	const { bytes, bundle } = packed.value;
	if (!decodeBundle(bytes).ok) return err({ kind: 'report-too-large' });
	const parts = await effects.sharing.fileParts();
	if (!parts.ok) return parts;
	const title = bundleTitle(bundle);
	const file = new Blob([writeReportFile(parts.value, { title, bundle: bytes })], { type: 'text/html' });
	return ok({ name: reportFileName(title), file, fingerprint: await effects.sharing.fingerprintOf(bytes) });
}

export type ShownShare = EdgeShare & {
	/** What the devices of this workspace know of it; null where that was not synced yet. */
	readonly kept: KeptShare | null;
	readonly state: 'stands' | 'revoked' | 'over' | 'spent' | 'locked';
};

/** Newest first. */
export async function listShares(effects: Effects): Promise<Result<readonly ShownShare[], Failure>> {
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const { workspace, owner: token } = access.value;
	const listed = await effects.sharing.edge({ workspace, token }).list();
	if (!listed.ok) return listed;
	const kept = await effects.sharing.rows.all();
	if (!kept.ok) return kept;
	const byShare = new Map(kept.value.map((one) => [one.share, one]));
	const nowMs = effects.now();
	return ok(
		listed.value
			.map((one) => ({ ...one, kept: byShare.get(one.share) ?? null, state: stateOf(one, nowMs) }))
			.toSorted((a, b) => b.createdAtMs - a.createdAtMs)
	);
}

/** Nobody opens it any more. Whoever did may have kept a copy. */
export async function revokeShare(share: string, effects: Effects): Promise<Result<void, Failure>> {
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const { workspace, owner: token } = access.value;
	return effects.sharing.edge({ workspace, token }).revoke(share);
}

function stateOf(share: EdgeShare, nowMs: number): ShownShare['state'] {
	if (share.revokedAtMs !== null) return 'revoked';
	if (share.isLocked) return 'locked';
	if (share.expiresAtMs <= nowMs) return 'over';
	return share.maxViews !== null && share.views >= share.maxViews ? 'spent' : 'stands';
}

type Packed = { readonly bundle: Bundle; readonly bytes: Uint8Array<ArrayBuffer> };

async function asPacked(
	{ packed: given, ...options }: ShareInput,
	effects: Effects
): Promise<Result<PackedEdition, Failure>> {
	if ('bytes' in given) return ok(given);
	const packed = await packedOf(given, effects, options);
	if (!packed.ok) return packed;
	const { bytes, bundle } = packed.value;
	return ok({ bytes, report: given.report, title: bundle.title ?? given.report });
}

export async function packedOf(
	edition: Edition,
	effects: Effects,
	{ canFilter = false, signal, onProgress, room }: PackOptions & { readonly room?: number } = {}
): Promise<Result<Packed, Failure>> {
	const { store } = effects;
	const id = resultId(`share-${effects.randomId()}`);
	// What failed was shown as that, and asks nothing.
	const rendered = edition as RenderedEdition;
	const filters = canFilter
		? await shareFilters({ id, edition: rendered, signal, onProgress, room }, effects)
		: ok(null);
	if (!filters.ok) return filters;
	const hashes = new Map<EditionSource, SourceHashes>();
	for (const source of edition.sources) {
		const version = await store.version(source.version);
		if (!version.ok) return version;
		const { contentHash = null, lineage } = version.value ?? {};
		hashes.set(source, { contentHash, fileHash: lineage?.source?.sha256 ?? null });
	}
	const bundle = minimiseEdition(
		edition,
		(source) => hashes.get(source) ?? { contentHash: null, fileHash: null },
		filters.value
	);
	return ok({ bundle, bytes: encodeBundle(bundle) });
}
