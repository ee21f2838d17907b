// What no schema can say of a pipeline: names that must exist, circles, references, schedules, and who writes what.
import { samples } from '../samples/samples.ts';
import { parseDatasetName } from '../version/dataset-name.ts';
import type { CheckWork, Pipeline, SimpleWork, Step, SuiteGate, TransformWork } from './pipeline.ts';
import { checkParams, checkSchedule } from './check-head.ts';
import { checkOutputs, namesIn, sqlsIn, stepsOf, type List, type Placed, type Tell } from './check-outputs.ts';
import { rowsProblems } from './check-rows.ts';
import type { PipelineText, StepText } from './pipeline-schema.ts';
import { nearestOf, type PipelineProblem } from './problem.ts';
import { fillText, referencesIn, sqlReferences, type ReferenceProblem, type Scope } from './references.ts';
import { before, findCycle } from './step-graph.ts';
import { pathText, type Path, type YamlText } from '../document/yaml-text.ts';

export function checkPipeline(pipeline: Pipeline, text: PipelineText, yaml: YamlText): readonly PipelineProblem[] {
	return new Check(pipeline, text, yaml).problems;
}

class Check {
	readonly problems: PipelineProblem[] = [];
	readonly #pipeline: Pipeline;
	readonly #yaml: YamlText;
	readonly #placed: readonly Placed[];

