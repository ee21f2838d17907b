// Every kind of record that is synced, besides where the store keeps it. A further kind is a rule here, and its tables in
// `db/record-kinds`.
import * as v from 'valibot';
import type { SuiteVerdict } from '../check/verdict.ts';
import { documentKinds } from '../document/document.ts';
import type { Encodable } from '../encoding.ts';
import { objectId } from '../ids.ts';
import type { ModelRun } from '../model/registry/model-run.ts';
import type { ModelVersion } from '../model/registry/registered-model.ts';
import type { AttemptRecord, RunRecord } from '../pipeline/run-record.ts';
import type { KeptEdition } from '../share/kept-edition.ts';
import { DOCUMENT, HOME, mergeDocument, settleDocuments, settleHomes, TEXT } from './merge-documents.ts';
import { MODEL, MODEL_EVENT, MODEL_VERSION, renumber, settleModels } from './merge-models.ts';
import type { RecordRule, Settling } from './record-rule.ts';
import { piecesOfKey, printOfValue } from './record-value.ts';

const text = v.pipe(v.string(), v.minLength(1));
const time = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** As far as anything relies on it before it is shown. */
function fitsTo(shape: v.GenericSchema): RecordRule['fits'] {
	return (value) => v.is(shape, value);
}

export const documentRule: RecordRule = {
	kind: DOCUMENT,
	isLasting: false,
	fits: fitsTo(v.strictObject({ kind: v.picklist(documentKinds), name: text, head: text, createdAtMs: time })),
	word: (value) => (value as { readonly kind: string }).kind,
	with: TEXT,
	merge: mergeDocument,
	settle: settleDocuments
};

export const textRule: RecordRule = {
	kind: TEXT,
	isLasting: true,
	fits: fitsTo(
		v.strictObject({ document: text, parents: v.array(text), text: v.string(), message: v.string(), createdAtMs: time })
	),
	word: () => null,
	content: (value) => value
};

export const homeRule: RecordRule = {
	kind: HOME,
	isLasting: false,
	fits: fitsTo(v.strictObject({ device: text, name: v.string() })),
	word: () => null,
	settle: settleHomes
};

export const verdictRule: RecordRule = {
	kind: 'verdict',
	isLasting: true,
	fits: fitsTo(
		v.looseObject({
			id: text,
			suite: text,
			dataset: text,
			version: text,
			outcome: v.picklist(['pass', 'warn', 'fail', 'error']),
			counts: v.record(v.string(), count),
			checks: v.array(v.looseObject({ check: v.string(), expectation: v.string(), outcome: v.string() })),
			atMs: time
		})
	),
	word: () => 'verdict',
	// One of each suite for a version, the newest.
	merge: ({ ours, theirs }) => {
		const [mine, other] = [ours as SuiteVerdict, theirs as SuiteVerdict];
		if (mine.atMs !== other.atMs) return mine.atMs > other.atMs ? ours : theirs;
		return printOfValue(ours) > printOfValue(theirs) ? ours : theirs;
	}
};

export type RunValue = { readonly run: RunRecord; readonly attempts: readonly AttemptRecord[] };
const RUN = 'run';
/** Of one pipeline, as on a device. */
export const SYNCED_RUNS = 500;

export const runRule: RecordRule = {
	kind: RUN,
	isLasting: true,
	fits: fitsTo(
		v.strictObject({
			run: v.looseObject({
				id: text,
				pipeline: text,
				text: v.string(),
				params: v.record(v.string(), v.unknown()),
				state: v.picklist(['succeeded', 'failed', 'cancelled']),
				cause: v.looseObject({ kind: text }),
				startedAtMs: time
			}),
			attempts: v.array(
				v.looseObject({ run: text, step: text, attempt: count, state: text, log: v.array(v.unknown()) })
			)
		})
	),
	word: () => 'run',
	settle: forgetOldRuns
};

function forgetOldRuns(settling: Settling): void {
	const byPipeline = new Map<string, (readonly [string, number])[]>();
	for (const [key, value] of settling.of(RUN)) {
		const [pipeline = ''] = piecesOfKey(key);
		const own = byPipeline.get(pipeline) ?? [];
		own.push([key, (value as RunValue).run.startedAtMs]);
		byPipeline.set(pipeline, own);
	}
	for (const own of byPipeline.values()) {
		const newest = own.sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
		for (const [key] of newest.slice(SYNCED_RUNS)) settling.drop(key);
	}
}

