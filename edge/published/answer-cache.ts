// Answers that were computed before, kept by the platform near whoever asks. The version is in the key: another one has others.
import type { Payload } from '../mount.ts';

/** The platform's cache; a runtime without one computes each time. */
function cache(): Cache | null {
	return 'caches' in globalThis ? caches.default : null;
}

/** No address is ever asked there: it is a key. */
const requestOf = (key: string): string => `https://answers.weir.invalid/${encodeURIComponent(key)}`;
const DAY_SECONDS = 86_400;

export async function kept(key: string): Promise<Payload | null> {
	const answer = await cache()?.match(requestOf(key));
	if (!answer) return null;
	const link = answer.headers.get('Link');
	return {
		body: new Uint8Array(await answer.arrayBuffer()),
		type: answer.headers.get('Content-Type') ?? 'application/json',
		headers: link === null ? {} : { Link: link }
	};
}

export async function keep(key: string, { body, type = 'application/json', headers }: Payload): Promise<void> {
	const stored = { ...headers, 'Content-Type': type, 'Cache-Control': `public, max-age=${DAY_SECONDS}` };
	await cache()?.put(requestOf(key), new Response(body, { headers: stored }));
}
