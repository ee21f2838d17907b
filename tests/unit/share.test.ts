// What is shared of a report, what a link says, what opens it: nothing more than is shown, nothing that anybody else made.
import { deflateRawSync } from 'node:zlib';
import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from '#core/base64url.ts';
import { err, ok } from '#core/result.ts';
import { bundleLimits } from '#core/share/bundle.ts';
import { decodeBundle, encodeBundle } from '#core/share/bundle-bytes.ts';
import { canonicalJson } from '#core/share/canonical-json.ts';
import { crc24 } from '#core/share/crc24.ts';
import { wholeLink, parseWholeLink } from '#core/share/whole-link.ts';
import { minimiseEdition } from '#core/share/minimise-edition.ts';
import { parseShareLink, writeShareLink } from '#core/share/share-link.ts';
import { newShareLink, openShare, sealShare, shareKeysOf } from '#lib/crypto/share.ts';
import { readLink } from '#lib/flows/read-share.ts';
import { chart, hashes, HIDDEN, madeEdition, shownOf, tableOf } from './made-edition.ts';

const bundle = minimiseEdition(madeEdition, () => hashes);
const bytes = encodeBundle(bundle);

type Json = { [name: string]: unknown; blocks: Record<string, unknown>[] };
const jsonOf = (): Json => JSON.parse(strFromU8(inflateSync(bytes))) as Json;
const packed = (value: unknown): Uint8Array<ArrayBuffer> =>
	new Uint8Array(deflateSync(strToU8(typeof value === 'string' ? value : JSON.stringify(value))));

describe('a bundle', () => {
	test('holds nothing that the report does not show', () => {
		const text = strFromU8(inflateSync(bytes));
		expect(text).not.toContain(HIDDEN);
		// Nor where anything stands in the text, or how long it took.
		for (const number of [7001, 7002, 7003, 7004]) expect(text).not.toContain(String(number));
		expect(text).toContain('Oslo');
		expect(text).toContain('shown_sql');
		expect(bundle.sources.map(({ name }) => name)).toEqual(['cities', 'sensors']);
	});

	test('is read back as it was, but for what is no number', () => {
		const read = decodeBundle(bytes);
		if (!read.ok) return expect.unreachable(read.error.why);
		expect(canonicalJson(read.value)).toBe(canonicalJson(bundle));
		expect(encodeBundle(read.value)).toEqual(bytes);
		const chart = read.value.blocks.find(({ block }) => block.kind === 'chart');
		expect(chart && 'shown' in chart && chart.shown.ok && chart.shown.table.columns[1]?.values).toEqual([
			1.25,
			'NaN',
			'Infinity'
		]);
	});

	test('that somebody else made is refused where anything in it is not as it should be', () => {
		const changes: Record<string, (json: Json) => void> = {
			'another format': (json) => (json['format'] = 'weir/share/v9'),
			'a field more': (json) => (json['html'] = '<script>'),
			'a field less': (json) => delete json['sources'],
			'a block of another kind': (json) => json.blocks.push({ kind: 'html', html: '<img src=x onerror=alert(1)>' }),
			'markup in prose': (json) =>
				json.blocks.unshift({ kind: 'prose', node: { kind: 'html', text: '<script>' }, values: [] }),
			'a link that runs a script': (json) =>
				json.blocks.unshift({
					kind: 'prose',
					node: { kind: 'paragraph', children: [{ kind: 'link', url: 'javascript:alert(1)', children: [] }] },
					values: []
				}),
			'a number that is not there': (json) =>
				json.blocks.unshift({
					kind: 'prose',
					node: { kind: 'paragraph', children: [{ kind: 'value', at: 0 }] },
					values: []
				}),
			'a source that is not there': (json) =>
				json.blocks.push({
					...json.blocks.at(-1),
					shown: { ok: true, table: { rowCount: 0, columns: [] }, totalRows: 0, sources: [9] }
				}),
			'a column of another length': (json) =>
				json.blocks.push({
					...json.blocks.at(-1),
					shown: {
						ok: true,
						table: { rowCount: 2, columns: [{ name: 'x', type: 'text', values: ['a'] }] },
						totalRows: 2,
						sources: []
					}
				}),
			'a cell that is an object': (json) =>
				json.blocks.push({
					...json.blocks.at(-1),
					shown: {
						ok: true,
						table: { rowCount: 1, columns: [{ name: 'x', type: 'text', values: [{}] }] },
						totalRows: 1,
						sources: []
					}
				}),
			'too many blocks': (json) => {
				json.blocks = Array.from({ length: bundleLimits.blocks + 1 }, () => ({ ...json.blocks.at(-1) }));
			}
		};
		expect(decodeBundle(packed(jsonOf())).ok).toBe(true);
		for (const [what, change] of Object.entries(changes)) {
			const json = jsonOf();
			change(json);
			expect(decodeBundle(packed(json)), what).toEqual(err({ kind: 'invalid-bundle', why: 'shape' }));
		}
	});

	test('that is nested without end, a bomb, cut, or no bundle at all, is refused', () => {
		let node: object = { kind: 'paragraph', children: [] };
		for (let depth = 0; depth < 50; depth++) node = { kind: 'quote', children: [node] };
		const json = jsonOf();
		json.blocks.unshift({ kind: 'prose', node, values: [] });
		const shape = err({ kind: 'invalid-bundle', why: 'shape' });
		expect(decodeBundle(packed(json))).toEqual(shape);
		expect(decodeBundle(packed('['.repeat(100_000)))).toEqual(shape);
		expect(decodeBundle(packed('{"__proto__":{"format":"weir/share/v1"}}'))).toEqual(shape);
		const bomb = new Uint8Array(deflateRawSync(new Uint8Array(bundleLimits.jsonBytes + 2 ** 20)));
		expect(decodeBundle(bomb)).toEqual(err({ kind: 'invalid-bundle', why: 'too-large' }));
		expect(decodeBundle(bytes.slice(0, -1))).toEqual(err({ kind: 'invalid-bundle', why: 'packed' }));
		expect(decodeBundle(new Uint8Array())).toMatchObject({ ok: false });
		fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => !decodeBundle(new Uint8Array(any)).ok));
	});
});

