// What the flows of sources need besides what all flows have.
import type { Bucket } from '../core/source/rest/patience.ts';
import type { SealedSecret, SecretPlace } from '../crypto/device-secret.ts';
import type { SourceSecretRows } from '../db/source-secrets.ts';
import type { DatabaseNet } from './database-net.ts';
import type { EdgeAccess } from './sync-rim.ts';

export type SourceRim = {
	readonly secrets: SourceSecretRows;
	readonly makeKey: () => Promise<CryptoKey>;
	readonly seal: (key: CryptoKey, place: SecretPlace, secret: string) => Promise<SealedSecret>;
	readonly open: (key: CryptoKey, place: SecretPlace, sealed: SealedSecret) => Promise<string | null>;
	/** Of every host that was asked, for as long as the page is open. */
	readonly buckets: Map<string, Bucket>;
	/** Through the edge of this device's workspace. */
	readonly databases: (access: EdgeAccess) => DatabaseNet;
};
