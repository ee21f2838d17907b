// Keys and devices as a person changes them: real keys and real stores, over an edge in memory.
import { describe, expect, test } from 'vitest';
import { err, ok } from '#core/result.ts';
import { passphraseStrength } from '#core/sync/passphrase-strength.ts';
import { encodeRef, joinSigned, parseRef } from '#core/sync/ref-record.ts';
import { deriveFrom, hkdf, randomBytes, sha256Text } from '#lib/crypto/derive.ts';
import { signBytes } from '#lib/crypto/device-keys.ts';
import { randomId } from '#lib/crypto/hash.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { createConsole } from '#lib/flows/console.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import type { SyncRim } from '#lib/flows/sync-rim.ts';
import { MemoryEdge } from '../memory-edge.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

const passphrase = 'a sentence of mine';
const another = 'another sentence, longer still';

/** An authenticator that lives on one device. */
function authenticator(): SyncRim['passkeys'] {
	const secrets = new Map<string, Uint8Array<ArrayBuffer>>();
	const use: SyncRim['passkeys']['use'] = async (credential, label) => {
		const own = secrets.get(credential.join());
		if (!own) return err({ kind: 'passkey-refused' });
		return ok(await hkdf(await deriveFrom(own), label, new Uint8Array(), 32));
	};
	return {
		isSupported: () => Promise.resolve(true),
		make: async (_name, label) => {
			const credential = randomBytes(16);
			secrets.set(credential.join(), randomBytes(32));
			const secret = await use(credential, label);
			return secret.ok ? ok({ credential, secret: secret.value }) : secret;
		},
		use
	};
}

function device(edge: MemoryEdge): TestEffects {
	const effects = testEffects({ edge: edge.edge, passkeys: authenticator() });
	// Long enough for the other device of a test to do something.
	const sleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
	return { ...effects, randomId, sleep };
}

async function commit(effects: TestEffects, name: string, text: string): Promise<void> {
	const found = await findDataset(name, effects);
	const onto = found.ok ? found.value.dataset : null;
	const made = await commitTable({ name, onto, message: text, table: tableOf(text), rejects: null, lineage }, effects);
	if (!made.ok) throw new Error(made.error.kind);
}

async function rootHash(effects: TestEffects): Promise<string> {
	const made = await backUp({}, effects);
	return made.ok ? made.value.rootHash : expect.unreachable(made.error.kind);
}

async function sync(effects: TestEffects): Promise<void> {
	const synced = await createConsole(effects).sync();
	expect(synced).toMatchObject({ ok: true });
	if (synced.ok) for (const { outcome } of synced.value.datasets) expect(outcome).toMatchObject({ ok: true });
}

async function newWords(effects: TestEffects): Promise<string> {
	const words = await createConsole(effects).recoveryWords();
	return words.ok ? words.value.join(' ') : expect.unreachable('no words');
}

/** Two devices of one workspace, in step. */
async function two() {
	const edge = new MemoryEdge();
	const one = device(edge);
	await commit(one, 'people', 'the first');
	const words = await newWords(one);
	const code = await createConsole(one).turnOnSync({ passphrase, words, device: 'Laptop' });
	if (!code.ok) return expect.unreachable(code.error.kind);
	await sync(one);
	const other = device(edge);
	expect(await createConsole(other).joinSync({ code: code.value, passphrase, device: 'Phone' })).toMatchObject({
		ok: true
	});
	await sync(other);
	await sync(one);
	return { edge, one, other, words, code: code.value };
}

async function idOf(name: string, effects: TestEffects): Promise<string> {
	const devices = await createConsole(effects).devices();
	const found = devices.ok ? devices.value.find((one) => one.name === name) : undefined;
	return found?.id ?? expect.unreachable(`no device ${name}`);
}

