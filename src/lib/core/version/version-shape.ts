// What the manifest of a version must look like that comes from elsewhere.
import * as v from 'valibot';
import { UNPATCHED_FORMAT, VERSION_FORMAT } from './version.ts';

const id = v.pipe(v.string(), v.minLength(1));
const amount = v.pipe(v.number(), v.integer(), v.minValue(0));
const tree = v.object({
	rowCount: amount,
	sizeBytes: amount,
	shell: v.instance(Uint8Array),
	segments: v.array(v.object({ id, rowCount: amount, patch: v.exactOptional(v.object({ id, rowCount: amount })) }))
});
const column = v.object({ name: v.string(), type: v.string() });

export const versionShape = v.looseObject({
	format: v.picklist([UNPATCHED_FORMAT, VERSION_FORMAT]),
	id,
	dataset: id,
	parents: v.array(id),
	message: v.string(),
	createdAtMs: v.number(),
	schema: v.array(column),
	statistics: v.array(v.looseObject({ column: v.string() })),
	table: tree,
	rejects: v.nullable(tree),
	lineage: v.looseObject({ operation: v.string(), inputs: v.array(id) }),
	contentHash: v.string()
});
