// One open suite: its text with an undo stack of its own, what is wrong with it, and what it finds about a dataset.
import { editSuite, type CheckEdit } from '#core/check/edit-suite.ts';
import { parseSuite, type SuiteProblem } from '#core/check/parse-suite.ts';
import type { Suite } from '#core/check/suite.ts';
import { resultId } from '#core/ids.ts';
import type { SuiteVerdict } from '#core/check/verdict.ts';
import { checkVersion, type CheckVersionFailure } from '#lib/flows/check-version.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { saveDocument } from '#lib/flows/save-document.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { TextUndo } from './text-undo.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export class SuiteEditor {
	readonly id: string;
	readonly #edits: TextUndo;
	#name = $state('');
	#saved = $state.raw<DocumentItem | null>(null);
	/** The last text that was a suite: the form shows it while the text is being mended. */
	#suite = $state.raw<Suite | null>(null);
	#problems = $state.raw<readonly SuiteProblem[]>([]);
	#selected = $state(-1);
	#dataset = $state<string | null>(null);
	#verdicts = $state.raw<readonly SuiteVerdict[]>([]);
	#fresh = $state.raw<SuiteVerdict | null>(null);
	#failure = $state.raw<CheckVersionFailure | null>(null);
	#running = $state.raw<AbortController | null>(null);
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
		void this.readVerdicts();
	}

	get name(): string {
		return this.#name;
	}
	get text(): string {
		return this.#edits.text;
	}
	get suite(): Suite | null {
		return this.#suite;
	}
	get problems(): readonly SuiteProblem[] {
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
	/** The check whose form is open; -1 is none. */
	get selected(): number {
		return this.#selected;
	}
	get isRunning(): boolean {
		return this.#running !== null;
	}
	get failure(): CheckVersionFailure | null {
		return this.#failure;
	}

	/** The dataset that is checked: the one chosen, else the suite's own, else the first that is there. */
	get dataset(): string | null {
		const wanted = this.#dataset ?? this.#suite?.dataset ?? null;
		const found = wanted === null ? null : this.#catalogue.find(wanted);
		return (found ?? this.#catalogue.items[0])?.dataset.name ?? null;
	}

	/** Columns of that dataset. */
	get columns(): readonly string[] {
		return this.#catalogue.find(this.dataset ?? '')?.version.schema.map(({ name }) => name) ?? [];
	}

	/** The newest about the chosen dataset, kept or just found. */
	get verdict(): SuiteVerdict | null {
		return this.#fresh ?? this.#verdicts[0] ?? null;
	}

	/** Kept ones of this suite about the chosen dataset, newest first. */
	get verdicts(): readonly SuiteVerdict[] {
		return this.#verdicts;
	}

	choose(dataset: string): void {
		this.#dataset = dataset;
		this.#fresh = null;
		this.#failure = null;
		void this.readVerdicts();
	}

	type(text: string): void {
		this.#edits.type(text);
	}

	edit(edit: CheckEdit): void {
		const edited = editSuite(this.#edits.text, edit);
		if (edited === this.#edits.text) {
			if (this.#problems.some(({ code }) => code === 'yaml-syntax'))
				this.#toasts.show('plain', 'The text is not YAML now', 'Mend it as text first.');
			return;
		}
		const at = 'at' in edit ? edit.at : this.#selected;
		if (edit.kind === 'add') this.#selected = at;
		if (edit.kind === 'duplicate') this.#selected = at + 1;
		if (edit.kind === 'move') this.#selected = edit.to;
		if (edit.kind === 'remove') this.#selected = -1;
		this.#edits.set(edited);
	}

	undo(): void {
		this.#edits.undo();
	}

	redo(): void {
		this.#edits.redo();
	}

	/** Once more closes it. */
	select(index: number): void {
		this.#selected = this.#selected === index ? -1 : index;
	}

	async save(): Promise<boolean> {
		const saved = await saveDocument({ kind: 'suite', name: this.#name, text: this.#edits.text }, this.#effects);
		if (!saved.ok) {
			this.#toasts.fail(saved.error);
			return false;
		}
		if (saved.value.isChanged) this.#toasts.show('good', `Saved ${this.#name}`, '', await this.#catalogue.undoAction());
		return true;
	}

	/** Saves the suite and checks the newest version of the dataset; the verdict is kept with it. */
	async check(): Promise<void> {
		const { dataset } = this;
		const item = dataset === null ? null : this.#catalogue.find(dataset);
		if (this.#running || !item) return;
		const running = new AbortController();
		this.#running = running;
		this.#failure = null;
		try {
			if (this.isChanged && !(await this.save())) return;
			const saved = this.#saved;
			const found = await checkVersion(
				{
					id: resultId(`check-${this.#effects.randomId()}`),
					item,
					version: item.version,
					suite: { name: this.#name, text: this.#edits.text, version: saved?.version.id ?? null },
					isKept: true,
					signal: running.signal
				},
				this.#effects
			);
			if (found.ok) this.#fresh = found.value;
			else if (found.error.kind !== 'cancelled') this.#failure = found.error;
			await this.readVerdicts();
		} finally {
			this.#running = null;
		}
	}

	cancel(): void {
		this.#running?.abort();
	}

	async readVerdicts(): Promise<void> {
		const item = this.#catalogue.find(this.dataset ?? '');
		if (!item) return;
		const kept = await this.#effects.store.verdicts(item.dataset.id);
		if (!kept.ok) return this.#toasts.fail(kept.error);
		this.#verdicts = kept.value.filter(({ suite }) => suite.toLowerCase() === this.#name.toLowerCase());
	}

	/** It was renamed, undone, or saved elsewhere. */
	follow(item: DocumentItem): void {
		this.#name = item.document.name;
		const wasChanged = this.isChanged;
		const isNew = item.version.id !== this.#saved?.version.id;
		this.#saved = item;
		if (isNew && !wasChanged) this.#edits.set(item.version.text);
	}

	close(): void {
		this.cancel();
	}

	#read(): void {
		const parsed = parseSuite(this.#edits.text);
		if (parsed.ok) this.#suite = parsed.value;
		this.#problems = parsed.ok ? [] : parsed.error.problems;
	}
}