describe('a locked workspace', () => {
	test('keeps no key on the device, goes on working, and opens by passphrase or words', async () => {
		const { one, other, words } = await two();
		const weir = createConsole(one);
		expect(await weir.lockKeys()).toEqual(ok(undefined));
		const stored = await one.db.settings.get('sync-account');
		const keysIn = (value: unknown): number =>
			value instanceof CryptoKey
				? 1
				: typeof value === 'object' && value !== null
					? Object.values(value).reduce<number>((sum, one) => sum + keysIn(one), 0)
					: 0;
		expect(keysIn(stored)).toBe(0);
		expect(await weir.syncState()).toMatchObject({ value: { keys: 'locked', devices: [] } });
		await commit(one, 'people', 'while locked');
		expect(await weir.sync()).toEqual({ ok: false, error: { kind: 'keys-locked' } });
		expect(await weir.unlockKeys({ passphrase: 'not the right one' })).toEqual({
			ok: false,
			error: { kind: 'wrong-secret' }
		});
		expect(await weir.unlockKeys({ passphrase })).toEqual(ok(undefined));
		await sync(one);
		await sync(other);
		expect(await rootHash(other)).toBe(await rootHash(one));
		await weir.lockKeys();
		expect(await weir.unlockKeys({ words })).toEqual(ok(undefined));
		await sync(one);
		expect(await weir.syncState()).toMatchObject({ value: { keys: 'open', waiting: [] } });
	});

	test('opens without the server only where its locked keys were kept here', async () => {
		const { edge, one, other } = await two();
		await createConsole(one).lockKeys({ keepsSlots: true });
		await createConsole(other).lockKeys();
		edge.isDown = true;
		expect(await createConsole(one).unlockKeys({ passphrase })).toEqual(ok(undefined));
		expect(await createConsole(other).unlockKeys({ passphrase })).toMatchObject({
			error: { kind: 'edge-unreachable' }
		});
	});

	test('opens after ten wrong passphrases as after none, and each is told', async () => {
		const { one } = await two();
		const weir = createConsole(one);
		await weir.lockKeys({ keepsSlots: true });
		const before = JSON.stringify(await weir.syncState());
		for (let tries = 0; tries < 10; tries++)
			expect(await weir.unlockKeys({ passphrase: `a wrong one ${tries}` })).toEqual({
				ok: false,
				error: { kind: 'wrong-secret' }
			});
		expect(await weir.unlockKeys({ words: 'abandon abbot' })).toMatchObject({ error: { kind: 'invalid-words' } });
		expect(JSON.stringify(await weir.syncState())).toBe(before);
		expect(await weir.unlockKeys({ passphrase })).toEqual(ok(undefined));
	});

	test('ends the sync of another tab', async () => {
		const { edge, one } = await two();
		await commit(one, 'people', 'on its way');
		const syncing = createConsole(one).sync();
		await createConsole(one).lockKeys();
		const done = await syncing;
		expect(done.ok ? 'it was done by then' : done.error.kind).toMatch(/^(it was done by then|cancelled|keys-locked)$/);
		expect(await createConsole(one).syncState()).toMatchObject({ value: { keys: 'locked' } });
		expect(edge.isDown).toBe(false);
	});
});

