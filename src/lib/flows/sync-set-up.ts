// Turns sync on: makes a workspace on the edge with its keys under a passphrase and under recovery words, or joins one from another
// device.
import { err, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { PASSPHRASE_MIN, type Secrets } from '../core/sync/key-slot.ts';
import { encodeEntry, encodeProven, type MemberEntry } from '../core/sync/member-log.ts';
import { parseWords, wordsOf } from '../core/sync/recovery-words.ts';
import { joinSigned } from '../core/sync/ref-record.ts';
import { TAKE_ALL } from '../core/sync/sync-choice.ts';
import { parseWorkspaceCode, writeWorkspaceCode, type EdgeToken } from '../core/sync/workspace-code.ts';
import type { Known } from '../crypto/key-slots.ts';
import type { SyncKeys } from '../crypto/sync-keys.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { readMembers } from './sync-members.ts';
import type { SyncEdge } from './sync-rim.ts';
import { takeNames } from './sync-take-names.ts';

export type TurnOnInput = {
	readonly passphrase: string;
	/** From `newRecoveryWords`, written down by then. */
	readonly words: string;
	/** How this device is called in the list of devices. */
	readonly device: string;
	readonly invitation?: string | undefined;
};

export type JoinInput = {
	readonly code: string;
	/** One of both. */
	readonly passphrase?: string | undefined;
	readonly words?: string | undefined;
	readonly device: string;
	/** The datasets of this device that go into the workspace, by name; others stay on this device alone. Without it, there must be none. */
	readonly bring?: readonly string[] | undefined;
};

/** 24 words that nobody has seen yet. */
export function newRecoveryWords({ sync }: Pick<Effects, 'sync'>): readonly string[] {
	return wordsOf(sync.crypto.randomBytes(32));
}

/** What another device needs to join, besides the passphrase or the words. */
export async function turnOnSync(input: TurnOnInput, effects: Effects): Promise<Result<string, SyncFailure>> {
	const { crypto } = effects.sync;
	const words = parseWords(input.words);
	if (!words.ok) return words;
	if ([...input.passphrase].length < PASSPHRASE_MIN)
		return err({ kind: 'passphrase-too-short', least: PASSPHRASE_MIN });
	return settingUp('Turn sync on', effects, async () => {
		const device = await newDevice(input.device, effects);
		if (!device.ok) return device;
		const idKey = await effects.store.idKey(effects.makeIdKey);
		if (!idKey.ok) return idKey;
		const secrets: Secrets = { rootKey: crypto.randomBytes(32), idKey: await effects.exportIdKey(idKey.value) };
		const workspace = effects.randomId();
		const rootKey = await crypto.deriveFrom(secrets.rootKey);
		const signing = device.value.pair.privateKey;
		const keys = crypto.keys({ workspace, rootKey, idKey: idKey.value, signing });
		const owner = await crypto.ownerToken(workspace, rootKey);
		const edge = effects.sync.edge({ workspace, token: owner });
		const genesis = await signedEntry({ workspace, seq: 1, prev: '' }, device.value, keys);
		const created = await edge.createWorkspace(genesis, await crypto.tokenHash(owner.secret), input.invitation ?? null);
		if (!created.ok) return created;
		const known: readonly Known[] = [
			{ kind: 'passphrase', passphrase: input.passphrase },
			{ kind: 'recovery', entropy: words.value }
		];
		for (const one of known) {
			const slot = await crypto.makeSlot(workspace, one, secrets, effects.sync.stretch);
			if (!slot.ok) return slot;
			const put = await edge.putSlot(effects.randomId(), slot.value);
			if (!put.ok) return put;
		}
		const finder = await grant(edge, { verbs: ['read'], spaces: [] }, effects);
		if (!finder.ok) return finder;
		const code = writeWorkspaceCode({ workspace, token: finder.value });
		return keep({ workspace, code, rootKey, signing, device: device.value }, edge, effects);
	});
}

/** The code of the workspace, for the next device. This one takes the names of the workspace over: see `takeNames`. */
export async function joinSync(input: JoinInput, effects: Effects): Promise<Result<string, SyncFailure>> {
	const { crypto } = effects.sync;
	const code = parseWorkspaceCode(input.code);
	if (!code.ok) return code;
	const known = knownOf(input);
	if (!known.ok) return known;
	return settingUp('Join a workspace', effects, async (job) => {
		const { workspace, token } = code.value;
		const secrets = await unlock(effects.sync.edge({ workspace, token }), workspace, known.value, effects);
		if (!secrets.ok) return secrets;
		const idKey = await effects.importIdKey(secrets.value.idKey);
		const taken = await takeNames(idKey, input.bring !== undefined, job, effects);
		if (!taken.ok) return taken;
		const device = await newDevice(input.device, effects);
		if (!device.ok) return device;
		const rootKey = await crypto.deriveFrom(secrets.value.rootKey);
		const signing = device.value.pair.privateKey;
		const keys = crypto.keys({ workspace, rootKey, idKey, signing });
		const edge = effects.sync.edge({ workspace, token: await crypto.ownerToken(workspace, rootKey) });
		const enrolled = await enrol(workspace, edge, device.value, keys, effects);
		if (!enrolled.ok) return enrolled;
		const text = writeWorkspaceCode(code.value);
		const chosen = await keepHere(input.bring, effects);
		if (!chosen.ok) return chosen;
		return keep({ workspace, code: text, rootKey, signing, device: device.value }, edge, effects);
	});
}

/** Datasets that are not brought along stay on this device alone, until they are chosen. */
async function keepHere(bring: JoinInput['bring'], { store, sync }: Effects): Promise<Result<void, SyncFailure>> {
	const datasets = await store.datasets();
	if (!datasets.ok || bring === undefined) return datasets.ok ? ok(undefined) : datasets;
	const brought = new Set(bring.map((name) => name.toLowerCase()));
	const kept = datasets.value.filter(({ name }) => !brought.has(name.toLowerCase()));
	const own = { ...TAKE_ALL.otherwise, isTaken: false };
	return sync.rows.saveChoice({ ...TAKE_ALL, datasets: Object.fromEntries(kept.map(({ id }) => [id, own])) });
}

type NewDevice = {
	readonly id: string;
	readonly name: string;
	readonly pair: CryptoKeyPair;
	readonly signs: Uint8Array<ArrayBuffer>;
};

async function newDevice(name: string, effects: Effects): Promise<Result<NewDevice, SyncFailure>> {
	const made = await effects.sync.crypto.makeDeviceKeys();
	return made ? ok({ id: effects.randomId(), name, ...made }) : err({ kind: 'keys-unsupported' });
}

function knownOf({ passphrase, words }: JoinInput): Result<Known, SyncFailure> {
	if (words === undefined) return ok({ kind: 'passphrase', passphrase: passphrase ?? '' });
	const parsed = parseWords(words);
	return parsed.ok ? ok({ kind: 'recovery', entropy: parsed.value }) : parsed;
}

/** One tab at a time, and only where sync is off. */
async function settingUp(
	label: string,
	effects: Effects,
	work: (job: JobHandle) => Promise<Result<string, SyncFailure>>
): Promise<Result<string, SyncFailure>> {
	const done = await effects.alone('sync', async () => {
		const account = await effects.sync.rows.account();
		if (!account.ok) return account;
		if (account.value) return err({ kind: 'sync-on' } as const);
		return asJob(effects.jobs, label, undefined, work);
	});
	return done ?? err({ kind: 'sync-busy' });
}

async function unlock(
	edge: SyncEdge,
	workspace: string,
	known: Known,
	{ sync }: Effects
): Promise<Result<Secrets, SyncFailure>> {
	const slots = await edge.slots();
	if (!slots.ok) return slots;
	let failure: SyncFailure = { kind: 'edge-access-refused' };
	for (const slot of slots.value) {
		const opened = await sync.crypto.openSlot(slot, workspace, known, sync.stretch);
		if (opened.ok) return opened;
		// A slot of the other kind is none of ours; what is wrong with ours is told.
		if (opened.error.kind !== 'broken-object' || failure.kind === 'edge-access-refused') failure = opened.error;
	}
	return err(failure);
}

async function signedEntry(
	at: Pick<MemberEntry, 'workspace' | 'seq' | 'prev'>,
	{ id, name, signs }: NewDevice,
	keys: SyncKeys
): Promise<Uint8Array<ArrayBuffer>> {
	const device = { id, signs, name: await keys.sealName(id, name) };
	const entry: MemberEntry = { ...at, by: id, change: { kind: 'add', device } };
	const content = encodeProven(entry, await keys.prove(encodeEntry(entry)));
	return joinSigned(content, await keys.sign(content));
}

const ENROL_TRIES = 10;

async function enrol(
	workspace: string,
	edge: SyncEdge,
	device: NewDevice,
	keys: SyncKeys,
	{ sync }: Effects
): Promise<Result<void, SyncFailure>> {
	for (let tries = 0; tries < ENROL_TRIES; tries++) {
		const members = await readMembers({ workspace, net: edge, store: sync.rows, keys });
		if (!members.ok) return members;
		const prev = members.value.at(-1)?.hash;
		// A workspace without a first device is none that anybody made.
		if (prev === undefined) return err({ kind: 'edge-access-refused' });
		const entry = await signedEntry({ workspace, seq: members.value.length + 1, prev }, device, keys);
		const appended = await edge.appendMember(prev, entry);
		if (!appended.ok) return appended;
		if (appended.value) return ok(undefined);
	}
	return err({ kind: 'edge-busy', retryAfterMs: null });
}

async function grant(
	edge: SyncEdge,
	scope: Parameters<SyncEdge['createToken']>[2],
	{ sync }: Effects
): Promise<Result<EdgeToken, SyncFailure>> {
	const token = sync.crypto.newToken();
	const created = await edge.createToken(token.id, await sync.crypto.tokenHash(token.secret), scope);
	return created.ok ? ok(token) : created;
}

type Kept = {
	readonly workspace: string;
	readonly code: string;
	readonly rootKey: CryptoKey;
	readonly signing: CryptoKey;
	readonly device: NewDevice;
};

/** The device has a token of its own, which can be taken from it without harm to the others. */
async function keep(
	{ device, ...account }: Kept,
	edge: SyncEdge,
	effects: Effects
): Promise<Result<string, SyncFailure>> {
	const token = await grant(edge, { verbs: ['read', 'write', 'ref'], spaces: null }, effects);
	if (!token.ok) return token;
	const { id, name } = device;
	const saved = await effects.sync.rows.saveAccount({
		...account,
		token: token.value,
		device: { id, name },
		isPaused: false,
		troubles: [],
		syncedAtMs: null
	});
	return saved.ok ? ok(account.code) : saved;
}
