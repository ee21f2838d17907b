// The baseline of a dataset: pinned, moved, taken back, kept by retention, and what is compared without one.
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { Result } from '#core/result.ts';
import { backUp } from '#lib/flows/back-up.ts';
import { createConsole } from '#lib/flows/console.ts';
import { commitTable } from '#lib/flows/commit-table.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { pruneDataset } from '#lib/flows/tidy-storage.ts';
import { operationWords } from '#lib/state/operation-words.ts';
import { lineage, tableOf, testEffects, type TestEffects } from './effects.ts';

function valueOf<T>(result: Result<T, { readonly kind: string }>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

/** `visits` with as many versions as texts. */
async function visits(...texts: readonly string[]): Promise<TestEffects> {
	const effects = testEffects();
	for (const text of texts) {
		const found = await findDataset('visits', effects);
		const onto = found.ok ? found.value.dataset : null;
		const table = tableOf(text);
		valueOf(await commitTable({ name: 'visits', onto, message: text, table, rejects: null, lineage }, effects));
	}
	return effects;
}

test('pinning, moving and unpinning are undone one by one, and said in words', async () => {
	const effects = await visits('one', 'two', 'three');
	const weir = createConsole(effects);
	const pinned = async () => valueOf(await weir.baseline('visits'))?.number ?? null;
	expect(await pinned()).toBeNull();
	expect(valueOf(await weir.pinBaseline('visits', 'v1'))).toMatchObject({
		dataset: 'visits',
		number: 1,
		message: 'one'
	});
	valueOf(await weir.pinBaseline('visits'));
	expect(await pinned()).toBe(3);
	// Once more is no change, and nothing to undo.
	valueOf(await weir.pinBaseline('visits', 'v3'));
	valueOf(await weir.unpinBaseline('visits'));
	valueOf(await weir.unpinBaseline('visits'));
	const words = valueOf(await effects.store.operations()).map(operationWords);
	expect(words.slice(-3)).toEqual([
		'pin the baseline of visits',
		'pin the baseline of visits',
		'unpin the baseline of visits'
	]);
	const seen = [];
	for (let step = 0; step < 3; step++) {
		valueOf(await weir.undo());
		seen.push(await pinned());
	}
	expect(seen).toEqual([3, 1, null]);
	valueOf(await weir.redo());
	expect(await pinned()).toBe(1);
});

test('retention keeps a baseline, and SQL names it', async () => {
	const effects = await visits('one', 'two', 'three');
	const weir = createConsole(effects);
	const { version } = valueOf(await weir.pinBaseline('visits', 'v1'));
	valueOf(await pruneDataset({ name: 'visits', keep: 1 }, effects));
	const { item, history } = {
		item: valueOf(await findDataset('visits', effects)),
		history: await weir.versions('visits')
	};
	expect(item.reached.map(({ id }) => id)).toContain(version);
	expect(history.ok && history.value.map(({ message }) => message)).toEqual(['one', 'three']);
	expect(valueOf(await weir.refs('visits')).tags).toEqual({ baseline: version });
});

test('a branch of that name, an unknown version and an unknown dataset are told', async () => {
	const weir = createConsole(await visits('one'));
	expect(await weir.pinBaseline('visits', 'v9')).toMatchObject({ error: { kind: 'unknown-ref', name: 'v9' } });
	expect(await weir.pinBaseline('nobody')).toMatchObject({ error: { kind: 'unknown-dataset' } });
	valueOf(await weir.branch('visits', 'Baseline'));
	expect(await weir.pinBaseline('visits')).toMatchObject({ error: { kind: 'ref-taken', name: 'Baseline' } });
});

test('without a baseline and with but one version there is nothing to compare with', async () => {
	const weir = createConsole(await visits('one'));
	expect(await weir.drift('visits')).toEqual({ ok: false, error: { kind: 'no-baseline', dataset: 'visits' } });
	expect(await weir.drift('visits', 'v7')).toMatchObject({ error: { kind: 'unknown-version' } });
	for (const options of [{ thresholds: { significance: -1 } }, { rule: { relative: '1' } }])
		expect(await weir.drift('visits', null, null, options as never)).toMatchObject({
			error: { kind: 'invalid-argument' }
		});
});

test('drift thresholds are set for a dataset, hold for its drift, are undone, and come back from a backup', async () => {
	const effects = await visits('one', 'two');
	const weir = createConsole(effects);
	const usual = valueOf(await weir.driftRules('visits'));
	const rules = { thresholds: { ...usual.thresholds, measures: { psi: 0.5 } }, rule: { relative: 0.2, floor: 1 } };
	expect(valueOf(await weir.setDriftRules('visits', rules))).toEqual(rules);
	for (const wrong of [
		{ ...rules, rule: {} },
		{ ...rules, thresholds: { ...rules.thresholds, measures: { psi: 0 } } },
		1
	])
		expect(await weir.setDriftRules('visits', wrong as never)).toMatchObject({ error: { kind: 'invalid-argument' } });
	// Once more is no change, and nothing to undo.
	valueOf(await weir.setDriftRules('visits', rules));
	const { file } = valueOf(await backUp({}, effects));
	const other = testEffects();
	valueOf(await restoreBackup({ file }, other));
	expect(valueOf(await createConsole(other).driftRules('visits'))).toEqual(rules);
	expect(
		valueOf(await effects.store.operations())
			.map(operationWords)
			.at(-1)
	).toBe('set drift thresholds of visits');
	valueOf(await weir.undo());
	expect(valueOf(await weir.driftRules('visits'))).toEqual(usual);
	valueOf(await weir.redo());
	expect(valueOf(await weir.driftRules('visits'))).toEqual(rules);
	valueOf(await weir.setDriftRules('visits', null));
	expect(valueOf(await weir.driftRules('visits'))).toEqual(usual);
	expect(valueOf(await findDataset('visits', effects)).dataset).not.toHaveProperty('driftRules');
});
