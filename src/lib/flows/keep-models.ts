// Changes what is kept of registered models: versions out of sight and back, and where the labels of a model come from.
import type { RegistryFailure } from '../core/model/registry/registered-model.ts';
import type { LabelSource } from '../core/model/watch/performance-sql.ts';
import { resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Removal } from '../db/model-removal.ts';
import { readAuthor } from './author.ts';
import type { Effects } from './effects.ts';
import { describeSql, type RunSqlFailure } from './run-sql.ts';

export type KeepModelsFailure =
	RunSqlFailure | RegistryFailure | { readonly kind: 'unknown-column'; readonly column: string };

/** Null is the model with all its versions. */
export async function changeRemoved(
	{
		model,
		number,
		what,
		why
	}: { readonly model: string; readonly number: number | null; readonly what: Removal; readonly why: string },
	effects: Effects
): Promise<Result<void, KeepModelsFailure>> {
	const said = await saidNow(why, effects);
	return said.ok ? effects.models.setRemoved({ model, number }, what, said.value) : said;
}

/** Null: as the scored rows have them. Fails besides: what is wrong with its query · unknown-column */
export async function setLabels(
	{ model, labels }: { readonly model: string; readonly labels: LabelSource | null },
	effects: Effects
): Promise<Result<void, KeepModelsFailure>> {
	if (labels) {
		const columns = await describeSql({ id: resultId(`labels-${effects.randomId()}`), sql: labels.sql }, effects);
		if (!columns.ok) return columns;
		const unknown = [...labels.key, labels.label].find((name) => !columns.value.some((one) => one.name === name));
		if (unknown !== undefined) return err({ kind: 'unknown-column', column: unknown });
	}
	const said = await saidNow('', effects);
	return said.ok ? effects.models.setLabels(model, labels, said.value) : said;
}

async function saidNow(why: string, effects: Effects) {
	const author = await readAuthor(effects);
	return author.ok ? ok({ who: author.value || null, why, atMs: effects.now() }) : author;
}
