// Checks of drift from end to end: told from sketches without a scan, by the thresholds of the dataset, as gates and in alert rules.
import 'fake-indexeddb/auto';
import { tableFromIPC } from '@uwdata/flechette';
import { beforeAll, expect, test } from 'vitest';
import { versionSketchKey } from '#core/check/sketch/plan-sketches.ts';
import { encodeSegmentSketch, SegmentSketchBuilder } from '#core/check/sketch/segment-sketch.ts';
import { versionId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import { createConsole } from '#lib/flows/console.ts';
import { SharedEngine } from '../../rebuild-graphs.ts';
import { testEffects } from '../effects.ts';

const shared = new SharedEngine();
beforeAll(() => shared.start(), 60_000);

function value<T>(result: Result<T, object>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

const SUITE = `dataset: prices
checks:
  - expect_column_psi_from_baseline_to_be_less_than: { column: price, threshold: 0.25 }
    name: psi
  - expect_table_to_not_have_drifted_from_baseline: {}
    name: table
  - expect_column_ks_statistic_from_baseline_to_be_less_than: { column: price, threshold: 0.9, baseline: v9 }
    name: nowhere
    severity: warn
`;

async function workspace() {
	const engine = await shared.start();
	const effects = testEffects({ engine: engine.api });
	shared.effects = effects;
	const weir = createConsole(effects);
	// The engine of these tests hands no segments out: what would be kept of them is kept for it.
	const save = async (from: number): Promise<void> => {
		const rows = `SELECT range AS id, (range % 10 + ${from})::DOUBLE AS price FROM range(500)`;
		const { version } = value(await weir.save('prices', rows, { replace: true }));
		const builder = new SegmentSketchBuilder();
		builder.add(tableFromIPC(await value(await weir.sql('SELECT * FROM prices')).arrow()));
		const sketch = encodeSegmentSketch(builder.finish());
		value(await effects.sketches.save(new Map([[versionSketchKey(versionId(version)), sketch]])));
	};
	const outcomes = async (name = 'prices'): Promise<readonly string[]> => {
		const { checks, scanCount } = value(await weir.check(name, 'steady'));
		expect(scanCount).toBe(0);
		return checks.map(({ check, outcome }) => `${check} ${outcome}`);
	};
	await save(0);
	value(await weir.saveSuite('steady', SUITE));
	return { weir, save, outcomes };
}

test('without a baseline they cannot be evaluated, with one they are, and nothing is scanned', async () => {
	const { weir, save, outcomes } = await workspace();
	expect(await outcomes()).toEqual(['psi error', 'table error', 'nowhere error']);
	value(await weir.pinBaseline('prices'));
	expect(await outcomes()).toEqual(['psi pass', 'table pass', 'nowhere error']);
	await save(100);
	expect(await outcomes()).toEqual(['psi fail', 'table fail', 'nowhere error']);
	expect(await outcomes('prices@v1')).toEqual(['psi pass', 'table pass', 'nowhere error']);
	const [psi, table, nowhere] = value(await weir.verdicts('prices')).find(({ number }) => number === 2)?.checks ?? [];
	expect(psi?.result?.['observed_value']).toBeGreaterThan(5);
	expect(table?.result).toMatchObject({ observed_value: 1, details: { drifted: ['price'], changed: [] } });
	expect(nowhere?.problem).toEqual({ code: 'no-baseline', reference: 'v9' });
	// By thresholds of its own the dataset has not drifted; the number that a check names stays its own.
	const rules = value(await weir.driftRules('prices'));
	const measures = { 'null-ratio': 0.05 };
	value(await weir.setDriftRules('prices', { ...rules, thresholds: { ...rules.thresholds, measures } }));
	expect(await outcomes()).toEqual(['psi fail', 'table pass', 'nowhere error']);
});

test('a gate closes for a version that has drifted, and a rule about the suite fires', async () => {
	const { weir, save } = await workspace();
	value(await weir.pinBaseline('prices'));
	value(await weir.saveSuite('steady', SUITE.split('\n').slice(0, 4).join('\n')));
	value(
		await weir.saveAlert(
			'prices move',
			'when:\n  metric: { of: observed_value, suite: steady, check: psi, above: 1 }\n'
		)
	);
	value(
		await weir.savePipeline(
			'name: p\nsteps:\n  - { id: gate, kind: check, suite: steady, dataset: prices, gate: block }\n'
		)
	);
	expect(value(await weir.runPipeline('p')).state).toBe('succeeded');
	await save(100);
	expect(value(await weir.runPipeline('p')).state).toBe('failed');
	value(await weir.checkAlerts());
	expect(value(await weir.incidents({ open: true }))).toMatchObject([{ state: 'firing', dataset: 'prices' }]);
});
