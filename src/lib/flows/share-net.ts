// The edge as whoever shares asks it, and what else the flows of sharing need.
import type { Result } from '../core/result.ts';
import type { ReportFileParts } from '../core/share/report-file.ts';
import type { ShareLink } from '../core/share/share-link.ts';
import type { KeysCrashed } from '../core/sync/key-slot.ts';
import type { NetFailure } from '../core/sync/failure.ts';
import type { StretchPassphrase } from '../crypto/key-slots.ts';
import type { ShareKeys } from '../crypto/share.ts';
import type { ShareRows } from '../db/shares.ts';
import type { EdgeAccess } from './sync-rim.ts';

type Bytes = Uint8Array<ArrayBuffer>;
type Net<T> = Promise<Result<T, NetFailure>>;

export type EdgeShare = {
	readonly share: string;
	readonly sizeBytes: number;
	readonly createdAtMs: number;
	readonly expiresAtMs: number;
	readonly maxViews: number | null;
	readonly views: number;
	readonly lastViewedAtMs: number | null;
	readonly wrongTries: number;
	readonly isLocked: boolean;
	readonly revokedAtMs: number | null;
};

export type ShareNet = {
	/** `auth` is the SHA-256 of what readers send. */
	put(share: {
		readonly share: string;
		readonly auth: string;
		readonly expiresAtMs: number;
		readonly maxViews: number | null;
		readonly bytes: Bytes;
	}): Net<void>;
	list(): Net<readonly EdgeShare[]>;
	/** Also of one that is over. */
	revoke(share: string): Net<void>;
};

export type ShareRim = {
	readonly edge: (access: EdgeAccess) => ShareNet;
	readonly rows: ShareRows;
	/** What stands before a link: the address of this page. */
	readonly origin: string;
	readonly newLink: (hasPassphrase: boolean) => ShareLink;
	readonly keysOf: (
		link: ShareLink,
		passphrase: string | null,
		stretch: StretchPassphrase
	) => Promise<Result<ShareKeys, KeysCrashed>>;
	readonly seal: (key: CryptoKey, share: string, bundle: Bytes) => Promise<Bytes>;
	readonly fingerprintOf: (bundle: Bytes) => Promise<string>;
	/** What draws a report that is one HTML file. */
	readonly fileParts: () => Promise<Result<ReportFileParts, { readonly kind: 'report-file-unavailable' }>>;
};
