// What the edge may connect to for somebody else: the one place that decides. It never connects itself; see note: why the address is handed back.
//
// Note: why the address is handed back. A name may be answered with another address a moment later. Whoever connects takes `address`, which
// was checked, and does not ask for the name again; where the runtime takes names alone, see DECISIONS.md.
import { err, ok, type Result } from '#core/result.ts';
import { reachOf } from './address.ts';

/** All addresses of a name, of both families; empty where there is none. Throws where nobody could be asked. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Hosts that the operator named: from `SOURCE_HOSTS`, see `namedHosts`. */
export type NamedHosts = ReadonlySet<string>;

export type GuardSettings = {
	/** Those that need not be named with their host. */
	readonly ports: ReadonlySet<number>;
	readonly named: NamedHosts;
	/** Nothing but what is named. */
	readonly isNamedOnly: boolean;
	readonly resolve: Resolve;
};

/** Where to connect to. */
export type CheckedPlace = {
	/** As a certificate has it: small letters, IDN as punycode, without a point at the end; IPv6 without brackets. */
	readonly host: string;
	readonly port: number;
	/** Those that were checked, IPv4 first; IPv6 without brackets. At least one. */
	readonly addresses: readonly [string, ...string[]];
	readonly isNamed: boolean;
};

/** `address` does not tell which one: who asks learns nothing of a network. */
export type GuardFailure =
	| { readonly kind: 'place-not-allowed'; readonly reason: 'host' | 'port' | 'name' | 'address' | 'not-named' }
	| { readonly kind: 'place-unknown' };

/** Endings that never lead to the public internet. Source: IANA, "Special-Use Domain Names", and names in use for networks at home. */
const innerEnding =
	/(^|\.)(localhost|local|localdomain|internal|intranet|private|corp|home|lan|arpa|test|invalid|example|onion|alt)$/;

/**
 * Fails: place-not-allowed · place-unknown, where the name has no address or the resolver does not answer
 */
export async function checkPlace(
	{ host: typed, port }: { readonly host: string; readonly port: number },
	{ ports, named, isNamedOnly, resolve }: GuardSettings
): Promise<Result<CheckedPlace, GuardFailure>> {
	const host = hostOf(typed);
	if (host === null) return err({ kind: 'place-not-allowed', reason: 'host' });
	const isNamed = named.has(host) || named.has(placeText(host, port));
	if (!isNamed && isNamedOnly) return err({ kind: 'place-not-allowed', reason: 'not-named' });
	if (!ports.has(port) && !named.has(placeText(host, port))) return err({ kind: 'place-not-allowed', reason: 'port' });
	const isAddress = reachOf(host) !== null;
	if (!isAddress && !isNamed && (!host.includes('.') || innerEnding.test(host)))
		return err({ kind: 'place-not-allowed', reason: 'name' });
	const addresses = isAddress ? [host] : await addressesOf(host, resolve);
	const isRefused = addresses.some((one) => {
		const reach = reachOf(one);
		return reach !== 'public' && !(reach === 'inner' && isNamed);
	});
	if (isRefused) return err({ kind: 'place-not-allowed', reason: 'address' });
	const [first, ...others] = addresses.toSorted((a, b) => Number(a.includes(':')) - Number(b.includes(':')));
	if (first === undefined) return err({ kind: 'place-unknown' });
	return ok({ host, port, addresses: [first, ...others], isNamed });
}

/** The hosts of a setting, with commas between: `db.example.org`, `10.0.0.5:5432`, `[fd12::1]:8080`. What is none of these is left out. */
export function namedHosts(setting: string | undefined): NamedHosts {
	const named = new Set<string>();
	for (const entry of (setting ?? '').split(',')) {
		const [, hostText = '', portText] = /^\s*(\[[^\]]*\]|[^\s:[\]]+)(?::(\d{1,5}))?\s*$/.exec(entry) ?? [];
		const host = hostOf(hostText);
		if (host !== null) named.add(portText === undefined ? host : placeText(host, Number(portText)));
	}
	return named;
}

function placeText(host: string, port: number): string {
	return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** As the WHATWG reads a host, which takes decimal, octal and hexadecimal forms for the address they are; null for what is more than one. */
function hostOf(typed: string): string | null {
	const text = typed.includes(':') && !typed.startsWith('[') ? `[${typed}]` : typed;
	const url = URL.parse(`http://${text}/`);
	if (!url || text === '' || /[\s/\\?#@%]/.test(text)) return null;
	const isWhole =
		url.port === '' && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
	// A host that says its port is two things.
	if (!isWhole || /:\d*$/.test(text)) return null;
	const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
	return host === '' || host.endsWith('.') || host.length > 253 ? null : host;
}

async function addressesOf(host: string, resolve: Resolve): Promise<readonly string[]> {
	try {
		return await resolve(host);
	} catch {
		// Who cannot be asked knows no address.
		return [];
	}
}
