// Turns sync on: makes a workspace on the edge with its keys under a passphrase and under recovery words, or joins one from another
// device.
import { err, invariant, ok, type Result } from '../core/result.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import { PASSPHRASE_MIN } from '../core/sync/key-slot.ts';
import type { MemberEntry } from '../core/sync/member-log.ts';
import { parseWords, wordsOf } from '../core/sync/recovery-words.ts';
import type { Inline } from '../core/sync/ref-record.ts';
import { ROOT_BYTES, type Secrets } from '../core/sync/secrets.ts';
import { TAKE_ALL } from '../core/sync/sync-choice.ts';
import { parseWorkspaceCode, writeWorkspaceCode, type EdgeToken } from '../core/sync/workspace-code.ts';
import type { Known } from '../crypto/key-slots.ts';
import type { SyncKeys } from '../crypto/sync-keys.ts';
import type { OpenKeys } from '../db/sync.ts';
import type { Effects } from './effects.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { appendEntry, epochTold, signEntry } from './sync-members.ts';
import type { SyncEdge } from './sync-rim.ts';
import { writeSlots } from './sync-slots.ts';
import { takeNames } from './sync-take-names.ts';
import { knownOf, openNewest } from './sync-unlock.ts';

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
	return settingUp('Turn sync on', effects, undefined, async () => {
		const idKey = await effects.store.idKey(effects.makeIdKey);
		if (!idKey.ok) return idKey;
		const secrets: Secrets = { roots: [crypto.randomBytes(ROOT_BYTES)], idKey: await effects.exportIdKey(idKey.value) };
		const workspace = effects.randomId();
		const made = await newDevice(workspace, input.device, secrets, idKey.value, effects);
		if (!made.ok) return made;
		const device = made.value;
		const owner = await device.keys.token('owner', 1);
		const edge = effects.sync.edge({ workspace, token: owner });
		const first: MemberEntry = { workspace, seq: 1, prev: '', by: device.id, change: await device.joins(1) };
		const genesis = await signEntry(first, 1, device.keys);
		const created = await edge.createWorkspace(genesis, await crypto.tokenHash(owner.secret), input.invitation ?? null);
		if (!created.ok) return created;
		const known: readonly Known[] = [
			{ kind: 'passphrase', passphrase: input.passphrase },
			{ kind: 'recovery', entropy: words.value }
		];
		const slots = await writeSlots(known, { workspace, secrets, device }, edge, effects);
		if (!slots.ok) return slots;
		const finder = crypto.newToken();
		const scope = { verbs: ['read'], spaces: [], expiresAtMs: null } as const;
		const granted = await edge.createToken(finder.id, await crypto.tokenHash(finder.secret), scope);
		if (!granted.ok) return granted;
		return keep({ workspace, code: writeWorkspaceCode({ workspace, token: finder }), epoch: 1 }, device, edge, effects);
	});
}

/** The code of the workspace, for the next device. This one takes the names of the workspace over: see `takeNames`. */
export async function joinSync(input: JoinInput, effects: Effects): Promise<Result<string, SyncFailure>> {
	const code = parseWorkspaceCode(input.code);
	if (!code.ok) return code;
	const known = knownOf(input);
	if (!known.ok) return known;
	return settingUp('Join a workspace', effects, undefined, async (job) => {
		const { workspace, token } = code.value;
		const slots = await effects.sync.edge({ workspace, token }).slots();
		if (!slots.ok) return slots;
		const sealed = slots.value.map((slot) => slot.sealed);
		const opened = await openNewest(sealed, workspace, known.value, effects.sync);
		if (!opened.ok) return opened;
		const joining = { workspace, token, name: input.device, bring: input.bring };
		return joinWith(opened.value.secrets, joining, job, effects);
	});
}

/** `token` reads the membership log. */
export type Joining = {
	readonly workspace: string;
	readonly token: EdgeToken;
	readonly name: string;
	readonly bring: JoinInput['bring'];
};

