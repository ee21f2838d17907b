// What a dataset, or one of its columns, came from and went into, as of a moment: out of what runs kept of their steps.
import type { AttemptRecord } from '../pipeline/run-record.ts';
import type { Dependence } from './column-lineage.ts';
import { baseName } from './open-lineage.ts';

export type LineageNode = {
	readonly dataset: string;
	/** That was read or made then. */
	readonly version: string;
	/** The step that made it; null for what no step made. */
	readonly madeBy: {
		readonly run: string;
		readonly pipeline: string;
		readonly step: string;
		readonly atMs: number;
	} | null;
	readonly columns: readonly string[];
	/** What of its step's query was not understood. */
	readonly unknown: readonly string[];
};

export type LineageEdge = {
	readonly from: { readonly dataset: string; readonly column: string | null };
	/** A column of null is all rows: what decides which there are. */
	readonly to: { readonly dataset: string; readonly column: string | null };
	readonly type: Dependence['type'] | null;
	readonly subtype: Dependence['subtype'] | null;
};

export type LineageGraph = { readonly nodes: readonly LineageNode[]; readonly edges: readonly LineageEdge[] };

export type MadeStep = AttemptRecord & { readonly pipeline: string };

/** All that is kept, as of `untilMs`: of each dataset what the newest step before then made of it. */
export function wholeGraph(made: readonly MadeStep[], untilMs: number): LineageGraph {
	const nodes = new Map<string, LineageNode>();
	const newest = new Map<string, MadeStep>();
	for (const step of made) {
		const dataset = step.outcome?.table?.dataset.toLowerCase();
		const isDone = step.state === 'succeeded' || step.state === 'unchanged';
		if (dataset === undefined || !isDone || step.endedAtMs === null || step.endedAtMs > untilMs) continue;
		const known = newest.get(dataset);
		if (!known || (known.endedAtMs ?? 0) <= step.endedAtMs) newest.set(dataset, step);
	}
	const edges: LineageEdge[] = [];
	for (const { outcome, run, pipeline, step, endedAtMs } of newest.values()) {
		if (!outcome?.table) continue;
		const { table, inputs, lineage = null } = outcome;
		const to = baseName(table.dataset);
		nodes.set(to.toLowerCase(), {
			dataset: to,
			version: table.version,
			madeBy: { run, pipeline, step, atMs: endedAtMs ?? 0 },
			columns: lineage?.schema?.map(({ name }) => name) ?? [],
			unknown: lineage?.columns?.unknown ?? []
		});
		for (const input of inputs) {
			const from = baseName(input.dataset);
			edges.push({
				from: { dataset: from, column: null },
				to: { dataset: to, column: null },
				type: null,
				subtype: null
			});
			if (nodes.has(from.toLowerCase()) || newest.has(from.toLowerCase())) continue;
			const columns = lineage?.inputs[input.dataset]?.map(({ name }) => name) ?? [];
			nodes.set(from.toLowerCase(), { dataset: from, version: input.version, madeBy: null, columns, unknown: [] });
		}
		for (const file of lineage?.columns?.files ?? []) {
			const whole = { dataset: file, column: null };
			edges.push({ from: whole, to: { dataset: to, column: null }, type: null, subtype: null });
			if (!nodes.has(file.toLowerCase()))
				nodes.set(file.toLowerCase(), { dataset: file, version: '', madeBy: null, columns: [], unknown: [] });
		}
		const edgeTo = (column: string | null) => (one: Dependence) =>
			edges.push({
				from: { dataset: one.dataset, column: one.column },
				to: { dataset: to, column },
				type: one.type,
				subtype: one.subtype
			});
		for (const { column, inputs: from } of lineage?.columns?.fields ?? []) from.forEach(edgeTo(column));
		lineage?.columns?.dataset.forEach(edgeTo(null));
	}
	return { nodes: [...nodes.values()], edges };
}

/** A dataset, or a column of it. */
export type LineageAt = { readonly dataset: string; readonly column: string | null };

/** Only what lies before and behind a dataset, or a column of it. */
export function around(graph: LineageGraph, dataset: string, column: string | null): LineageGraph {
	const kept = new Set([...reach(graph, { dataset, column }, 'up'), ...reach(graph, { dataset, column }, 'down')]);
	const names = new Set(
		[dataset, ...[...kept].flatMap(({ from, to }) => [from.dataset, to.dataset])].map((one) => one.toLowerCase())
	);
	return {
		nodes: graph.nodes.filter((node) => names.has(node.dataset.toLowerCase())),
		edges: graph.edges.filter((edge) => kept.has(edge))
	};
}

/** The edges that lead to a dataset or a column, or away from it. What decides a dataset's rows decides every column of it. */
export function reach(graph: LineageGraph, start: LineageAt, direction: 'up' | 'down'): ReadonlySet<LineageEdge> {
	const isWhole = start.column === null;
	const relevant = isWhole ? graph.edges : graph.edges.filter(({ type }) => type !== null);
	const kept = new Set<LineageEdge>();
	const seen = new Set<string>();
	const queue: LineageAt[] = [start];
	for (let at = queue.pop(); at; at = queue.pop()) {
		if (seen.has(keyOf(at))) continue;
		seen.add(keyOf(at));
		for (const edge of relevant) {
			const [near, far] = direction === 'up' ? [edge.to, edge.from] : [edge.from, edge.to];
			const isSame = near.dataset.toLowerCase() === at.dataset.toLowerCase();
			const isOf = isWhole || at.column === null || near.column === null || keyOf(near) === keyOf(at);
			if (!isSame || !isOf) continue;
			kept.add(edge);
			queue.push(isWhole ? { dataset: far.dataset, column: null } : far);
		}
	}
	return kept;
}

/** That something of a dataset was read says nothing more where it is known of which columns: those edges are left out. */
export function toldEdges(edges: readonly LineageEdge[]): readonly LineageEdge[] {
	const pairOf = ({ from, to }: LineageEdge): string => `${from.dataset}\n${to.dataset}`.toLowerCase();
	const told = new Set(edges.filter(({ type }) => type !== null).map(pairOf));
	return edges.filter((edge) => edge.type !== null || !told.has(pairOf(edge)));
}

/** The same for names that differ in case only, as the engine sees them. */
export function keyOf({ dataset, column }: LineageAt): string {
	return `${dataset}\n${column ?? ''}`.toLowerCase();
}
