// Lets another device in from one that has the keys: this one shows a code, that one asks, both show the same six words, and this one
// answers with the secrets, sealed to that device alone.
import { err, ok, type Result } from '../core/result.ts';
import {
	encodeEnrolRequest,
	parseEnrolCode,
	parseEnrolRequest,
	writeEnrolCode,
	type EnrolCode,
	type EnrolRequest
} from '../core/sync/enrol.ts';
import type { SyncFailure } from '../core/sync/failure.ts';
import type { Enrolment } from '../crypto/enrolment.ts';
import type { Effects } from './effects.ts';
import { epochOf, readMembers } from './sync-members.ts';
import { changingKeys } from './sync-change-keys.ts';
import { ownerEdge } from './sync-open.ts';
import { joinWith, settingUp } from './sync-set-up.ts';
import { openOf } from './sync-slots.ts';
import { knownOf, type Opener } from './sync-unlock.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type Asking = { readonly name: string; readonly words: readonly string[] };

const ENROL_MS = 600_000;
const LOOK_MS = 1500;

/** A code that is good for ten minutes, to be shown to the new device. */
export async function beginEnrol(effects: Effects): Promise<Result<string, SyncFailure>> {
	return changingKeys('Let a device in', effects, async (open) => {
		const members = await readMembers(open);
		if (!members.ok) return members;
		const edge = await ownerEdge(open, epochOf(members.value), effects);
		const { crypto } = effects.sync;
		const code: EnrolCode = { workspace: open.workspace, token: crypto.newToken() };
		const { space } = await crypto.enrolmentOf(code);
		const scope = { verbs: ['read', 'write'], spaces: [space], expiresAtMs: effects.now() + ENROL_MS } as const;
		const made = await edge.createToken(code.token.id, await crypto.tokenHash(code.token.secret), scope);
		return made.ok ? ok(writeEnrolCode(code)) : made;
	});
}

/** Who asks by this code, once somebody does. */
export async function waitForDevice(
	text: string,
	signal: AbortSignal,
	effects: Effects
): Promise<Result<Asking, SyncFailure>> {
	const code = parseEnrolCode(text);
	if (!code.ok) return code;
	const asked = await requestOf(code.value, signal, effects);
	if (!asked.ok) return asked;
	return ok({ name: asked.value.name, words: await effects.sync.crypto.wordsOfRequest(asked.value) });
}

/** After the words were compared; what opens the workspace is asked for, since its keys are handed over. */
export async function letIn(
	text: string,
	opener: Opener,
	words: readonly string[],
	effects: Effects
): Promise<Result<void, SyncFailure>> {
	const [code, known] = [parseEnrolCode(text), knownOf(opener)];
	if (!code.ok) return code;
	if (!known.ok) return known;
	return changingKeys('Let a device in', effects, async (open) => {
		const asked = await requestOf(code.value, open.signal, effects);
		if (!asked.ok) return asked;
		const { crypto } = effects.sync;
		// What was compared, and not what stands there by now.
		if ((await crypto.wordsOfRequest(asked.value)).join(' ') !== words.join(' ')) return err({ kind: 'enrol-over' });
		const members = await readMembers(open);
		if (!members.ok) return members;
		const epoch = epochOf(members.value);
		const slots = await (await ownerEdge(open, epoch, effects)).slots();
		if (!slots.ok) return slots;
		const secrets = await openOf(slots.value, known.value, epoch, open, effects);
		if (!secrets.ok) return secrets;
		const enrolment = await crypto.enrolmentOf(code.value);
		const answer = await crypto.answerRequest(code.value.workspace, asked.value, secrets.value);
		return effects.sync.edge(code.value).put(enrolment.space, enrolment.answer, await enrolment.seal(answer));
	});
}

/** Whoever asked, or may still ask, by this code gets no answer. */
export async function endEnrol(text: string, effects: Effects): Promise<Result<void, SyncFailure>> {
	const code = parseEnrolCode(text);
	if (!code.ok) return code;
	return changingKeys('Let no device in', effects, async (open) => {
		const members = await readMembers(open);
		if (!members.ok) return members;
		return (await ownerEdge(open, epochOf(members.value), effects)).revokeToken(code.value.token.id);
	});
}

export type AskToJoinInput = {
	readonly code: string;
	/** How this device is called. */
	readonly device: string;
	/** See `JoinInput`. */
	readonly bring?: readonly string[] | undefined;
	/** What both devices show, as soon as it is known. */
	readonly onWords: (words: readonly string[]) => void;
	readonly signal?: AbortSignal | undefined;
};

/** On the new device: asks, and joins with what it is answered. */
export async function askToJoin(input: AskToJoinInput, effects: Effects): Promise<Result<string, SyncFailure>> {
	const code = parseEnrolCode(input.code);
	if (!code.ok) return code;
	return settingUp('Join a workspace', effects, input.signal, async (job) => {
		const { crypto } = effects.sync;
		const made = await crypto.makeDeviceKeys();
		if (!made?.keys.taking || !made.keys.takes) return err({ kind: 'keys-unsupported' });
		const { workspace, token } = code.value;
		const request: EnrolRequest = { name: input.device, takes: made.keys.takes };
		const enrolment = await crypto.enrolmentOf(code.value);
		const edge = effects.sync.edge({ workspace, token });
		const sealed = await enrolment.seal(encodeEnrolRequest(request));
		const put = await edge.put(enrolment.space, enrolment.request, sealed);
		if (!put.ok) return overIf(put.error);
		input.onWords(await crypto.wordsOfRequest(request));
		const answer = await message(code.value, enrolment, 'answer', job.signal, effects);
		if (!answer.ok) return answer;
		const secrets = await crypto.openAnswer(workspace, request, made.keys.taking, answer.value);
		if (!secrets.ok) return secrets;
		return joinWith(secrets.value, { workspace, token, name: input.device, bring: input.bring }, job, effects);
	});
}

async function requestOf(
	code: EnrolCode,
	signal: AbortSignal,
	effects: Effects
): Promise<Result<EnrolRequest, SyncFailure>> {
	const plain = await message(code, await effects.sync.crypto.enrolmentOf(code), 'request', signal, effects);
	if (!plain.ok) return plain;
	const request = parseEnrolRequest(plain.value);
	return request ? ok(request) : err({ kind: 'broken-object', why: 'content' });
}

/** A message of the other device, once it is there. */
async function message(
	code: EnrolCode,
	enrolment: Enrolment,
	of: 'request' | 'answer',
	signal: AbortSignal,
	effects: Effects
): Promise<Result<Bytes, SyncFailure>> {
	const edge = effects.sync.edge(code);
	for (let waitedMs = 0; waitedMs < ENROL_MS; waitedMs += LOOK_MS) {
		if (signal.aborted) return err({ kind: 'cancelled' });
		const got = await edge.get(enrolment.space, enrolment[of]);
		if (got.ok) return enrolment.open(got.value);
		if (got.error.kind !== 'object-lost') return overIf(got.error);
		await effects.sleep(LOOK_MS, signal);
	}
	return err({ kind: 'enrol-over' });
}

/** A code that is over is a token that the edge does not know any more. */
function overIf(failure: SyncFailure): Result<never, SyncFailure> {
	const isOver = failure.kind === 'edge-access-refused' || failure.kind === 'device-removed';
	return err(isOver ? { kind: 'enrol-over' } : failure);
}
