// What two devices make of the code between them: where their messages are, and the key that seals them.
import { fromBase64Url, toBase64Url } from '#core/base64url.ts';
import { err, invariant, type Result } from '#core/result.ts';
import {
	encodeEnrolAnswer,
	encodeEnrolRequest,
	parseEnrolAnswer,
	wordsToCompare,
	type EnrolCode,
	type EnrolRequest
} from '#core/sync/enrol.ts';
import { enrolGrantLabel, enrolLabel } from '#core/sync/labels.ts';
import { broken, type BrokenObject } from '#core/sync/sealed-object.ts';
import { encodeSecrets, parseSecrets, type Secrets } from '#core/sync/secrets.ts';
import { NO_SALT, deriveFrom, digest, hkdf, idBytes } from './derive.ts';
import { openSealed, sealTo } from './hpke.ts';
import { openObject, sealKeys, sealObject } from './seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type Enrolment = {
	readonly space: string;
	/** Ids of the two messages on the edge. */
	readonly request: string;
	readonly answer: string;
	seal(plain: Bytes): Promise<Bytes>;
	open(message: Bytes): Promise<Result<Bytes, BrokenObject>>;
};

export async function enrolmentOf({ workspace, token }: EnrolCode): Promise<Enrolment> {
	const secret = await deriveFrom(fromBase64Url(token.secret) ?? new Uint8Array());
	const named = async (of: 'space' | 'request' | 'answer', sizeBytes: number): Promise<string> =>
		toBase64Url(await hkdf(secret, NO_SALT, enrolLabel(of, workspace), sizeBytes));
	const own = await deriveFrom(await hkdf(secret, NO_SALT, enrolLabel('seal', workspace), 32));
	const keys = await sealKeys(own, { workspace, scope: 'enrol', epoch: 1 });
	return {
		space: await named('space', 16),
		request: await named('request', 32),
		answer: await named('answer', 32),
		seal: async (plain) => {
			const { id, bytes } = await sealObject(keys, 'enrol', plain);
			return new Uint8Array([...(idBytes(id) ?? []), ...bytes]);
		},
		open: (message) => openObject(keys, 'enrol', toBase64Url(message.subarray(0, 32)), message.slice(32))
	};
}

export async function wordsOfRequest(request: EnrolRequest): Promise<readonly string[]> {
	return wordsToCompare(await digest(encodeEnrolRequest(request)));
}

export async function answerRequest(workspace: string, request: EnrolRequest, secrets: Secrets): Promise<Bytes> {
	const info = enrolGrantLabel(workspace, await wordsOfRequest(request));
	const sealed = await sealTo(request.takes, { info }, encodeSecrets(secrets));
	invariant(sealed, 'whoever asks has a key that can be sealed to');
	return encodeEnrolAnswer(sealed);
}

export async function openAnswer(
	workspace: string,
	request: EnrolRequest,
	taking: CryptoKeyPair,
	plain: Bytes
): Promise<Result<Secrets, BrokenObject | { readonly kind: 'wrong-secret' }>> {
	const answer = parseEnrolAnswer(plain);
	if (!answer) return broken('content');
	const info = enrolGrantLabel(workspace, await wordsOfRequest(request));
	const secrets = await openSealed(taking, { info }, answer);
	return secrets ? parseSecrets(secrets) : err({ kind: 'wrong-secret' });
}
