// What a `Range` header asks for of bytes that are so many.

type Range = { readonly startByte: number; readonly length: number };

/** One range; several, or what is none, is answered as if nothing had been asked (RFC 9110, section 14.2). */
export function rangeOf(header: string | undefined, sizeBytes: number): Range | null | 'unsatisfiable' {
	const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
	if (first === undefined || last === undefined || (first === '' && last === '')) return null;
	if (first === '') {
		const length = Math.min(Number(last), sizeBytes);
		return length === 0 ? 'unsatisfiable' : { startByte: sizeBytes - length, length };
	}
	const startByte = Number(first);
	const endByte = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
	if (startByte >= sizeBytes) return 'unsatisfiable';
	return endByte <= startByte ? null : { startByte, length: endByte - startByte };
}
