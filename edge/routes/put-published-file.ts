// PUT /api/v1/workspaces/{workspace}/publications/{publication}/files/{file}.
import type { putPublishedFile } from '#core/contract/publications.ts';
import { err, ok } from '#core/result.ts';
import { addToTrash } from '../d1/gc.ts';
import { confirmFile, countFiles, releaseFile, reserveFile } from '../d1/publications.ts';
import { readUsage } from '../d1/workspaces.ts';
import { limitsOf, MAX_FILES } from '../limits.ts';
import type { Handler } from '../mount.ts';
import { writeObject } from '../r2/objects.ts';

export const answerPutPublishedFile: Handler<typeof putPublishedFile> = async (request, env, { nowMs }) => {
	const { bytes, workspace, publication, file } = request;
	const { sizeBytes } = bytes;
	const digest = request.digest.slice('sha-256=:'.length, -1);
	const { quotaBytes } = limitsOf(env);
	const at = { workspace, publication, file };
	const reserved = await reserveFile(env.DB, { ...at, digest, sizeBytes }, { quotaBytes, fileCount: MAX_FILES }, nowMs);
	if (reserved.kind === 'stored')
		return reserved.digest === digest ? ok({ isRepeated: true }) : err({ kind: 'object-differs' });
	if (reserved.kind === 'full') {
		if ((await countFiles(env.DB, workspace, publication)) >= MAX_FILES)
			return err({ kind: 'limit-reached', of: 'files', limit: MAX_FILES });
		const usage = await readUsage(env.DB, workspace, quotaBytes);
		const known = { quotaBytes: usage?.quotaBytes ?? quotaBytes, usedBytes: usage?.usedBytes ?? 0 };
		return err({ kind: 'quota-full', ...known, sizeBytes });
	}
	const written = await writeObject(env.OBJECTS, reserved.r2Key, bytes, digest);
	if (!written.ok) {
		if (written.error.kind === 'digest-mismatch') await releaseFile(env.DB, at, reserved.r2Key);
		return written;
	}
	if (await confirmFile(env.DB, at, reserved.r2Key, nowMs)) return ok({ isRepeated: false });
	await addToTrash(env.DB, reserved.r2Key);
	return err({ kind: 'unavailable', stores: ['objects'] });
};
