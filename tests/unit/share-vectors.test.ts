// What was shared once opens for ever: a link, one with a passphrase, and one that carries its report, of each format of a bundle.
import { readFileSync } from 'node:fs';
import { inflateSync, strFromU8 } from 'fflate';
import { expect, test } from 'vitest';
import { ok } from '#core/result.ts';
import { decodeBundle } from '#core/share/bundle-bytes.ts';
import { parseShareLink } from '#core/share/share-link.ts';
import { parseWholeLink } from '#core/share/whole-link.ts';
import { fingerprintOf, openShare, shareKeysOf } from '#lib/crypto/share.ts';
import { createKeysWork } from '#workers/keys/keys.ts';

type Kept = {
	readonly shares: readonly {
		readonly link: string;
		readonly passphrase: string | null;
		readonly auth: string;
		readonly sealed: string;
	}[];
	readonly whole: string;
	readonly fingerprint: string;
	readonly json: string;
};

test.each([
	['weir/share/v1', 'share-1.json'],
	['weir/share/v2', 'share-2.json'],
	['weir/share/v3', 'share-3.json']
])('what was shared as %s opens for ever', async (format, file) => {
	const text = readFileSync(new URL(`../vectors/share/${file}`, import.meta.url), 'utf8');
	const kept = JSON.parse(text) as Kept;
	const work = createKeysWork();
	const whole = parseWholeLink(kept.whole.slice(3));
	if (!whole.ok) return expect.unreachable(whole.error.kind);
	const json = strFromU8(inflateSync(whole.value));
	expect(json).toBe(kept.json);
	expect(json).toContain(`"format":"${format}"`);
	expect(await fingerprintOf(whole.value)).toBe(kept.fingerprint);
	expect(decodeBundle(whole.value)).toMatchObject({ ok: true, value: { title: 'Rivers' } });
	for (const { link, passphrase, auth, sealed } of kept.shares) {
		const [path = '', fragment = ''] = link.split(/(?=#)/);
		const read = parseShareLink(path.slice(3), fragment);
		if (!read.ok) return expect.unreachable(read.error.kind);
		expect(read.value.hasPassphrase).toBe(passphrase !== null);
		const keys = await shareKeysOf(read.value, passphrase, async (...given) => ok(await work.stretch(...given)));
		if (!keys.ok) return expect.unreachable(keys.error.kind);
		expect(keys.value.auth).toBe(auth);
		const opened = await openShare(keys.value.key, read.value.share, new Uint8Array(Buffer.from(sealed, 'base64')));
		expect(opened).toEqual(ok(whole.value));
	}
});
