// PUT /api/v1/workspaces/{workspace}/publications/{publication}/files/{file}.
import type { putPublishedFile } from '#core/contract/publications.ts';
import { countFiles, filePlace, reserveFile } from '../d1/publications.ts';
import { limitsOf, MAX_FILES } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { writeObject } from '../r2/objects.ts';
import { storeUpload } from '../store-upload.ts';

export const answerPutPublishedFile: Handler<typeof putPublishedFile> = async (request, env, { nowMs }) => {
	const { bytes, workspace, publication, file } = request;
	const { sizeBytes } = bytes;
	const digest = request.digest.slice('sha-256=:'.length, -1);
	const at = { workspace, publication, file };
	const room = { quotaBytes: limitsOf(env).quotaBytes, fileCount: MAX_FILES };
	const upload = {
		...{ place: filePlace(at), digest, sizeBytes },
		reserve: () => reserveFile(env.DB, { ...at, digest, sizeBytes }, room, nowMs),
		differs: { kind: 'object-differs' } as const,
		among: { of: 'files', limit: MAX_FILES, count: () => countFiles(env.DB, workspace, publication) } as const,
		write: (r2Key: string) => writeObject(env.OBJECTS, r2Key, bytes, digest)
	};
	return storeUpload(upload, env, nowMs);
};
