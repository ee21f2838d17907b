// Puts bytes where a row is made for them: room first, then bytes, then the word that they are there.
import type { ApiFailure } from '#core/contract/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import { addToTrash } from './d1/gc.ts';
import { confirmUpload, releaseUpload, type UploadPlace, type UploadReservation } from './d1/uploads.ts';
import { readUsage } from './d1/workspaces.ts';
import type { Env } from './env.ts';
import { limitsOf } from './limits.ts';
import type { WriteObjectFailure } from './r2/objects.ts';

type LimitReached = Extract<ApiFailure, { kind: 'limit-reached' }>;
type QuotaFull = Extract<ApiFailure, { kind: 'quota-full' }>;
type Unavailable = Extract<WriteObjectFailure, { kind: 'unavailable' }>;
export type StoreUploadFailure = LimitReached | QuotaFull | Unavailable;

type Upload<D, F> = {
	readonly place: UploadPlace;
	readonly digest: string;
	readonly sizeBytes: number;
	readonly reserve: () => Promise<UploadReservation>;
	/** Where other bytes came under its key before. */
	readonly differs: D;
	/** What there may be so many of beside it, and how many there are. */
	readonly among: Pick<LimitReached, 'of' | 'limit'> & { readonly count: () => Promise<number> };
	readonly write: (r2Key: string) => Promise<Result<void, F>>;
};

export async function storeUpload<D, F extends WriteObjectFailure>(
	{ place, digest, sizeBytes, reserve, differs, among, write }: Upload<D, F>,
	env: Env,
	nowMs: number
): Promise<Result<{ readonly isRepeated: boolean }, StoreUploadFailure | D | F>> {
	const reserved = await reserve();
	if (reserved.kind === 'stored') return reserved.digest === digest ? ok({ isRepeated: true }) : err(differs);
	if (reserved.kind === 'full') {
		const { of, limit, count } = among;
		if ((await count()) >= limit) return err({ kind: 'limit-reached', of, limit });
		const { quotaBytes } = limitsOf(env);
		const usage = await readUsage(env.DB, place.key[0], quotaBytes);
		const known = { quotaBytes: usage?.quotaBytes ?? quotaBytes, usedBytes: usage?.usedBytes ?? 0 };
		return err({ kind: 'quota-full', ...known, sizeBytes });
	}
	const written = await write(reserved.r2Key);
	if (!written.ok) {
		if (written.error.kind === 'digest-mismatch') await releaseUpload(env.DB, place, reserved.r2Key);
		return written;
	}
	if (await confirmUpload(env.DB, place, reserved.r2Key, nowMs)) return ok({ isRepeated: false });
	await addToTrash(env.DB, reserved.r2Key);
	return err({ kind: 'unavailable', stores: ['objects'] });
}
