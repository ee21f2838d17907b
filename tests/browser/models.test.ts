// Models over the engine of a page: imported, asked in SQL and by rows, promoted, scored in a pipeline, and let go.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelToOnnx } from '#core/onnx/model-graph.ts';
import type { Model } from '#core/model/model.ts';
import { invariant, type Result } from '#core/result.ts';
import { compose } from '#lib/compose.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';

await new WorkspaceDb().delete();
const { console: weir } = compose();

function valueOf<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const AS_IT_IS = { fill: null, mean: 0, scale: 1 };

/** 2 × size + 10 in Bern; of another weight, another version. */
function priceModel(weight: number): Model {
	return {
		task: { kind: 'regression', target: 'price' },
		transform: {
			columns: [
				{ kind: 'number', name: 'size', standard: { ...AS_IT_IS, fill: 0 } },
				{ kind: 'category', name: 'city', encoding: 'one-hot', categories: ['Bern'] }
			]
		},
		predictor: { kind: 'linear', weights: Float32Array.of(weight, 10), intercept: Float32Array.of(0), link: 'identity' }
	};
}

/** Above 5 it is large. */
const sizeModel: Model = {
	task: { kind: 'binary', target: 'kind', classes: { type: 'text', labels: ['large', 'small'] } },
	transform: { columns: [{ kind: 'number', name: 'size', standard: AS_IT_IS }] },
	predictor: { kind: 'linear', weights: Float32Array.of(-1), intercept: Float32Array.of(5), link: 'logistic' }
};

const fileOf = (model: Model): Blob =>
	new Blob([modelToOnnx(model, { name: 'm', threshold: 0.5, metadata: {} }).bytes]);

const rowsOf = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
	const answer = valueOf(await weir.sql(sql));
	const rows = await answer.rows();
	await answer.release();
	return rows;
};

beforeAll(async () => {
	valueOf(
		await weir.save(
			'homes',
			`SELECT range::INTEGER AS id, CASE WHEN range = 3 THEN NULL ELSE range::DOUBLE END AS size, ['Bern', 'Basel', NULL][1 + range % 3] AS city FROM range(100000)`
		)
	);
	valueOf(await weir.importModel('price', fileOf(priceModel(2))));
	valueOf(await weir.importModel('kind', fileOf(sizeModel)));
});
afterAll(async () => {
	for (const { name } of valueOf(await weir.datasets())) await weir.remove(name);
});

test('a model answers in SQL for every row, wherever a value may stand', async () => {
	const whole = await rowsOf(
		"SELECT count(*)::INTEGER AS n, sum(abs(predict('price') - (2 * coalesce(size, 0) + CASE WHEN city = 'Bern' THEN 10 ELSE 0 END)))::DOUBLE AS off FROM homes"
	);
	expect(whole).toEqual([{ n: 100000, off: 0 }]);
	expect(
		await rowsOf(
			"SELECT predict('price', size + 1, 'Bern') FROM homes AS h WHERE predict('kind') = 'small' ORDER BY h.id"
		)
	).toEqual([12, 14, 16, 20, 22].map((predict) => ({ predict })));
	const cte = `WITH big AS (SELECT size, city FROM homes WHERE size > 99996), asked AS (SELECT predict('price') AS p FROM big)
		SELECT p, predict_probability('kind', p) < 0.01 AS isLarge FROM asked ORDER BY p`;
	expect(await rowsOf(cte)).toEqual([
		{ p: 199994, isLarge: true },
		{ p: 199996, isLarge: true },
		{ p: 200008, isLarge: true }
	]);
	expect(valueOf(await weir.describe("SELECT predict('kind') AS k, predict('price') AS p FROM homes"))).toEqual([
		{ name: 'k', type: 'VARCHAR' },
		{ name: 'p', type: 'DOUBLE' }
	]);
});

test('columns that do not fit are named before a row is read', async () => {
	const refused = await weir.sql("SELECT predict('price') FROM (SELECT 'large' AS size) AS t");
	expect(refused).toMatchObject({
		ok: false,
		error: {
			kind: 'model-input-mismatch',
			columns: [
				{ name: 'size', wanted: 'number', found: 'VARCHAR' },
				{ name: 'city', wanted: 'text', found: null }
			]
		}
	});
	expect(await weir.sql("SELECT predict('price', 1) FROM homes")).toMatchObject({
		ok: false,
		error: { kind: 'sql-error' }
	});
	expect(await weir.sql("SELECT predict('cost') FROM homes")).toMatchObject({
		ok: false,
		error: { kind: 'unknown-model', known: ['kind', 'price'] }
	});
});

test('one row is asked as many are', async () => {
	expect(
		valueOf(
			await weir.predict('price', [
				{ size: 4, city: 'Bern' },
				{ size: null, city: null }
			])
		)
	).toEqual([
		{ prediction: 18, probability: null },
		{ prediction: 0, probability: null }
	]);
	const [told] = valueOf(await weir.predict('kind', [{ size: 5 }]));
	expect(told).toEqual({ prediction: 'small', probability: 0.5 });
});

