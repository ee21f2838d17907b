// Who a request came from, as a hash: it counts requests, and is forgotten within three hours.
import { hashOf } from './bytes.ts';

/** Of an IPv6 address the network: whoever has one address of it has them all. */
export async function addressOf(request: Request): Promise<string> {
	const address = request.headers.get('cf-connecting-ip') ?? '';
	const network = address.includes(':') ? address.split(':').slice(0, 4).join(':') : address;
	return hashOf(new TextEncoder().encode(`weir/address ${network}`));
}
