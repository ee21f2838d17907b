// The relay in real workerd, against real servers: what arrives and what does not, what a source is sent, and how an answer ends.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { listAudit } from '#core/contract/audit.ts';
import { err } from '#core/result.ts';
import { askSource, type SourceQuestion } from '#edge/relay/ask-source.ts';
import { boundedBody } from '#edge/relay/bounded-body.ts';
import { namedHosts, type GuardSettings } from '#edge/relay/guard.ts';
import { resolverAt } from '#edge/relay/resolve.ts';
import { grant, log, makeWorkspace, send, type TestWorkspace } from './edge.ts';

type Servers = Readonly<Record<'apiPort' | 'tlsPort' | 'trapPort' | 'rawPort' | 'resolverPort' | 'movedPort', number>>;
const { apiPort, tlsPort, trapPort, rawPort, resolverPort, movedPort } = (inject as (key: string) => unknown)(
	'sources'
) as Servers;

const SOURCE_RESOLVER = `http://127.0.0.1:${resolverPort}/dns-query`;
const SOURCE_HOSTS = ['api', 'other'].flatMap((name) =>
	[apiPort, tlsPort, rawPort].map((port) => `${name}.source.example:${port}`)
);
const here = { SOURCE_RELAY: '', SOURCE_RESOLVER, SOURCE_HOSTS: SOURCE_HOSTS.join(',') };
const api = `http://api.source.example:${apiPort}`;
const tls = `https://api.source.example:${tlsPort}`;

let made: TestWorkspace;

beforeAll(async () => {
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	made = await makeWorkspace();
});

const asking = { method: 'GET', headers: [], body: null, isSecret: false } as const;

async function relay(
	question: Partial<SourceQuestion> & { readonly url: string },
	token = made.token.text,
	settings: Readonly<Record<string, string>> = here
): Promise<Response> {
	return send(
		`/api/v1/workspaces/${made.workspace}/relay`,
		{
			method: 'POST',
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body: JSON.stringify({ ...asking, ...question })
		},
		settings
	);
}

/** Facts of a failure; or the status that the source answered. */
async function outcome(answer: Response): Promise<unknown> {
	if (answer.ok) {
		await answer.body?.cancel();
		return Number(answer.headers.get('source-status'));
	}
	return (await answer.json<{ error: unknown }>()).error;
}

type Told = {
	readonly trapped: number;
	readonly asked: readonly string[];
	/** Connections to where names are that move. */
	readonly met: number;
};

async function told(): Promise<Told> {
	return (await fetch(`http://127.0.0.1:${apiPort}/told`)).json();
}