test('a pipeline scores with what is in Production, again when that changes, and its lineage names the file', async () => {
	const text =
		'name: scoring\nsteps:\n  - id: score\n    kind: score\n    model: price@production\n    input: homes\n    into: priced\n';
	valueOf(await weir.savePipeline(text));
	expect(await weir.promoteModel('price', 'Production')).toMatchObject({ ok: false, error: { kind: 'gates-closed' } });
	const first = valueOf(await weir.promoteModel('price', 'Production', { force: true, why: 'the first' })).version;
	const run = async (): Promise<string> => {
		const ran = valueOf(await weir.runPipeline('scoring'));
		return ran.state;
	};
	expect(await run()).toBe('succeeded');
	const sum = 'SELECT sum(prediction)::DOUBLE AS s FROM priced WHERE id < 10';
	expect(await rowsOf(sum)).toEqual([{ s: 124 }]);
	const used = async () => valueOf(await weir.versions('priced')).length;
	expect(await used()).toBe(1);
	await run();
	expect(await used()).toBe(1);
	const { onnx } = valueOf(await weir.importModel('price', fileOf(priceModel(3))));
	valueOf(await weir.promoteModel('price@v2', 'Production', { force: true, why: 'better' }));
	await run();
	expect(await rowsOf(sum)).toEqual([{ s: 166 }]);
	valueOf(await weir.rollBackModel('price', { why: 'worse' }));
	await run();
	expect(await rowsOf(sum)).toEqual([{ s: 124 }]);
	const stored = await new WorkspaceDb().versions.toArray();
	const hashes = stored.map(({ lineage }) => JSON.stringify(lineage.parameters?.['models'] ?? ''));
	expect(hashes.filter((told) => told.includes(onnx))).toHaveLength(1);
	expect(hashes.filter((told) => told.includes(first.onnx))).toHaveLength(2);
});

test('a model is trained, tracked, compared, promoted through its gates, and answers as its trainer does', async () => {
	valueOf(
		await weir.save(
			'visits',
			`SELECT range::INTEGER AS visit_id, (range * 7919 % 1000) / 10.0 AS age, ['basic', 'plus', 'pro'][1 + range * 31 % 3] AS plan,
				CASE WHEN range % 11 = 0 THEN NULL ELSE range * 104729 % 100 END AS used, DATE '2025-01-01' + (range % 400)::INTEGER AS since,
				((range * 7919 % 1000) / 10.0 > 40 AND range * 31 % 3 <> 2) <> (range % 17 = 0) AS left_us
			FROM range(6000)`
		)
	);
	const planned = valueOf(await weir.planTraining('SELECT * FROM visits', { target: 'left_us' }));
	expect(planned.plan.features.map(({ name, as }) => `${name} ${as}`)).toEqual([
		'age number',
		'plan category',
		'used number',
		'since date'
	]);
	expect(planned.left).toEqual([{ name: 'visit_id', reason: 'row-number' }]);
	const steps: number[] = [];
	const train = (chosen: { rounds: number; patience?: null }, onStep: (step: number) => void, signal?: AbortSignal) => {
		const learner = planned.plan.learner;
		invariant(learner.kind === 'boosting', 'trees are the first choice');
		const plan = { ...planned.plan, learner: { ...learner, options: { ...learner.options, ...chosen } } };
		const onProgress = ({ step }: { step: { step: number } | null }): void => {
			if (step) onStep(step.step);
		};
		const given = { plan, experiment: 'leaving', onProgress, ...(signal ? { signal } : {}) };
		return weir.trainModel('SELECT * FROM visits', given);
	};
	const weak = valueOf(await train({ rounds: 1 }, () => undefined));
	const strong = valueOf(await train({ rounds: 60 }, (step) => steps.push(step)));
	expect(steps.length).toBeGreaterThan(20);
	expect(strong.metrics['auc']).toBeGreaterThan(0.9);
	expect(strong).toMatchObject({
		state: 'finished',
		task: { kind: 'binary' },
		data: { inputs: [{ dataset: 'visits' }] }
	});
	const { report } = valueOf(await weir.modelEvaluation(strong.id));
	expect(report.evaluation?.detail).toMatchObject({ kind: 'binary' });
	expect(
		valueOf(await weir.modelMetrics(strong.id))
			.map(({ metric }) => metric)
			.sort()
	).toEqual(['train loss', 'valid loss']);
	valueOf(await weir.registerModel(strong.id, 'leaving'));
	valueOf(await weir.registerModel(weak.id, 'leaving'));
	const { gates } = valueOf(await weir.promoteModel('leaving@v1', 'Production', { why: 'the first' }));
	expect(gates.map(({ gate, outcome }) => `${gate} ${outcome}`)).toEqual([
		'beats-champion passed',
		'same-predictions passed',
		'schema-matches passed'
	]);
	expect(await weir.promoteModel('leaving@v2', 'Production')).toMatchObject({
		error: { kind: 'gates-closed', gates: [{ gate: 'beats-champion', outcome: 'failed' }, {}, {}] }
	});
	const [right] = await rowsOf("SELECT avg((predict('leaving') = left_us::VARCHAR)::INTEGER) AS share FROM visits");
	expect(Number(right?.['share'])).toBeGreaterThan(0.9);
	const spaces = { maxLeaves: { kind: 'choice', values: [2, 15] }, rounds: { kind: 'choice', values: [5] } } as const;
	const search = { spaces, method: { kind: 'grid' }, seed: 1 } as const;
	const found = valueOf(
		await weir.searchModels('SELECT * FROM visits', { target: 'left_us', experiment: 'search', search })
	);
	expect(found.best.params).toMatchObject({ maxLeaves: 15, rounds: 5 });
	expect(await rowsOf(`SELECT count(*)::INTEGER AS n FROM model_runs WHERE tags['search'] = '${found.id}'`)).toEqual([
		{ n: 2 }
	]);
	const stopping = new AbortController();
	const stopped = await weir.searchModels('SELECT * FROM visits', {
		target: 'left_us',
		experiment: 'search',
		search,
		stop: stopping.signal,
		onTrial: () => stopping.abort()
	});
	expect(valueOf(stopped).runs).toHaveLength(1);
	expect(valueOf(stopped).best.id).toBe(valueOf(stopped).runs[0]?.id);
	const cancelling = new AbortController();
	const cancelled = await train({ rounds: 5000, patience: null }, () => cancelling.abort(), cancelling.signal);
	expect(cancelled).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
	expect(
		await rowsOf(
			"SELECT state, count(*)::INTEGER AS n FROM model_runs WHERE experiment = 'leaving' GROUP BY state ORDER BY state"
		)
	).toEqual([
		{ state: 'cancelled', n: 1 },
		{ state: 'finished', n: 2 }
	]);
});

