// One open pipeline: its text with an undo stack of its own, the graph that the text draws, and what is wrong with it.
import { newStep } from '#core/pipeline/edit-fields.ts';
import type { PipelineEdit } from '#core/pipeline/edit-model.ts';
import { editPipeline, freeStepId, type EditFailure } from '#core/pipeline/edit-pipeline.ts';
import { readGraph, type GraphStep, type PipelineGraph } from '#core/pipeline/edit-graph.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import type { Pipeline } from '#core/pipeline/pipeline.ts';
import type { PipelineProblem } from '#core/pipeline/problem.ts';
import { renameDocument } from '#lib/flows/change-document.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { DocumentEditor, type EditorParts } from './document-editor.svelte.ts';

export class PipelineEditor extends DocumentEditor {
	/** The last text that could be read: the canvas shows it while the text is being mended. */
	#graph = $state.raw<PipelineGraph>({ name: '', steps: [], fields: {} });
	#pipeline = $state.raw<Pipeline | null>(null);
	#problems = $state.raw<readonly PipelineProblem[]>([]);
	#isYaml = $state(true);
	#selected = $state<string | null>(null);

	constructor(item: DocumentItem, ...parts: EditorParts) {
		super(item, ...parts);
		this.textChanged();
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
	get selected(): GraphStep | null {
		return this.#graph.steps.find(({ id }) => id === this.#selected) ?? null;
	}

	select(id: string | null): void {
		this.#selected = id;
	}

	/** An edit of the canvas or the panel, in the text; null, or why it could not be made. */
	edit(edit: PipelineEdit): EditFailure | null {
		const edited = editPipeline(this.text, edit);
		if (!edited.ok) return edited.error;
		if (!this.become(edited.value, true)) return null;
		if (edit.kind === 'add') this.#selected = edit.step.id;
		if (edit.kind === 'rename' && this.#selected === edit.id) this.#selected = edit.to;
		if (edit.kind === 'remove' && this.#selected === edit.id) this.#selected = null;
		return null;
	}

	/** Behind a step, which it then needs; null is at the end. */
	add(kind: string, after: string | null): EditFailure | null {
		const list = this.#graph.steps.find(({ id }) => id === after)?.list ?? 'steps';
		const step = newStep(kind, freeStepId(this.text, kind));
		return this.edit({ kind: 'add', list, after, isLinked: after !== null, step });
	}

	/** A text with problems is not kept: what is kept runs. */
	override async save(): Promise<boolean> {
		const parsed = parsePipeline(this.text);
		if (!parsed.ok) {
			this.toasts.fail(parsed.error);
			return false;
		}
		const renamed = await renameDocument({ kind: 'pipeline', name: this.name, to: parsed.value.name }, this.effects);
		if (!renamed.ok) {
			this.toasts.fail(renamed.error);
			return false;
		}
		this.called(renamed.value.name);
		return super.save();
	}

	protected textChanged(): void {
		const graph = readGraph(this.text);
		this.#isYaml = graph.ok;
		if (graph.ok) this.#graph = graph.value;
		const parsed = parsePipeline(this.text);
		if (parsed.ok) this.#pipeline = parsed.value;
		this.#problems = parsed.ok ? [] : parsed.error.problems;
	}
}
