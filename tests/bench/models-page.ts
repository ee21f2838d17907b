// The page that `npm run bench:models` measures in: it makes rows, and hands them to the model worker as the app does.
import { columnFromArray, tableFromColumns, tableFromIPC, tableToIPC } from '@uwdata/flechette';
import { jobId } from '../../src/lib/core/ids.ts';
import { BOOSTING_DEFAULTS } from '../../src/lib/core/model/boosting/options.ts';
import type { Result } from '../../src/lib/core/result.ts';
import type { TrainingPlan } from '../../src/lib/core/model/training/plan.ts';
import type { ModelSignature } from '../../src/lib/core/onnx/signature.ts';
import { createModelHost } from '../../src/lib/threads/model-host.ts';
import { createOnnxSessions } from '../../src/lib/threads/onnx-session.ts';
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

/** How long answers took, in ms, and whether all were the same to the bit. */
export type BenchScored = {
	readonly ownMs: number;
	readonly onnxWebMs: number;
	readonly ownFirstMs: number;
	readonly onnxWebFirstMs: number;
	readonly isSame: boolean;
};
export type BenchFile = {
	readonly model: Uint8Array<ArrayBuffer>;
	readonly onnx: Uint8Array<ArrayBuffer>;
	readonly signature: ModelSignature;
};

const SEED = 17;
/** As the app asks each. */
const [OWN_ROWS, ONNX_ROWS] = [131_072, 8192];

let held: { readonly key: string; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;

/** Made once for all rounds; each hands a copy over. */
function tableOf(rowCount: number): Uint8Array<ArrayBuffer> {
	const key = String(rowCount);
	if (held?.key !== key) {
		const { features, target } = friedmanRows(rowCount, SEED);
		held = { key, bytes: arrowOf([...named('x', features), ['y', target]]) };
	}
	return held.bytes.slice();
}

type NamedColumn = readonly [string, Float32Array];

function named(prefix: string, features: readonly Float32Array[]): readonly NamedColumn[] {
	return features.map((values, at) => [`${prefix}${at}`, values] as const);
}

function arrowOf(columns: readonly NamedColumn[]): Uint8Array<ArrayBuffer> {
	const table = tableFromColumns(columns.map(([name, values]) => [name, columnFromArray(values)]));
	const bytes = tableToIPC(table, { format: 'stream' });
	if (!bytes) throw new Error('no bytes without a sink');
	return new Uint8Array(bytes);
}

/** A worker that is started, with its kernel compiled; rows that are made. What memory they take is no part of a training. */
async function ready({ rowCount, heldCount, threads }: BenchTask): Promise<void> {
	tableOf(rowCount + heldCount);
	started = createModelHost(threads);
	const first = { id: jobId('first'), plan: planOf(1, 0.5, 1), arrowBytes: new Uint8Array(8), kept: null };
	await started.api.train(first, () => undefined);
}
let started: ReturnType<typeof createModelHost> | null = null;

function planOf(trees: number, testShare: number, features: number): TrainingPlan {
	const asIs = { fill: 'none', isScaled: false } as const;
	return {
		features: Array.from({ length: features }, (_, at) => ({ name: `x${at}`, as: 'number', standard: asIs })),
		target: 'y',
		learner: {
			kind: 'boosting',
			objective: { kind: 'squared' },
			options: { ...BOOSTING_DEFAULTS, rounds: trees },
			monotone: {}
		},
		split: { kind: 'random', testShare, validShare: 0, seed: 1 },
		splitColumn: null,
		weights: null,
		seed: 42
	};
}

/** After `ready`. Some rows are held out. `trainMs` is from the call to the last tree: reading, features and bins too. */
async function train({ rowCount, heldCount, trees }: BenchTask): Promise<BenchTrained> {
	const host = started;
	if (!host) throw new Error('not ready');
	const plan = planOf(trees, heldCount / (rowCount + heldCount), 10);
	const arrowBytes = tableOf(rowCount + heldCount);
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

/** Rows from their Arrow bytes to answers in Arrow, batch by batch, by our own scorer and by ONNX Runtime Web. */
async function score({ model, onnx, signature }: BenchFile, rowCount: number): Promise<BenchScored> {
	const { features } = friedmanRows(rowCount, SEED);
	const batches = (size: number): Uint8Array<ArrayBuffer>[] =>
		Array.from({ length: Math.ceil(rowCount / size) }, (_, at) =>
			arrowOf(
				named(
					'c',
					features.map((values) => values.slice(at * size, (at + 1) * size))
				)
			)
		);
	const one = (): Uint8Array<ArrayBuffer> =>
		arrowOf(
			named(
				'c',
				features.map((values) => values.slice(0, 1))
			)
		);
	const own = createModelHost(1);
	const kept = { hash: 'bench', bytes: model };
	const ownAnswer = (arrow: Uint8Array<ArrayBuffer>) => own.api.answer(kept, signature, arrow);
	const ownFirst = await timed([one()], ownAnswer);
	const ownAll = await timed(batches(OWN_ROWS), ownAnswer);
	own.end();
	const session = createOnnxSessions()();
	const webAnswer = (arrow: Uint8Array<ArrayBuffer>) => session.api.predict('bench', signature, arrow);
	const webFirst = await timed([one()], async (arrow) => {
		const opened = await session.api.open('bench', onnx);
		return opened.ok ? webAnswer(arrow) : opened;
	});
	const webAll = await timed(batches(ONNX_ROWS), webAnswer);
	session.end();
	const isSame = ownAll.values.length === rowCount && ownAll.values.every((value, row) => value === webAll.values[row]);
	return { ownMs: ownAll.ms, onnxWebMs: webAll.ms, ownFirstMs: ownFirst.ms, onnxWebFirstMs: webFirst.ms, isSame };
}

async function timed(
	batches: readonly Uint8Array<ArrayBuffer>[],
	answer: (arrow: Uint8Array<ArrayBuffer>) => Promise<Result<Uint8Array<ArrayBuffer>, object>>
): Promise<{ readonly ms: number; readonly values: readonly number[] }> {
	const start = performance.now();
	const answers: Uint8Array<ArrayBuffer>[] = [];
	for (const batch of batches) {
		const told = await answer(batch);
		if (!told.ok) throw new Error(JSON.stringify(told.error));
		answers.push(told.value);
	}
	const ms = performance.now() - start;
	return { ms, values: answers.flatMap((bytes) => Array.from(tableFromIPC(bytes).getChildAt(0) as Iterable<number>)) };
}

Object.assign(globalThis, { bench: { ready, train, score } });
