// Moves versions of models between stages: what they must show before they serve, and the way back.
import { resultId } from '../core/ids.ts';
import { parseExamples, type Prediction } from '../core/model/registry/model-examples.ts';
import { beatsChampion, rollbackTarget, type Gate, type GatesClosed } from '../core/model/registry/promotion.ts';
import type { ModelRun, ModelStage } from '../core/model/registry/model-run.ts';
import {
	parseModelReference,
	resolveModel,
	type ModelVersion,
	type RegistryFailure
} from '../core/model/registry/registered-model.ts';
import { givenByName } from '../core/onnx/serve-sql.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { readAuthor } from './author.ts';
import type { Effects } from './effects.ts';
import { predictRows } from './predict-rows.ts';
import { describeQuery, type RunQueryFailure } from './run-query.ts';

export type PromoteInput = {
	readonly reference: string;
	readonly stage: ModelStage;
	readonly why: string;
	/** By how much it must beat the champion; 0, left out. */
	readonly margin?: number | undefined;
	/** Promoted although a gate did not pass: that is written down with the reason. */
	readonly force?: boolean | undefined;
};

export type PromoteFailure = RunQueryFailure | RegistryFailure | GatesClosed;
export type Promoted = { readonly version: ModelVersion; readonly gates: readonly Gate[] };

/** Gates are asked for Production alone. */
export async function promoteModel(
	{ reference, stage, why, margin = 0, force = false }: PromoteInput,
	effects: Effects
): Promise<Result<Promoted, PromoteFailure>> {
	const registry = await effects.models.registry();
	if (!registry.ok) return registry;
	const { models, versions } = registry.value;
	const found = resolveModel(parseModelReference(reference), models, versions);
	if (!found.ok) return found;
	const version = found.value;
	const champion = versions.find(
		({ model, stage: now, number }) => model === version.model && now === 'Production' && number !== version.number
	);
	const gates = stage === 'Production' ? await gatesOf(version, champion ?? null, margin, effects) : ok([]);
	if (!gates.ok) return gates;
	const isOpen = gates.value.every(({ outcome }) => outcome === 'passed');
	if (!isOpen && !force) return err({ kind: 'gates-closed', model: version.model, gates: gates.value });
	const closed = gates.value.filter(({ outcome }) => outcome !== 'passed').map(({ gate }) => gate);
	const reason = closed.length > 0 ? `${why} (in spite of ${closed.join(', ')})`.trim() : why;
	const author = await readAuthor(effects);
	if (!author.ok) return author;
	const said = { kind: 'stage' as const, who: author.value || null, why: reason, atMs: effects.now() };
	const set = await effects.models.setStage(version, stage, said);
	return set.ok ? ok({ version: set.value, gates: gates.value }) : set;
}

/** What was in Production before is there again; what is there now becomes Archived. */
export async function rollBackModel(
	{ model, why }: { readonly model: string; readonly why: string },
	effects: Effects
): Promise<Result<ModelVersion, StoreFailure | RegistryFailure>> {
	const registry = await effects.models.registry();
	if (!registry.ok) return registry;
	const { models, versions, events } = registry.value;
	const registered = models.find(({ name }) => name.toLowerCase() === model.toLowerCase());
	if (!registered) return err({ kind: 'unknown-model', model, known: models.map(({ name }) => name) });
	const isOwn = (one: { readonly model: string }): boolean => one.model === registered.name;
	const target = rollbackTarget(versions.filter(isOwn), events.filter(isOwn));
	if (!target) return err({ kind: 'nothing-to-roll-back', model: registered.name });
	const author = await readAuthor(effects);
	if (!author.ok) return author;
	const said = { kind: 'rolled-back' as const, who: author.value || null, why, atMs: effects.now() };
	return effects.models.setStage(target.to, 'Production', said);
}

/** What a version shows, without promoting it. */
async function gatesOf(
	version: ModelVersion,
	champion: ModelVersion | null,
	margin: number,
	effects: Effects
): Promise<Result<readonly Gate[], PromoteFailure>> {
	const run = version.run === null ? ok(null) : await effects.models.run(version.run);
	if (!run.ok) return run;
	const championRun = champion?.run ? await effects.models.run(champion.run) : ok(null);
	if (!championRun.ok) return championRun;
	const beats: Gate =
		champion && !championRun.value
			? { gate: 'beats-champion', outcome: 'not-known', facts: { reason: 'the champion was not trained here' } }
			: beatsChampion(run.value, championRun.value, margin);
	return ok([
		beats,
		await samePredictions(version, run.value, effects),
		await schemaMatches(version, run.value, effects)
	]);
}

/** The runtime computes the sigmoid and the powers of e in its own float32. */
const TOLERANCE = 1e-5;

async function samePredictions({ model, number }: ModelVersion, run: ModelRun | null, effects: Effects): Promise<Gate> {
	const gate = 'same-predictions';
	const artifact = run?.artifacts.find(({ name }) => name === 'examples');
	const bytes = artifact ? await effects.models.object(artifact.object) : null;
	if (!bytes?.ok || !bytes.value) return { gate, outcome: 'not-known', facts: { reason: 'it was not trained here' } };
	const examples = parseExamples(bytes.value);
	if (!examples) return { gate, outcome: 'not-known', facts: { reason: 'its example rows cannot be read' } };
	const { rows, predictions } = examples;
	const reference = `${model}@v${number}`;
	const asked = await predictRows({ reference, rows, byOnnx: true }, effects);
	if (!asked.ok) return { gate, outcome: 'failed', facts: { reason: asked.error.kind } };
	// What answers in SQL need not be the file: then it says the same to the bit.
	const served = await predictRows({ reference, rows }, effects);
	if (!served.ok) return { gate, outcome: 'failed', facts: { reason: served.error.kind } };
	const unlike = asked.value.filter(
		(one, row) => !isSame(one, predictions[row]) || !isEqual(one, served.value[row])
	).length;
	return { gate, outcome: unlike === 0 ? 'passed' : 'failed', facts: { rows: rows.length, different: unlike } };
}

function isSame(one: Prediction, other: Prediction | undefined): boolean {
	if (!other) return false;
	const near = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b));
	if (typeof one.prediction === 'number' && typeof other.prediction === 'number')
		return near(one.prediction, other.prediction);
	return one.prediction === other.prediction && near(one.probability ?? 0, other.probability ?? 0);
}

function isEqual(one: Prediction, other: Prediction | undefined): boolean {
	return other !== undefined && one.prediction === other.prediction && one.probability === other.probability;
}

/** Whether the data that it learnt from still has its columns, as of now. */
async function schemaMatches(
	{ signature, model }: ModelVersion,
	run: ModelRun | null,
	effects: Effects
): Promise<Gate> {
	const gate = 'schema-matches';
	if (!run) return { gate, outcome: 'not-known', facts: { reason: 'it was not trained here' } };
	const columns = await describeQuery({ id: resultId(`gate-${effects.randomId()}`), sql: run.data.sql }, effects);
	if (!columns.ok) return { gate, outcome: 'failed', facts: { reason: columns.error.kind } };
	const given = givenByName(signature, columns.value, model);
	if (given.ok) return { gate, outcome: 'passed', facts: { columns: given.value.length } };
	return { gate, outcome: 'failed', facts: { columns: given.error.columns.map(({ name }) => name).join(', ') } };
}
