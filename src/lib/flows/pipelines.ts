// The pipelines a person keeps: documents whose texts can be read, so that what is kept runs.
import { parsePipeline } from '../core/pipeline/parse-pipeline.ts';
import type { Pipeline } from '../core/pipeline/pipeline.ts';
import type { InvalidPipeline } from '../core/pipeline/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { removeDocument } from './change-document.ts';
import type { Effects } from './effects.ts';
import { findDocument, listDocuments, type DocumentItem } from './list-documents.ts';
import { saveDocument } from './save-document.ts';
import type { UpgradeEffects } from './upgrade-workspace.ts';

export type SavedPipeline = { readonly name: string; readonly text: string; readonly savedAtMs: number };
export type UnknownPipeline = { readonly kind: 'unknown-pipeline'; readonly name: string };

/** Under the name that the text has, as its next version where there is one. */
export async function savePipeline(
	{ text }: { readonly text: string },
	effects: Effects
): Promise<Result<Pipeline, InvalidPipeline | StoreFailure>> {
	const parsed = parsePipeline(text);
	if (!parsed.ok) return parsed;
	const saved = await saveDocument({ kind: 'pipeline', name: parsed.value.name, text }, effects);
	return saved.ok ? parsed : saved;
}

/** By name. */
export async function listPipelines(effects: UpgradeEffects): Promise<Result<readonly SavedPipeline[], StoreFailure>> {
	const items = await listDocuments('pipeline', effects);
	return items.ok ? ok(items.value.map(savedPipeline)) : items;
}

export async function removePipeline(
	{ name }: { readonly name: string },
	effects: Effects
): Promise<Result<void, UnknownPipeline | StoreFailure>> {
	const removed = await removeDocument({ kind: 'pipeline', name }, effects);
	if (removed.ok) return ok(undefined);
	return removed.error.kind === 'unknown-document' ? err({ kind: 'unknown-pipeline', name }) : removed;
}

/** Null when there is no pipeline of that name. */
export async function pipelineText(
	name: string,
	effects: UpgradeEffects
): Promise<Result<string | null, StoreFailure>> {
	const found = await findDocument('pipeline', name, effects);
	if (found.ok) return ok(found.value.version.text);
	return found.error.kind === 'unknown-document' ? ok(null) : found;
}

function savedPipeline({ document, version }: DocumentItem): SavedPipeline {
	return { name: document.name, text: version.text, savedAtMs: version.createdAtMs };
}
