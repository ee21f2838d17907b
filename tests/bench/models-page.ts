// The page that `npm run bench:models` measures in: it makes rows, and hands them to the model worker as the app does.
import { columnFromArray, tableFromColumns, tableToIPC } from '@uwdata/flechette';
import { jobId } from '../../src/lib/core/ids.ts';
import { BOOSTING_DEFAULTS } from '../../src/lib/core/model/boosting/options.ts';
import type { TrainingPlan } from '../../src/lib/core/model/training/plan.ts';
import { createModelHost } from '../../src/lib/threads/model-host.ts';
import { friedmanRows } from '../model-rows.ts';

export type BenchTask = {
	readonly rowCount: number;
	readonly heldCount: number;
	readonly trees: number;
	readonly threads: number;
};
export type BenchTrained = {
	readonly trainMs: number;
	readonly wholeMs: number;
	readonly r2: number;
	readonly threads: number;
	readonly model: Uint8Array<ArrayBuffer>;
};

const SEED = 17;

let held: { readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;

/** Made once for all rounds; each hands a copy over. */
function tableOf(rowCount: number): Uint8Array<ArrayBuffer> {
	const key = String(rowCount);
	if (held?.key !== key) {
		const { features, target } = friedmanRows(rowCount, SEED);
		const columns = features.map((values, at): [string, ReturnType<typeof columnFromArray>] => [
			`x${at}`,
			columnFromArray(values)
		]);
		const bytes = tableToIPC(tableFromColumns([...columns, ['y', columnFromArray(target)]]), { format: 'stream' });
		if (!bytes) throw new Error('no bytes without a sink');
		held = { key, bytes: new Uint8Array(bytes) };
	}
	return held.bytes.slice();
}

/** The last rows are held out. `trainMs` is from the call to the last tree: reading, features and bins too. */
async function train({ rowCount, heldCount, trees, threads }: BenchTask): Promise<BenchTrained> {
	const asIs = { fill: 'none', isScaled: false } as const;
	const plan: TrainingPlan = {
		features: Array.from({ length: 10 }, (_, at) => ({ name: `x${at}`, as: 'number', standard: asIs })),
		target: 'y',
		learner: {
			kind: 'boosting',
			objective: { kind: 'squared' },
			options: { ...BOOSTING_DEFAULTS, rounds: trees },
			monotone: {}
		},
		split: { kind: 'random', testShare: heldCount / (rowCount + heldCount), validShare: 0, seed: 1 },
		splitColumn: null,
		weights: null,
		seed: 42
	};
	const arrowBytes = tableOf(rowCount + heldCount);
	const host = createModelHost(threads);
	// A worker that is started has its kernel compiled.
	await host.api.train(
		{ id: jobId('first'), plan: { ...plan, features: [] }, arrowBytes: new Uint8Array(8), kept: null },
		() => undefined
	);
	const start = performance.now();
	let lastMs = start;
	const trained = await host.api.train({ id: jobId('bench'), plan, arrowBytes, kept: null }, ({ phase }) => {
		if (phase === 'learn') lastMs = performance.now();
	});
	const wholeMs = performance.now() - start;
	host.end();
	if (!trained.ok) throw new Error(JSON.stringify(trained.error));
	const { report, model } = trained.value;
	const r2 = report.evaluation?.metrics['r2']?.value ?? NaN;
	return { trainMs: lastMs - start, wholeMs, r2, threads: trained.value.threads, model };
}

/** A million rows, from their Arrow bytes to predictions. */
async function score(model: Uint8Array<ArrayBuffer>, rowCount: number): Promise<number> {
	const host = createModelHost(1);
	await host.api.predict(model, tableOf(rowCount).slice(0, 8));
	const arrowBytes = tableOf(rowCount);
	const start = performance.now();
	const told = await host.api.predict(model, arrowBytes);
	const ms = performance.now() - start;
	host.end();
	if (!told.ok) throw new Error(JSON.stringify(told.error));
	return ms;
}

Object.assign(globalThis, { bench: { train, score } });
