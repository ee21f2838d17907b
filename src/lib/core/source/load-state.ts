// How far a connection is loaded. It stands in the lineage of the version that holds the rows: it lands with them, and is undone with them.
import * as v from 'valibot';
import type { VersionId } from '../ids.ts';
import type { LineageParameters, Version } from '../version/version.ts';
import type { Mark } from './rest/page.ts';

const mark = v.union([v.string(), v.number()]);
/** Versions that were kept first have it unfolded. */
const position = v.union([
	v.string(),
	v.pipe(
		v.looseObject({}),
		v.transform((unfolded) => JSON.stringify(unfolded))
	)
]);
const stateSchema = v.object({
	connection: v.string(),
	asked: v.string(),
	mark: v.nullable(mark),
	edge: v.array(v.string()),
	run: v.nullable(v.object({ position, pages: v.number(), highest: v.nullable(mark), edge: v.array(v.string()) }))
});

export type LoadRun = {
	/** The batch whose rows are not loaded yet, in the words of its kind of source. */
	readonly position: string;
	/** Batches before it. */
	readonly pages: number;
	/** What the mark will be at its end. */
	readonly highest: Mark | null;
	readonly edge: readonly string[];
};
export type LoadState = {
	/** The connection's document. */
	readonly connection: string;
	/** What is asked: a connection that asks something else begins anew. */
	readonly asked: string;
	readonly mark: Mark | null;
	/** Hashes of the rows that have the mark: they may come again beside others that have it. */
	readonly edge: readonly string[];
	/** Of a load that was not ended. */
	readonly run: LoadRun | null;
};

export function stateParameters(state: LoadState): LineageParameters {
	return { load: JSON.parse(JSON.stringify(state)) as LineageParameters };
}

/** The newest state of a connection behind `head`, going back to where a restored version was; null where there is none. */
export function stateBehind(connection: string, head: VersionId, versions: readonly Version[]): LoadState | null {
	const byId = new Map(versions.map((version) => [version.id, version]));
	const seen = new Set<VersionId>();
	for (let at = byId.get(head); at && !seen.has(at.id);) {
		seen.add(at.id);
		const parsed = v.safeParse(stateSchema, at.lineage.parameters?.['load']);
		if (parsed.success && parsed.output.connection === connection) return parsed.output;
		const back: VersionId | undefined = at.lineage.operation === 'restore' ? at.lineage.inputs[0] : at.parents[0];
		at = back === undefined ? undefined : byId.get(back);
	}
	return null;
}
