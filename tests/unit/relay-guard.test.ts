// What the edge connects to for somebody else: which addresses are of the public internet, which hosts and ports it lets through.
import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import { reachOf } from '#edge/relay/address.ts';
import { checkPlace, namedHosts, type GuardSettings } from '#edge/relay/guard.ts';

/** Source: IANA, "IPv4 Special-Purpose Address Registry" and "IPv4 Multicast Address Space Registry". */
const special4 = [
	'0.0.0.0/8',
	'10.0.0.0/8',
	'100.64.0.0/10',
	'127.0.0.0/8',
	'169.254.0.0/16',
	'172.16.0.0/12',
	'192.0.0.0/24',
	'192.0.2.0/24',
	'192.168.0.0/16',
	'198.18.0.0/15',
	'198.51.100.0/24',
	'203.0.113.0/24',
	'224.0.0.0/4',
	'240.0.0.0/4'
];
/** Source: IANA, "IPv6 Special-Purpose Address Registry"; all outside 2000::/3 is not handed out. */
const special6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const listed = new BlockList();
for (const [family, ranges] of [
	['ipv4', special4],
	['ipv6', special6]
] as const)
	for (const range of ranges) {
		const [net = '', bits = ''] = range.split('/');
		listed.addSubnet(net, Number(bits), family);
	}

describe('an address', () => {
	test('of IPv4 that is listed as special is not public, however it is chosen, nor one beside a list’s edges', () => {
		const octets = fc.oneof(
			fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)),
			fc.tuple(
				fc.constantFrom(0, 10, 100, 127, 169, 172, 192, 198, 203, 224, 240, 255),
				fc.constantFrom(0, 2, 15, 16, 18, 19, 31, 51, 63, 64, 127, 168, 254),
				fc.constantFrom(0, 2, 100, 113, 255),
				fc.nat(255)
			)
		);
		fc.assert(
			fc.property(octets, (parts) => {
				const address = parts.join('.');
				if (listed.check(address, 'ipv4')) expect(reachOf(address), address).not.toBe('public');
			}),
			{ numRuns: 5000 }
		);
	});

	test('of IPv6 is public only within what is handed out, and never with another address inside', () => {
		const groups = fc.tuple(
			fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0x64, 0x2001, 0x2002, 0x3fff, 0xfc00, 0xfe80, 0xfec0, 0xff02)),
			fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0xdb8, 0xff9b, 1, 2, 0x10, 0x20, 0x1ff)),
			...Array.from({ length: 6 }, () => fc.oneof(fc.nat(0xffff), fc.constant(0)))
		);
		fc.assert(
			fc.property(groups, (parts) => {
				const address = parts.map((part) => part.toString(16)).join(':');
				const first = parts[0];
				const isHandedOut = first >= 0x2000 && first <= 0x3fff;
				if (!isHandedOut || listed.check(address, 'ipv6')) expect(reachOf(address), address).not.toBe('public');
			}),
			{ numRuns: 5000 }
		);
	});

	test.each([
		['8.8.8.8', 'public'],
		['2a00:1450:4001:82a::200e', 'public'],
		['127.0.0.1', 'inner'],
		['10.1.2.3', 'inner'],
		['100.64.0.1', 'inner'],
		['[fd12::1]', 'inner'],
		['::1', 'inner'],
		['0.0.0.0', 'never'],
		['169.254.169.254', 'never'],
		['100.100.100.200', 'never'],
		['168.63.129.16', 'never'],
		['fd00:ec2::254', 'never'],
		['fd00:0ec2:0::0254', 'never'],
		['fe80::1', 'never'],
		['fe80::1%eth0', 'never'],
		['fec0::1', 'never'],
		['::', 'never'],
		['::ffff:127.0.0.1', 'never'],
		['::ffff:7f00:1', 'never'],
		['::127.0.0.1', 'never'],
		['::ffff:0:127.0.0.1', 'never'],
		['64:ff9b::7f00:1', 'never'],
		['64:ff9b:1::7f00:1', 'never'],
		['2002:7f00:1::', 'never'],
		['2001:0:7f00:1::', 'never'],
		['2001:db8::1', 'never'],
		['3fff::1', 'never'],
		['255.255.255.255', 'never'],
		['224.0.0.1', 'never'],
		['127.1', null],
		['0x7f000001', null],
		['example.org', null],
		['', null]
	])('%s is %s', (address, reach) => {
		expect(reachOf(address)).toBe(reach);
	});
});

