// A step's work with every `${{ … }}` filled in: what is run, and what is hashed to know whether it must be.
import { err, ok, type Result } from '../result.ts';
import type { Encodable } from '../encoding.ts';
import { parseDatasetName, type InvalidName } from '../version/dataset-name.ts';
import type { InputValue } from '../report/report.ts';
import type {
	IngestWork,
	Pipeline,
	ReportWork,
	Scalar,
	SimpleWork,
	SuiteGate,
	TransformRows,
	Work
} from './pipeline.ts';
import {
	fillSql,
	fillText,
	fillUrl,
	typeOfValue,
	type ReferenceProblem,
	type Scope,
	type ScopeValue
} from './references.ts';
import type { FailureFacts, Item, RunRecord } from './run-record.ts';

export type ResolveFailure = InvalidName | { readonly kind: 'unknown-reference'; readonly name: string };

/** Everything a text of the pipeline may name in this run. */
export function scopeOf(
	pipeline: Pipeline,
	run: RunRecord,
	failed: { step: string; failure: FailureFacts } | null
): Scope {
	const scope = new Map<string, ScopeValue>();
	const typeByParam = new Map(pipeline.params.map(({ name, type }) => [name, type]));
	for (const [name, value] of Object.entries(run.params))
		scope.set(`params.${name}`, { type: typeByParam.get(name) ?? typeOfValue(value), value });
	const chosen = run.environment === null ? {} : (pipeline.environments[run.environment] ?? {});
	for (const [name, value] of Object.entries({ ...pipeline.env, ...chosen }))
		scope.set(`env.${name}`, { type: typeOfValue(value), value });
	const time = new Date(run.nominalMs).toISOString();
	scope.set('run.time', { type: 'timestamp', value: time.slice(0, 19) });
	scope.set('run.date', { type: 'date', value: time.slice(0, 10) });
	scope.set('run.file', { type: 'text', value: run.file ?? null });
	scope.set('run.partition', { type: 'text', value: run.partition });
	if (failed) {
		scope.set('failure.step', { type: 'text', value: failed.step });
		scope.set('failure.kind', { type: 'text', value: failed.failure.kind });
	}
	return scope;
}

export function withItem(scope: Scope, item: Item): Scope {
	const more = new Map(scope);
	const set = (name: string, value: Scalar): void => void more.set(name, { type: typeOfValue(value), value });
	if (typeof item !== 'object' || item === null) set('item', item);
	else {
		const values = Object.entries(item);
		for (const [name, value] of values) set(`item.${name}`, value);
		const [only] = values;
		if (only && values.length === 1) set('item', only[1]);
	}
	return more;
}

export function resolveWork(work: Work, scope: Scope): Result<Work, ResolveFailure> {
	switch (work.kind) {
		case 'ingest':
		case 'transform':
		case 'check':
			return resolveSimple(work, scope);
		case 'branch': {
			if (work.on.kind === 'verdict') return ok(work);
			const cases: { sql: string; then: readonly string[] }[] = [];
			for (const one of work.on.cases) {
				const sql = filled(fillSql(one.sql, scope));
				if (!sql.ok) return sql;
				cases.push({ ...one, sql: sql.value.sql });
			}
			return ok({ ...work, on: { kind: 'sql', cases } });
		}
		case 'for-each': {
			// Its template is filled for each item, by the step that the item becomes.
			if (work.items.kind === 'list') return ok(work);
			const sql = filled(fillSql(work.items.sql, scope));
			return sql.ok ? ok({ ...work, items: { kind: 'sql', sql: sql.value.sql } }) : sql;
		}
		case 'report':
			return resolveReport(work, scope);
		case 'join':
			return ok(work);
		case 'pipeline': {
			const name = filled(fillText(work.pipeline, scope));
			if (!name.ok) return name;
			const params: Record<string, Scalar> = {};
			for (const [key, value] of Object.entries(work.params)) {
				const given = paramValue(value, scope);
				if (!given.ok) return given;
				params[key] = given.value;
			}
			return ok({ ...work, pipeline: name.value, params });
		}
	}
}

