// How a kind of step looks on the canvas: its icon, its shape, and the line that says what it does.
import CircleDot from '@lucide/svelte/icons/circle-dot';
import BrainCircuit from '@lucide/svelte/icons/brain-circuit';
import ChartLine from '@lucide/svelte/icons/chart-line';
import Combine from '@lucide/svelte/icons/combine';
import FileInput from '@lucide/svelte/icons/file-input';
import GitBranch from '@lucide/svelte/icons/git-branch';
import Repeat from '@lucide/svelte/icons/repeat-2';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Table from '@lucide/svelte/icons/table-properties';
import Workflow from '@lucide/svelte/icons/workflow';
import { fieldsOf, listOf, textOf, type GraphStep } from '#core/pipeline/edit-graph.ts';

export const NODE = { width: 196, height: 56 } as const;

const icons: Readonly<Record<string, typeof CircleDot>> = {
	ingest: FileInput,
	transform: Table,
	score: BrainCircuit,
	check: ShieldCheck,
	branch: GitBranch,
	'for-each': Repeat,
	report: ChartLine,
	join: Combine,
	pipeline: Workflow
};

export function iconOf(kind: string): typeof CircleDot {
	return icons[kind] ?? CircleDot;
}

/** Paths in a box of the size of a node, the one behind first. */
export function shapeOf(kind: string): readonly string[] {
	const { width: w, height: h } = NODE;
	const rounded = (x: number, y: number, right: number, bottom: number, r: number): string =>
		`M ${x + r} ${y} H ${right - r} A ${r} ${r} 0 0 1 ${right} ${y + r} V ${bottom - r} A ${r} ${r} 0 0 1 ${right - r} ${bottom} H ${x + r} A ${r} ${r} 0 0 1 ${x} ${bottom - r} V ${y + r} A ${r} ${r} 0 0 1 ${x + r} ${y} Z`;
	switch (kind) {
		case 'ingest':
			return [
				`M ${h / 2} 1 H ${w - 9} A 8 8 0 0 1 ${w - 1} 9 V ${h - 9} A 8 8 0 0 1 ${w - 9} ${h - 1} H ${h / 2} A ${h / 2 - 1} ${h / 2 - 1} 0 0 1 ${h / 2} 1 Z`
			];
		case 'check':
			return [`M 14 1 H ${w - 14} L ${w - 1} ${h / 2} L ${w - 14} ${h - 1} H 14 L 1 ${h / 2} Z`];
		case 'branch':
			return [
				`M 9 1 H ${w - 24} L ${w - 1} ${h / 2} L ${w - 24} ${h - 1} H 9 A 8 8 0 0 1 1 ${h - 9} V 9 A 8 8 0 0 1 9 1 Z`
			];
		case 'for-each':
			return [rounded(7, 7, w - 1, h - 1, 8), rounded(1, 1, w - 7, h - 7, 8)];
		case 'join':
			return [rounded(1, 1, w - 1, h - 1, h / 2 - 1)];
		case 'pipeline':
			return [rounded(1, 1, w - 1, h - 1, 10), rounded(5, 5, w - 5, h - 5, 6)];
		default:
			return [rounded(1, 1, w - 1, h - 1, 8)];
	}
}

/** The most telling of what a step says: where it reads, what it writes, what it asks. */
export function summaryOf(step: GraphStep): string {
	const { fields } = step;
	const inner = fieldsOf(fields['do']);
	const into = textOf(fields['into']) || textOf(inner['into']);
	const source =
		textOf(fields['url']) || textOf(fields['sample']) || textOf(fields['connection']) || textOf(fields['dataset']);
	if (source !== '' && into !== '' && source !== into) return `${source} → ${into}`;
	if (into !== '') return `→ ${into}`;
	if (textOf(fields['pipeline']) !== '') return textOf(fields['pipeline']);
	if (textOf(fields['report']) !== '') return textOf(fields['report']);
	if (textOf(fields['recipe']) !== '') return textOf(fields['recipe']);
	if (textOf(fields['verdict_of']) !== '') return `on ${textOf(fields['verdict_of'])}`;
	const cases = listOf(fields['cases']).length;
	if (cases > 0) return cases === 1 ? '1 case' : `${cases} cases`;
	return textOf(fields['sql']).replaceAll(/\s+/g, ' ').trim() || source;
}
