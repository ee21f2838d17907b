// One open pipeline: its text with an undo stack of its own, the graph that the text draws, and what is wrong with it.
import { newStep } from '#core/pipeline/edit-fields.ts';
import type { PipelineEdit } from '#core/pipeline/edit-model.ts';
import { editPipeline, freeStepId, type EditFailure } from '#core/pipeline/edit-pipeline.ts';
import { readGraph, type GraphStep, type PipelineGraph } from '#core/pipeline/edit-graph.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import type { Pipeline } from '#core/pipeline/pipeline.ts';
import type { PipelineProblem } from '#core/pipeline/problem.ts';
import { renameDocument } from '#lib/flows/change-document.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { TextUndo } from './text-undo.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class PipelineEditor {
	readonly id: string;
	readonly #edits: TextUndo;
	#name = $state('');
	#saved = $state.raw<DocumentItem | null>(null);
	/** The last text that could be read: the canvas shows it while the text is being mended. */
	#graph = $state.raw<PipelineGraph>({ name: '', steps: [], fields: {} });
	#pipeline = $state.raw<Pipeline | null>(null);
	#problems = $state.raw<readonly PipelineProblem[]>([]);
	#isYaml = $state(true);
	#selected = $state<string | null>(null);
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(item: DocumentItem, effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.id = item.document.id;
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
		this.#name = item.document.name;
		this.#saved = item;
		this.#edits = new TextUndo(item.version.text, effects.now, () => this.#read());
		this.#read();
	}

	get name(): string {
		return this.#name;
	}
	get text(): string {
		return this.#edits.text;
	}
	get graph(): PipelineGraph {
		return this.#graph;
	}
	/** Null while the text has problems. */
	get pipeline(): Pipeline | null {
		return this.#problems.length > 0 ? null : this.#pipeline;
	}
	/** The last one that could be read. */
	get lastPipeline(): Pipeline | null {
		return this.#pipeline;
	}
	get problems(): readonly PipelineProblem[] {
		return this.#problems;
	}
	/** Whether the canvas shows the text as it is now. */
	get isYaml(): boolean {
		return this.#isYaml;
	}
	get isChanged(): boolean {
		return this.#edits.text !== this.#saved?.version.text;
	}
	get versionNumber(): number {
		return this.#saved?.history.length ?? 0;
	}
	get canUndo(): boolean {
		return this.#edits.canUndo;
	}
	get canRedo(): boolean {
		return this.#edits.canRedo;
	}
	get selected(): GraphStep | null {
		return this.#graph.steps.find(({ id }) => id === this.#selected) ?? null;
	}

	select(id: string | null): void {
		this.#selected = id;
	}

	/** Typed text: one undo for a burst of typing. */
	type(text: string): void {
		this.#edits.type(text);
	}

	/** An edit of the canvas or the panel, in the text; null, or why it could not be made. */
	edit(edit: PipelineEdit): EditFailure | null {
		const edited = editPipeline(this.#edits.text, edit);
		if (!edited.ok) return edited.error;
		if (edited.value === this.#edits.text) return null;
		this.#edits.set(edited.value);
		if (edit.kind === 'add') this.#selected = edit.step.id;
		if (edit.kind === 'rename' && this.#selected === edit.id) this.#selected = edit.to;
		if (edit.kind === 'remove' && this.#selected === edit.id) this.#selected = null;
		return null;
	}

	/** Behind a step, which it then needs; null is at the end. */
	add(kind: string, after: string | null): EditFailure | null {
		const list = this.#graph.steps.find(({ id }) => id === after)?.list ?? 'steps';
		const step = newStep(kind, freeStepId(this.#edits.text, kind));
		return this.edit({ kind: 'add', list, after, isLinked: after !== null, step });
	}

	undo(): void {
		this.#edits.undo();
	}

	redo(): void {
		this.#edits.redo();
	}

	/** A text with problems is not kept: what is kept runs. */
	async save(): Promise<boolean> {
		const parsed = parsePipeline(this.#edits.text);
		if (!parsed.ok) {
			this.#toasts.fail(parsed.error);
			return false;
		}
		const renamed = await renameDocument({ kind: 'pipeline', name: this.#name, to: parsed.value.name }, this.#effects);
		if (!renamed.ok) {
			this.#toasts.fail(renamed.error);
			return false;
		}
		this.#name = renamed.value.name;
		const saved = await saveDocument({ kind: 'pipeline', name: this.#name, text: this.#edits.text }, this.#effects);
		if (!saved.ok) {
			this.#toasts.fail(saved.error);
			return false;
		}
		if (saved.value.isChanged) this.#toasts.show('good', `Saved ${this.#name}`, '', await this.#catalogue.undoAction());
		return true;
	}

	/** It was renamed, undone, or saved elsewhere. */
	follow(item: DocumentItem): void {
		this.#name = item.document.name;
		const wasChanged = this.isChanged;
		const isNew = item.version.id !== this.#saved?.version.id;
		this.#saved = item;
		if (isNew && !wasChanged) this.#edits.set(item.version.text);
	}

	#read(): void {
		const graph = readGraph(this.#edits.text);
		this.#isYaml = graph.ok;
		if (graph.ok) this.#graph = graph.value;
		const parsed = parsePipeline(this.#edits.text);
		if (parsed.ok) this.#pipeline = parsed.value;
		this.#problems = parsed.ok ? [] : parsed.error.problems;
	}
}