/** Ways to write the loopback of this machine, or another place that a source may not be. */
const spellings: readonly string[] = [
	'127.0.0.1',
	'127.0.0.1.',
	'127.1',
	'127.0.1',
	'127.127.127.127',
	'2130706433',
	'2130706433.',
	'0x7f000001',
	'0x7F.0x0.0x0.0x1',
	'0x7f.1',
	'017700000001',
	'0177.0.0.1',
	'0177.0x0.1',
	'0000177.0.0.1',
	'127.0.0.0x1',
	'%31%32%37.0.0.1',
	'127%2e0%2e0%2e1',
	'%30x7f.1',
	'１２７.0.0.1',
	'①②⑦.0.0.1',
	'127。0。0。1',
	'127．0．0．1',
	'0',
	'0.0.0.0',
	'0x0',
	'00000000',
	'[::1]',
	'[0:0:0:0:0:0:0:1]',
	'[0000::0001]',
	'[::]',
	'[::ffff:127.0.0.1]',
	'[::ffff:7f00:1]',
	'[0:0:0:0:0:ffff:127.0.0.1]',
	'[::127.0.0.1]',
	'[::7f00:1]',
	'[::ffff:0:127.0.0.1]',
	'[64:ff9b::127.0.0.1]',
	'[64:ff9b:1::7f00:1]',
	'[2002:7f00:1::]',
	'[2001:0:7f00:1::]',
	'[fe80::1]',
	'[fe80::1%25lo]',
	'[fe80::1%lo]',
	'[fec0::1]',
	'[fc00::1]',
	'[fd00:ec2::254]',
	'[ff02::1]',
	'[2001:db8::1]',
	'localhost',
	'LOCALHOST',
	'localhost.',
	'ⓛocalhost',
	'loca%6chost',
	'a.localhost',
	'localhost.localdomain',
	'ip6-localhost',
	'loopback.source.dev',
	'LOOPBACK.source.dev.',
	'six.source.dev',
	'mapped.source.dev',
	'mixed.source.dev',
	'private.source.dev',
	'metadata.source.dev',
	'zero.source.dev',
	'bücher.source.dev',
	'xn--bcher-kva.source.dev',
	'broken.source.dev',
	'metadata',
	'metadata.google.internal',
	'instance-data.ec2.internal',
	'169.254.169.254',
	'0xa9fea9fe',
	'[::ffff:169.254.169.254]',
	'100.100.100.200',
	'168.63.129.16',
	'192.0.0.192',
	'10.0.0.1',
	'172.16.0.1',
	'192.168.0.1',
	'100.64.0.1',
	'198.18.0.1',
	'192.0.2.1',
	'224.0.0.1',
	'255.255.255.255',
	'api.source.example@127.0.0.1',
	'api.source.example:x@127.0.0.1',
	'127.0.0.1#@api.source.example',
	'127.0.0.1\\@api.source.example',
	'127.0.0.1\t',
	'//127.0.0.1'
];
/** Besides an authority: other schemes, and what a parser may take for one. */
const addresses: readonly string[] = [
	...spellings.map(
		(spelling) =>
			`http://${spelling.replace(/([#\\@].*)?$/, (rest) => (rest.startsWith('@') ? `${rest}:${trapPort}` : `:${trapPort}${rest}`))}`
	),
	`http:127.0.0.1:${trapPort}`,
	`http:/127.0.0.1:${trapPort}`,
	`http:\\\\127.0.0.1:${trapPort}`,
	` http://127.0.0.1:${trapPort}`,
	`ht\ntp://127.0.0.1:${trapPort}`,
	`//127.0.0.1:${trapPort}`,
	`ftp://127.0.0.1:${trapPort}`,
	`gopher://127.0.0.1:${trapPort}/_GET`,
	`ws://127.0.0.1:${trapPort}`,
	'file:///etc/passwd',
	'data:text/plain,trapped',
	`blob:http://127.0.0.1:${trapPort}/x`,
	`javascript:fetch('http://127.0.0.1:${trapPort}')`,
	''
];

const guard: GuardSettings = {
	ports: new Set([trapPort, apiPort]),
	named: namedHosts(`api.source.example:${apiPort}`),
	isNamedOnly: false,
	resolve: resolverAt(SOURCE_RESOLVER)
};

async function ask(url: string, settings = guard, limitMs = 20_000): Promise<unknown> {
	const asked = await askSource({ ...asking, url }, settings, AbortSignal.timeout(limitMs));
	if (!asked.ok) return asked.error.kind;
	asked.value.close();
	return asked.value.status;
}

describe('what is not of the public internet', () => {
	const refusals = expect.stringMatching(/^source-not-(allowed|reached)$/) as string;

	test('would be reached if it were named: the trap is open', async () => {
		const { trapped } = await told();
		const named = namedHosts('127.0.0.1');
		expect(await ask(`http://0x7f.1:${trapPort}`, { ...guard, named })).toBe(200);
		expect((await told()).trapped - trapped).toBe(1);
	});

	test('is not reached, however it is written', async () => {
		expect(addresses.length).toBeGreaterThanOrEqual(100);
		const { trapped } = await told();
		for (const address of addresses) {
			expect(await ask(address), address).toEqual(refusals);
			expect(await outcome(await relay({ url: address })), address).toMatchObject({ kind: refusals });
		}
		expect((await told()).trapped - trapped).toBe(0);
	});

	test('is not reached where a source leads to it, by any status', async () => {
		const { trapped } = await told();
		for (const address of addresses) {
			const to = encodeURIComponent(address);
			const led = await ask(`${api}/leads?to=${to}`);
			// What is no address, or the same one, leads nowhere.
			expect([302, 200, 'source-not-allowed', 'source-not-reached'], address).toContain(led);
		}
		for (const status of [301, 303, 307, 308])
			expect(
				await outcome(await relay({ url: `${api}/leads?status=${status}&to=http://127.0.0.1:${trapPort}/` }))
			).toEqual({ kind: 'source-not-allowed', origin: `http://127.0.0.1:${trapPort}`, reason: 'port' });
		expect((await told()).trapped - trapped).toBe(0);
	});

	test('is not reached by a name that is answered otherwise the second time: it is asked for once', async () => {
		const before = await told();
		expect(await ask(`http://rebinds.source.dev:${trapPort}`, guard, 300)).toEqual(refusals);
		const { trapped, asked } = await told();
		const questions = asked.slice(before.asked.length).filter((one) => one.startsWith('rebinds.'));
		expect(questions.toSorted()).toEqual(['rebinds.source.dev A', 'rebinds.source.dev AAAA']);
		expect(await ask(`http://rebinds.source.dev:${trapPort}`, guard, 300)).toEqual(refusals);
		expect(trapped - before.trapped).toBe(0);
	});
});