describe('what opens a workspace', () => {
	test('a new passphrase opens it and the old one does not; a wrong old one changes nothing', async () => {
		const { one, other, words, code, edge } = await two();
		const weir = createConsole(one);
		const to = { kind: 'passphrase', passphrase: another } as const;
		expect(await weir.changeKey({ passphrase: 'not the right one', to })).toMatchObject({
			error: { kind: 'wrong-secret' }
		});
		expect(await weir.changeKey({ passphrase, to: { ...to, passphrase: 'short' } })).toMatchObject({
			error: { kind: 'passphrase-too-short' }
		});
		expect(await weir.changeKey({ passphrase, to })).toEqual(ok(undefined));
		const third = createConsole(device(edge));
		expect(await third.joinSync({ code, passphrase, device: 'x' })).toMatchObject({ error: { kind: 'wrong-secret' } });
		expect(await third.joinSync({ code, passphrase: another, device: 'Tablet' })).toMatchObject({ ok: true });
		await createConsole(other).lockKeys();
		expect(await createConsole(other).unlockKeys({ words })).toEqual(ok(undefined));
		const slots = await weir.keySlots();
		expect(slots).toMatchObject({
			value: [
				{ kind: 'recovery', device: 'Laptop', wrong: null },
				{ kind: 'passphrase', device: 'Laptop', wrong: null }
			]
		});
	});

	test('the old one stays where the server does not keep the new one as it was sent', async () => {
		const { edge, one, code } = await two();
		edge.losesSlots = true;
		const to = { kind: 'passphrase', passphrase: another } as const;
		expect(await createConsole(one).changeKey({ passphrase, to })).toEqual({
			ok: false,
			error: { kind: 'slot-not-kept' }
		});
		edge.losesSlots = false;
		expect(edge.slots.size).toBe(2);
		expect(await createConsole(device(edge)).joinSync({ code, passphrase, device: 'x' })).toMatchObject({ ok: true });
	});

	test('new words take the place of those of before, of which nothing is left', async () => {
		const { one, words, edge } = await two();
		const weir = createConsole(one);
		const next = await newWords(one);
		expect(await weir.changeKey({ words, to: { kind: 'words', words: next } })).toEqual(ok(undefined));
		expect(edge.slots.size).toBe(2);
		await weir.lockKeys();
		expect(await weir.unlockKeys({ words })).toMatchObject({ error: { kind: 'wrong-secret' } });
		expect(await weir.unlockKeys({ words: next })).toEqual(ok(undefined));
	});

	test('a passkey opens it on its device, beside the others; fewer than two never stay', async () => {
		const { one, other } = await two();
		const weir = createConsole(one);
		expect(await weir.unlockKeys({ passkey: true })).toMatchObject({ error: { kind: 'no-passkey' } });
		expect(await weir.changeKey({ passphrase, to: { kind: 'passkey' } })).toEqual(ok(undefined));
		await weir.lockKeys();
		expect(await weir.unlockKeys({ passkey: true })).toEqual(ok(undefined));
		await createConsole(other).lockKeys();
		expect(await createConsole(other).unlockKeys({ passkey: true })).toMatchObject({
			error: { kind: 'passkey-refused' }
		});
		const slots = await weir.keySlots();
		if (!slots.ok) return expect.unreachable(slots.error.kind);
		const [first, second, third] = slots.value;
		expect(third).toMatchObject({ kind: 'passkey' });
		for (const slot of [first, second])
			expect(await weir.removeKey(slot?.id ?? '')).toEqual({ ok: false, error: { kind: 'slot-needed' } });
		expect(await weir.removeKey(third?.id ?? '')).toEqual(ok(undefined));
		expect(await weir.removeKey('none')).toMatchObject({ error: { kind: 'unknown-slot' } });
	});

	test('a slot that no device of the workspace made is told, and can go', async () => {
		const { edge, one } = await two();
		const [first] = edge.slots.values();
		const foreign = first?.slice() ?? new Uint8Array();
		foreign[foreign.length - 1] = (foreign.at(-1) ?? 0) ^ 1;
		edge.slots.set('planted', foreign);
		const weir = createConsole(one);
		const slots = await weir.keySlots();
		expect(slots.ok && slots.value.filter(({ wrong }) => wrong !== null)).toMatchObject([
			{ id: 'planted', wrong: 'foreign' }
		]);
		expect(await weir.removeKey('planted')).toEqual(ok(undefined));
	});
});

/** A removed device and a server that helps it: one more record, signed by the device, as of before it was removed. */
async function smuggle(edge: MemoryEdge, thief: TestEffects): Promise<void> {
	const account = await thief.sync.rows.account();
	if (!account.ok || !account.value?.keys) return expect.unreachable('it has no keys');
	const { device: own, keys } = account.value;
	for (const [space, log] of edge.logs) {
		const [old, last] = [log[0], log.at(-1)];
		const parsed = old && parseRef(old.record);
		if (!last || !parsed?.ok) return expect.unreachable('there is no record');
		const ref = { ...parsed.value.ref, seq: last.seq + 1, prev: last.hash, device: own.id, members: 2 };
		const content = encodeRef(ref);
		const record = joinSigned(content, await signBytes(keys.signing, content));
		const wire = { ...last, seq: ref.seq, hash: await sha256Text(record), record };
		edge.logs.set(space, [...log, wire]);
	}
}

