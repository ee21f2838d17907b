// What decides a step's output, hashed part by part: its own words, what it reads, and what reads it.
import { encodeCanonical, type Encodable } from '../encoding.ts';
import type { Work } from './pipeline.ts';
import { testsFacts, workFacts } from './resolve-work.ts';
import type { FingerprintParts, TableFacts } from './run-record.ts';

/** Counts when a step comes to mean something else by the same words. */
const FINGERPRINT_FORMAT = 2;

type Sha256 = (bytes: Uint8Array<ArrayBuffer>) => Promise<string>;

/** `inputs` are all versions the work may read, wherever in its text: in filters, joins and subqueries too. */
export async function fingerprintOf(
	{
		work,
		inputs,
		engine,
		program = null
	}: {
		readonly work: Work;
		readonly inputs: readonly TableFacts[];
		readonly engine: string;
		/** What the work's names stand for, such as the text of a recipe; null where it names nothing. */
		readonly program?: string | null;
	},
	sha256: Sha256
): Promise<{ readonly fingerprint: string; readonly parts: FingerprintParts }> {
	const hash = (value: Encodable): Promise<string> => sha256(encodeCanonical(value));
	const parts: FingerprintParts = {
		work: await hash([FINGERPRINT_FORMAT, workFacts(work), program]),
		engine,
		inputs: Object.fromEntries(inputs.map(({ dataset, contentHash }) => [dataset.toLowerCase(), contentHash]))
	};
	return { fingerprint: await hash({ ...parts }), parts };
}

/** Of a step's tests and of the text they test; null where it has none. */
export async function testsHashOf(work: Work, sha256: Sha256): Promise<string | null> {
	const facts = testsFacts(work);
	return facts === null ? null : sha256(encodeCanonical(facts));
}