describe('a name that is answered with another address a moment later', () => {
	const host = (name: string): string => `${name}.source.example:${movedPort}`;
	const named = namedHosts(['moves', 'moves-later', 'moves-led'].map(host).join(','));
	const moving: GuardSettings = { ...guard, named };
	const since = async (before: Told): Promise<unknown> => {
		const { trapped, asked, met } = await told();
		const questions = asked.slice(before.asked.length).filter((one) => one.endsWith(' A'));
		return {
			trapped: trapped - before.trapped,
			connections: met - before.met,
			resolved: questions.length
		};
	};

	test('would lead to a trap that is open', async () => {
		const before = await told();
		const opened = namedHosts(`127.0.0.1:${movedPort}`);
		expect(await ask(`http://127.0.0.1:${movedPort}`, { ...guard, named: opened })).toBe(200);
		expect(await since(before)).toEqual({ trapped: 1, connections: 0, resolved: 0 });
	});

	test('is asked at the address that was checked, and once more only after another check, on a connection of its own', async () => {
		const before = await told();
		expect(await ask(`http://${host('moves')}/`, moving)).toBe(200);
		expect(await since(before)).toEqual({ trapped: 0, connections: 1, resolved: 1 });
		// The source kept the first connection open: nothing is sent over it unchecked.
		expect(await ask(`http://${host('moves')}/`, moving)).toBe('source-not-allowed');
		expect(await since(before)).toEqual({ trapped: 0, connections: 1, resolved: 2 });
	});

	test('is asked at another address of the same answer when the first one is deaf', async () => {
		const before = await told();
		expect(await ask(`http://${host('moves-later')}/`, moving)).toBe(200);
		expect(await since(before)).toEqual({ trapped: 0, connections: 1, resolved: 1 });
	});

	test('is checked anew where it leads to itself, and not followed', async () => {
		const before = await told();
		const led = `http://${host('moves-led')}/?to=${encodeURIComponent('/inner')}`;
		expect(await ask(led, moving)).toBe('source-not-allowed');
		expect(await since(before)).toEqual({ trapped: 0, connections: 1, resolved: 2 });
	});
});

