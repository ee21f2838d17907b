// What a publication of another Weir workspace says of its file.
import * as v from 'valibot';
import { getPublished } from '../../contract/published.ts';
import type { FileFacts } from './file-facts.ts';

/** Its tag is the ETag that the file has. Null when it is no publication. */
export function parsePublished(text: string): Omit<FileFacts, 'path'> | null {
	let told: unknown;
	try {
		told = JSON.parse(text);
	} catch {
		// No JSON is no publication.
		return null;
	}
	const parsed = v.safeParse(getPublished.response, told);
	if (!parsed.success) return null;
	const { version, sizeBytes } = parsed.output;
	return { sizeBytes, tag: `"${version}"`, isStrong: true };
}
