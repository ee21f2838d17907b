// Passkeys as keepers of a secret (WebAuthn Level 3, extension PRF): the same label always gives the same 32 bytes, after the
// authenticator has made sure of its person.
import { err, ok, type Result } from '#core/result.ts';
import type { PasskeyFailure } from '#core/sync/key-slot.ts';
import { randomBytes } from './derive.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export type Passkeys = {
	/** Whether it is worth trying. */
	isSupported(): Promise<boolean>;
	make(
		name: string,
		label: Bytes
	): Promise<Result<{ readonly credential: Bytes; readonly secret: Bytes }, PasskeyFailure>>;
	use(credential: Bytes, label: Bytes): Promise<Result<Bytes, PasskeyFailure>>;
};

const TIMEOUT_MS = 120_000;
/** ES256, EdDSA and RS256: nothing here checks signatures, but an authenticator must find one that it knows. */
const ALGORITHMS = [-7, -8, -257];

export const passkeys: Passkeys = {
	isSupported: async () => {
		if (typeof PublicKeyCredential === 'undefined') return false;
		// A passkey is of a name: an address of numbers has none.
		if (/^[\d.]+$|:/.test(location.hostname)) return false;
		// Browsers that do not tell what they can do are asked by trying.
		const tell = (PublicKeyCredential as { getClientCapabilities?: () => Promise<Record<string, boolean>> })
			.getClientCapabilities;
		return (await tell?.call(PublicKeyCredential))?.['extension:prf'] ?? true;
	},
	make: async (name, label) => {
		const made = await asked(() =>
			navigator.credentials.create({
				publicKey: {
					rp: { name: 'Weir' },
					user: { id: randomBytes(16), name, displayName: name },
					challenge: randomBytes(32),
					pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
					authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
					timeout: TIMEOUT_MS,
					extensions: { prf: { eval: { first: label } } }
				}
			})
		);
		if (!made.ok) return made;
		const { prf } = made.value.getClientExtensionResults();
		if (!prf?.enabled) return err({ kind: 'passkeys-unsupported' });
		const credential = new Uint8Array(made.value.rawId);
		// Some authenticators answer only when they are asked again.
		const secret = prf.results ? secretIn(prf.results.first) : await passkeys.use(credential, label);
		return secret.ok ? ok({ credential, secret: secret.value }) : secret;
	},
	use: async (credential, label) => {
		const used = await asked(() =>
			navigator.credentials.get({
				publicKey: {
					challenge: randomBytes(32),
					allowCredentials: [{ type: 'public-key', id: credential }],
					userVerification: 'required',
					timeout: TIMEOUT_MS,
					extensions: { prf: { eval: { first: label } } }
				}
			})
		);
		if (!used.ok) return used;
		const { prf } = used.value.getClientExtensionResults();
		return prf?.results ? secretIn(prf.results.first) : err({ kind: 'passkeys-unsupported' });
	}
};

function secretIn(first: BufferSource): Result<Bytes, PasskeyFailure> {
	const bytes = ArrayBuffer.isView(first)
		? first.buffer.slice(first.byteOffset, first.byteOffset + first.byteLength)
		: first;
	return bytes.byteLength === 32 ? ok(new Uint8Array(new Uint8Array(bytes))) : err({ kind: 'passkeys-unsupported' });
}

async function asked(ask: () => Promise<Credential | null>): Promise<Result<PublicKeyCredential, PasskeyFailure>> {
	if (typeof PublicKeyCredential === 'undefined') return err({ kind: 'passkeys-unsupported' });
	try {
		const answer = await ask();
		return answer instanceof PublicKeyCredential ? ok(answer) : err({ kind: 'passkey-refused' });
	} catch (error) {
		if (!(error instanceof DOMException)) throw error;
		return err({ kind: error.name === 'NotSupportedError' ? 'passkeys-unsupported' : 'passkey-refused' });
	}
}
