// What an edit promises, on what the text says: the steps with their fields, without any text.
import { err, ok, type Result } from '../result.ts';
import { fieldsOf, listOf, stepLists, textOf, textsOf, type Fields, type StepList } from './edit-graph.ts';
import type { EditFailure } from './edit-pipeline.ts';
import type { Plain } from './edit-values.ts';

export type PipelineEdit =
	/** `after` is the id of a step that the new one stands behind in the text, and needs when `isLinked`; null is at the end. */
	| {
			readonly kind: 'add';
			readonly list: StepList;
			readonly after: string | null;
			readonly isLinked: boolean;
			readonly step: Fields & { readonly id: string };
	  }
	/** Whoever needed it needs what it needed. */
	| { readonly kind: 'remove'; readonly id: string }
	| { readonly kind: 'connect' | 'disconnect'; readonly from: string; readonly to: string }
	/** Also where others name it. */
	| { readonly kind: 'rename'; readonly id: string; readonly to: string }
	/** Undefined takes it away. `path` is within the step. */
	| {
			readonly kind: 'set';
			readonly id: string;
			readonly path: readonly (string | number)[];
			readonly value: Plain | undefined;
	  }
	/** The same outside of steps: `path` begins with a key of the pipeline, such as schedule. */
	| {
			readonly kind: 'set-head';
			readonly path: readonly [string, ...(string | number)[]];
			readonly value: Plain | undefined;
	  };

export function editedModel(model: Fields, edit: PipelineEdit): Result<Fields, EditFailure> {
	const known = stepLists.flatMap((list) => listOf(model[list]).map((step) => textOf(fieldsOf(step)['id'])));
	const unknown = (step: string): Result<never, EditFailure> => err({ kind: 'unknown-step', step, known });
	const isTaken = (id: string): boolean => known.some((one) => one.toLowerCase() === id.toLowerCase());
	switch (edit.kind) {
		case 'add': {
			if (isTaken(edit.step.id)) return err({ kind: 'id-taken', id: edit.step.id });
			if (edit.after !== null && !known.includes(edit.after)) return unknown(edit.after);
			const steps = listOf(model[edit.list]);
			const at = edit.after === null ? -1 : steps.findIndex((step) => fieldsOf(step)['id'] === edit.after);
			const { id, kind, ...rest } = edit.step;
			const needs = edit.isLinked && at >= 0 ? { needs: [edit.after] } : {};
			const place = at < 0 ? steps.length : at + 1;
			const added = { ...model, [edit.list]: steps.toSpliced(place, 0, { id, kind, ...needs, ...rest }) };
			return ok(edit.isLinked && edit.after !== null ? withWay(added, edit.after, id) : added);
		}
		case 'remove': {
			const list = stepLists.find((one) => listOf(model[one]).some((step) => fieldsOf(step)['id'] === edit.id));
			if (list === undefined) return unknown(edit.id);
			const steps = listOf(model[list]).map(fieldsOf);
			if (list === 'steps' && steps.length === 1) return err({ kind: 'last-step', step: edit.id });
			const above = textsOf(steps.find((step) => step['id'] === edit.id)?.['needs']);
			const left = steps.filter((step) => step['id'] !== edit.id).map((step) => withoutStep(step, edit.id, above));
			const { [list]: _gone, ...others } = model;
			return ok(left.length === 0 ? others : { ...model, [list]: left });
		}
		case 'connect':
		case 'disconnect': {
			if (!known.includes(edit.from)) return unknown(edit.from);
			if (!known.includes(edit.to)) return unknown(edit.to);
			const linked = changeStep(model, edit.to, (step) => {
				const needs = textsOf(step['needs']).filter((need) => need !== edit.from);
				return withList(step, 'needs', edit.kind === 'connect' ? [...needs, edit.from] : needs);
			});
			if (edit.kind === 'connect') return ok(withWay(linked, edit.from, edit.to));
			return ok(changeStep(linked, edit.from, (step) => withoutWay(step, edit.to)));
		}
		case 'rename': {
			if (!known.includes(edit.id)) return unknown(edit.id);
			if (edit.to.toLowerCase() !== edit.id.toLowerCase() && isTaken(edit.to))
				return err({ kind: 'id-taken', id: edit.to });
			const renamed = (id: unknown): unknown => (id === edit.id ? edit.to : id);
			return ok(mapSteps(model, (step) => mapReferences({ ...step, id: renamed(step['id']) }, renamed)));
		}
		case 'set':
			if (!known.includes(edit.id)) return unknown(edit.id);
			return ok(changeStep(model, edit.id, (step) => fieldsOf(put(step, edit.path, edit.value))));
		case 'set-head':
			return ok(fieldsOf(put(model, edit.path, edit.value)));
	}
}

