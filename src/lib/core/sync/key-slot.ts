// A key slot: the workspace's secrets, sealed by what a person knows. The server keeps slots; it decides nothing about them.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { err, ok, type Result } from '../result.ts';
import { bytesShape, readCanonical } from './read-canonical.ts';
import { broken, type BrokenObject, type ObjectType } from './sealed-object.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Argon2id (RFC 9106). */
export type Stretch = { readonly memoryKib: number; readonly passes: number; readonly lanes: number };

/**
 * What a passphrase is stretched by, and the least that a slot may ask for: a server that could lower it would guess passphrases
 * cheaply. It cannot ask for much more either, or a page would hang for it.
 *
 * Source: RFC 9106, section 4, the second recommended option (64 MiB, 3 passes), with one lane.
 */
export const STRETCH: Stretch = { memoryKib: 65_536, passes: 3, lanes: 1 };
const STRETCH_MAX: Stretch = { memoryKib: 1_048_576, passes: 16, lanes: 1 };
export const SALT_BYTES = 16;
/** A passphrase is guessed offline by whoever has a slot: shorter ones are refused when it is chosen. */
export const PASSPHRASE_MIN = 12;

export const slotKinds = ['passphrase', 'recovery', 'passkey'] as const;
export type SlotKind = (typeof slotKinds)[number];

/** Who made a slot, for the list of slots; the time is for display alone. */
export type SlotMade = { readonly epoch: number; readonly device: string; readonly atMs: number };

export type KeySlot = {
	readonly workspace: string;
	readonly slot: SlotKind;
	/** Null where the secret is random already. */
	readonly stretch: Stretch | null;
	readonly salt: Bytes;
	/** Which passkey it is of; null for other slots. */
	readonly credential: Bytes | null;
	/** Null in slots of the first form. */
	readonly made: SlotMade | null;
	readonly secrets: { readonly id: string; readonly bytes: Bytes };
};

export const slotObject: ObjectType = 'slot';

/** The thread that stretches passphrases died: there was not enough memory, most of the time. */
export type KeysCrashed = { readonly kind: 'keys-crashed'; readonly reason: string };

export type PasskeyFailure =
	/** No WebAuthn here, or an authenticator that keeps no secrets. */
	| { readonly kind: 'passkeys-unsupported' }
	/** The person, or the time, said no; or there is no such passkey here. The browser does not say which. */
	| { readonly kind: 'passkey-refused' };

export type SlotFailure = BrokenObject | { readonly kind: 'weak-slot' } | { readonly kind: 'wrong-secret' };

/** The epoch that a slot opens up to. */
export function epochOf({ made }: Pick<KeySlot, 'made'>): number {
	return made?.epoch ?? 1;
}

const positive = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31));
const first = {
	workspace: v.string(),
	slot: v.picklist(slotKinds),
	stretch: v.nullable(v.strictObject({ memoryKib: positive, passes: positive, lanes: positive })),
	salt: v.pipe(
		bytesShape,
		v.check((salt) => salt.length === SALT_BYTES)
	),
	secrets: v.strictObject({ id: v.string(), bytes: bytesShape })
};
const madeShape = v.strictObject({ epoch: positive, device: v.string(), atMs: v.number() });
const shape = v.union([
	v.strictTuple([v.literal('weir/slot/v1'), v.strictObject(first)]),
	v.strictTuple([
		v.literal('weir/slot/v2'),
		v.strictObject({ ...first, credential: v.nullable(bytesShape), made: madeShape }),
		bytesShape
	])
]);

/** What the proof of a slot is made of: all of it but the proof. */
export function slotContent(slot: KeySlot): Bytes {
	return encodeCanonical(['weir/slot/v2', slot]);
}

/** `proof` is HMAC of `slotContent` by a key of the newest root key: that a device of the workspace made it. */
export function encodeSlot(slot: KeySlot, proof: Bytes): Bytes {
	return encodeCanonical(['weir/slot/v2', slot, proof]);
}

export type ReadSlot = { readonly slot: KeySlot; readonly proof: Bytes | null };

/** A slot of this workspace. Fails before anything is computed: broken-object · weak-slot */
export function parseSlot(bytes: Bytes, workspace: string): Result<ReadSlot, SlotFailure> {
	const read = readCanonical(bytes, shape);
	if (!read || read[1].workspace !== workspace) return broken('content');
	const slot: KeySlot = read[0] === 'weir/slot/v1' ? { ...read[1], credential: null, made: null } : read[1];
	if ((slot.slot === 'passkey') !== (slot.credential !== null)) return broken('content');
	return isStretched(slot) ? ok({ slot, proof: read[2] ?? null }) : err({ kind: 'weak-slot' });
}

function isStretched({ slot, stretch }: KeySlot): boolean {
	if (slot !== 'passphrase') return stretch === null;
	if (!stretch) return false;
	return (['memoryKib', 'passes', 'lanes'] as const).every(
		(name) => stretch[name] >= STRETCH[name] && stretch[name] <= STRETCH_MAX[name]
	);
}
