// A document that is open: its name, its text with an undo stack of its own, and what of it is saved.
import type { DocumentVersion } from '#core/document/document.ts';
import type { DocumentVersionId } from '#core/ids.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { TextUndo } from './text-undo.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type EditorParts = readonly [effects: Effects, catalogue: Catalogue, toasts: Toasts];

export abstract class DocumentEditor {
	readonly id: string;
	protected readonly effects: Effects;
	protected readonly catalogue: Catalogue;
	protected readonly toasts: Toasts;
	readonly #kind: DocumentItem['document']['kind'];
	readonly #edits: TextUndo;
	#name = $state('');
	#saved = $state.raw<DocumentItem | null>(null);

	constructor(item: DocumentItem, ...[effects, catalogue, toasts]: EditorParts) {
		this.id = item.document.id;
		this.effects = effects;
		this.catalogue = catalogue;
		this.toasts = toasts;
		this.#kind = item.document.kind;
		this.#name = item.document.name;
		this.#saved = item;
		this.#edits = new TextUndo(item.version.text, effects.now, () => this.textChanged());
	}

	get name(): string {
		return this.#name;
	}
	get text(): string {
		return this.#edits.text;
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
	/** Oldest first. */
	get versions(): readonly DocumentVersion[] {
		return this.#saved?.history ?? [];
	}
	/** Null before it was read. */
	protected get saved(): DocumentItem | null {
		return this.#saved;
	}

	/** Typed text: one undo for a burst of typing. */
	type(text: string): void {
		this.#edits.type(text);
	}

	undo(): void {
		this.#edits.undo();
	}

	redo(): void {
		this.#edits.redo();
	}

	async save(): Promise<boolean> {
		return (await this.keep()) !== null;
	}

	/** Takes a text of the history back, as an edit that can be undone, and saves it. */
	async restore(version: DocumentVersion): Promise<void> {
		const number = this.versions.findIndex(({ id }) => id === version.id) + 1;
		if (this.text !== version.text) this.#edits.set(version.text);
		await this.keep(`Restored v${number} of ${this.#name}`);
	}

	/** It is left: what is under way for it ends. */
	close(): void {
		// Most editors have nothing under way.
	}

	/** It was renamed, undone, or saved elsewhere. */
	follow(item: DocumentItem): void {
		this.#name = item.document.name;
		const wasChanged = this.isChanged;
		const isNew = item.version.id !== this.#saved?.version.id;
		this.#saved = item;
		if (isNew && !wasChanged) this.#edits.set(item.version.text);
	}

	/** Told after each change of the text, however it came. */
	protected abstract textChanged(): void;

	/** An edit that is a step of undo by itself. A form that could not edit says that the text is to be mended first. */
	protected become(text: string, isYaml: boolean): boolean {
		if (text !== this.#edits.text) {
			this.#edits.set(text);
			return true;
		}
		if (!isYaml) this.toasts.show('plain', 'The text is not YAML now', 'Mend it as text first.');
		return false;
	}

	protected called(name: string): void {
		this.#name = name;
	}

	/** The id of the version that holds the text now; null when it could not be kept, which was told. */
	protected async keep(said = `Saved ${this.#name}`): Promise<DocumentVersionId | null> {
		const saved = await saveDocument({ kind: this.#kind, name: this.#name, text: this.#edits.text }, this.effects);
		if (!saved.ok) {
			this.toasts.fail(saved.error);
			return null;
		}
		if (saved.value.isChanged) this.toasts.show('good', said, '', await this.catalogue.undoAction());
		return saved.value.version.id;
	}
}
