// CRC-24 of bytes: it tells what went wrong on the way, and protects from nobody.

/**
 * Three bytes, big-endian, of all the pieces one after another.
 *
 * Source: RFC 9580, section 6.1.1.
 */
export function crc24(...pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	let crc = 0xb704ce;
	for (const piece of pieces)
		for (const byte of piece) {
			crc ^= byte << 16;
			for (let bit = 0; bit < 8; bit++) {
				crc <<= 1;
				if (crc & 0x1000000) crc ^= 0x1864cfb;
			}
		}
	return new Uint8Array([(crc >> 16) & 255, (crc >> 8) & 255, crc & 255]);
}