function mapSteps(model: Fields, change: (step: Fields) => Fields): Fields {
	const lists = stepLists.filter((list) => Array.isArray(model[list]));
	return {
		...model,
		...Object.fromEntries(
			lists.map((list) => [list, listOf(model[list]).map((step) => (isFields(step) ? change(step) : step))])
		)
	};
}

function changeStep(model: Fields, id: string, change: (step: Fields) => Fields): Fields {
	return mapSteps(model, (step) => (step['id'] === id ? change(step) : step));
}

/** Keys of a step whose values are ids of steps. */
const idLists = ['needs', 'passed', 'else'];

function mapReferences(step: Fields, change: (id: unknown) => unknown): Fields {
	const mapped: Record<string, unknown> = { ...step };
	for (const key of idLists) if (Array.isArray(step[key])) mapped[key] = listOf(step[key]).map(change);
	if (typeof step['verdict_of'] === 'string') mapped['verdict_of'] = change(step['verdict_of']);
	if (Array.isArray(step['cases']))
		mapped['cases'] = listOf(step['cases']).map((one) =>
			isFields(one) && Array.isArray(one['then']) ? { ...one, then: listOf(one['then']).map(change) } : one
		);
	return mapped;
}

function withoutStep(step: Fields, id: string, above: readonly string[]): Fields {
	let left: Fields = step;
	const needs = textsOf(step['needs']);
	if (needs.includes(id)) {
		const others = needs.flatMap((need) => (need === id ? above : [need]));
		left = withList(
			left,
			'needs',
			[...new Set(others)].filter((need) => need !== step['id'])
		);
	}
	return withoutWay(left, id);
}

/** A step behind a branch that the branch does not name would never run. */
function withWay(model: Fields, branch: string, to: string): Fields {
	return changeStep(model, branch, (step) => {
		if (step['kind'] !== 'branch') return step;
		const cases = listOf(step['cases']);
		const thens = cases.flatMap((one) => listOf(fieldsOf(one)['then']));
		if ([...thens, ...listOf(step['passed']), ...listOf(step['else'])].includes(to)) return step;
		const [first, ...others] = cases;
		if (first !== undefined)
			return { ...step, cases: [{ ...fieldsOf(first), then: [...textsOf(fieldsOf(first)['then']), to] }, ...others] };
		const key = typeof step['verdict_of'] === 'string' ? 'passed' : 'else';
		return { ...step, [key]: [...textsOf(step[key]), to] };
	});
}

function withoutWay(step: Fields, id: string): Fields {
	let left: Fields = step;
	for (const key of ['passed', 'else']) {
		const ids = listOf(step[key]);
		if (ids.includes(id)) left = withList(left, key, ids.filter((one) => one !== id) as readonly string[]);
	}
	if (!Array.isArray(step['cases'])) return left;
	const cases = listOf(step['cases']).map((one) => {
		const then = listOf(fieldsOf(one)['then']);
		return then.includes(id) ? { ...fieldsOf(one), then: then.filter((other) => other !== id) } : one;
	});
	return { ...left, cases };
}

/** An empty list is left out. */
function withList(step: Fields, key: string, ids: readonly string[]): Fields {
	const { [key]: _gone, ...others } = step;
	return ids.length === 0 ? others : { ...step, [key]: ids };
}

function put(holder: unknown, path: readonly (string | number)[], value: Plain | undefined): unknown {
	const [key, ...rest] = path;
	if (key === undefined) return value;
	if (typeof key === 'number') {
		const items = listOf(holder);
		if (rest.length === 0 && value === undefined) return items.filter((_item, index) => index !== key);
		return items.length <= key
			? [...items, put(undefined, rest, value)]
			: items.with(key, put(items[key], rest, value));
	}
	const fields = fieldsOf(holder);
	const next = put(fields[key], rest, value);
	const isEmpty = rest.length > 0 && value === undefined && isFields(next) && Object.keys(next).length === 0;
	if (next !== undefined && !isEmpty) return { ...fields, [key]: next };
	const { [key]: _gone, ...others } = fields;
	return others;
}

function isFields(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
