// A model that serves is watched over the engine of a page: drift of what it scored, labels that come later, and alerts of both.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invariant, type Result } from '#core/result.ts';
import { compose } from '#lib/compose.ts';
import { WorkspaceDb } from '#lib/db/schema.ts';

await new WorkspaceDb().delete();
const { console: weir } = compose();

function valueOf<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

/** `shift` moves what the model is asked about; the price does not follow. */
const homes = (from: number, shift: number): string =>
	`SELECT (${from} + range)::INTEGER AS id, (range * 7919 % 1000) / 10.0 + ${shift} AS size, ['Bern', 'Basel'][1 + range % 2] AS city FROM range(3000)`;

beforeAll(async () => {
	valueOf(await weir.save('homes', `SELECT *, 3 * size + (id * 31 % 17) AS price FROM (${homes(0, 0)})`));
	const run = valueOf(
		await weir.trainModel('SELECT size, city, price FROM homes', {
			target: 'price',
			learner: 'linear',
			experiment: 'price'
		})
	);
	valueOf(await weir.registerModel(run.id, 'price'));
	const scored = (from: number, shift: number): string =>
		`SELECT *, predict('price') AS said FROM (${homes(from, shift)}) AS t`;
	valueOf(await weir.save('scored', scored(10_000, 0)));
	valueOf(await weir.save('scored', scored(20_000, 80), { replace: true }));
});
afterAll(async () => {
	for (const { name } of valueOf(await weir.datasets())) await weir.remove(name);
});

test('what drifted of a scored version is told against the rows of the training, without reading them again', async () => {
	const steady = valueOf(await weir.watchModel('scored', { at: 'v1' }));
	expect(steady.before).toBe('training');
	expect(steady.inputs.filter(({ hasDrifted }) => hasDrifted)).toEqual([]);
	expect(Object.keys(steady.facts.inputs).toSorted()).toEqual(['city', 'size']);
	expect(steady.facts.measures.prediction_drift).toBeLessThan(1);
	// The rows it learnt from may change, or go: what is known of them is kept with the run.
	valueOf(await weir.save('homes', 'SELECT 1 AS nothing', { replace: true }));
	const [run] = valueOf(await weir.modelRuns());
	const { grid } = valueOf(await weir.modelDependence(run?.id ?? '', 'size'));
	expect(Math.max(...grid.map(Number))).toBeGreaterThan(90);
	const moved = valueOf(await weir.watchModel('scored'));
	expect(moved.inputs.map(({ column, hasDrifted }) => [column, hasDrifted])).toEqual([
		['size', true],
		['city', false]
	]);
	expect(
		moved.predictions.map(({ column, hasDrifted, histogram }) => [column, hasDrifted, histogram !== null])
	).toEqual([['said', true, true]]);
	expect(moved.facts.measures.input_drift).toBeGreaterThan(1);
	const known = valueOf(await weir.scoredVersions('price'));
	expect(known.map(({ number, facts }) => [number, (facts?.measures.prediction_drift ?? 0) > 1])).toEqual([
		[1, false],
		[2, true]
	]);
});

test('labels that come later tell how good it was, beside what held-out rows showed', async () => {
	expect(valueOf(await weir.watchModel('scored')).facts).toMatchObject({ labelledRows: 0 });
	valueOf(await weir.save('sales', 'SELECT id, 3 * size + (id * 31 % 17) AS paid FROM scored@v1 WHERE id % 3 = 0'));
	valueOf(await weir.setModelLabels('price', { sql: 'SELECT * FROM sales', key: ['id'], label: 'paid' }));
	const [run] = valueOf(await weir.modelRuns());
	invariant(run, 'there is a run');
	const { facts, heldOut } = valueOf(await weir.watchModel('scored', { at: 'v1' }));
	expect(facts.labelledRows).toBe(1000);
	expect(facts.measures.labelled_rmse).toBeCloseTo(run.metrics['rmse'] ?? 0, 0);
	expect(facts.measures.labelled_r2).toBeGreaterThan(0.99);
	expect(facts.intervals?.labelled_r2?.low).toBeLessThan(facts.measures.labelled_r2 ?? 0);
	expect(heldOut['r2']?.low).toBeLessThanOrEqual(heldOut['r2']?.high ?? 0);
	const refused = await weir.setModelLabels('price', { sql: 'SELECT * FROM sales', key: ['id'], label: 'sold' });
	expect(refused).toMatchObject({ ok: false, error: { kind: 'unknown-column', column: 'sold' } });
});

