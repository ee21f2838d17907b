// What must hold between the steps of a pipeline: who writes which dataset, and who reads it before it is made.
import type { Path, YamlText } from '../document/yaml-text.ts';
import { inputOf, type Pipeline, type SimpleWork, type Step } from './pipeline.ts';
import type { StepText } from './pipeline-schema.ts';
import type { Unplaced } from './problem.ts';
import { referencesIn } from './references.ts';
import { before } from './step-graph.ts';
import { tableNames } from './table-names.ts';

export type List = 'steps' | 'on_failure';
/** A step with its text, and where that stands. */
export type Placed = { readonly step: Step; readonly text: StepText; readonly path: Path; readonly list: List };
/** Tells a problem, at the place of the path unless another is named. */
export type Tell = (path: Path, problem: Unplaced, place?: ReturnType<YamlText['placeOf']>) => void;

/** Two steps that write one dataset would race; a step that reads what another makes must need it. */
export function checkOutputs(pipeline: Pipeline, placed: readonly Placed[], yaml: YamlText, tell: Tell): void {
	const makers = new Map<string, Placed>();
	for (const one of placed) {
		const { step, path } = one;
		const isEach = step.work.kind === 'for-each';
		const work = step.work.kind === 'for-each' ? step.work.work : step.work;
		const into = work.kind === 'ingest' || work.kind === 'transform' ? work.into : null;
		if (into === null) continue;
		const at = [...path, ...(isEach ? ['do', 'into'] : ['into'])];
		if (isEach && !namesIn(into).some((name) => name.startsWith('item')))
			tell(at, { code: 'one-output-for-all', dataset: into });
		const other = makers.get(into.toLowerCase());
		if (other) tell(at, { code: 'same-output', dataset: into, other: other.step.id });
		else makers.set(into.toLowerCase(), one);
	}
	for (const [index, dataset] of (pipeline.schedule?.onVersion ?? []).entries())
		if (makers.has(dataset.toLowerCase())) tell(['schedule', 'on_version', index], { code: 'watches-itself', dataset });
	for (const { step, path, list } of placed) {
		const needed = before(stepsOf(pipeline, list), step.id);
		const told = (name: string, at: Path, position: number): void => {
			const maker = makers.get(name.toLowerCase());
			if (!maker || maker.list !== list || maker.step.id === step.id || needed.has(maker.step.id)) return;
			const problem = { code: 'reads-before-made', dataset: name, maker: maker.step.id } as const;
			tell(at, problem, yaml.placeIn(at, position));
		};
		const input = step.work.kind === 'transform' ? inputOf(step.work) : null;
		if (input !== null) told(input.split('@')[0] ?? '', [...path, 'input'], 0);
		for (const { sql, at } of sqlsOf(step, path)) {
			const marked = sql.replace(/\$\{\{.*?\}\}/gs, (all) => '0'.padEnd(all.length));
			for (const { name, position } of tableNames(marked)) told(name, at, position);
		}
	}
}

export function stepsOf(pipeline: Pipeline, list: List): readonly Step[] {
	return list === 'steps' ? pipeline.steps : pipeline.onFailure;
}

function sqlsOf({ work }: Step, path: Path): readonly { readonly sql: string; readonly at: Path }[] {
	switch (work.kind) {
		case 'transform':
		case 'check':
			return sqlsIn(work, path);
		case 'branch':
			if (work.on.kind !== 'sql') return [];
			return work.on.cases.map(({ sql }, index) => ({ sql, at: [...path, 'cases', index, 'if'] }));
		case 'for-each':
			return [
				...(work.items.kind === 'sql' ? [{ sql: work.items.sql, at: [...path, 'sql'] }] : []),
				...sqlsIn(work.work, [...path, 'do'])
			];
		default:
			return [];
	}
}

export function sqlsIn(work: SimpleWork, path: Path): readonly { readonly sql: string; readonly at: Path }[] {
	if (work.kind === 'check')
		return work.assertions.map(({ name, sql }) => ({
			sql,
			at: name === '' ? [...path, 'sql'] : [...path, 'assertions', name]
		}));
	return work.kind === 'transform' && work.rows.kind === 'sql' ? [{ sql: work.rows.sql, at: [...path, 'sql'] }] : [];
}

export function namesIn(text: string): readonly string[] {
	const found = referencesIn(text);
	return found.ok ? found.value.map(({ name }) => name) : [];
}
