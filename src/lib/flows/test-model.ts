// Runs the tests of a pipeline's transforms over their fixtures: nothing that is stored is read, but for the types of its columns.
import { resultId, type ResultId } from '../core/ids.ts';
import {
	differences,
	fixtureSql,
	overFixtures,
	strayColumns,
	type ModelTest,
	type TestCell,
	type TestRow
} from '../core/pipeline/model-test.ts';
import type { Pipeline, TransformWork } from '../core/pipeline/pipeline.ts';
import { fillParams, type Scope } from '../core/pipeline/references.ts';
import { resolveWork, scopeOf } from '../core/pipeline/resolve-work.ts';
import type { FailureFacts, ModelTestOutcome, RunRecord } from '../core/pipeline/run-record.ts';
import { tableNames } from '../core/pipeline/table-names.ts';
import { err, invariant, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { bindVersions } from '../core/sql/bind-versions.ts';
import { quoteName } from '../core/sql/quote.ts';
import { applyFunction } from './apply-function.ts';
import type { Effects } from './effects.ts';
import { catalogueEntries, listDatasets, type CatalogueItem } from './list-datasets.ts';
import type { RunnerEffects } from './runner-effects.ts';
import { withStages } from './staged-rows.ts';
import { compileRows } from './transform-rows.ts';

/** `work` is as the text has it: each test has parameters of its own. */
export async function testStep(
	input: {
		readonly step: string;
		readonly work: TransformWork;
		readonly pipeline: Pipeline;
		readonly run: RunRecord;
	},
	{ worker }: Pick<RunnerEffects, 'worker'>
): Promise<readonly ModelTestOutcome[]> {
	const { step, work, pipeline, run } = input;
	const outcomes: ModelTestOutcome[] = [];
	for (const test of work.tests) {
		const scope = scopeOfTest(test, pipeline, run);
		const resolved = scope.ok ? resolveWork(work, scope.value) : scope;
		const got = resolved.ok ? await worker.test(asTransform(resolved.value), test) : resolved;
		const found = got.ok ? differences(test.expect, got.value, test.tolerance) : [];
		outcomes.push({
			step,
			name: test.name,
			passed: got.ok && found.length === 0,
			differences: found,
			failure: got.ok ? null : got.error
		});
	}
	return outcomes;
}

function asTransform(work: { readonly kind: string }): TransformWork {
	invariant(work.kind === 'transform', 'a transform stays one when its references are filled in');
	return work as TransformWork;
}

function scopeOfTest(test: ModelTest, pipeline: Pipeline, run: RunRecord): Result<Scope, FailureFacts> {
	const params = fillParams(pipeline.params, { ...run.params, ...test.params });
	return params.ok ? ok(scopeOf(pipeline, { ...run, params: params.value }, null)) : params;
}

/** The rows that a transform makes of a test's fixtures. */
export async function rowsOfTest(
	work: TransformWork,
	test: ModelTest,
	effects: Effects
): Promise<Result<readonly TestRow[], FailureFacts>> {
	const id = resultId(`test ${effects.randomId()}`);
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const given = new Map(Object.entries(test.given).map(([name, rows]) => [name.toLowerCase(), { name, rows }]));
	const fixtureOf = (name: string): Result<string, FailureFacts> => {
		const rows = given.get(name.toLowerCase())?.rows;
		if (!rows) return err({ kind: 'no-fixture', table: name });
		const schema = schemaOf(name, items.value);
		const [stray] = strayColumns(rows, schema);
		return stray === undefined ? ok(fixtureSql(rows, schema)) : err({ kind: 'unknown-column', column: stray });
	};
	if (work.rows.kind === 'function') {
		const sql = fixtureOf(work.rows.input);
		if (!sql.ok) return sql;
		const applied = await applyFunction({ id, sql: sql.value, fn: work.rows.fn }, effects);
		return applied.ok ? heldRows(id, effects) : applied;
	}
	const compiled = await compileRows(work.rows, id, effects);
	if (!compiled.ok) return compiled;
	const known = new Set(items.value.map(({ dataset }) => dataset.name.toLowerCase()));
	const read = (part: string): Result<string, FailureFacts> => {
		const bound = bindVersions(part, catalogueEntries(items.value));
		if (!bound.ok) return bound;
		const fixtures: { readonly name: string; readonly sql: string }[] = [];
		for (const name of new Set(tableNames(bound.value.sql).map((one) => one.name))) {
			const isRead = known.has(name.replace(/@[^@]*$/, '').toLowerCase());
			if (!isRead && !given.has(name.toLowerCase())) continue;
			const sql = fixtureOf(name);
			if (!sql.ok) return sql;
			fixtures.push({ name, sql: sql.value });
		}
		return ok(overFixtures(bound.value.sql, fixtures));
	};
	const { staged = { stages: [], sql: compiled.value.sql } } = compiled.value;
	return withStages<readonly TestRow[], FailureFacts>(
		{ id, stages: staged.stages, read },
		effects,
		async ({ over }) => {
			const sql = read(over(staged));
			if (!sql.ok) return sql;
			// Nothing stored is given to the engine, so that no test can read it.
			const ran = await effects.engine.run({ id, sql: sql.value, params: [], relations: [] }, () => undefined);
			return ran.ok ? heldRows(id, effects) : ran;
		}
	);
}

async function heldRows(id: ResultId, effects: Effects): Promise<Result<readonly TestRow[], FailureFacts>> {
	const bytes = await effects.engine.arrow(id);
	await effects.engine.release(id);
	return bytes.ok ? ok(decodeRows(bytes.value).map(plainRow)) : bytes;
}

function schemaOf(name: string, items: readonly CatalogueItem[]) {
	const bound = bindVersions(`FROM ${quoteName(name)}`, catalogueEntries(items));
	const [relation] = bound.ok ? bound.value.relations : [];
	return items.flatMap(({ reached }) => reached).find((one) => one.id === relation?.version)?.schema ?? null;
}

function plainRow(row: Readonly<Record<string, unknown>>): TestRow {
	return Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, plainCell(cell)]));
}

/** As YAML writes it: dates and moments are texts. */
function plainCell(cell: unknown): TestCell {
	if (cell instanceof Date)
		return cell
			.toISOString()
			.replace(/T00:00:00\.000Z$/, '')
			.replace('T', ' ')
			.replace(/(?:\.000)?Z$/, '');
	if (typeof cell === 'bigint') return String(cell);
	if (cell instanceof Map) return Object.fromEntries([...cell].map(([key, value]) => [String(key), plainCell(value)]));
	if (Array.isArray(cell)) return cell.map(plainCell);
	if (ArrayBuffer.isView(cell) && Symbol.iterator in cell) return [...(cell as ArrayBufferView & Iterable<unknown>)];
	if (typeof cell === 'object' && cell !== null) return plainRow(cell as Readonly<Record<string, unknown>>);
	return cell as TestCell;
}
