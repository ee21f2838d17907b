// Asks a resolver over HTTPS for the addresses of a name, in the JSON form that public resolvers offer.
import { array, number, object, optional, parse, string } from 'valibot';
import type { Resolve } from './guard.ts';

const TIMEOUT_MS = 5000;
/** RFC 1035 and RFC 3596. */
const types = { A: 1, AAAA: 28 } as const;

const answerSchema = object({
	Status: number(),
	Answer: optional(array(object({ type: number(), data: string() })), [])
});
/** The name has no address: it is not there, or another kind of record is. */
const NXDOMAIN = 3;

/** `address` is that of the resolver, such as `https://dns.example.org/dns-query`. */
export function resolverAt(address: string): Resolve {
	return async (name) => {
		const both = await Promise.all([ask(address, name, 'A'), ask(address, name, 'AAAA')]);
		return both.flat();
	};
}

async function ask(address: string, name: string, type: keyof typeof types): Promise<readonly string[]> {
	const url = new URL(address);
	url.searchParams.set('name', name);
	url.searchParams.set('type', type);
	const answer = await fetch(url, {
		headers: { accept: 'application/dns-json' },
		redirect: 'manual',
		signal: AbortSignal.timeout(TIMEOUT_MS)
	});
	if (!answer.ok) {
		await answer.body?.cancel();
		throw new Error(`the resolver answers ${answer.status}`);
	}
	const { Status, Answer } = parse(answerSchema, await answer.json());
	if (Status !== 0 && Status !== NXDOMAIN) throw new Error(`the resolver answers code ${Status}`);
	return Answer.filter((one) => one.type === types[type]).map(({ data }) => data);
}
