// What flows ask of cryptography for sync, in one value: flows see its type alone.
import { toBase64Url } from '#core/base64url.ts';
import { deriveFrom, idBytes, randomBytes, sha256Text } from './derive.ts';
import { makeDeviceKeys, openDeviceKeys } from './device-keys.ts';
import { answerRequest, enrolmentOf, openAnswer, wordsOfRequest } from './enrolment.ts';
import { makeSlot, openSlot } from './key-slots.ts';
import { createSyncKeys, grantRoot, openOwn, rootCheck, sealOwn } from './sync-keys.ts';

export type SyncCrypto = typeof syncCrypto;

export const syncCrypto = {
	randomBytes,
	deriveFrom,
	makeDeviceKeys,
	openDeviceKeys,
	makeSlot,
	openSlot,
	grantRoot,
	rootCheck,
	sealOwn,
	openOwn,
	enrolmentOf,
	wordsOfRequest,
	answerRequest,
	openAnswer,
	keys: createSyncKeys,
	/** The secret part of an address that services post to, and what the edge keeps of it. */
	newHook: async () => {
		const bytes = randomBytes(16);
		return { text: toBase64Url(bytes), hash: await sha256Text(bytes) };
	},
	/** A token that nobody has yet, and what the edge keeps of one. */
	newToken: () => ({ id: toBase64Url(randomBytes(16)), secret: toBase64Url(randomBytes(32)) }),
	tokenHash: async (secret: string): Promise<string> => sha256Text(idBytes(secret) ?? new Uint8Array())
};
