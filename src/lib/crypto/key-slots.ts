// Puts the workspace's secrets under what a person knows, and gets them back.
import { err, ok, type Result } from '#core/result.ts';
import {
	SALT_BYTES,
	STRETCH,
	encodeSecrets,
	encodeSlot,
	parseSecrets,
	parseSlot,
	slotObject,
	type KeySlot,
	type KeysCrashed,
	type Secrets,
	type SlotFailure,
	type Stretch
} from '#core/sync/key-slot.ts';
import { slotLabel } from '#core/sync/labels.ts';
import { deriveFrom, hkdf, randomBytes } from './derive.ts';
import { openObject, sealKeys, sealObject, type SealKeys } from './seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Argon2id: 32 bytes. In a thread of its own, since it takes a third of a second. */
export type StretchPassphrase = (
	passphrase: string,
	salt: Bytes,
	stretch: Stretch
) => Promise<Result<Bytes, KeysCrashed>>;

/** What opens a slot: a passphrase, or the 32 bytes that recovery words stand for. */
export type Known =
	{ readonly kind: 'passphrase'; readonly passphrase: string } | { readonly kind: 'recovery'; readonly entropy: Bytes };

/** The slot's bytes as the server keeps them. */
export async function makeSlot(
	workspace: string,
	known: Known,
	secrets: Secrets,
	stretchBy: StretchPassphrase
): Promise<Result<Bytes, KeysCrashed>> {
	const slot = {
		workspace,
		slot: known.kind,
		stretch: known.kind === 'passphrase' ? STRETCH : null,
		salt: randomBytes(SALT_BYTES)
	};
	const keys = await slotKeys(slot, known, stretchBy);
	if (!keys.ok) return keys;
	return ok(encodeSlot({ ...slot, secrets: await sealObject(keys.value, slotObject, encodeSecrets(secrets)) }));
}

/** Fails: broken-object · weak-slot, before anything is computed · wrong-secret */
export async function openSlot(
	bytes: Bytes,
	workspace: string,
	known: Known,
	stretchBy: StretchPassphrase
): Promise<Result<Secrets, SlotFailure | KeysCrashed>> {
	const slot = parseSlot(bytes, workspace, known.kind);
	if (!slot.ok) return slot;
	const { secrets, ...rest } = slot.value;
	const keys = await slotKeys(rest, known, stretchBy);
	if (!keys.ok) return keys;
	const opened = await openObject(keys.value, slotObject, secrets.id, secrets.bytes);
	if (!opened.ok) return opened.error.why === 'sealed' ? err({ kind: 'wrong-secret' }) : opened;
	const parsed = parseSecrets(opened.value);
	return parsed.ok ? ok(parsed.value) : parsed;
}

async function slotKeys(
	slot: Omit<KeySlot, 'secrets'>,
	known: Known,
	stretchBy: StretchPassphrase
): Promise<Result<SealKeys, KeysCrashed>> {
	const { salt, stretch, workspace } = slot;
	const secret =
		known.kind === 'recovery'
			? ok(known.entropy)
			: await stretchBy(known.passphrase.normalize('NFKC'), salt, stretch ?? STRETCH);
	if (!secret.ok) return secret;
	const own = await hkdf(await deriveFrom(secret.value), salt, slotLabel(slot), 32);
	return ok(await sealKeys(await deriveFrom(own), { workspace, scope: `slot/${slot.slot}`, epoch: 1 }));
}