	constructor(pipeline: Pipeline, text: PipelineText, yaml: YamlText) {
		this.#pipeline = pipeline;
		this.#yaml = yaml;
		const place = (steps: readonly Step[], texts: readonly StepText[], list: List): readonly Placed[] =>
			texts.flatMap((one, index) => {
				const step = steps[index];
				return step ? [{ step, text: one, path: [list, index], list }] : [];
			});
		this.#placed = [
			...place(pipeline.steps, text.steps, 'steps'),
			...place(pipeline.onFailure, text.on_failure ?? [], 'on_failure')
		];
		this.#mappings(['params'], ['env'], ['environments']);
		checkParams(pipeline, yaml, this.#tell);
		checkSchedule(pipeline, this.#tell);
		this.#ids();
		for (const placed of this.#placed) this.#needs(placed);
		for (const list of ['steps', 'on_failure'] as const) this.#cycle(list);
		for (const placed of this.#placed) this.#work(placed);
		if (this.problems.length === 0) checkOutputs(pipeline, this.#placed, yaml, this.#tell);
	}

	readonly #tell: Tell = (path, problem, place = this.#yaml.placeOf(path)) => {
		this.problems.push({ line: place.line, column: place.column, path: pathText(path), ...problem });
	};

	/** Which the schema takes a list for. */
	#mappings(...paths: readonly Path[]): void {
		for (const path of paths)
			if (Array.isArray(this.#yaml.valueAt(path)))
				this.#tell(path, { code: 'wrong-type', expected: 'a mapping', found: 'a list' });
	}

	#ids(): void {
		const seen = new Map<string, number>();
		for (const { step, path } of this.#placed) {
			const key = step.id.toLowerCase();
			const first = seen.get(key);
			if (first === undefined) seen.set(key, step.at.line);
			else this.#tell([...path, 'id'], { code: 'duplicate-id', id: step.id, firstLine: first });
		}
	}

	#needs({ step, text, path, list }: Placed): void {
		const known = this.#idsOf(list);
		for (const [index, need] of (text.needs ?? []).entries())
			if (!known.includes(need))
				this.#tell([...path, 'needs', index], { code: 'unknown-step', id: need, nearest: nearestOf(need, known) });
		const { work } = step;
		if (work.kind !== 'branch') return;
		const chosen: { id: string; at: Path }[] = [];
		if (work.on.kind === 'sql') {
			for (const [index, one] of work.on.cases.entries())
				chosen.push(...one.then.map((id, at) => ({ id, at: [...path, 'cases', index, 'then', at] })));
		} else chosen.push(...work.on.passed.map((id, at) => ({ id, at: [...path, 'passed', at] })));
		chosen.push(...work.otherwise.map((id, at) => ({ id, at: [...path, 'else', at] })));
		for (const { id, at } of chosen) {
			const target = this.#placed.find((one) => one.step.id === id && one.list === list);
			if (!target) this.#tell(at, { code: 'unknown-step', id, nearest: nearestOf(id, known) });
			else if (!target.step.needs.includes(step.id))
				this.#tell(at, { code: 'not-behind-branch', step: id, branch: step.id });
		}
		if (chosen.length === 0) this.#tell(path, { code: 'nothing-chosen', branch: step.id });
	}

	#cycle(list: List): void {
		const steps = this.#placed.filter((one) => one.list === list);
		const cycle = findCycle(steps.map(({ step }) => step));
		const first = steps.find(({ step }) => step.id === cycle?.[0]);
		if (!cycle || !first) return;
		const at = first.step.needs.indexOf(cycle[1] ?? '');
		this.#tell([...first.path, 'needs', Math.max(0, at)], { code: 'cycle', steps: cycle });
	}

	#work({ step, text, path, list }: Placed): void {
		const scope = this.#scope(list);
		if (text.kind === 'branch') {
			this.#oneOf(path, ['cases', 'verdict_of'], text);
			for (const [index, one] of (text.cases ?? []).entries())
				this.#sql(one.if, [...path, 'cases', index, 'if'], scope);
			if (text.verdict_of === undefined) return;
			const check = this.#placed.find((one) => one.step.id === text.verdict_of && one.list === list);
			const at = [...path, 'verdict_of'];
			if (!check) {
				const id = text.verdict_of;
				this.#tell(at, { code: 'unknown-step', id, nearest: nearestOf(id, this.#idsOf(list)) });
			} else if (check.step.work.kind !== 'check') this.#tell(at, { code: 'not-a-check', id: text.verdict_of });
			else if (!before(stepsOf(this.#pipeline, list), step.id).has(check.step.id))
				this.#tell(at, { code: 'missing-key', key: 'needs' });
		} else if (text.kind === 'for-each') {
			this.#oneOf(path, ['items', 'sql'], text);
			this.#mappings(...(text.items ?? []).map((_item, index) => [...path, 'items', index]));
			if (text.sql !== undefined) this.#sql(text.sql, [...path, 'sql'], scope);
			if (step.work.kind === 'for-each') this.#simple(step.work.work, [...path, 'do'], [...scope, 'item', 'item.*']);
		} else if (text.kind === 'pipeline') {
			this.#mappings([...path, 'params']);
			this.#text(text.pipeline, [...path, 'pipeline'], scope);
			for (const [name, value] of Object.entries(text.params ?? {}))
				if (typeof value === 'string') this.#text(value, [...path, 'params', name], scope);
		} else if (text.kind === 'report') {
			this.#mappings([...path, 'inputs']);
			this.#text(text.report, [...path, 'report'], scope);
			for (const { text: value, at } of textsOf(text.inputs ?? {}))
				this.#text(value, [...path, 'inputs', ...at], scope);
			// An address or an e-mail that says no more than that there is one leads nobody to it.
			if (text.share === undefined && (text.notify ?? []).some((channel) => typeof channel !== 'string'))
				this.#tell([...path, 'notify'], { code: 'missing-key', key: 'share' });
		} else if (step.work.kind !== 'join' && step.work.kind !== 'branch' && step.work.kind !== 'for-each') {
			if (step.work.kind !== 'pipeline' && step.work.kind !== 'report') this.#simple(step.work, path, scope);
		}
	}

	#simple(work: SimpleWork, path: Path, scope: readonly string[]): void {
		if (work.kind === 'check') return this.#assertions(work, path, scope);
		if (work.into !== null) this.#name(work.into, [...path, 'into'], scope);
		if (work.kind === 'transform') return this.#rows(work, path, scope);
		const { source } = work;
		this.#mappings([...path, 'options']);
		const given = this.#yaml.valueAt(path) as Readonly<Record<string, unknown>>;
		if (!this.#oneOf(path, ['url', 'sample', 'folder', 'connection', 'dataset'], given)) return;
		if (source.kind === 'file' && source.file === '') this.#tell(path, { code: 'missing-key', key: 'file' });
		if (source.kind === 'dataset') {
			this.#text(source.dataset, [...path, 'dataset'], scope);
			if (work.into !== null)
				this.#tell([...path, 'into'], { code: 'one-of', keys: ['dataset', 'into'], given: ['dataset', 'into'] });
			return;
		}
		if (source.kind === 'connection') {
			for (const key of ['mode', 'key', 'options'])
				if (given[key] !== undefined)
					this.#tell([...path, key], { code: 'one-of', keys: ['connection', key], given: ['connection', key] });
			return this.#text(source.connection, [...path, 'connection'], scope);
		}
		if (work.into === null) this.#tell(path, { code: 'missing-key', key: 'into' });
		if (work.mode === 'upsert' && work.key.length === 0) this.#tell(path, { code: 'missing-key', key: 'key' });
		if (source.kind === 'url') return this.#text(source.url, [...path, 'url'], scope);
		if (source.kind === 'file') {
			this.#text(source.folder, [...path, 'folder'], scope);
			return this.#text(source.file, [...path, 'file'], scope);
		}
		const known = samples.map(({ id }) => id);
		if (!known.includes(source.sample)) {
			const nearest = nearestOf(source.sample, known);
			this.#tell([...path, 'sample'], { code: 'unknown-sample', value: source.sample, nearest });
		}
	}

	#assertions(work: CheckWork, path: Path, scope: readonly string[]): void {
		const given = this.#yaml.valueAt(path) as Readonly<Record<string, unknown>>;
		if (!this.#oneOf(path, ['sql', 'assertions', 'suite'], given)) return;
		if (work.suite) return this.#gate(work.suite, path, scope);
		const [stray] = ['dataset', 'gate', 'into'].filter((key) => given[key] !== undefined);
		if (stray !== undefined) this.#tell([...path, stray], { code: 'one-of', keys: ['suite', stray], given: [stray] });
		this.#mappings([...path, 'assertions']);
		for (const { sql, at } of sqlsIn(work, path)) this.#sql(sql, at, scope);
		if (work.assertions.length === 0) this.#tell(path, { code: 'missing-key', key: 'assertions' });
	}

	#gate({ suite, dataset, gate, into }: SuiteGate, path: Path, scope: readonly string[]): void {
		this.#text(suite, [...path, 'suite'], scope);
		if (dataset === '') this.#tell(path, { code: 'missing-key', key: 'dataset' });
		else this.#text(dataset, [...path, 'dataset'], scope);
		if (gate === 'quarantine' && into === null) this.#tell(path, { code: 'missing-key', key: 'into' });
		if (into === null) return;
		this.#name(into, [...path, 'into'], scope);
		if (gate !== 'quarantine') this.#tell([...path, 'into'], { code: 'one-of', keys: ['gate: quarantine'], given: [] });
	}

	#rows({ rows, tests }: TransformWork, path: Path, scope: readonly string[]): void {
		const params = this.#pipeline.params.map(({ name }) => name);
		for (const [index, test] of tests.entries())
			for (const name of Object.keys(test.params)) {
				if (params.includes(name)) continue;
				const at = [...path, 'tests', index, 'params'];
				const place = this.#yaml.placeOfKey(at, name);
				this.#tell([...at, name], { code: 'unknown-key', key: name, nearest: nearestOf(name, params) }, place);
			}
		if (rows.kind === 'score') {
			this.#text(rows.model, [...path, 'model'], scope);
			return this.#text(rows.input, [...path, 'input'], scope);
		}
		const given = this.#yaml.valueAt(path) as Readonly<Record<string, unknown>>;
		if (!this.#oneOf(path, ['sql', 'recipe', 'steps', 'function'], given)) return;
		const input = given['input'];
		if (typeof input === 'string') this.#text(input, [...path, 'input'], scope);
		if (rows.kind === 'sql') {
			if (input !== undefined)
				this.#tell([...path, 'input'], { code: 'one-of', keys: ['sql', 'input'], given: ['sql', 'input'] });
			return this.#sql(rows.sql, [...path, 'sql'], scope);
		}
		if (rows.kind === 'recipe') return this.#text(rows.recipe, [...path, 'recipe'], scope);
		if (input === undefined) this.#tell(path, { code: 'missing-key', key: 'input' });
		for (const { at, problem, position } of rowsProblems(rows, given, path, scope)) {
			const isKey = problem.code === 'recipe-step' && problem.problem.what === 'unknown-key';
			const place = isKey
				? this.#yaml.placeOfKey(at.slice(0, -1), String(at.at(-1)))
				: position === undefined
					? this.#yaml.placeOf(at)
					: this.#yaml.placeIn(at, position);
			this.#tell(at, problem, place);
		}
	}

	#oneOf(path: Path, keys: readonly string[], given: object): boolean {
		const there = keys.filter((key) => (given as Readonly<Record<string, unknown>>)[key] !== undefined);
		if (there.length !== 1) this.#tell(path, { code: 'one-of', keys, given: there });
		return there.length === 1;
	}

	#name(text: string, path: Path, scope: readonly string[]): void {
		this.#text(text, path, scope);
		const sample: Scope = new Map(namesIn(text).map((name) => [name, { type: 'text', value: 'x' }]));
		const filled = fillText(text, sample);
		if (filled.ok && !parseDatasetName(filled.value).ok) this.#tell(path, { code: 'bad-dataset-name', value: text });
	}

