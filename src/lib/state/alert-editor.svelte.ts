// One open alert rule: its text with an undo stack of its own, what is wrong with it, and what it would have done.
import { parseRule, type AlertProblem } from '#core/alert/parse-rule.ts';
import type { Rehearsal } from '#core/alert/rehearse.ts';
import type { AlertRule } from '#core/alert/rule.ts';
import { editRule, type RuleKey } from '#core/alert/write-rule.ts';
import type { Plain } from '#core/document/edit-list.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { rehearseAlert } from '#lib/flows/rehearse-alert.ts';
import { DocumentEditor, type EditorParts } from './document-editor.svelte.ts';

const TYPING_MS = 150;

export class AlertEditor extends DocumentEditor {
	/** The last text that was a rule: the form shows it while the text is being mended. */
	#rule = $state.raw<AlertRule | null>(null);
	#problems = $state.raw<readonly AlertProblem[]>([]);
	#rehearsal = $state.raw<Rehearsal | null>(null);
	#rehearsals = 0;

	constructor(item: DocumentItem, ...parts: EditorParts) {
		super(item, ...parts);
		this.textChanged();
	}

	get rule(): AlertRule | null {
		return this.#rule;
	}
	get problems(): readonly AlertProblem[] {
		return this.#problems;
	}
	/** Of the text as it stands, over all that is known; null before there was one. */
	get rehearsal(): Rehearsal | null {
		return this.#rehearsal;
	}
	/** As it is saved. */
	get isOn(): boolean {
		const parsed = parseRule(this.saved?.version.text ?? '');
		return parsed.ok && !parsed.value.isDisabled;
	}

	edit(key: RuleKey, value: Plain): void {
		const isYaml = !this.#problems.some(({ code }) => code === 'yaml-syntax');
		this.become(editRule(this.text, key, value), isYaml);
	}

	/** Saves it, on or off. */
	async switch(isOn: boolean): Promise<void> {
		this.edit('disabled', isOn ? null : true);
		await this.keep(`${this.name} is ${isOn ? 'on' : 'off'}`);
	}

	/** Over what is known by now. */
	async rehearse(): Promise<void> {
		const rule = this.#rule;
		if (!rule) return;
		const number = ++this.#rehearsals;
		// While somebody types, the last text counts.
		await this.effects.sleep(TYPING_MS, new AbortController().signal);
		if (number !== this.#rehearsals) return;
		const found = await rehearseAlert({ id: this.id, name: this.name, rule }, this.effects);
		if (number !== this.#rehearsals) return;
		if (found.ok) this.#rehearsal = found.value;
		else this.toasts.fail(found.error);
	}

	protected textChanged(): void {
		const parsed = parseRule(this.text);
		this.#problems = parsed.ok ? [] : parsed.error.problems;
		if (!parsed.ok) return;
		this.#rule = parsed.value;
		void this.rehearse();
	}
}
