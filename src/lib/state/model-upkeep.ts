// What a person changes of models and of the runs behind them: which are in sight, labels, tags, files. Each change can be undone.
import type { ModelRun } from '#core/model/registry/model-run.ts';
import type { ModelVersion, RegisteredModel } from '#core/model/registry/registered-model.ts';
import type { LabelSource } from '#core/model/watch/performance-sql.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { changeRemoved, setLabels } from '#lib/flows/keep-models.ts';
import { attachToRun, detachFromRun, setRunTags } from '#lib/flows/keep-runs.ts';
import { readArtifact } from '#lib/flows/register-model.ts';
import { bringRunBack, deleteRun, removeRun } from '#lib/flows/remove-run.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { pickFile } from './export-targets.ts';
import type { Toasts } from './toasts.svelte.ts';

export class ModelUpkeep {
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
	}

	/** Null is the model with all its versions. */
	async remove(model: string, number: number | null): Promise<boolean> {
		const removed = await changeRemoved({ model, number, what: 'removed', why: '' }, this.#effects);
		if (!removed.ok) {
			this.#toasts.fail(removed.error);
			return false;
		}
		const undo = { label: 'Undo', run: () => void this.bringBack(model, number) };
		this.#toasts.show('good', `Removed ${nameOf(model, number)}`, 'It can be brought back.', undo);
		return true;
	}

	async bringBack(model: string, number: number | null): Promise<void> {
		const back = await changeRemoved({ model, number, what: 'brought-back', why: '' }, this.#effects);
		if (back.ok) this.#toasts.show('good', `${nameOf(model, number)} is back`);
		else this.#toasts.fail(back.error);
	}

	/** Cannot be undone. */
	async deleteForGood(model: string, number: number | null): Promise<void> {
		const gone = await changeRemoved({ model, number, what: 'deleted', why: '' }, this.#effects);
		if (gone.ok) this.#toasts.show('good', `${nameOf(model, number)} is deleted for good`);
		else this.#toasts.fail(gone.error);
	}

	/** With its parts, which come back with it. */
	async removeRun({ id, name }: ModelRun): Promise<boolean> {
		const removed = await removeRun(id, this.#effects);
		if (!removed.ok) {
			this.#toasts.fail(removed.error);
			return false;
		}
		const undo = await this.#catalogue.undoAction();
		this.#toasts.show('good', `Removed the run ${name}`, 'It can be brought back at the end of all runs.', undo);
		return true;
	}

	async bringRunBack(id: string): Promise<void> {
		const back = await bringRunBack(id, this.#effects);
		if (!back.ok) return this.#toasts.fail(back.error);
		this.#toasts.show('good', `The run ${back.value.name} is back`, '', await this.#catalogue.undoAction());
	}

	/** Cannot be undone. */
	async deleteRun({ id, name }: ModelRun): Promise<void> {
		const gone = await deleteRun(id, this.#effects);
		if (gone.ok) this.#toasts.show('good', `The run ${name} is deleted for good`);
		else this.#toasts.fail(gone.error);
	}

	/** Null: as the scored rows have them. */
	async setLabels({ name, labels: before }: RegisteredModel, labels: LabelSource | null): Promise<boolean> {
		const set = await setLabels({ model: name, labels }, this.#effects);
		if (!set.ok) {
			this.#toasts.fail(set.error);
			return false;
		}
		const undo = { label: 'Undo', run: () => void this.#putLabels(name, before ?? null) };
		this.#toasts.show('good', labels ? `${name} is judged by ${labels.label}` : `${name} has no labels`, '', undo);
		return true;
	}

	async setTags({ id, tags: before, name }: ModelRun, tags: ModelRun['tags']): Promise<boolean> {
		const set = await setRunTags({ run: id, tags }, this.#effects);
		if (!set.ok) {
			this.#toasts.fail(set.error);
			return false;
		}
		const undo = { label: 'Undo', run: () => void setRunTags({ run: id, tags: before }, this.#effects) };
		this.#toasts.show('good', `Tags of ${name} are changed`, '', undo);
		return true;
	}

	async attach({ id, name }: ModelRun, file: File): Promise<void> {
		const bytes = new Uint8Array(await file.arrayBuffer());
		const kept = await attachToRun({ run: id, name: file.name, bytes }, this.#effects);
		if (!kept.ok) return this.#toasts.fail(kept.error);
		const undo = { label: 'Undo', run: () => void detachFromRun({ run: id, name: file.name }, this.#effects) };
		this.#toasts.show('good', `${file.name} is kept with ${name}`, '', undo);
	}

	async detach({ id, name: run }: ModelRun, name: string): Promise<void> {
		const held = await readArtifact(id, name, this.#effects);
		if (!held.ok) return this.#toasts.fail(held.error);
		const { bytes } = held.value;
		const gone = await detachFromRun({ run: id, name }, this.#effects);
		if (!gone.ok) return this.#toasts.fail(gone.error);
		const undo = { label: 'Undo', run: () => void attachToRun({ run: id, name, bytes }, this.#effects) };
		this.#toasts.show('good', `${name} is taken from ${run}`, '', undo);
	}

	/** Writes a file of a run to where the person says. */
	async take({ id }: ModelRun, name: string): Promise<void> {
		const held = await readArtifact(id, name, this.#effects);
		if (!held.ok) return this.#toasts.fail(held.error);
		const extension = name.includes('.') ? (name.split('.').at(-1) ?? '') : '';
		const target = await pickFile(name, 'application/octet-stream', extension);
		if (target === 'cancelled') return;
		await target.write(held.value.bytes);
		await target.finish();
		this.#toasts.show('good', `Wrote ${name}`);
	}

	async #putLabels(model: string, labels: LabelSource | null): Promise<void> {
		const set = await setLabels({ model, labels }, this.#effects);
		if (!set.ok) this.#toasts.fail(set.error);
	}
}

function nameOf(model: string, number: ModelVersion['number'] | null): string {
	return number === null ? model : `${model} v${number}`;
}
