// A key slot: the workspace's secrets, sealed by what a person knows. The server keeps slots; it decides nothing about them.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { err, ok, type Result } from '../result.ts';
import { bytesShape, readCanonical } from './read-canonical.ts';
import { broken, type BrokenObject, type ObjectType } from './sealed-object.ts';

/** What opens everything. `idKey` names versions and parts, so that they have the same names on every device. */
export type Secrets = { readonly rootKey: Uint8Array<ArrayBuffer>; readonly idKey: Uint8Array<ArrayBuffer> };

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

export const slotKinds = ['passphrase', 'recovery'] as const;
export type SlotKind = (typeof slotKinds)[number];

export type KeySlot = {
	readonly workspace: string;
	readonly slot: SlotKind;
	/** Null where the secret is random already. */
	readonly stretch: Stretch | null;
	readonly salt: Uint8Array<ArrayBuffer>;
	readonly secrets: { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer> };
};

export const slotObject: ObjectType = 'slot';

/** The thread that stretches passphrases died: there was not enough memory, most of the time. */
export type KeysCrashed = { readonly kind: 'keys-crashed'; readonly reason: string };

export type SlotFailure = BrokenObject | { readonly kind: 'weak-slot' } | { readonly kind: 'wrong-secret' };

const positive = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 31));
const shape = v.strictTuple([
	v.literal('weir/slot/v1'),
	v.strictObject({
		workspace: v.string(),
		slot: v.picklist(slotKinds),
		stretch: v.nullable(v.strictObject({ memoryKib: positive, passes: positive, lanes: positive })),
		salt: v.pipe(
			bytesShape,
			v.check((salt) => salt.length === SALT_BYTES)
		),
		secrets: v.strictObject({ id: v.string(), bytes: bytesShape })
	})
]);

export function encodeSlot(slot: KeySlot): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/slot/v1', slot]);
}

/** A slot of this workspace and kind. Fails before anything is computed: broken-object · weak-slot */
export function parseSlot(
	bytes: Uint8Array<ArrayBuffer>,
	workspace: string,
	kind: SlotKind
): Result<KeySlot, SlotFailure> {
	const slot = readCanonical(bytes, shape)?.[1];
	if (!slot || slot.workspace !== workspace || slot.slot !== kind) return broken('content');
	return isStretched(slot) ? ok(slot) : err({ kind: 'weak-slot' });
}

function isStretched({ slot, stretch }: KeySlot): boolean {
	if (slot === 'recovery') return stretch === null;
	if (!stretch) return false;
	return (['memoryKib', 'passes', 'lanes'] as const).every(
		(name) => stretch[name] >= STRETCH[name] && stretch[name] <= STRETCH_MAX[name]
	);
}

const secretsShape = v.strictTuple([
	v.literal('weir/secrets/v1'),
	v.strictObject({
		rootKey: v.pipe(
			bytesShape,
			v.check((key) => key.length === 32)
		),
		idKey: v.pipe(
			bytesShape,
			v.check((key) => key.length === 32)
		)
	})
]);

export function encodeSecrets(secrets: Secrets): Uint8Array<ArrayBuffer> {
	return encodeCanonical(['weir/secrets/v1', secrets]);
}

export function parseSecrets(plain: Uint8Array<ArrayBuffer>): Result<Secrets, BrokenObject> {
	const secrets = readCanonical(plain, secretsShape)?.[1];
	return secrets ? ok(secrets) : broken('content');
}