function resolveSimple(work: SimpleWork, scope: Scope): Result<SimpleWork, ResolveFailure> {
	if (work.kind === 'ingest') return resolveIngest(work, scope);
	if (work.kind === 'check') {
		const assertions: { name: string; sql: string }[] = [];
		for (const { name, sql: text } of work.assertions) {
			const sql = filled(fillSql(text, scope));
			if (!sql.ok) return sql;
			assertions.push({ name, sql: sql.value.sql });
		}
		const suite = work.suite ? resolveGate(work.suite, scope) : ok(null);
		return suite.ok ? ok({ ...work, assertions, suite: suite.value }) : suite;
	}
	const rows = resolveRows(work.rows, scope);
	if (!rows.ok) return rows;
	const into = named(work.into, scope);
	return into.ok ? ok({ ...work, rows: rows.value, into: into.value }) : into;
}

function resolveReport(work: ReportWork, scope: Scope): Result<ReportWork, ResolveFailure> {
	const report = filled(fillText(work.report, scope));
	if (!report.ok) return report;
	const inputs: Record<string, InputValue> = {};
	for (const [name, value] of Object.entries(work.inputs)) {
		const given = inputValue(value, scope);
		if (!given.ok) return given;
		inputs[name] = given.value;
	}
	return ok({ ...work, report: report.value, inputs });
}

function inputValue(value: InputValue, scope: Scope): Result<InputValue, ResolveFailure> {
	if (typeof value === 'string') return inputEnd(value, scope);
	if (typeof value !== 'object' || value === null) return ok(value);
	if ('from' in value) {
		const [from, to] = [inputEnd(value.from, scope), inputEnd(value.to, scope)];
		if (!from.ok) return from;
		return to.ok ? ok({ from: from.value, to: to.value }) : to;
	}
	const texts: string[] = [];
	for (const one of value) {
		const text = filled(fillText(one, scope));
		if (!text.ok) return text;
		texts.push(text.value);
	}
	return ok(texts);
}

function inputEnd(value: string | number | null, scope: Scope): Result<string | number | null, ResolveFailure> {
	const given = paramValue(value, scope);
	if (!given.ok) return given;
	return ok(typeof given.value === 'boolean' ? String(given.value) : given.value);
}

function resolveGate(gate: SuiteGate, scope: Scope): Result<SuiteGate, ResolveFailure> {
	const suite = filled(fillText(gate.suite, scope));
	if (!suite.ok) return suite;
	const dataset = filled(fillText(gate.dataset, scope));
	if (!dataset.ok) return dataset;
	const into = gate.into === null ? ok(null) : named(gate.into, scope);
	return into.ok ? ok({ ...gate, suite: suite.value, dataset: dataset.value, into: into.value }) : into;
}

function resolveRows(rows: TransformRows, scope: Scope): Result<TransformRows, ResolveFailure> {
	if (rows.kind === 'sql') {
		const sql = filled(fillSql(rows.sql, scope));
		return sql.ok ? ok({ ...rows, sql: sql.value.sql }) : sql;
	}
	if (rows.kind === 'recipe') {
		const recipe = filled(fillText(rows.recipe, scope));
		const input = rows.input === null ? ok(null) : filled(fillText(rows.input, scope));
		if (!recipe.ok) return recipe;
		return input.ok ? ok({ ...rows, recipe: recipe.value, input: input.value }) : input;
	}
	const input = filled(fillText(rows.input, scope));
	if (!input.ok) return input;
	if (rows.kind === 'function') return ok({ ...rows, input: input.value });
	if (rows.kind === 'score') {
		const model = filled(fillText(rows.model, scope));
		return model.ok ? ok({ ...rows, input: input.value, model: model.value }) : model;
	}
	const steps = filledIn(rows.steps, scope);
	return steps.ok ? ok({ ...rows, input: input.value, steps: steps.value as readonly unknown[] }) : steps;
}

