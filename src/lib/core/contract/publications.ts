// Publications: versions that their owner opens to everybody, on purpose and in the clear. A file comes first, then what points to it moves.
import { array, boolean, maxLength, minLength, object, pipe, regex, string } from 'valibot';
import { endpoint } from './endpoint.ts';
import { count, hashId, randomId, timeMs } from './wire.ts';

/** Of one published file. */
export const PUBLISHED_BYTES = 64 * 1024 * 1024;

const atPublication = { workspace: randomId, publication: randomId };
/** `sha-256=:…:`, in base64 with padding. */
const digest = pipe(string(), regex(/^sha-256=:[A-Za-z0-9+/]{43}=:$/));
const title = pipe(string(), minLength(1), maxLength(200));

export const putPublishedFile = endpoint({
	name: 'putPublishedFile',
	summary:
		'Stores a Parquet file for a publication, in the clear; nobody sees it before `publish` points to it. `file` is of the caller’s making: a version’s id.',
	method: 'PUT',
	path: '/api/v1/workspaces/{workspace}/publications/{publication}/files/{file}',
	access: 'admin',
	headers: { digest: 'content-digest' },
	sends: 'bytes',
	bodyBytes: PUBLISHED_BYTES,
	request: object({ ...atPublication, file: hashId, digest }),
	response: object({ isRepeated: boolean() }),
	failures: ['digest-mismatch', 'object-differs', 'quota-full', 'limit-reached']
});

export const publish = endpoint({
	name: 'publish',
	summary:
		'Opens a stored file to everybody under the publication’s address, in the place of the one before. Its rows can be read without a token from then on.',
	method: 'PUT',
	path: '/api/v1/workspaces/{workspace}/publications/{publication}',
	access: 'admin',
	request: object({ ...atPublication, file: hashId, name: title }),
	response: object({ rowCount: count, columns: array(string()) }),
	failures: ['not-parquet', 'limit-reached']
});

export const unpublish = endpoint({
	name: 'unpublish',
	summary: 'Takes a publication away, and its bytes. Whoever has copies keeps them.',
	method: 'DELETE',
	path: '/api/v1/workspaces/{workspace}/publications/{publication}',
	access: 'admin',
	request: object(atPublication),
	/** `isRepeated`: there was none. */
	response: object({ isRepeated: boolean() }),
	failures: []
});

export const listPublications = endpoint({
	name: 'listPublications',
	summary: 'Lists what the workspace has opened to everybody.',
	method: 'GET',
	path: '/api/v1/workspaces/{workspace}/publications',
	access: 'read',
	request: object({ workspace: randomId }),
	response: object({
		publications: array(
			object({
				publication: randomId,
				name: string(),
				file: hashId,
				rowCount: count,
				sizeBytes: count,
				columns: array(string()),
				publishedAtMs: timeMs
			})
		)
	}),
	failures: []
});