const known: Readonly<Record<string, readonly string[]>> = {
	'api.weather.dev': ['93.184.215.14', '2606:2800:21f:cb07::1'],
	'mixed.weather.dev': ['93.184.215.14', '127.0.0.1'],
	'inner.weather.dev': ['10.0.0.5'],
	'text.weather.dev': ['somewhere.else'],
	'db.local': ['10.0.0.5'],
	'metadata.google.internal': ['169.254.169.254']
};
const settings: GuardSettings = {
	ports: new Set([80, 443]),
	named: namedHosts(''),
	isNamedOnly: false,
	resolve: (name) =>
		name === 'lost.weather.dev' ? Promise.reject(new Error('no')) : Promise.resolve(known[name] ?? [])
};
const refused = (reason: string) => err({ kind: 'place-not-allowed', reason });

describe('a place', () => {
	test('whose addresses are all public is handed back with them', async () => {
		const place = {
			host: 'api.weather.dev',
			port: 443,
			addresses: ['93.184.215.14', '2606:2800:21f:cb07::1'],
			isNamed: false
		};
		expect(await checkPlace({ host: 'API.Weather.dev.', port: 443 }, settings)).toEqual(ok(place));
	});

	test.each([
		['mixed.weather.dev', 443, 'address'],
		['inner.weather.dev', 443, 'address'],
		['text.weather.dev', 443, 'address'],
		['api.weather.dev', 22, 'port'],
		['2130706433', 80, 'address'],
		['0x7f.1', 80, 'address'],
		['017700000001', 80, 'address'],
		['::1', 80, 'address'],
		['[::ffff:7f00:1]', 80, 'address'],
		['localhost', 80, 'name'],
		['LOCALHOST.', 80, 'name'],
		['metadata.google.internal', 80, 'name'],
		['db.local', 80, 'name'],
		['intranet', 80, 'name'],
		['user@api.weather.dev', 443, 'host'],
		['api.weather.dev:443', 443, 'host'],
		['api.weather.dev/x', 443, 'host'],
		['api.weather.dev..', 443, 'host'],
		['fe80::1%eth0', 443, 'host'],
		['', 443, 'host']
	])('%s at %i is refused for its %s', async (host, port, reason) => {
		expect(await checkPlace({ host, port }, settings)).toEqual(refused(reason));
	});

	test('that nobody knows, or whose resolver does not answer, is unknown', async () => {
		const unknown = err({ kind: 'place-unknown' });
		expect(await checkPlace({ host: 'nowhere.weather.dev', port: 443 }, settings)).toEqual(unknown);
		expect(await checkPlace({ host: 'lost.weather.dev', port: 443 }, settings)).toEqual(unknown);
	});

	test('that the operator named may be of an inner network, at the port that is named', async () => {
		const named = namedHosts(
			'db.local:5432, 10.0.0.5, [FD12::1]:8080 , api.weather.dev, ::1, /, metadata.google.internal'
		);
		const here = { ...settings, named };
		expect(await checkPlace({ host: 'db.local', port: 5432 }, here)).toMatchObject(ok({ addresses: ['10.0.0.5'] }));
		expect(await checkPlace({ host: 'db.local', port: 443 }, here)).toEqual(refused('name'));
		expect(await checkPlace({ host: '10.0.0.5', port: 80 }, here)).toMatchObject({ ok: true });
		expect(await checkPlace({ host: '10.0.0.5', port: 5432 }, here)).toEqual(refused('port'));
		expect(await checkPlace({ host: 'fd12:0::1', port: 8080 }, here)).toMatchObject(ok({ addresses: ['fd12::1'] }));
		expect(await checkPlace({ host: '::1', port: 80 }, here)).toEqual(refused('address'));
		expect(await checkPlace({ host: 'metadata.google.internal', port: 80 }, here)).toEqual(refused('address'));
		const only = { ...here, isNamedOnly: true };
		expect(await checkPlace({ host: 'api.weather.dev', port: 443 }, only)).toMatchObject({ ok: true });
		expect(await checkPlace({ host: 'example.org', port: 443 }, only)).toEqual(refused('not-named'));
	});
});