/** Every text in the steps of a recipe is SQL where it refers to something. */
function filledIn(value: unknown, scope: Scope): Result<unknown, ResolveFailure> {
	if (typeof value === 'string') {
		const sql = filled(fillSql(value, scope));
		return sql.ok ? ok(sql.value.sql) : sql;
	}
	if (typeof value !== 'object' || value === null) return ok(value);
	const entries: [string, unknown][] = [];
	for (const [key, inner] of Object.entries(value)) {
		const done = filledIn(inner, scope);
		if (!done.ok) return done;
		entries.push([key, done.value]);
	}
	return ok(Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries));
}

function resolveIngest(work: IngestWork, scope: Scope): Result<IngestWork, ResolveFailure> {
	const into = work.into === null ? ok(null) : named(work.into, scope);
	if (!into.ok) return into;
	const { source } = work;
	if (source.kind === 'sample') return ok({ ...work, into: into.value });
	if (source.kind === 'file') {
		const [folder, file] = [filled(fillText(source.folder, scope)), filled(fillText(source.file, scope))];
		if (!folder.ok) return folder;
		if (!file.ok) return file;
		return ok({ ...work, source: { kind: 'file', folder: folder.value, file: file.value }, into: into.value });
	}
	if (source.kind === 'connection') {
		const connection = filled(fillText(source.connection, scope));
		if (!connection.ok) return connection;
		return ok({ ...work, source: { kind: 'connection', connection: connection.value }, into: into.value });
	}
	const text = source.kind === 'url' ? filled(fillUrl(source.url, scope)) : filled(fillText(source.dataset, scope));
	if (!text.ok) return text;
	const resolved =
		source.kind === 'url'
			? ({ kind: 'url', url: text.value } as const)
			: ({ kind: 'dataset', dataset: text.value } as const);
	return ok({ ...work, source: resolved, into: into.value });
}

/** A text that is one reference and nothing else keeps the type of its value. */
function paramValue(value: Scalar, scope: Scope): Result<Scalar, ResolveFailure> {
	if (typeof value !== 'string') return ok(value);
	const whole = /^\s*\$\{\{([^{}]*)\}\}\s*$/.exec(value)?.[1]?.trim();
	const known = whole === undefined ? undefined : scope.get(whole);
	return known ? ok(known.value) : filled(fillText(value, scope));
}

function named(text: string, scope: Scope): Result<string, ResolveFailure> {
	const name = filled(fillText(text, scope));
	return name.ok ? parseDatasetName(name.value) : name;
}

function filled<T>(result: Result<T, ReferenceProblem>): Result<T, ResolveFailure> {
	return result.ok ? result : err({ kind: 'unknown-reference', name: result.error.name });
}

/** What a work says, for its fingerprint. */
export function workFacts(work: Work): Encodable {
	// Undefined members, functions and cycles cannot be in a work: it was read from YAML.
	return JSON.parse(JSON.stringify(deciding(work))) as Encodable;
}

/** The tests of a work, and what it says as the text has it; null where it has none. */
export function testsFacts(work: Work): Encodable | null {
	if (work.kind !== 'transform' || work.tests.length === 0) return null;
	return JSON.parse(JSON.stringify([work.tests, deciding(work)])) as Encodable;
}

/** Tests, and the lines that steps stand in, change nothing of what a step makes. */
function deciding(work: Work): unknown {
	if (work.kind === 'for-each') return { ...work, work: deciding(work.work) };
	if (work.kind !== 'transform') return work;
	const { tests: _tests, rows, ...rest } = work;
	if (rows.kind === 'function') return { ...rest, rows: { ...rows, fn: { ...rows.fn, tests: [] } } };
	return rows.kind === 'steps' ? { ...rest, rows: { ...rows, lines: [] } } : { ...rest, rows };
}
