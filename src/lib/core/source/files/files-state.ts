// Which files of a connection are loaded. Each version's lineage holds those that came with it, so that they land with their rows and are
// undone with them; all of them are those along the history.
import * as v from 'valibot';
import type { VersionId } from '../../ids.ts';
import type { LineageParameters, Version } from '../../version/version.ts';
import { wholeTag, type FileFacts, type KnownFiles } from './file-facts.ts';

const stateSchema = v.object({
	connection: v.string(),
	asked: v.string(),
	/** Path and tag of each that came. */
	files: v.array(v.tuple([v.string(), v.nullable(v.string())])),
	/** How many are known with these. */
	count: v.number(),
	/** The rows are of these files alone. */
	isWhole: v.boolean()
});
export type FilesState = v.InferOutput<typeof stateSchema>;

export type KnownBehind = {
	readonly files: KnownFiles;
	/** What was asked when the newest came. */
	readonly asked: string | null;
	/** A version that says which files came is no longer there. */
	readonly isForgotten: boolean;
};

export function filesParameters(state: FilesState): LineageParameters {
	return { files: JSON.parse(JSON.stringify(state)) as LineageParameters };
}

/** Known files after a batch. */
export function withFiles(known: KnownFiles, read: readonly FileFacts[]): KnownFiles {
	return new Map([...known, ...read.map((file) => [file.path, wholeTag(file)] as const)]);
}

/** What is loaded of a connection behind `head`, going back to where a restored version was. */
export function filesBehind(connection: string, head: VersionId, versions: readonly Version[]): KnownBehind {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const seen = new Set<VersionId>();
	const files = new Map<string, string | null>();
	let newest: FilesState | null = null;
	for (let at = byId.get(head); at && !seen.has(at.id);) {
		seen.add(at.id);
		const parsed = v.safeParse(stateSchema, at.lineage.parameters?.['files']);
		if (parsed.success && parsed.output.connection === connection) {
			newest ??= parsed.output;
			for (const [path, tag] of parsed.output.files) if (!files.has(path)) files.set(path, tag);
			if (parsed.output.isWhole) break;
		}
		const back: VersionId | undefined = at.lineage.operation === 'restore' ? at.lineage.inputs[0] : at.parents[0];
		at = back === undefined ? undefined : byId.get(back);
	}
	return { files, asked: newest?.asked ?? null, isForgotten: newest !== null && files.size < newest.count };
}
