// From an edition to its reader: what is sent, what is kept, and what a link and a passphrase open.
import { describe, expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import { digest } from '#lib/crypto/derive.ts';
import { fingerprintOf, openShare, shareKeysOf } from '#lib/crypto/share.ts';
import { createConsole } from '#lib/flows/console.ts';
import { openLink, readLink, type ReadShareEffects } from '#lib/flows/read-share.ts';
import { toBase64Url, fromBase64Url } from '#core/base64url.ts';
import { testEffects, type TestEffects } from './effects.ts';
import { HIDDEN, madeEdition } from './made-edition.ts';
import { memoryShares } from './memory-shares.ts';
import { oneDevice } from './sync-two.ts';

const PASSPHRASE = 'eight letters';

async function sharing() {
	const { one } = await oneDevice(async (effects) => {
		const named = await createConsole(effects).setAuthor('Ada');
		expect(named.ok).toBe(true);
	});
	const shares = memoryShares(one.now);
	const effects: TestEffects = { ...one, sharing: { ...one.sharing, edge: shares.edge } };
	const asked: string[] = [];
	const reader: ReadShareEffects = {
		keysOf: (link, passphrase) => shareKeysOf(link, passphrase, effects.sync.stretch),
		unseal: openShare,
		fingerprintOf,
		leaseOf: () => 'L',
		open: async ({ share, auth }) => {
			asked.push(share);
			const there = shares.held.get(share);
			const bytes = fromBase64Url(auth);
			const isRight = there && bytes && toBase64Url(await digest(bytes)) === there.auth && there.revokedAtMs === null;
			return isRight ? ok({ sizeBytes: there.sizeBytes }) : err({ kind: 'share-closed' });
		},
		fetchSealed: ({ share, onProgress }) => {
			onProgress(1);
			return Promise.resolve(ok(shares.held.get(share)?.bytes ?? new Uint8Array()));
		}
	};
	const read = async (link: string, passphrase: string | null) => {
		const { pathname, hash } = new URL(link, 'https://weir.example');
		const found = readLink(pathname.slice(3), hash);
		return found.ok ? openLink(found.value, passphrase, reader, () => undefined) : found;
	};
	return { weir: createConsole(effects), held: shares.held, read, asked };
}

describe('sharing an edition', () => {
	test('gives a link that its passphrase opens, and nothing else', async () => {
		const { weir, held, read } = await sharing();
		const shared = await weir.shareEdition(madeEdition, { passphrase: PASSPHRASE, views: 3 });
		if (!shared.ok) return expect.unreachable(shared.error.kind);
		const { link, share, fingerprint } = shared.value;
		expect(await read(link, PASSPHRASE)).toMatchObject(ok({ fingerprint, bundle: { title: 'Rivers' } }));
		for (const other of [null, '', 'nine letters'])
			expect(await read(link, other)).toEqual(err({ kind: 'share-closed' }));
		// What the edge has opens nothing, and has nothing of the report in it.
		const { auth, bytes } = held.get(share) ?? { auth: '', bytes: new Uint8Array() };
		for (const text of [auth, Buffer.from(bytes).toString('latin1')])
			for (const told of [link.slice(-48), 'Rivers', 'Oslo', HIDDEN]) expect(text).not.toContain(told);
	});

	test('is listed with its report and link, until it is revoked and nobody reads it', async () => {
		const { weir, read } = await sharing();
		const shared = await weir.shareEdition(madeEdition);
		if (!shared.ok) return expect.unreachable(shared.error.kind);
		const { share, link, createdAtMs } = shared.value;
		expect(shared.value.expiresAtMs).toBe(createdAtMs + 7 * 86_400_000);
		expect(await weir.shares()).toMatchObject(
			ok([{ share, state: 'stands', maxViews: null, kept: { report: madeEdition.report, title: 'Rivers', link } }])
		);
		expect(await read(link, null)).toMatchObject({ ok: true });
		expect(await weir.revokeShare(share)).toEqual(ok(undefined));
		expect(await read(link, null)).toEqual(err({ kind: 'share-closed' }));
		expect(await weir.shares()).toMatchObject(ok([{ share, state: 'revoked' }]));
	});

	test('asks nothing of the edge for a link that is not whole', async () => {
		const { weir, read, asked } = await sharing();
		const shared = await weir.shareEdition(madeEdition);
		if (!shared.ok) return expect.unreachable(shared.error.kind);
		const { link } = shared.value;
		for (const broken of [link.slice(0, -1), link + link.slice(link.indexOf('#')), link.slice(0, link.indexOf('#'))])
			expect(await read(broken, null)).toMatchObject(err({ kind: 'link-incomplete' }));
		expect(asked).toEqual([]);
	});

	test('without a server is a link that carries it, and says what is missing for the other kind', async () => {
		const weir = createConsole(testEffects());
		const linked = await weir.linkEdition(madeEdition);
		if (!linked.ok) return expect.unreachable(linked.error.kind);
		const { read } = await sharing();
		expect(await read(linked.value.link, null)).toMatchObject(
			ok({ fingerprint: linked.value.fingerprint, bundle: { title: 'Rivers' } })
		);
		expect(await weir.shareEdition(madeEdition)).toEqual(err({ kind: 'sync-off' }));
		const long = { ...madeEdition, description: Array.from({ length: 20_000 }, (_, at) => at * 7919).join(' ') };
		expect(await weir.linkEdition(long)).toMatchObject(err({ kind: 'link-too-long' }));
	});

	test('refuses a short passphrase, and an end or a number of views that no share has', async () => {
		const { weir, held } = await sharing();
		expect(await weir.shareEdition(madeEdition, { passphrase: 'short' })).toMatchObject(
			err({ kind: 'passphrase-too-short' })
		);
		for (const options of [{ expiresInDays: 0 }, { expiresInDays: 1000 }, { views: 0 }, { views: 1.5 }])
			expect(await weir.shareEdition(madeEdition, options)).toMatchObject(err({ kind: 'invalid-argument' }));
		expect(await weir.shareEdition({} as never)).toMatchObject(err({ kind: 'invalid-argument' }));
		expect(held.size).toBe(0);
	});
});
