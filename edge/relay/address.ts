// Which addresses belong to the public internet. Everything else is refused, also what is reserved, and what carries another address inside.
import ipaddr from 'ipaddr.js';

/** `inner`: a network of one's own, which an operator may open; `never`: nothing that a source could have. */
export type AddressReach = 'public' | 'inner' | 'never';

const inner = new Set(['loopback', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** What cloud machines ask about themselves at addresses that ranges do not tell: they hand out credentials. */
const metadata = new Set(['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254', 'fd00:42::42']);

/** Source: IANA, "IPv6 Global Unicast Address Assignments": nothing else of IPv6 is handed out. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** RFC 9637: documentation. */
const documentation = ipaddr.IPv6.parseCIDR('3fff::/20');

/** Of an address as a resolver or a parsed URL writes it, in brackets or not; null for what is none. */
export function reachOf(text: string): AddressReach | null {
	const bare = text.replace(/^\[(.*)\]$/, '$1');
	if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !(bare.includes(':') && ipaddr.IPv6.isValid(bare))) return null;
	// A zone is of one machine alone.
	if (bare.includes('%')) return 'never';
	const address = ipaddr.parse(bare);
	if (metadata.has(address.toString())) return 'never';
	const range = address.range();
	if (inner.has(range)) return 'inner';
	if (range !== 'unicast') return 'never';
	if (address instanceof ipaddr.IPv4) return 'public';
	return address.match(globalUnicast) && !address.match(documentation) ? 'public' : 'never';
}