/** With the secrets of the workspace, however they came. */
export async function joinWith(
	found: Secrets,
	{ workspace, token, name, bring }: Joining,
	job: JobHandle,
	effects: Effects
): Promise<Result<string, SyncFailure>> {
	const { sync } = effects;
	const told = await sync.edge({ workspace, token }).members(0);
	if (!told.ok) return told;
	// It is verified below; a rotation that came to nothing left a slot that knows more than there is.
	const epoch = epochTold(told.value);
	const secrets = { ...found, roots: found.roots.slice(0, epoch) };
	if (secrets.roots.length < epoch) return err({ kind: 'keys-outdated' });
	const idKey = await effects.importIdKey(secrets.idKey);
	const taken = await takeNames(idKey, bring !== undefined, job, effects);
	if (!taken.ok) return taken;
	const made = await newDevice(workspace, name, secrets, idKey, effects);
	if (!made.ok) return made;
	const device = made.value;
	const edge = sync.edge({ workspace, token: await device.keys.token('owner', epoch) });
	const joins = { workspace, device: device.id, net: edge, store: sync.rows, keys: device.keys };
	const members = await appendEntry<never>(async (log) => {
		if (log.some(({ change }) => change.kind === 'add' && change.device.id === device.id)) return ok(null);
		return ok(await device.joins(epoch));
	}, joins);
	if (!members.ok) return members;
	const chosen = await keepHere(bring, effects);
	if (!chosen.ok) return chosen;
	const finder = epoch === 1 ? token : await device.keys.token('finder', epoch);
	return keep({ workspace, code: writeWorkspaceCode({ workspace, token: finder }), epoch }, device, edge, effects);
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
	readonly keys: SyncKeys;
	readonly open: OpenKeys;
	readonly own: Inline;
	/** What adds it to the membership log. */
	readonly joins: (epoch: number) => Promise<MemberEntry['change']>;
};

async function newDevice(
	workspace: string,
	name: string,
	{ roots }: Secrets,
	idKey: CryptoKey,
	effects: Effects
): Promise<Result<NewDevice, SyncFailure>> {
	const { crypto } = effects.sync;
	const made = await crypto.makeDeviceKeys();
	if (!made) return err({ kind: 'keys-unsupported' });
	const id = effects.randomId();
	const { signing, signs, taking, takes } = made.keys;
	const opened = await Promise.all(roots.map((root) => crypto.deriveFrom(root)));
	const open = { roots: opened, signing, taking };
	const keys = crypto.keys({ workspace, device: id, ...open, idKey });
	const newest = opened.at(-1);
	invariant(newest, 'a workspace has a root key');
	const own = await crypto.sealOwn({ workspace, device: id }, newest, opened.length, made.kept);
	const joins = async (epoch: number): Promise<MemberEntry['change']> => {
		const device = { id, signs, ...(takes ? { takes } : {}), name: await keys.sealName(id, name, epoch) };
		return { kind: 'add', device };
	};
	return ok({ id, name, keys, open, own, joins });
}

/** One tab at a time, and only where sync is off. */
export async function settingUp(
	label: string,
	effects: Effects,
	signal: AbortSignal | undefined,
	work: (job: JobHandle) => Promise<Result<string, SyncFailure>>
): Promise<Result<string, SyncFailure>> {
	const done = await effects.alone('sync', async () => {
		const account = await effects.sync.rows.account();
		if (!account.ok) return account;
		if (account.value) return err({ kind: 'sync-on' } as const);
		return asJob(effects.jobs, label, signal, work);
	});
	return done ?? err({ kind: 'sync-busy' });
}

type At = { readonly workspace: string; readonly code: string; readonly epoch: number };

/** The device has a token of its own, by its own id, which can be taken from it without harm to the others. */
async function keep(
	{ workspace, code, epoch }: At,
	{ id, name, open, own }: NewDevice,
	edge: SyncEdge,
	effects: Effects
): Promise<Result<string, SyncFailure>> {
	const { crypto, rows } = effects.sync;
	const token = { ...crypto.newToken(), id };
	const scope = { verbs: ['read', 'write', 'ref'], spaces: null, expiresAtMs: null } as const;
	const granted = await edge.createToken(id, await crypto.tokenHash(token.secret), scope);
	if (!granted.ok) return granted;
	const saved = await rows.saveAccount({
		workspace,
		token,
		code,
		device: { id, name },
		keys: open,
		own,
		signing: null,
		settledEpoch: epoch,
		refusals: [],
		isPaused: false,
		troubles: [],
		syncedAtMs: null
	});
	return saved.ok ? ok(code) : saved;
}
