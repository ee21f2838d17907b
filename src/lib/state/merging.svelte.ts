// A merge being prepared: what it would do, its conflicts, and what is taken in each.
import { resultId } from '#core/ids.ts';
import type { MergeChoice, MergeSide } from '#core/version/merge-sql.ts';
import type { Failure } from '#core/failure.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import { mergeBranch, previewMerge, type MergeConflict, type MergePreview } from '#lib/flows/merge-branch.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type { MergeConflict };

/** One question: a cell that both changed, or a row that one removed and the other changed (`column` is null). */
export type Question = { readonly id: string; readonly conflict: MergeConflict; readonly column: string | null };

export class Merging {
	readonly item: CatalogueItem;
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;
	#from = $state('');
	#key = $state.raw<readonly string[]>([]);
	#preview = $state.raw<MergePreview | null>(null);
	#failure = $state.raw<Failure | null>(null);
	#isWorking = $state(false);
	#takes = $state.raw<ReadonlyMap<string, MergeSide>>(new Map());
	/** For conflicts that are not shown, as there are too many. */
	#settle = $state<MergeSide | null>(null);

	constructor(item: CatalogueItem, from: string, { effects, catalogue, toasts }: MergingParts) {
		this.item = item;
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
		this.#from = from;
		this.#key = likelyKey(item.version);
	}

	get from(): string {
		return this.#from;
	}
	get key(): readonly string[] {
		return this.#key;
	}
	get preview(): MergePreview | null {
		return this.#preview;
	}
	get failure(): Failure | null {
		return this.#failure;
	}
	get isWorking(): boolean {
		return this.#isWorking;
	}

	get questions(): readonly Question[] {
		return (this.#preview?.conflicts ?? []).flatMap((conflict): Question[] => {
			const row = conflict.key.join('\u0000');
			if (conflict.kind === 'removed') return [{ id: row, conflict, column: null }];
			const cells = conflict.cells.filter(({ isConflict }) => isConflict);
			return cells.map(({ column }) => ({ id: `${row}\u0001${column}`, conflict, column }));
		});
	}

	/** Conflicts beyond those shown. */
	get hiddenCount(): number {
		return (this.#preview?.counts.conflicts ?? 0) - (this.#preview?.conflicts.length ?? 0);
	}

	get openCount(): number {
		const open = this.questions.filter(({ id }) => !this.#takes.has(id)).length;
		return open + (this.#settle === null ? this.hiddenCount : 0);
	}

	takenIn({ id }: Question): MergeSide | null {
		return this.#takes.get(id) ?? null;
	}

	choose(from: string): void {
		this.#from = from;
		this.#forget();
	}

	toggleKey(column: string): void {
		this.#key = this.#key.includes(column) ? this.#key.filter((one) => one !== column) : [...this.#key, column];
		this.#forget();
	}

	take({ id }: Question, side: MergeSide): void {
		this.#takes = new Map([...this.#takes, [id, side]]);
	}

	takeAll(side: MergeSide): void {
		this.#settle = side;
		this.#takes = new Map(this.questions.map(({ id }) => [id, side]));
	}

	/** Asks what the merge would do. */
	async look(): Promise<void> {
		this.#isWorking = true;
		const preview = await previewMerge({ ...this.#input(), choices: [], settle: null }, this.#effects);
		this.#isWorking = false;
		this.#failure = preview.ok ? null : preview.error;
		this.#preview = preview.ok ? preview.value : null;
		this.#takes = new Map();
		this.#settle = null;
	}

	async merge(): Promise<boolean> {
		this.#isWorking = true;
		const choices = this.questions.flatMap((question): MergeChoice[] => {
			const take = this.takenIn(question);
			return take === null ? [] : [{ key: question.conflict.key, column: question.column, take }];
		});
		const merged = await mergeBranch({ ...this.#input(), choices, settle: this.#settle }, this.#effects);
		this.#isWorking = false;
		this.#failure = merged.ok ? null : merged.error;
		if (!merged.ok) return false;
		const { changed, added, removed } = merged.value.counts;
		const rows = `${changed} changed, ${added} added, ${removed} removed`;
		const { name, branch } = this.item.dataset;
		const detail = this.#preview?.kind === 'forward' ? `${branch} goes on to its newest version.` : `Rows: ${rows}.`;
		this.#toasts.show('good', `Merged ${this.#from} into ${name}`, detail, await this.#catalogue.undoAction());
		return true;
	}

	#input() {
		const id = resultId(`merge-${this.#effects.randomId()}`);
		return { id, dataset: this.item.dataset.name, from: this.#from, key: this.#key };
	}

	#forget(): void {
		this.#preview = null;
		this.#failure = null;
	}
}

export type MergingParts = {
	readonly effects: Effects;
	readonly catalogue: Catalogue;
	readonly toasts: Toasts;
};

/** The dataset's key, or a first column that looks like one. */
function likelyKey({ schema, primaryKey = [] }: CatalogueItem['version']): readonly string[] {
	if (primaryKey.length > 0) return primaryKey;
	return schema
		.map(({ name }) => name)
		.filter((name) => /^(id|key|uuid|code)$|_id$/i.test(name))
		.slice(0, 1);
}
