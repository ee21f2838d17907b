// The shapes that many endpoints share: ids, sealed bytes as text, counts.
import {
	integer,
	maxLength,
	maxValue,
	minValue,
	number,
	object,
	optional,
	pipe,
	regex,
	string,
	toNumber,
	type GenericSchema
} from 'valibot';

/** 128 random bits, base64url: a workspace, a space, a token, a slot. */
export const randomId = pipe(string(), regex(/^[A-Za-z0-9_-]{22}$/));
/** 32 bytes, base64url: a keyed hash that names an object or a ref, or the SHA-256 of bytes. */
export const hashId = pipe(string(), regex(/^[A-Za-z0-9_-]{43}$/));

/** Numbers that JSON keeps exactly. */
export const count = pipe(number(), integer(), minValue(0), maxValue(Number.MAX_SAFE_INTEGER));
/** UTC epoch. */
export const timeMs = pipe(number(), integer(), minValue(0), maxValue(Number.MAX_SAFE_INTEGER));

/** Where a chain of hashes ends. */
export const tip = object({ seq: count, hash: hashId });

/** A number in a query, which is text: all that comes after it is wanted; from the beginning when it is left out. */
export const afterSeq = optional(pipe(string(), regex(/^\d{1,15}$/), toNumber()), '0');

/** Bytes that the edge cannot read, as base64url without padding, in the one text that stands for them. */
export function sealed(sizeBytes: number): GenericSchema<string, string> {
	const letters = Math.ceil((sizeBytes * 4) / 3);
	return pipe(string(), maxLength(letters), regex(/^([\w-]{4})*([\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/));
}
