// Puts the workspace's secrets under what a person knows or has, and gets them back.
import { err, ok, type Result } from '#core/result.ts';
import {
	SALT_BYTES,
	STRETCH,
	encodeSlot,
	parseSlot,
	slotContent,
	slotObject,
	type KeySlot,
	type KeysCrashed,
	type PasskeyFailure,
	type SlotFailure,
	type SlotMade,
	type Stretch
} from '#core/sync/key-slot.ts';
import { passkeyLabel, slotLabel } from '#core/sync/labels.ts';
import { broken } from '#core/sync/sealed-object.ts';
import { ROOT_BYTES, encodeSecrets, parseSecrets, type Secrets } from '#core/sync/secrets.ts';
import { deriveFrom, hkdf, hmacKey, keyBytes, randomBytes } from './derive.ts';
import type { Passkeys } from './passkeys.ts';
import { openObject, sealKeys, sealObject, type SealKeys } from './seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Argon2id: 32 bytes. In a thread of its own, since it takes a third of a second. */
export type StretchPassphrase = (
	passphrase: string,
	salt: Bytes,
	stretch: Stretch
) => Promise<Result<Bytes, KeysCrashed>>;

/** What opens a slot: a passphrase, the 32 bytes that recovery words stand for, or a passkey. */
export type Known =
	| { readonly kind: 'passphrase'; readonly passphrase: string }
	| { readonly kind: 'recovery'; readonly entropy: Bytes }
	| { readonly kind: 'passkey' };

/** What a slot is opened with besides. */
export type SlotRim = { readonly stretch: StretchPassphrase; readonly passkeys: Passkeys };

export type OpenSlotFailure = SlotFailure | KeysCrashed | PasskeyFailure;

/** `device` names the passkey in the list of whoever keeps it. */
export type SlotInput = {
	readonly workspace: string;
	readonly secrets: Secrets;
	readonly made: SlotMade;
	readonly name: string;
};

/** The slot's bytes as the server keeps them. */
export async function makeSlot(
	known: Known,
	{ workspace, secrets, made, name }: SlotInput,
	rim: SlotRim
): Promise<Result<Bytes, KeysCrashed | PasskeyFailure>> {
	const salt = randomBytes(SALT_BYTES);
	const passkey = known.kind === 'passkey' ? await rim.passkeys.make(name, passkeyLabel(workspace, salt)) : null;
	if (passkey && !passkey.ok) return passkey;
	const slot = {
		workspace,
		slot: known.kind,
		stretch: known.kind === 'passphrase' ? STRETCH : null,
		salt,
		credential: passkey?.value.credential ?? null,
		made
	};
	const secret = passkey ? ok(passkey.value.secret) : await secretOf(slot, known, rim);
	if (!secret.ok) return secret;
	const keys = await slotKeys(slot, secret.value);
	const sealed = { ...slot, secrets: await sealObject(keys, slotObject, encodeSecrets(secrets)) };
	const newest = secrets.roots[made.epoch - 1];
	return ok(encodeSlot(sealed, await proofOf(sealed, newest ?? new Uint8Array(ROOT_BYTES))));
}

/** Fails: broken-object, also for a slot of another kind · weak-slot, before anything is computed · wrong-secret */
export async function openSlot(
	bytes: Bytes,
	workspace: string,
	known: Known,
	rim: SlotRim
): Promise<Result<Secrets, OpenSlotFailure>> {
	const read = parseSlot(bytes, workspace);
	if (!read.ok) return read;
	const { secrets, ...slot } = read.value.slot;
	if (slot.slot !== known.kind) return broken('content');
	const secret = await secretOf(slot, known, rim);
	if (!secret.ok) return secret;
	const opened = await openObject(await slotKeys(slot, secret.value), slotObject, secrets.id, secrets.bytes);
	if (!opened.ok) return opened.error.why === 'sealed' ? err({ kind: 'wrong-secret' }) : opened;
	const parsed = parseSecrets(opened.value);
	if (!parsed.ok) return parsed;
	return parsed.value.roots.length === (slot.made?.epoch ?? 1) ? parsed : broken('content');
}

/** Whether whoever made a slot had the root key of its epoch; those of the first form do not say. */
export async function isProvenSlot(slot: KeySlot, proof: Bytes, root: CryptoKey): Promise<boolean> {
	return crypto.subtle.verify('HMAC', await proofKey(slot, root), proof, slotContent(slot));
}

async function proofOf(slot: KeySlot, root: Bytes): Promise<Bytes> {
	const key = await proofKey(slot, await deriveFrom(root));
	return new Uint8Array(await crypto.subtle.sign('HMAC', key, slotContent(slot)));
}

async function proofKey({ workspace, made }: KeySlot, root: CryptoKey): Promise<CryptoKey> {
	return hmacKey(await keyBytes(root, 'slot', { workspace, scope: '', epoch: made?.epoch ?? 1 }));
}

async function secretOf(
	slot: Omit<KeySlot, 'secrets'>,
	known: Known,
	rim: SlotRim
): Promise<Result<Bytes, KeysCrashed | PasskeyFailure>> {
	const { workspace, salt, stretch, credential } = slot;
	if (known.kind === 'recovery') return ok(known.entropy);
	if (known.kind === 'passphrase') return rim.stretch(known.passphrase.normalize('NFKC'), salt, stretch ?? STRETCH);
	return rim.passkeys.use(credential ?? new Uint8Array(), passkeyLabel(workspace, salt));
}

async function slotKeys(slot: Omit<KeySlot, 'secrets'>, secret: Bytes): Promise<SealKeys> {
	const { workspace, salt } = slot;
	const own = await hkdf(await deriveFrom(secret), salt, slotLabel(slot), 32);
	return sealKeys(await deriveFrom(own), { workspace, scope: `slot/${slot.slot}`, epoch: 1 });
}
