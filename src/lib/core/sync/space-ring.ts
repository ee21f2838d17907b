// The keys of one space, an epoch each, as the space's wrap holds them: what was sealed before an epoch began opens as before.
import * as v from 'valibot';
import { encodeCanonical } from '../encoding.ts';
import { ok, type Result } from '../result.ts';
import { bytesShape, readCanonical } from './read-canonical.ts';
import { broken, type BrokenObject } from './sealed-object.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type RingKey = { readonly epoch: number; readonly key: Bytes };
/** Oldest first, one at least. */
export type SpaceRing = readonly [RingKey, ...RingKey[]];

const KEY_BYTES = 32;
const shape = v.strictTuple([
	v.literal('weir/space-keys/v1'),
	v.pipe(
		v.array(
			v.strictObject({
				epoch: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2 ** 32 - 1)),
				key: v.pipe(
					bytesShape,
					v.check((key) => key.length === KEY_BYTES)
				)
			})
		),
		v.minLength(2),
		v.check((ring) => ring.every(({ epoch }, at) => at === 0 || epoch > (ring[at - 1]?.epoch ?? 0)))
	)
]);

/** One key alone is its bytes. */
export function encodeRing(ring: SpaceRing): Bytes {
	return ring.length === 1 ? ring[0].key : encodeCanonical(['weir/space-keys/v1', ring]);
}

/** A ring whose newest key is of `epoch`. */
export function parseRing(plain: Bytes, epoch: number): Result<SpaceRing, BrokenObject> {
	if (plain.length === KEY_BYTES) return ok([{ epoch, key: plain }]);
	const [oldest, ...others] = readCanonical(plain, shape)?.[1] ?? [];
	return oldest && others.at(-1)?.epoch === epoch ? ok([oldest, ...others]) : broken('content');
}