describe('a source that is reached', () => {
	test('is sent what was asked, and nothing of the page, of other connections, or of the edge’s own token', async () => {
		const headers = [
			['Accept', 'application/json'],
			['X-Own', 'ü'],
			['Cookie', 'a=b'],
			['Connection', 'X-Own'],
			['Transfer-Encoding', 'chunked'],
			['Host', 'elsewhere.example'],
			['X-Forwarded-For', '1.2.3.4'],
			['Proxy-Authorization', 'Basic x']
		].map(([name = '', value = '']) => ({ name, value }));
		const answer = await relay({ url: `${api}/a%20b?c=d#e`, method: 'POST', headers, body: '{"x":"ü"}' });
		expect(answer.headers.get('source-status')).toBe('200');
		expect(answer.headers.get('content-type')).toBe('application/octet-stream');
		const seen = await answer.json<{ method: string; url: string; rawHeaders: string[]; body: string }>();
		expect(seen).toMatchObject({ method: 'POST', url: '/a%20b?c=d', body: '{"x":"ü"}' });
		const names = seen.rawHeaders.filter((_text, at) => at % 2 === 0);
		expect(names).toEqual([
			...['Host', 'Accept', 'X-Own', 'Accept-Encoding', 'User-Agent', 'Via', 'Content-Length', 'Connection']
		]);
		expect(seen.rawHeaders[1]).toBe(`api.source.example:${apiPort}`);
		expect(JSON.stringify(seen)).not.toContain(made.token.secret);
	});

	test('by TLS has to show a certificate of its name', async () => {
		expect(await outcome(await relay({ url: `${tls}/x`, isSecret: true }))).toBe(200);
		const origin = `https://other.source.example:${tlsPort}`;
		expect(await outcome(await relay({ url: `${origin}/x` }))).toEqual({
			kind: 'source-not-reached',
			origin,
			stage: 'tls'
		});
		// What speaks no TLS is none either.
		expect(await outcome(await relay({ url: `https://api.source.example:${apiPort}/x` }))).toMatchObject({
			kind: 'source-not-reached'
		});
	});

	test('says when it may be asked again and what comes next, and sets no cookie', async () => {
		const answer = await relay({ url: `${api}/busy` });
		expect([answer.status, await answer.text()]).toEqual([200, 'busy']);
		const { headers } = answer;
		expect(headers.get('source-status')).toBe('429');
		expect(headers.get('source-retry-after')).toBe('7');
		expect(headers.get('source-link')).toBe('</next>; rel="next"');
		expect([...headers.keys()].filter((name) => name.includes('cookie'))).toEqual([]);
	});

	test('that leads on is followed, five times at most, and with a secret not at all', async () => {
		const leads = `${api}/leads?to=${encodeURIComponent('/x?y')}`;
		expect(await (await relay({ url: leads })).json()).toMatchObject({ url: '/x?y' });
		expect(await outcome(await relay({ url: leads, isSecret: true }))).toBe(302);
		expect(await outcome(await relay({ url: `${api}/loop?1` }))).toBe(302);
		const headers = [
			{ name: 'X-Key', value: 'secret' },
			{ name: 'Accept', value: 'text/csv' }
		];
		const away = `http://other.source.example:${apiPort}/x`;
		const seen = await (await relay({ url: `${api}/leads?to=${away}`, headers })).json<{ rawHeaders: string[] }>();
		expect(seen.rawHeaders).toContain('text/csv');
		expect(seen.rawHeaders).not.toContain('secret');
		const body = { method: 'POST', body: '{}' } as const;
		expect(await outcome(await relay({ url: `${api}/leads?status=307&to=${away}`, ...body }))).toBe(307);
		expect(await (await relay({ url: `${api}/leads?status=302&to=/x`, ...body })).json()).toMatchObject({
			method: 'GET',
			body: ''
		});
		expect(await outcome(await relay({ url: `${tls}/leads?to=${api}/x` }))).toBe(302);
	});

	test('is sent no secret in the clear, unless the operator named it', async () => {
		expect(await outcome(await relay({ url: `${api}/x`, isSecret: true }))).toBe(200);
		const place = await askSource(
			{ ...asking, url: 'http://93.184.215.14/', isSecret: true },
			guard,
			AbortSignal.timeout(300)
		);
		expect(place).toMatchObject(err({ kind: 'source-not-allowed', reason: 'port' }));
		const clear = await askSource(
			{ ...asking, url: `http://93.184.215.14:${trapPort}/`, isSecret: true },
			guard,
			AbortSignal.timeout(300)
		);
		expect(clear).toMatchObject(err({ kind: 'source-not-allowed', reason: 'clear' }));
	});
});

describe('an answer', () => {
	test('that is packed comes as it is, one without a body too', async () => {
		expect(await (await relay({ url: `${api}/packed` })).json()).toEqual([{ id: 1 }]);
		const head = await relay({ url: `${api}/x`, method: 'HEAD' });
		expect([head.headers.get('source-status'), await head.text()]).toEqual(['200', '']);
	});

	test('that is as long as it may be comes whole, one that is longer breaks off behind it', async () => {
		for (const [sizeBytes, count, isWhole] of [
			[100_000, 100_000, true],
			[100_001, 100_001, false],
			[500_000, 100_001, false]
		] as const) {
			const asked = await askSource(
				{ ...asking, url: `${api}/long?bytes=${sizeBytes}` },
				guard,
				AbortSignal.timeout(9000)
			);
			if (!asked.ok) throw new Error(asked.error.kind);
			const ends: unknown[] = [];
			const onEnd = async (...end: readonly unknown[]): Promise<void> => void ends.push(end);
			const body = boundedBody(asked.value, { limitBytes: 100_000, onEnd });
			expect(await countOf(new Response(body))).toEqual([count, isWhole]);
			expect(ends).toEqual([[count, isWhole]]);
		}
	});

	test('that is cut off, or is none, is not taken for a whole one', async () => {
		expect(await countOf(await relay({ url: `${api}/cut` }))).toEqual([10, false]);
		const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n';
		for (const bytes of [`${head}-5\r\nxxxxx`, `${head}zz\r\n`, `${head}1\r\nab\r\n0\r\n\r\n`, head])
			expect(await countOf(await relay({ url: rawUrl(bytes) })), bytes).toEqual([expect.any(Number), false]);
		const origin = `http://api.source.example:${rawPort}`;
		for (const bytes of ['', 'SSH-2.0-OpenSSH\r\n', 'HTTP/1.1 200 OK\r\nA', 'HTTP/1.1 101 Hi\r\n\r\n'])
			expect(await outcome(await relay({ url: rawUrl(bytes) })), bytes).toEqual({
				kind: 'source-not-reached',
				origin,
				stage: 'answer'
			});
	});

	test('that drips for ever, or never begins, ends when its time is over', async () => {
		const late = AbortSignal.timeout(200);
		expect(await askSource({ ...asking, url: `${api}/silent` }, guard, late)).toMatchObject(
			err({ kind: 'source-not-reached', stage: 'timeout' })
		);
		const dripping = await askSource({ ...asking, url: `${api}/drips` }, guard, AbortSignal.timeout(500));
		if (!dripping.ok) throw new Error(dripping.error.kind);
		await expect(
			(async () => {
				for await (const piece of dripping.value.body) expect(piece.length).toBeGreaterThan(0);
			})()
		).rejects.toThrow();
	});
});

