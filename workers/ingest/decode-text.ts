// Decodes bytes into a string whose characters can be read fast.

const PIECE_BYTES = 64 * 1024;

/**
 * As `decoder.decode(bytes)`, joined from pieces.
 *
 * Note: why pieces. A long string straight from Chromium's decoder lives outside V8's heap, and each charCodeAt on it costs
 * ten times as much; a joined one is flattened into the heap at first use.
 */
export function decodeText(decoder: TextDecoder, bytes: Uint8Array, atEnd = true): string {
	let text = '';
	for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
		text += decoder.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true });
	}
	return atEnd ? text + decoder.decode() : text;
}
