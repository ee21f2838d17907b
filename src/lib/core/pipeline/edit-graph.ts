// A pipeline's text as a graph to draw: every step that has an id, also while something else in the text is wrong.
import type { Place } from '../document/text-problem.ts';
import { err, ok, type Result } from '../result.ts';
import type { PipelineProblem } from './problem.ts';
import { pathText, readYaml, type Path } from '../document/yaml-text.ts';

export const stepLists = ['steps', 'on_failure'] as const;
export type StepList = (typeof stepLists)[number];
export type Fields = Readonly<Record<string, unknown>>;

export type GraphStep = {
	readonly id: string;
	readonly kind: string;
	/** Only steps of the same list. */
	readonly needs: readonly string[];
	readonly list: StepList;
	readonly index: number;
	/** As `pathText` writes it, to find its problems. */
	readonly path: string;
	/** Of a branch: where each way leads, by the word for it. */
	readonly ways: readonly { readonly label: string; readonly to: string }[];
	/** Everything that it says. */
	readonly fields: Fields;
	readonly at: Place;
};

export type PipelineGraph = { readonly name: string; readonly steps: readonly GraphStep[]; readonly fields: Fields };

/** Fails only where the text is no YAML. */
export function readGraph(text: string): Result<PipelineGraph, readonly PipelineProblem[]> {
	const yaml = readYaml(text);
	if (!yaml.ok) return err(yaml.error);
	const fields = fieldsOf(yaml.value.value);
	const steps: GraphStep[] = [];
	for (const list of stepLists) {
		const items = listOf(fields[list]);
		const ids = items.map((item) => textOf(fieldsOf(item)['id']));
		for (const [index, item] of items.entries()) {
			const step = fieldsOf(item);
			const id = ids[index] ?? '';
			if (id === '' || ids.indexOf(id) !== index || steps.some((one) => one.id === id)) continue;
			const path: Path = [list, index];
			const needs = [...new Set(textsOf(step['needs']))].filter((need) => need !== id && ids.includes(need));
			steps.push({
				...{ id, kind: textOf(step['kind']), needs, list, index, fields: step },
				path: pathText(path),
				ways: waysOf(step),
				at: yaml.value.placeOf(path)
			});
		}
	}
	return ok({ name: textOf(fields['name']), steps, fields });
}

/** The step whose text a problem is in. */
export function stepOfProblem(steps: readonly GraphStep[], problem: Pick<PipelineProblem, 'path'>): GraphStep | null {
	return steps.find(({ path }) => problem.path === path || problem.path.startsWith(`${path}.`)) ?? null;
}

function waysOf(step: Fields): readonly { readonly label: string; readonly to: string }[] {
	const ways = (label: string, ids: unknown): readonly { readonly label: string; readonly to: string }[] =>
		textsOf(ids).map((to) => ({ label, to }));
	const cases = listOf(step['cases']);
	return [
		...cases.flatMap((one, index) => ways(cases.length > 1 ? `case ${index + 1}` : 'if true', fieldsOf(one)['then'])),
		...ways('passed', step['passed']),
		...ways('else', step['else'])
	];
}

export function fieldsOf(value: unknown): Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function textsOf(value: unknown): readonly string[] {
	return listOf(value).filter((one) => typeof one === 'string');
}

export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
