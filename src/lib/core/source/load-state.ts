// How far a connection is loaded. It stands in the lineage of the version that holds the rows: it lands with them, and is undone with them.
import * as v from 'valibot';
import type { VersionId } from '../ids.ts';
import type { LineageParameters, Version } from '../version/version.ts';
import type { Connection } from './connection.ts';
import type { Mark } from './rest/page.ts';
import type { Position } from './rest/paging.ts';

const mark = v.union([v.string(), v.number()]);
const position = v.variant('kind', [
	v.object({ kind: v.literal('first') }),
	v.object({ kind: v.picklist(['offset', 'page']), at: v.number() }),
	v.object({ kind: v.picklist(['cursor', 'address']), at: v.string() })
]);
const stateSchema = v.object({
	connection: v.string(),
	asked: v.string(),
	mark: v.nullable(mark),
	edge: v.array(v.string()),
	run: v.nullable(v.object({ position, pages: v.number(), highest: v.nullable(mark), edge: v.array(v.string()) }))
});

export type LoadRun = {
	/** The page whose rows are not loaded yet. */
	readonly position: Position;
	/** Pages before it. */
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

/** What decides which rows come. */
export function askedBy({ url, method, query, body, records, since, pages }: Connection): string {
	return JSON.stringify([url, method, query, body, records, since?.field ?? null, pages]);
}
