// The worker that `npm run bench:sync` seals and opens in, and does the same work by bare WebCrypto in by turns.
import { deriveFrom, randomBytes } from '../../src/lib/crypto/derive.ts';
import { openObject, sealKeys, sealObject, type Sealed } from '../../src/lib/crypto/seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** Least of the rounds, in ms, of `count` objects. `gcm` is AES-256-GCM alone; `bare` is that and the HMAC that names an object. */
export type SealTimes = {
	readonly sizeBytes: number;
	readonly count: number;
	readonly sealMs: number;
	readonly openMs: number;
	readonly bareSealMs: number;
	readonly bareOpenMs: number;
	readonly gcmMs: number;
};

const ROUNDS = 7;
const IN_FLIGHT = 8;
const ALL_BYTES = 64 * 2 ** 20;
/** With its length before it, each fills an object without padding. */
const SIZES = [65_536, 2 ** 20, 4 * 2 ** 20].map((padded) => padded - 4);

addEventListener('message', () => {
	void measureAll().then((times) => postMessage(times));
});

async function measureAll(): Promise<readonly SealTimes[]> {
	const times: SealTimes[] = [];
	for (const sizeBytes of SIZES) times.push(await measure(sizeBytes));
	return times;
}

async function measure(sizeBytes: number): Promise<SealTimes> {
	const count = Math.floor(ALL_BYTES / sizeBytes);
	const plains = Array.from({ length: count }, () => someBytes(sizeBytes));
	const secret = await deriveFrom(randomBytes(32));
	const keys = await sealKeys(secret, { workspace: 'bench', scope: 'space/bench', epoch: 1 });
	const gcmKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
	const macKey = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
	const algorithm = { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: new Uint8Array(44) };
	const least = { sealMs: Infinity, openMs: Infinity, bareSealMs: Infinity, bareOpenMs: Infinity, gcmMs: Infinity };
	const take = async (what: keyof typeof least, work: () => Promise<void>): Promise<void> => {
		const start = performance.now();
		await work();
		least[what] = Math.min(least[what], performance.now() - start);
	};
	for (let round = 0; round < ROUNDS; round++) {
		const sealed = new Map<Bytes, Sealed>();
		const bare = new Map<Bytes, ArrayBuffer>();
		await take('sealMs', () =>
			atOnce(plains, async (plain) => void sealed.set(plain, await sealObject(keys, 'chunk', plain)))
		);
		await take('bareSealMs', () =>
			atOnce(plains, async (plain) => {
				await crypto.subtle.sign('HMAC', macKey, plain);
				bare.set(plain, await crypto.subtle.encrypt(algorithm, gcmKey, plain));
			})
		);
		await take('openMs', () =>
			atOnce([...sealed.values()], async ({ id, bytes }) => {
				const opened = await openObject(keys, 'chunk', id, bytes);
				if (!opened.ok) throw new Error(opened.error.why);
			})
		);
		await take('bareOpenMs', () =>
			atOnce([...bare.values()], async (bytes) => {
				await crypto.subtle.sign('HMAC', macKey, await crypto.subtle.decrypt(algorithm, gcmKey, bytes));
			})
		);
		await take('gcmMs', () =>
			atOnce(plains, async (plain) => void (await crypto.subtle.encrypt(algorithm, gcmKey, plain)))
		);
	}
	return { sizeBytes, count, ...least };
}

/** As a sync does, which seals one while another is under way. */
async function atOnce<T>(inputs: readonly T[], work: (input: T) => Promise<void>): Promise<void> {
	let next = 0;
	const one = async (): Promise<void> => {
		for (let input = inputs[next++]; input !== undefined; input = inputs[next++]) await work(input);
	};
	await Promise.all(Array.from({ length: IN_FLIGHT }, one));
}

function someBytes(sizeBytes: number): Bytes {
	const bytes = new Uint8Array(sizeBytes);
	for (let at = 0; at < sizeBytes; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
	return bytes;
}