test('the relay is for tokens that may use it, of this workspace, so often in a minute, where the operator has it on', async () => {
	const url = `${api}/x`;
	const may = await grant(made, { verbs: ['relay'] });
	const maynot = await grant(made, { verbs: ['read', 'write', 'ref', 'push', 'share'] });
	const stranger = await makeWorkspace();
	expect((await relay({ url }, may.text)).status).toBe(200);
	expect((await relay({ url }, maynot.text)).status).toBe(404);
	expect((await relay({ url }, stranger.token.text)).status).toBe(404);
	expect((await relay({ url }, 'weir1.nobody')).status).toBe(401);
	expect(await outcome(await relay({ url }, may.text, { ...here, SOURCE_RELAY: 'off' }))).toEqual({
		kind: 'relay-not-connected'
	});
	const only = { ...here, SOURCE_RELAY: 'named' };
	expect(await outcome(await relay({ url }, may.text, only))).toBe(200);
	expect(await outcome(await relay({ url: 'https://93.184.215.14/' }, may.text, only))).toMatchObject({
		reason: 'not-named'
	});
	await env.DB.prepare('UPDATE rate_limits SET count = 600 WHERE who = ?').bind(`relay:${may.id}`).run();
	expect(await outcome(await relay({ url }, may.text))).toMatchObject({ kind: 'too-many-requests' });
});

test('the audit log tells method, origin, status and length of each, and neither it nor the log tells more', async () => {
	const own = await makeWorkspace();
	const secret = 'hush-hush';
	const headers = [{ name: 'Authorization', value: `Bearer ${secret}` }];
	const body = JSON.stringify({ ...asking, url: `${api}/${secret}?key=${secret}`, headers, isSecret: true });
	const begun = log.length;
	const init = {
		method: 'POST',
		headers: { authorization: `Bearer ${own.token.text}`, 'content-type': 'application/json' }
	};
	const path = `/api/v1/workspaces/${own.workspace}/relay`;
	const answer = await send(path, { ...init, body }, here);
	const { length } = await answer.text();
	await send(path, { ...init, body: body.replace(api, 'http://127.0.0.1') }, here);
	const audited = await own.call(listAudit, { after: '0' });
	if (!audited.ok) throw new Error(audited.error.kind);
	const subjects = audited.value.entries.filter(({ action }) => action === 'source-asked');
	expect(subjects.map(({ subject, actor }) => [actor, subject])).toEqual([
		[own.token.id, `GET ${api} 200, ${length} bytes`],
		[own.token.id, 'GET http://127.0.0.1 refused']
	]);
	expect(JSON.stringify([audited.value, log.slice(begun)])).not.toContain(secret);
});

function rawUrl(bytes: string): string {
	return `http://api.source.example:${rawPort}/${btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** How many bytes came, and whether they came to their end. */
async function countOf({ body }: Response): Promise<readonly [number, boolean]> {
	let sizeBytes = 0;
	try {
		for await (const piece of body as ReadableStream<Uint8Array>) sizeBytes += piece.length;
		return [sizeBytes, true];
	} catch {
		// Broken off.
		return [sizeBytes, false];
	}
}
