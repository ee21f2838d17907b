// Texts that name a place on a network: e-mail addresses, URLs, IP addresses.

/** What HTML takes for an e-mail address, with a dot in its host. Source: HTML, "Valid e-mail address". */
export function isEmail(text: string): boolean {
	return (
		text.length <= 254 &&
		/^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63}$/.test(
			text
		)
	);
}

export function isUrl(text: string): boolean {
	return /^(?:https?|ftp|wss?):\/\/(?:[^\s/?#@]+@)?(?:\[[0-9a-fA-F:.]+\]|[^\s/?#:@[\]]+)(?::\d{1,5})?(?:[/?#]\S*)?$/i.test(
		text
	);
}

/** Four numbers up to 255 without leading zeros. */
export function isIpv4(text: string): boolean {
	return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

/** Eight groups, or fewer around one `::`; the last two may be an IPv4 address. Source: RFC 4291, section 2.2. */
export function isIpv6(text: string): boolean {
	if (!/^[0-9a-fA-F:.]{2,45}$/.test(text) || !text.includes(':')) return false;
	const halves = text.split('::');
	if (halves.length > 2) return false;
	const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
	const last = groups.at(-1) ?? '';
	const isMapped = last.includes('.');
	if (isMapped && (!isIpv4(last) || text.endsWith(':'))) return false;
	const hex = isMapped ? groups.slice(0, -1) : groups;
	if (hex.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return false;
	const count = hex.length + (isMapped ? 2 : 0);
	return halves.length === 2 ? count <= 7 : count === 8;
}
