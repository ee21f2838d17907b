// The pipelines a person keeps: their texts by name. A text that cannot be read is refused, so what is kept runs.
import { parsePipeline } from '../core/pipeline/parse-pipeline.ts';
import type { Pipeline } from '../core/pipeline/pipeline.ts';
import type { InvalidPipeline } from '../core/pipeline/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

export type SavedPipeline = { readonly name: string; readonly text: string; readonly savedAtMs: number };
export type UnknownPipeline = { readonly kind: 'unknown-pipeline'; readonly name: string };

type PipelineEffects = Pick<Effects, 'store' | 'now' | 'lock'>;

const KEY = 'pipelines';

/** Under the name that the text has; takes the place of an older one. */
export async function savePipeline(
	{ text }: { readonly text: string },
	effects: PipelineEffects
): Promise<Result<Pipeline, InvalidPipeline | StoreFailure>> {
	const parsed = parsePipeline(text);
	if (!parsed.ok) return parsed;
	const { name } = parsed.value;
	const saved = { name, text, savedAtMs: effects.now() };
	const changed = await change(effects, (all) => [...all.filter((one) => one.name !== name), saved]);
	return changed.ok ? parsed : changed;
}

/** By name. */
export async function listPipelines(
	effects: Pick<Effects, 'store'>
): Promise<Result<readonly SavedPipeline[], StoreFailure>> {
	const stored = await effects.store.setting(KEY);
	if (!stored.ok) return stored;
	const all = Array.isArray(stored.value) ? (stored.value as readonly SavedPipeline[]) : [];
	return ok(all.toSorted((one, other) => (one.name < other.name ? -1 : 1)));
}

export async function removePipeline(
	{ name }: { readonly name: string },
	effects: PipelineEffects
): Promise<Result<SavedPipeline, UnknownPipeline | StoreFailure>> {
	const there = await listPipelines(effects);
	if (!there.ok) return there;
	const found = there.value.find((one) => one.name === name);
	if (!found) return err({ kind: 'unknown-pipeline', name });
	const changed = await change(effects, (all) => all.filter((one) => one.name !== name));
	return changed.ok ? ok(found) : changed;
}

export async function pipelineText(
	name: string,
	effects: Pick<Effects, 'store'>
): Promise<Result<string | null, StoreFailure>> {
	const all = await listPipelines(effects);
	return all.ok ? ok(all.value.find((one) => one.name === name)?.text ?? null) : all;
}

async function change(
	effects: PipelineEffects,
	make: (all: readonly SavedPipeline[]) => readonly SavedPipeline[]
): Promise<Result<void, StoreFailure>> {
	const changed = await effects.lock('pipelines', true, async () => {
		const all = await listPipelines(effects);
		return all.ok ? effects.store.saveSetting(KEY, make(all.value)) : all;
	});
	return changed === 'busy' ? ok(undefined) : changed;
}