test('alert rules watch both: rehearsed, fired, and over again', async () => {
	const rule = (of: string, bound: string): string => `when:\n  metric: { dataset: scored, of: ${of}, ${bound} }\n`;
	const rehearsal = valueOf(await weir.rehearseAlert(rule('prediction_drift', 'above: 1')));
	expect(rehearsal.incidents.map(({ subject, resolvedAtMs }) => [subject, resolvedAtMs])).toEqual([['scored', null]]);
	expect(valueOf(await weir.rehearseAlert(rule('labelled_r2', 'below: 0.5'))).incidents).toEqual([]);
	valueOf(await weir.saveAlert('drift of prices', rule('prediction_drift', 'above: 1')));
	valueOf(await weir.checkAlerts());
	const [incident] = valueOf(await weir.incidents({ open: true }));
	expect(incident).toMatchObject({ subject: 'scored', facts: { of: 'prediction_drift', model: 'price', version: 2 } });
	expect(incident?.text).toMatch(/^v2: drift of the predictions of the model price .+, above 1\.$/);
	valueOf(
		await weir.save('scored', `SELECT *, predict('price') AS said FROM (${homes(30_000, 0)}) AS t`, { replace: true })
	);
	valueOf(await weir.checkAlerts());
	expect(valueOf(await weir.incidents({ open: true }))).toEqual([]);
	valueOf(await weir.removeAlert('drift of prices'));
});

test('a version that answers without the columns it was asked by is judged by the rows it was made of', async () => {
	valueOf(await weir.save('asked', homes(40_000, 80)));
	valueOf(await weir.save('answers', `SELECT id, predict('price') FROM asked`));
	const { inputs, predictions, unseen } = valueOf(await weir.watchModel('answers'));
	expect(inputs.map(({ column, hasDrifted }) => [column, hasDrifted])).toEqual([
		['size', true],
		['city', false]
	]);
	expect(predictions.map(({ column }) => column)).toEqual(['predict']);
	expect(unseen).toEqual([]);
});