describe('a link', () => {
	const link = newShareLink(true);
	const [path = '', fragment = ''] = writeShareLink(link).split(/(?=#)/);

	test('says its share, its secret, and whether a passphrase is asked for', () => {
		expect(path).toBe(`/s/${link.share}`);
		expect(fragment).toMatch(/^#v1\.[\w-]{48}$/);
		expect(parseShareLink(link.share, fragment)).toEqual(ok(link));
		const plain = newShareLink(false);
		const again = writeShareLink(plain).split(/(?=#)/)[1] ?? '';
		expect(parseShareLink(plain.share, again)).toEqual(ok(plain));
	});

	test('that was cut, doubled, encoded again or changed in one letter is incomplete before anything is asked', () => {
		const broken = [
			...Array.from({ length: fragment.length - 1 }, (_, length) => fragment.slice(0, length + 1)),
			fragment + fragment,
			`${fragment}#`,
			`${fragment}.`,
			`${fragment}%20`,
			encodeURIComponent(fragment),
			`#${encodeURIComponent(fragment.slice(1)).replace('.', '%2E')}`,
			fragment.toLowerCase(),
			`${fragment.slice(0, 20)}\n${fragment.slice(20)}`,
			...Array.from({ length: 48 }, (_, at) => {
				const letter = fragment[at + 4] === 'A' ? 'B' : 'A';
				return fragment.slice(0, at + 4) + letter + fragment.slice(at + 5);
			})
		];
		for (const one of broken) expect(readLink(link.share, one), one).toMatchObject(err({ kind: 'link-incomplete' }));
		expect(readLink(link.share, '')).toEqual(err({ kind: 'link-incomplete', why: 'missing' }));
		expect(readLink(newShareLink(true).share, fragment)).toMatchObject(err({ kind: 'link-incomplete' }));
		expect(readLink('../api', fragment)).toMatchObject(err({ kind: 'link-incomplete' }));
		expect(readLink(link.share, '#v2.abc')).toEqual(err({ kind: 'link-newer' }));
	});

	test('may carry the report itself, and is known when it was cut', () => {
		const whole = wholeLink(bytes);
		expect(parseWholeLink(whole.slice(3))).toEqual(ok(bytes));
		expect(readLink('', whole.slice(3))).toEqual(ok({ kind: 'whole', bytes }));
		for (const cut of [whole.slice(3, -1), whole.slice(3, -4), '#d1.AAAA', '#d1.'])
			expect(readLink('', cut), cut).toMatchObject(err({ kind: 'link-incomplete' }));
	});

	test('is checked by the CRC-24 of RFC 9580', () => {
		expect([...crc24(strToU8('123456789'))]).toEqual([0x21, 0xcf, 0x02]);
	});
});

test('of a map of own regions the outlines are shared, with the names of those that rows are of, and nothing else', () => {
	const square = (x: number): string =>
		JSON.stringify([
			[
				[
					[x, 0],
					[x, 1],
					[x + 1, 1],
					[x + 1, 0],
					[x, 0]
				]
			]
		]);
	const shapes = {
		table: tableOf(
			{ name: 'key', type: 'text', values: ['Nord', `${HIDDEN}_south`] },
			{ name: 'shape', type: 'text', values: [square(0), square(1)] }
		),
		rowCount: 9,
		unread: { noGeometry: 7, noArea: 0, beyond: 0 }
	};
	const rows = tableOf({ name: 'x', type: 'text', values: ['nord'] }, { name: 'y', type: 'number', values: [3] });
	const own = { from: `${HIDDEN}_shapes`, key: `${HIDDEN}_code` };
	const map = { block: { ...chart, type: 'regions' as const, shapes: own }, shown: shownOf(rows), shapes };
	const shared = encodeBundle(minimiseEdition({ ...madeEdition, blocks: [map] }, () => hashes));
	const json = JSON.parse(strFromU8(inflateSync(shared))) as Json;
	expect(JSON.stringify(json)).not.toContain(HIDDEN);
	expect(json['format']).toBe('weir/share/v3');
	const read = decodeBundle(shared);
	const [block] = read.ok ? read.value.blocks : [];
	expect(block && 'shapes' in block && block.shapes.table.columns).toEqual([
		{ name: 'key', type: 'text', values: ['Nord', null] },
		{ name: 'shape', type: 'text', values: [square(0), square(1)] }
	]);
	for (const format of ['weir/share/v1', 'weir/share/v2'])
		expect(decodeBundle(packed({ ...json, format })).ok).toBe(false);
	const { shapes: _shapes, ...without } = json.blocks[0] ?? {};
	expect(decodeBundle(packed({ ...json, blocks: [without] })).ok).toBe(false);
});

test('of a column behind a label the label is shared, and of an input one name', () => {
	const named = { ...chart, x: `${HIDDEN}_x`, xLabel: 'Day', yLabel: 'Level' };
	const measured = { ...named, y: [{ kind: 'aggregate', aggregate: 'avg', column: `${HIDDEN}_y` }] } as const;
	const [input] = madeEdition.blocks.filter((one) => one.block.kind === 'input');
	if (input?.block.kind !== 'input' || !('value' in input)) return expect.unreachable('no input');
	const asked = { ...input.block, name: `${HIDDEN}_input`, column: `${HIDDEN}_column`, label: 'City' };
	const blocks = [
		{ block: measured, shown: shownOf(tableOf({ name: 'x', type: 'date', values: [0] })) },
		{ ...input, block: asked }
	];
	const bundle = minimiseEdition({ ...madeEdition, blocks, sources: [] }, () => hashes);
	expect(JSON.stringify(bundle)).not.toContain(HIDDEN);
	expect(bundle.blocks).toMatchObject([
		{ block: { x: 'Day', xLabel: 'Day', yLabel: 'Level' } },
		{ block: { label: 'City' }, value: 'Oslo' }
	]);
});

describe('a seal', () => {
	const stretch = (passphrase: string, salt: Uint8Array<ArrayBuffer>) =>
		Promise.resolve(ok(new Uint8Array([...strToU8(passphrase), ...salt])));
	const keysOf = async (passphrase: string | null, link = newShareLink(passphrase !== null)) => {
		const keys = await shareKeysOf(link, passphrase, stretch);
		if (!keys.ok) throw new Error(keys.error.kind);
		return { link, ...keys.value };
	};

	test('opens for the same link and passphrase, and for nothing else', async () => {
		const { link, key, auth } = await keysOf('eight letters');
		const sealed = await sealShare(key, link.share, bytes);
		expect(await openShare(key, link.share, sealed)).toEqual(ok(bytes));
		const broken = err({ kind: 'broken-share' });
		for (const passphrase of [null, 'eight letter', 'Eight letters']) {
			const other = await keysOf(passphrase, link);
			expect(other.auth).not.toBe(auth);
			expect(await openShare(other.key, link.share, sealed)).toEqual(broken);
		}
		expect(await openShare(key, newShareLink(true).share, sealed)).toEqual(broken);
		// The same in another spelling of Unicode.
		const { link: accented, auth: composed } = await keysOf('Café au lait');
		expect((await keysOf('Cafe\u0301 au lait', accented)).auth).toBe(composed);
	});

	test('of which a byte was changed, cut or added does not open', async () => {
		const { link, key } = await keysOf(null);
		const sealed = await sealShare(key, link.share, bytes);
		const broken = err({ kind: 'broken-share' });
		for (const at of [0, 3, 4, 15, 16, 100, sealed.length - 1]) {
			const changed = sealed.slice();
			changed[at] = (changed[at] ?? 0) ^ 1;
			expect(await openShare(key, link.share, changed), String(at)).toEqual(broken);
		}
		for (const cut of [sealed.slice(0, -1), sealed.slice(0, 31), new Uint8Array(), new Uint8Array([...sealed, 0])])
			expect(await openShare(key, link.share, cut)).toEqual(broken);
	});

	test('tells of a length no more than what Padmé leaves', async () => {
		const { link, key } = await keysOf(null);
		const lengths = await Promise.all(
			[1, 100, 250].map(async (length) => (await sealShare(key, link.share, new Uint8Array(length))).length)
		);
		expect(new Set(lengths).size).toBe(1);
	});
});

test('ids and secrets are texts of bytes', () => {
	expect(fromBase64Url(newShareLink(false).share)).toHaveLength(16);
	expect(toBase64Url(newShareLink(false).secret)).toHaveLength(43);
});