export const modelRule: RecordRule = {
	kind: MODEL,
	isLasting: false,
	fits: fitsTo(v.looseObject({ name: text, aliases: v.record(v.string(), count), createdAtMs: time })),
	word: () => 'model'
};

export const modelVersionRule: RecordRule = {
	kind: MODEL_VERSION,
	isLasting: false,
	fits: fitsTo(
		v.looseObject({
			model: text,
			number: v.pipe(v.number(), v.integer(), v.minValue(1)),
			stage: v.picklist(['None', 'Staging', 'Production', 'Archived']),
			onnx: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
			signature: v.looseObject({}),
			repairs: v.array(v.unknown()),
			createdAtMs: time
		})
	),
	word: () => 'model',
	files: (value) => [(value as ModelVersion).onnx],
	makeWay: renumber,
	settle: settleModels
};

export const modelEventRule: RecordRule = {
	kind: MODEL_EVENT,
	isLasting: true,
	fits: fitsTo(v.looseObject({ model: text, number: count, kind: text, why: v.string(), atMs: time })),
	word: () => null
};

export const modelRunRule: RecordRule = {
	kind: 'model-run',
	isLasting: false,
	fits: fitsTo(
		v.looseObject({
			id: text,
			experiment: v.string(),
			state: v.picklist(['finished', 'failed', 'cancelled']),
			params: v.record(v.string(), v.unknown()),
			metrics: v.record(v.string(), v.unknown()),
			tags: v.record(v.string(), v.string()),
			data: v.looseObject({ inputs: v.array(v.looseObject({ version: text })) }),
			artifacts: v.array(v.looseObject({ name: text, object: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) })),
			startedAtMs: time
		})
	),
	word: () => 'training run',
	files: (value) => (value as ModelRun).artifacts.map(({ object }) => objectId(object))
};

export const modelMetricRule: RecordRule = {
	kind: 'model-metric',
	isLasting: false,
	fits: fitsTo(v.strictObject({ run: text, metric: text, steps: v.array(v.unknown()), values: v.array(v.unknown()) })),
	word: () => null
};

/** The link is the key to what was shared: it stands in sealed records alone. */
export const shareRule: RecordRule = {
	kind: 'share',
	isLasting: false,
	fits: fitsTo(
		v.looseObject({
			share: text,
			report: v.string(),
			title: v.string(),
			link: v.pipe(v.string(), v.startsWith('/s/')),
			hasPassphrase: v.boolean(),
			createdAtMs: time,
			expiresAtMs: time,
			maxViews: v.nullable(count),
			sizeBytes: count,
			fingerprint: text
		})
	),
	word: () => 'link'
};

export type EditionValue = { readonly edition: KeptEdition; readonly bundle: Uint8Array<ArrayBuffer> };

export const editionRule: RecordRule = {
	kind: 'edition',
	isLasting: false,
	fits: fitsTo(
		v.strictObject({
			edition: v.looseObject({
				id: text,
				pipeline: text,
				run: text,
				step: text,
				report: v.string(),
				title: v.string(),
				renderedAtMs: time,
				sources: v.array(v.string()),
				versions: v.array(text),
				sizeBytes: count,
				fingerprint: text,
				share: v.nullable(
					v.looseObject({
						share: text,
						link: v.pipe(v.string(), v.startsWith('/s/')),
						expiresAtMs: time,
						isThere: v.boolean()
					})
				)
			}),
			bundle: v.instance(Uint8Array)
		})
	),
	word: () => 'edition',
	// Its rows are what it was made of; only its link comes later.
	merge: ({ ours, theirs }) => {
		const [mine, other] = [stageOf(ours), stageOf(theirs)];
		if (mine !== other) return mine > other ? ours : theirs;
		return printOfValue(ours) > printOfValue(theirs) ? ours : theirs;
	}
};

function stageOf(value: Encodable): number {
	const { share } = (value as EditionValue).edition;
	return share === null ? 0 : share.isThere ? 2 : 1;
}