test('of several classes it tells macro F1, each class, and which are taken for which; of two, the second', async () => {
	const sizes = `SELECT range AS id, (range * 7919 % 1000) / 10.0 AS size FROM range(600)`;
	const kindOf = (share: number): string =>
		`CASE WHEN id % ${share} = 0 THEN 'odd' WHEN size < 30 THEN 'small' WHEN size < 60 THEN 'middle' ELSE 'large' END`;
	for (const [name, label] of [
		['kinds', kindOf(50)],
		['big', `(size > 50) <> (id % 20 = 0)`]
	] as const) {
		valueOf(await weir.save(name, `SELECT *, ${label} AS answer FROM (${sizes})`));
		const asked = { target: 'answer', experiment: name };
		const run = valueOf(await weir.trainModel(`SELECT size, answer FROM ${name}`, asked));
		valueOf(await weir.registerModel(run.id, name));
		const said = `predict('${name}') AS said, predict_probability('${name}') AS share`;
		valueOf(await weir.save(`${name}_said`, `SELECT id, size, ${said} FROM (${sizes}) AS t`));
		const sql = `SELECT id, CASE WHEN id < 10 THEN 'new' ELSE (${label})::VARCHAR END AS answer FROM (${sizes})`;
		valueOf(await weir.setModelLabels(name, { sql, key: ['id'], label: 'answer' }));
	}
	const kinds = valueOf(await weir.watchModel('kinds_said'));
	expect(kinds.classes?.labels).toEqual(['large', 'middle', 'odd', 'small', 'none of these']);
	const cells = kinds.classes?.confusion ?? [];
	expect([cells.reduce((sum, cell) => sum + cell, 0), kinds.facts.labelledRows]).toEqual([600, 600]);
	expect(kinds.facts.measures.labelled_macro_f1).toBeLessThan(kinds.facts.measures.labelled_accuracy ?? 0);
	expect(kinds.facts.classes?.['none of these']?.labelled_recall).toBe(0);
	const { labelled_log_loss: loss = 0 } = kinds.facts.measures;
	expect(loss).toBeCloseTo(await lossOf('kinds_said', 'kinds'), 6);
	expect(kinds.lacksLoss).toBe(false);
	// Kept without what it takes: the rows it was asked about tell, where the key of the labels finds them.
	valueOf(await weir.save('kinds_asked', sizes));
	valueOf(await weir.save('kinds_bare', `SELECT id, predict('kinds') AS said FROM kinds_asked`));
	const bare = valueOf(await weir.watchModel('kinds_bare'));
	expect([bare.lacksLoss, bare.facts.labelledRows]).toEqual([false, 600]);
	expect(bare.facts.measures.labelled_log_loss).toBeCloseTo(loss, 9);
	valueOf(await weir.save('kinds_lost', `SELECT id, predict('kinds') AS said FROM (${sizes}) AS t`));
	const lost = valueOf(await weir.watchModel('kinds_lost'));
	expect([lost.lacksLoss, lost.facts.measures.labelled_log_loss]).toEqual([true, undefined]);
	const rehearsed = await weir.rehearseAlert(
		'when:\n  metric: { dataset: kinds_said, of: labelled_recall, class: small, below: 0.5 }\n'
	);
	expect(valueOf(rehearsed).incidents).toEqual([]);
	const { facts } = valueOf(await weir.watchModel('big_said'));
	expect(Object.keys(facts.measures).filter((name) => name.startsWith('labelled'))).toEqual([
		'labelled_auc',
		'labelled_log_loss',
		'labelled_accuracy',
		'labelled_precision',
		'labelled_recall',
		'labelled_f1'
	]);
	const { low = 1, high = 0 } = facts.intervals?.labelled_auc ?? {};
	expect(low < (facts.measures.labelled_auc ?? 0) && (facts.measures.labelled_auc ?? 0) < high).toBe(true);
});

/** By every share of every row, as SQL has them. */
async function lossOf(scored: string, model: string): Promise<number> {
	const label = `CASE WHEN id < 10 THEN 'new' ELSE (SELECT answer FROM ${model} WHERE ${model}.id = asked.id) END`;
	const shares = `SELECT id, predict_probabilities('${model}') AS shares FROM ${scored} AS t`;
	const share = `coalesce(map_values(shares)[list_position(map_keys(shares), ${label})], 0)`;
	const told = valueOf(
		await weir.sql(`SELECT avg(-ln(greatest(pow(2, -24), ${share}))) AS loss FROM (${shares}) AS asked`)
	);
	return Number((await told.rows())[0]?.['loss']);
}

test('a model without a training is held against the first version that it scored', async () => {
	const [run] = valueOf(await weir.modelRuns());
	const file = valueOf(await weir.modelRunFile(run?.id ?? '', 'onnx'));
	valueOf(await weir.importModel('bought', file));
	const scored = (shift: number): string => `SELECT *, predict('bought') AS said FROM (${homes(0, shift)}) AS t`;
	valueOf(await weir.save('deals', scored(0)));
	valueOf(await weir.save('deals', scored(80), { replace: true }));
	const { before, facts } = valueOf(await weir.watchModel('deals'));
	expect([before, (facts.measures.prediction_drift ?? 0) > 1]).toEqual(['first-scored', true]);
});
