// One open suite: its text with an undo stack of its own, what is wrong with it, and what it finds about a dataset.
import { editSuite, type CheckEdit } from '#core/check/edit-suite.ts';
import { parseSuite, type SuiteProblem } from '#core/check/parse-suite.ts';
import type { Suite } from '#core/check/suite.ts';
import { resultId } from '#core/ids.ts';
import type { SuiteVerdict } from '#core/check/verdict.ts';
import { checkVersion, type CheckVersionFailure } from '#lib/flows/check-version.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { DocumentEditor, type EditorParts } from './document-editor.svelte.ts';

export class SuiteEditor extends DocumentEditor {
	/** The last text that was a suite: the form shows it while the text is being mended. */
	#suite = $state.raw<Suite | null>(null);
	#problems = $state.raw<readonly SuiteProblem[]>([]);
	#selected = $state(-1);
	#dataset = $state<string | null>(null);
	#verdicts = $state.raw<readonly SuiteVerdict[]>([]);
	#fresh = $state.raw<SuiteVerdict | null>(null);
	#failure = $state.raw<CheckVersionFailure | null>(null);
	#running = $state.raw<AbortController | null>(null);

	constructor(item: DocumentItem, ...parts: EditorParts) {
		super(item, ...parts);
		this.textChanged();
		void this.readVerdicts();
	}

	get suite(): Suite | null {
		return this.#suite;
	}
	get problems(): readonly SuiteProblem[] {
		return this.#problems;
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
		const found = wanted === null ? null : this.catalogue.find(wanted);
		return (found ?? this.catalogue.items[0])?.dataset.name ?? null;
	}

	/** Columns of that dataset. */
	get columns(): readonly string[] {
		return this.catalogue.find(this.dataset ?? '')?.version.schema.map(({ name }) => name) ?? [];
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

	edit(edit: CheckEdit): void {
		const isYaml = !this.#problems.some(({ code }) => code === 'yaml-syntax');
		if (!this.become(editSuite(this.text, edit), isYaml)) return;
		const at = 'at' in edit ? edit.at : this.#selected;
		if (edit.kind === 'add') this.#selected = at;
		if (edit.kind === 'duplicate') this.#selected = at + 1;
		if (edit.kind === 'move') this.#selected = edit.to;
		if (edit.kind === 'remove') this.#selected = -1;
	}

	/** Once more closes it. */
	select(index: number): void {
		this.#selected = this.#selected === index ? -1 : index;
	}

	/** Saves the suite and checks the newest version of the dataset; the verdict is kept with it. */
	async check(): Promise<void> {
		const { dataset } = this;
		const item = dataset === null ? null : this.catalogue.find(dataset);
		if (this.#running || !item) return;
		const running = new AbortController();
		this.#running = running;
		this.#failure = null;
		try {
			if (this.isChanged && !(await this.save())) return;
			const found = await checkVersion(
				{
					id: resultId(`check-${this.effects.randomId()}`),
					item,
					version: item.version,
					suite: { name: this.name, text: this.text, version: this.saved?.version.id ?? null },
					isKept: true,
					signal: running.signal
				},
				this.effects
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
		const item = this.catalogue.find(this.dataset ?? '');
		if (!item) return;
		const kept = await this.effects.store.verdicts(item.dataset.id);
		if (!kept.ok) return this.toasts.fail(kept.error);
		this.#verdicts = kept.value.filter(({ suite }) => suite.toLowerCase() === this.name.toLowerCase());
	}

	override close(): void {
		this.cancel();
	}

	protected textChanged(): void {
		const parsed = parseSuite(this.text);
		if (parsed.ok) this.#suite = parsed.value;
		this.#problems = parsed.ok ? [] : parsed.error.problems;
	}
}
