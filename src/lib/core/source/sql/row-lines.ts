// The first and the last line of rows that stream from a database: without the last one they were cut off.
import * as v from 'valibot';
import { databaseReasons } from '../../contract/failure.ts';

const column = v.object({ name: v.string(), type: v.string() });
const headSchema = v.object({ columns: v.array(column), format: v.optional(v.picklist(['ndjson', 'csv']), 'ndjson') });
const failedSchema = v.object({
	kind: v.literal('database-failed'),
	reason: v.picklist(databaseReasons),
	code: v.nullable(v.string()),
	words: v.nullable(v.string())
});
const endSchema = v.union([v.object({ end: v.number() }), v.object({ failed: failedSchema })]);

export type RowsHead = {
	readonly columns: readonly v.InferOutput<typeof column>[];
	readonly format: 'ndjson' | 'csv';
};
export type RowsEnd = v.InferOutput<typeof endSchema>;

/** Null for what is no such line. */
export function parseHead(line: string): RowsHead | null {
	const parsed = v.safeParse(headSchema, jsonOf(line));
	return parsed.success ? parsed.output : null;
}

export function parseEnd(line: string): RowsEnd | null {
	const parsed = v.safeParse(endSchema, jsonOf(line));
	return parsed.success ? parsed.output : null;
}

function jsonOf(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		// Cut off, or of somebody else.
		return null;
	}
}
