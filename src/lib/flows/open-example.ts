// Opens a ready-made example: brings in what it needs that is not there yet, one step after another. Opened again, it finds what is there.
import type { Example, ExampleStep } from '../core/examples/example.ts';
import { resultId } from '../core/ids.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { samples } from '../core/samples/samples.ts';
import { pinBaseline } from './baseline.ts';
import { Breakers } from './breakers.ts';
import { checkVersion } from './check-version.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { findDataset } from './list-datasets.ts';
import { findDocument } from './list-documents.ts';
import { openSample } from './open-sample.ts';
import { createRunner } from './pipeline-runner.ts';
import { runPipeline } from './run-pipeline.ts';
import { runStatement } from './run-statement.ts';
import { saveDocument } from './save-document.ts';
import { saveQuery } from './save-query.ts';

export type OpenExampleInput = { readonly example: Example; readonly signal?: AbortSignal | undefined };

/** Fails as its steps do; what they brought in before stays, and is found when it is opened again. */
export async function openExample(
	{ example, signal }: OpenExampleInput,
	effects: Effects
): Promise<Result<void, Failure>> {
	return asJob(
		effects.jobs,
		`Open the example: ${example.title}`,
		signal,
		async (job): Promise<Result<void, Failure>> => {
			for (const [index, step] of example.steps.entries()) {
				if (job.signal.aborted) return err({ kind: 'cancelled' });
				const done = await take(step, job.signal, effects);
				if (!done.ok) return done;
				job.progress({ fraction: (index + 1) / example.steps.length });
			}
			return ok(undefined);
		}
	);
}

function take(step: ExampleStep, signal: AbortSignal, effects: Effects): Promise<Result<void, Failure>> {
	switch (step.do) {
		case 'sample':
			return bringSample(step.sample, signal, effects);
		case 'dataset':
			return makeDataset(step, signal, effects);
		case 'document':
			return writeDocument(step, effects);
		case 'connection':
			return writeDocument(
				{ do: 'document', kind: 'connection', name: step.name, text: step.text(effects.sharing.origin) },
				effects
			);
		case 'check':
			return check(step, signal, effects);
		case 'run':
			return run(step.pipeline, signal, effects);
	}
}

async function bringSample(id: string, signal: AbortSignal, effects: Effects): Promise<Result<void, Failure>> {
	const sample = samples.find((one) => one.id === id);
	if (!sample) throw new Error(`an example names the sample ${id}, which is not shipped`);
	const opened = await openSample({ sample, signal }, effects);
	return opened.ok ? ok(undefined) : opened;
}

async function makeDataset(
	{ name, sql, key, pinsBaseline = false, changes = [] }: Extract<ExampleStep, { do: 'dataset' }>,
	signal: AbortSignal,
	effects: Effects
): Promise<Result<void, Failure>> {
	const there = await findDataset(name, effects);
	if (there.ok || there.error.kind !== 'unknown-dataset') return there.ok ? ok(undefined) : there;
	const newId = () => resultId(`example ${effects.randomId()}`);
	const saved = await saveQuery({ id: newId(), name, sql, whenTaken: 'refuse', primaryKey: key, signal }, effects);
	if (!saved.ok) return saved;
	if (pinsBaseline) {
		const pinned = await pinBaseline({ dataset: name, at: null }, effects);
		if (!pinned.ok) return pinned;
	}
	for (const change of changes) {
		const id = newId();
		const changed = await runStatement({ id, sql: change, signal }, effects);
		await effects.engine.release(id);
		if (!changed.ok) return changed;
	}
	return ok(undefined);
}

async function writeDocument(
	{ kind, name, text }: Extract<ExampleStep, { do: 'document' }>,
	effects: Effects
): Promise<Result<void, Failure>> {
	const there = await findDocument(kind, name, effects);
	if (there.ok || there.error.kind !== 'unknown-document') return there.ok ? ok(undefined) : there;
	const saved = await saveDocument({ kind, name, text }, effects);
	return saved.ok ? ok(undefined) : saved;
}

async function check(
	{ suite, dataset }: Extract<ExampleStep, { do: 'check' }>,
	signal: AbortSignal,
	effects: Effects
): Promise<Result<void, Failure>> {
	const written = await findDocument('suite', suite, effects);
	if (!written.ok) return written;
	const item = await findDataset(dataset, effects);
	if (!item.ok) return item;
	const { document, version } = written.value;
	const checked = await checkVersion(
		{
			id: resultId(`example ${effects.randomId()}`),
			item: item.value,
			version: item.value.version,
			suite: { name: document.name, text: version.text, version: version.id },
			isKept: true,
			signal
		},
		effects
	);
	return checked.ok ? ok(undefined) : checked;
}

/** A run that was made before is enough. */
async function run(name: string, signal: AbortSignal, effects: Effects): Promise<Result<void, Failure>> {
	const kept = await effects.runs.runs({ pipeline: name, limit: 1 });
	if (!kept.ok) return kept;
	if (kept.value.length > 0) return ok(undefined);
	const ran = await runPipeline({ name, signal }, createRunner(effects, new Breakers(effects)));
	return ran.ok ? ok(undefined) : ran;
}