test('folds are runs under one of their means; a training that was stopped goes on to what one in a piece makes', async () => {
	const sql = 'SELECT * FROM visits';
	const { plan } = valueOf(await weir.planTraining(sql, { target: 'age' }));
	invariant(plan.learner.kind === 'boosting', 'trees are the first choice');
	const { learner } = plan;
	const of = (rounds: number) => ({
		...plan,
		learner: { ...learner, options: { ...learner.options, rounds, patience: null } }
	});
	const judged = valueOf(await weir.crossValidate(sql, { plan: of(5), folds: 3, experiment: 'folds' }));
	const [r2] = judged.metrics;
	expect([judged.folds.length, judged.run.state, r2?.name]).toEqual([3, 'finished', 'r2']);
	expect(judged.run.metrics['r2']).toBe(r2?.mean);
	const counted = `SELECT count(*)::INTEGER AS n, round(avg(metrics['r2']), 9) AS mean FROM model_runs WHERE parent = '${judged.run.id}'`;
	expect(await rowsOf(counted)).toEqual([{ n: 3, mean: Number(r2?.mean.toFixed(9)) }]);
	const stopping = new AbortController();
	const onProgress = ({ step }: { step: { step: number } | null }): void => {
		if (step?.step === 2) stopping.abort();
	};
	const modelOf = ({ artifacts }: { artifacts: readonly { name: string; object: string }[] }): string | undefined =>
		artifacts.find(({ name }) => name === 'model')?.object;
	const stopped = valueOf(await weir.trainModel(sql, { plan: of(2000), stop: stopping.signal, onProgress }));
	expect(stopped.state).toBe('finished');
	const grown = valueOf(await weir.modelMetrics(stopped.id))[0]?.steps.length ?? 0;
	expect(grown).toBeLessThan(2000);
	const rounds = grown + 3;
	const gone = valueOf(await weir.goOnTraining(stopped.id, { rounds }));
	const whole = valueOf(await weir.trainModel(sql, { plan: of(rounds) }));
	expect(modelOf(gone)).toBe(modelOf(whole));
	expect(gone.tags['continues']).toBe(stopped.id);
});

test('runs, versions and what was done to them are tables', async () => {
	expect(await rowsOf("SELECT version, stage FROM model_versions WHERE model = 'price' ORDER BY version")).toEqual([
		{ version: 1, stage: 'Production' },
		{ version: 2, stage: 'Archived' }
	]);
	expect(await rowsOf("SELECT why FROM model_events e WHERE e.kind = 'rolled-back' AND after = 'Production'")).toEqual([
		{ why: 'worse' }
	]);
});

test('a file that is read before it is registered says what the import will find', async () => {
	const read = valueOf(await weir.readModelFile(fileOf(sizeModel)));
	const { signature, repairs } = valueOf(await weir.importModel('kind', fileOf(sizeModel)));
	expect([read.signature, read.repairs]).toEqual([signature, repairs]);
	expect(await weir.readModelFile(new Blob(['hello']))).toMatchObject({ ok: false, error: { kind: 'not-onnx' } });
});

test('a file that is no model is told so', async () => {
	expect(await weir.importModel('broken', new Blob(['hello']))).toMatchObject({
		ok: false,
		error: { kind: 'not-onnx' }
	});
	const [first] = valueOf(await weir.models());
	invariant(first, 'there are models');
	expect(first.name).toBe('kind');
});
