// Where documents do something by themselves: of the devices of a synced workspace, a pipeline's schedule and an alert's rule are
// followed on one, so that nothing happens twice.
import type { DocumentId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';
import { findDocument } from './list-documents.ts';

type HomeEffects = Pick<Effects, 'sync'>;

/** Of documents that are at home on another device, what that is called. Nothing is elsewhere while sync is off. */
export async function documentsElsewhere({
	sync
}: HomeEffects): Promise<Result<ReadonlyMap<DocumentId, string>, StoreFailure>> {
	const account = await sync.rows.account();
	if (!account.ok) return account;
	if (!account.value) return ok(new Map());
	const { id } = account.value.device;
	const homes = await sync.rows.records.homes();
	if (!homes.ok) return homes;
	return ok(new Map(homes.value.flatMap(({ document, device, name }) => (device === id ? [] : [[document, name]]))));
}

/** From now on this device does what the document says to do by itself; the others hear of it by the next sync. */
export async function followHere(
	{ kind, name }: { readonly kind: 'pipeline' | 'alert'; readonly name: string },
	effects: Effects
): Promise<Result<void, StoreFailure>> {
	const found = await findDocument(kind, name, effects);
	if (!found.ok) return found;
	const account = await effects.sync.rows.account();
	if (!account.ok) return account;
	if (!account.value) return ok(undefined);
	const { id, name: device } = account.value.device;
	return effects.sync.rows.records.saveHome({ document: found.value.document.id, device: id, name: device });
}
