// One open alert rule: its text with an undo stack of its own, what is wrong with it, and what it would have done.
import { parseRule, type AlertProblem } from '#core/alert/parse-rule.ts';
import type { Rehearsal } from '#core/alert/rehearse.ts';
import type { AlertRule } from '#core/alert/rule.ts';
import { editRule, type RuleKey } from '#core/alert/write-rule.ts';
import type { Plain } from '#core/document/edit-list.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { rehearseAlert } from '#lib/flows/rehearse-alert.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { TextUndo } from './text-undo.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

const TYPING_MS = 150;

export class AlertEditor {
	readonly id: string;
	readonly #edits: TextUndo;
	#name = $state('');
	#saved = $state.raw<DocumentItem | null>(null);
	/** The last text that was a rule: the form shows it while the text is being mended. */
	#rule = $state.raw<AlertRule | null>(null);
	#problems = $state.raw<readonly AlertProblem[]>([]);
	#rehearsal = $state.raw<Rehearsal | null>(null);
	#rehearsals = 0;
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
	get rule(): AlertRule | null {
		return this.#rule;
	}
	get problems(): readonly AlertProblem[] {
		return this.#problems;
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
	/** Of the text as it stands, over all that is known; null before there was one. */
	get rehearsal(): Rehearsal | null {
		return this.#rehearsal;
	}
	/** As it is saved. */
	get isOn(): boolean {
		const parsed = parseRule(this.#saved?.version.text ?? '');
		return parsed.ok && !parsed.value.isDisabled;
	}

	type(text: string): void {
		this.#edits.type(text);
	}

	edit(key: RuleKey, value: Plain): void {
		const edited = editRule(this.#edits.text, key, value);
		if (edited !== this.#edits.text) this.#edits.set(edited);
		else if (this.#problems.some(({ code }) => code === 'yaml-syntax'))
			this.#toasts.show('plain', 'The text is not YAML now', 'Mend it as text first.');
	}

	undo(): void {
		this.#edits.undo();
	}

	redo(): void {
		this.#edits.redo();
	}

	async save(): Promise<boolean> {
		return this.#save(`Saved ${this.#name}`);
	}

	/** Saves it, on or off. */
	async switch(isOn: boolean): Promise<void> {
		this.edit('disabled', isOn ? null : true);
		await this.#save(`${this.#name} is ${isOn ? 'on' : 'off'}`);
	}

	/** It was renamed, undone, or saved elsewhere. */
	follow(item: DocumentItem): void {
		this.#name = item.document.name;
		const wasChanged = this.isChanged;
		const isNew = item.version.id !== this.#saved?.version.id;
		this.#saved = item;
		if (isNew && !wasChanged) this.#edits.set(item.version.text);
	}

	/** Over what is known by now. */
	async rehearse(): Promise<void> {
		const rule = this.#rule;
		if (!rule) return;
		const number = ++this.#rehearsals;
		// While somebody types, the last text counts.
		await this.#effects.sleep(TYPING_MS, new AbortController().signal);
		if (number !== this.#rehearsals) return;
		const found = await rehearseAlert({ id: this.id, name: this.#name, rule }, this.#effects);
		if (number !== this.#rehearsals) return;
		if (found.ok) this.#rehearsal = found.value;
		else this.#toasts.fail(found.error);
	}

	async #save(said: string): Promise<boolean> {
		const saved = await saveDocument({ kind: 'alert', name: this.#name, text: this.#edits.text }, this.#effects);
		if (!saved.ok) {
			this.#toasts.fail(saved.error);
			return false;
		}
		if (saved.value.isChanged) this.#toasts.show('good', said, '', await this.#catalogue.undoAction());
		return true;
	}

	#read(): void {
		const parsed = parseRule(this.#edits.text);
		this.#problems = parsed.ok ? [] : parsed.error.problems;
		if (!parsed.ok) return;
		this.#rule = parsed.value;
		void this.rehearse();
	}
}