describe('devices', () => {
	test('have names that can be changed, and times at which the server saw them', async () => {
		const { one, other } = await two();
		const phone = await idOf('Phone', one);
		expect(await createConsole(one).renameDevice(phone, 'Old phone')).toEqual(ok(undefined));
		expect(await createConsole(one).renameDevice('none', 'x')).toMatchObject({ error: { kind: 'unknown-device' } });
		await sync(other);
		expect(await createConsole(other).devices()).toMatchObject({
			value: [
				{ name: 'Laptop', isThis: false, joinedAtMs: 1, lastSeenAtMs: 2 },
				{ name: 'Old phone', isThis: true }
			]
		});
	});

	test('one that is removed sends nothing more, keeps its data, and is told; the others go on with new keys', async () => {
		const { edge, one, other, words, code } = await two();
		const third = device(edge);
		await createConsole(third).joinSync({ code, passphrase, device: 'Tablet' });
		await sync(third);
		const next = await newWords(one);
		const removes = await idOf('Phone', one);
		const wrong = await createConsole(one).rotateKeys({ removes, passphrase: 'not the right one', words: next });
		expect(wrong).toMatchObject({ error: { kind: 'wrong-secret' } });
		const own = await idOf('Laptop', one);
		expect(await createConsole(one).rotateKeys({ removes: own, passphrase, words: next })).toMatchObject({
			error: { kind: 'device-is-this' }
		});
		const rotated = await createConsole(one).rotateKeys({ removes, passphrase, newPassphrase: another, words: next });
		if (!rotated.ok) return expect.unreachable(rotated.error.kind);
		expect(rotated.value).not.toBe(code);

		await commit(other, 'people', 'after all');
		expect(await createConsole(other).sync()).toEqual({ ok: false, error: { kind: 'device-removed' } });
		expect(await createConsole(other).syncState()).toMatchObject({ value: { keys: 'removed' } });
		expect((await findDataset('people', other)).ok).toBe(true);

		await commit(one, 'people', 'under new keys');
		await sync(one);
		await sync(third);
		expect(await rootHash(third)).toBe(await rootHash(one));
		const devices = await createConsole(third).devices();
		expect(devices.ok && devices.value.map(({ name }) => name)).toEqual(['Laptop', 'Tablet']);
		expect(edge.slots.size).toBe(2);

		const late = (): ReturnType<typeof createConsole> => createConsole(device(edge));
		expect(await late().joinSync({ code, passphrase: another, device: 'x' })).toMatchObject({ ok: false });
		expect(await late().joinSync({ code: rotated.value, passphrase, device: 'x' })).toMatchObject({ ok: false });
		expect(await late().joinSync({ code: rotated.value, words, device: 'x' })).toMatchObject({ ok: false });
		const fresh = device(edge);
		expect(await createConsole(fresh).joinSync({ code: rotated.value, words: next, device: 'New' })).toMatchObject({
			ok: true
		});
		await sync(fresh);
		expect(await rootHash(fresh)).toBe(await rootHash(one));
	});

	test('what a removed one sends with a server’s help is refused and told, and what was sealed before it is not sent again', async () => {
		const { edge, one, other } = await two();
		const phone = await idOf('Phone', one);
		const puts = edge.puts;
		const rotated = await createConsole(one).rotateKeys({ removes: phone, passphrase, words: await newWords(one) });
		expect(rotated).toMatchObject({ ok: true });
		// One object tells of the dataset as a whole.
		expect(edge.puts).toBe(puts + 1);
		await smuggle(edge, other);
		const before = await rootHash(one);
		await sync(one);
		expect(await rootHash(one)).toBe(before);
		expect(await createConsole(one).syncState()).toMatchObject({
			value: { refusals: [{ dataset: 'people', device: 'Phone' }] }
		});
		await commit(one, 'people', 'goes on');
		await sync(one);
		const fresh = device(edge);
		if (rotated.ok) await createConsole(fresh).joinSync({ code: rotated.value, passphrase, device: 'New' });
		await sync(fresh);
		expect(await rootHash(fresh)).toBe(await rootHash(one));
		const messages = await createConsole(fresh).versions('people');
		expect(messages.ok && messages.value.map(({ message }) => message)).toEqual(['the first', 'goes on']);
	});

	test('new keys without removing one reach all, twice in a row, also one that was locked meanwhile', async () => {
		const { one, other } = await two();
		await createConsole(other).lockKeys({ keepsSlots: true });
		for (const text of ['second', 'third']) {
			const rotated = await createConsole(one).rotateKeys({ removes: null, passphrase, words: await newWords(one) });
			expect(rotated).toMatchObject({ ok: true });
			await commit(one, 'people', text);
			await sync(one);
		}
		// What it kept is of keys of before; the log gives it those of now.
		expect(await createConsole(other).unlockKeys({ passphrase })).toEqual(ok(undefined));
		await sync(other);
		expect(await rootHash(other)).toBe(await rootHash(one));
		const [mine, theirs] = [await createConsole(one).syncState(), await createConsole(other).syncState()];
		expect(mine.ok && mine.value.kind === 'on' && mine.value.code).toBe(
			theirs.ok && theirs.value.kind === 'on' && theirs.value.code
		);
	});
});

