// GET /api/v1/published/{publication}/file.parquet.
import type { getPublishedFile } from '#core/contract/published.ts';
import { err, ok } from '#core/result.ts';
import type { Handler } from '../mount.ts';
import { findOpen } from '../published/find-open.ts';
import { rangeOf } from '../read-range.ts';

export const answerGetPublishedFile: Handler<typeof getPublishedFile> = async (request, env, call) => {
	const open = await findOpen(request, env, call);
	if (!open.ok) return open;
	const { published, isUnchanged } = open.value;
	const { sizeBytes, r2Key } = published;
	const headers = { ...open.value.headers, 'Accept-Ranges': 'bytes' };
	if (isUnchanged) return ok({ body: null, headers, status: 304 });
	// A range of what was there before is no use: all of what is there now is answered.
	const isSame = request.ifRange === undefined || request.ifRange === headers.ETag;
	const range = isSame ? rangeOf(request.range, sizeBytes) : null;
	if (range === 'unsatisfiable') return err({ kind: 'range-not-satisfiable', sizeBytes });
	const object = await env.OBJECTS.get(
		r2Key,
		range ? { range: { offset: range.startByte, length: range.length } } : {}
	);
	if (!object) return err(call.notFound);
	if (!range) return ok({ body: object.body, headers: { ...headers, 'Content-Length': String(sizeBytes) } });
	const { startByte, length } = range;
	return ok({
		body: object.body,
		status: 206,
		headers: {
			...headers,
			'Content-Length': String(length),
			'Content-Range': `bytes ${startByte}-${startByte + length - 1}/${sizeBytes}`
		}
	});
};