	#text(text: string, path: Path, scope: readonly string[]): void {
		const found = referencesIn(text);
		if (!found.ok) return this.#reference(found.error, path);
		this.#known(found.value, path, scope);
	}

	#sql(text: string, path: Path, scope: readonly string[]): void {
		const found = sqlReferences(text);
		if (!found.ok) return this.#reference(found.error, path);
		this.#known(found.value, path, scope);
	}

	#reference({ position, ...problem }: ReferenceProblem, path: Path): void {
		const place = this.#yaml.placeIn(path, position);
		if (problem.code === 'unknown-reference') this.#tell(path, { ...problem, nearest: null }, place);
		else this.#tell(path, problem, place);
	}

	#known(references: readonly { name: string; start: number }[], path: Path, scope: readonly string[]): void {
		for (const { name, start } of references) {
			if (scope.includes(name) || (scope.includes('item.*') && /^item\.[\p{L}\p{N}_]+$/u.test(name))) continue;
			const nearest = nearestOf(name, scope);
			this.#tell(path, { code: 'unknown-reference', name, nearest }, this.#yaml.placeIn(path, start));
		}
	}

	#scope(list: List): readonly string[] {
		return [
			...this.#pipeline.params.map(({ name }) => `params.${name}`),
			...Object.keys(this.#pipeline.env).map((name) => `env.${name}`),
			...['run.time', 'run.date', 'run.partition', 'run.file'],
			...(list === 'on_failure' ? ['failure.step', 'failure.kind'] : [])
		];
	}

	#idsOf(list: List): readonly string[] {
		return stepsOf(this.#pipeline, list).map(({ id }) => id);
	}
}

/** Every text in a value, and where it is. */
function textsOf(value: unknown, at: Path = []): readonly { readonly text: string; readonly at: Path }[] {
	if (typeof value === 'string') return [{ text: value, at }];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) =>
		textsOf(inner, [...at, Array.isArray(value) ? Number(key) : key])
	);
}