describe('letting a device in', () => {
	test('both show the same words, and the new one has everything without passphrase or words', async () => {
		const { edge, one } = await two();
		const weir = createConsole(one);
		const code = await weir.enrolCode();
		if (!code.ok) return expect.unreachable(code.error.kind);
		const fresh = device(edge);
		let shown: readonly string[] = [];
		const joining = createConsole(fresh).askToJoin({
			code: code.value,
			device: 'Tablet',
			onWords: (all) => (shown = all)
		});
		const asking = await weir.askingDevice(code.value);
		if (!asking.ok) return expect.unreachable(asking.error.kind);
		expect(asking.value).toEqual({ name: 'Tablet', words: shown });
		expect(shown.length).toBe(6);
		const not = await weir.letIn(code.value, [...shown].reverse(), { passphrase });
		expect(not).toMatchObject({ error: { kind: 'enrol-over' } });
		expect(await weir.letIn(code.value, shown, { passphrase })).toEqual(ok(undefined));
		expect(await joining).toMatchObject({ ok: true });
		await sync(fresh);
		expect(await rootHash(fresh)).toBe(await rootHash(one));
		await sync(one);
		expect((await weir.devices()).ok && (await idOf('Tablet', one))).toBeTruthy();
	});

	test('a code that is over, garbled or refused lets nobody in', async () => {
		const { edge, one } = await two();
		const weir = createConsole(one);
		const code = await weir.enrolCode();
		if (!code.ok) return expect.unreachable(code.error.kind);
		const ask = (text: string) =>
			createConsole(device(edge)).askToJoin({ code: text, device: 'x', onWords: () => undefined });
		expect(await ask(code.value.slice(0, -1))).toMatchObject({ error: { kind: 'invalid-enrol-code' } });
		const asking = ask(code.value);
		expect(await weir.askingDevice(code.value)).toMatchObject({ ok: true });
		expect(await weir.endEnrol(code.value)).toEqual(ok(undefined));
		expect(await asking).toMatchObject({ error: { kind: 'enrol-over' } });
		expect(await ask(code.value)).toMatchObject({ error: { kind: 'enrol-over' } });
	});
});

test('an account of before keys could be locked is read as it was', async () => {
	const { one } = await two();
	const row = (await one.db.settings.get('sync-account')) ?? { value: null };
	const { keys, own, settledEpoch, refusals, ...rest } = row.value as Record<string, unknown> & {
		readonly keys: { readonly roots: readonly CryptoKey[]; readonly signing: CryptoKey };
	};
	expect([own, settledEpoch, refusals].every((value) => value !== undefined)).toBe(true);
	await one.db.settings.put({ key: 'sync-account', value: { ...rest, rootKey: keys.roots[0], signing: keys.signing } });
	await commit(one, 'people', 'later');
	await sync(one);
	expect(await createConsole(one).lockKeys()).toEqual(ok(undefined));
	expect(await createConsole(one).unlockKeys({ passphrase })).toEqual(ok(undefined));
	await sync(one);
});

test('passphrases are told apart by how hard they are to guess', () => {
	const grade = (text: string): string => passphraseStrength(text).grade;
	for (const text of ['aaaaaaaaaaaaaaa', '1234567890123', 'qwertyuiopasdf', 'password1234', 'abcabcabcabc'])
		expect(grade(text), text).toBe('weak');
	for (const text of ['correct horse battery staple spoon gallery', 'kX9#vT2!mQ7@zL4$w'])
		expect(grade(text), text).toBe('strong');
	expect(passphraseStrength('').bits).toBe(0);
});
