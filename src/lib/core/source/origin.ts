/** Scheme, host and port, in small letters. */
export function originOf(url: string): string {
	return (/^[a-z]+:\/\/[^/?#]+/i.exec(url)?.[0] ?? '').toLowerCase();
}
