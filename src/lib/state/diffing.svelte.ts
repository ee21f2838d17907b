// Two versions being compared: which, by what key, what differs, and which of the changes is looked at.
import { changeKinds, type ChangeFilter } from '#core/diff/changes-sql.ts';
import type { ColumnDiff } from '#core/diff/column-diff.ts';
import { pairColumns, type ColumnPair, type Renames } from '#core/diff/column-pairs.ts';
import { diffQuery } from '#core/diff/diff-query.ts';
import type { Failure } from '#core/failure.ts';
import { resultId, type ResultId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import { sharedKey } from '#core/version/version.ts';
import {
	closeDiff,
	compareVersions,
	countChanges,
	findSide,
	guessKey,
	type Comparison,
	type DiffSide
} from '#lib/flows/diff-versions.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { summariseDiff } from '#lib/flows/summarise-diff.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { DiffRows } from './diff-rows.svelte.ts';

export type { ChangeFilter, ColumnDiff, Comparison };

/** Why the key is what it is: chosen by the person, the dataset's own, or guessed as its values are unique. */
export type KeyReason = 'chosen' | 'declared' | 'guessed' | 'none';
type Status = 'idle' | 'guessing' | 'comparing' | 'summarising' | 'done';

const ALL: ChangeFilter = { kind: null, column: null };
const REFERENCES_MAX = 500;

export class Diffing {
	readonly rows: DiffRows;
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	#left = $state('');
	#right = $state('');
	#key = $state.raw<readonly string[]>([]);
	#keyReason = $state<KeyReason>('none');
	#renames = $state.raw<Renames>({});
	#status = $state<Status>('idle');
	#failure = $state.raw<Failure | null>(null);
	#comparison = $state.raw<Comparison | null>(null);
	#columns = $state.raw<readonly ColumnDiff[]>([]);
	#summaryFailure = $state.raw<Failure | null>(null);
	#filter = $state.raw<ChangeFilter>(ALL);
	/** Whether sides, key or renames are others than those compared. */
	#isStale = $state(false);
	#controller: AbortController | null = null;

	constructor(left: string, right: string, effects: Effects, catalogue: Catalogue) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#left = left;
		this.#right = right;
		this.rows = new DiffRows(effects);
	}

	get left(): string {
		return this.#left;
	}
	get right(): string {
		return this.#right;
	}
	get before(): Result<DiffSide, Failure> {
		return findSide(this.#left, this.#catalogue.items);
	}
	get after(): Result<DiffSide, Failure> {
		return findSide(this.#right, this.#catalogue.items);
	}
	get key(): readonly string[] {
		return this.#key;
	}
	get keyReason(): KeyReason {
		return this.#keyReason;
	}
	get renames(): Renames {
		return this.#renames;
	}
	get status(): Status {
		return this.#status;
	}
	get isWorking(): boolean {
		return this.#status !== 'idle' && this.#status !== 'done';
	}
	get isStale(): boolean {
		return this.#isStale;
	}
	get failure(): Failure | null {
		return this.#failure;
	}
	get comparison(): Comparison | null {
		return this.#comparison;
	}
	/** Those that are known by now. */
	get columns(): readonly ColumnDiff[] {
		return this.#columns;
	}
	get summaryFailure(): Failure | null {
		return this.#summaryFailure;
	}
	get filter(): ChangeFilter {
		return this.#filter;
	}

	/** Columns of both sides, by which rows can be told apart. */
	get commonColumns(): readonly ColumnPair[] {
		return this.#pairs.filter(({ from, to }) => from && to);
	}
	/** Columns of one side alone, as names: what may have been renamed to what. */
	get loose(): { readonly before: readonly string[]; readonly after: readonly string[] } {
		const pairs = this.#pairsWithout;
		return {
			before: pairs.flatMap(({ from, to }) => (from && !to ? [from.name] : [])),
			after: pairs.flatMap(({ from, to }) => (to && !from ? [to.name] : []))
		};
	}

	/** What can be typed as a side: datasets, their branches, tags and versions. */
	get references(): readonly string[] {
		return this.#catalogue.items
			.flatMap(({ dataset, line }) => [
				dataset.name,
				...[...Object.keys(dataset.branches), ...Object.keys(dataset.tags)].map((ref) => `${dataset.name}@${ref}`),
				...line
					.flatMap(({ collectedAtMs }, at) => (collectedAtMs === null ? [`${dataset.name}@v${at + 1}`] : []))
					.reverse()
			])
			.slice(0, REFERENCES_MAX);
	}

	/** The rows that are shown, as SQL. */
	get sql(): string {
		const plan = this.#comparison?.plan ?? { keys: [], values: [] };
		return diffQuery({ left: this.#left, right: this.#right, renames: this.#renames, plan, filter: this.#filter });
	}

	async setSides(left: string, right: string): Promise<void> {
		this.#left = left;
		this.#right = right;
		this.#renames = {};
		this.#changed();
		await this.#findKey();
	}

	toggleKey(column: string): void {
		this.#key = this.#key.includes(column) ? this.#key.filter((one) => one !== column) : [...this.#key, column];
		this.#keyReason = 'chosen';
		this.#changed();
	}

	/** An empty name takes the rename back. */
	rename(before: string, after: string): void {
		const others = Object.entries(this.#renames).filter(([from, to]) => from !== before && to !== after);
		this.#renames = Object.fromEntries(after === '' ? others : [...others, [before, after]]);
		this.#changed();
	}

	/** Finds a key, and compares. */
	async start(): Promise<void> {
		if (!this.before.ok || !this.after.ok) return;
		if (await this.#findKey()) await this.compare();
	}

	async compare(): Promise<void> {
		const [before, after] = [this.before, this.after];
		if (!before.ok || !after.ok) return;
		const signal = this.#begin('comparing');
		await this.#forget();
		const id = resultId(`diff-${this.#effects.randomId()}`);
		const input = { id, left: before.value, right: after.value, key: this.#key, renames: this.#renames, signal };
		const compared = await compareVersions(input, this.#effects);
		if (signal.aborted && compared.ok) await closeDiff(id, this.#effects);
		if (this.#controller?.signal !== signal) return;
		if (!compared.ok) return this.#fail(compared.error);
		this.#comparison = compared.value;
		this.#isStale = false;
		this.rows.open(compared.value, ALL, total(compared.value));
		await this.#summarise(compared.value, signal);
	}

	async show(filter: ChangeFilter): Promise<void> {
		const comparison = this.#comparison;
		if (!comparison) return;
		this.#filter = filter;
		const counted = await countChanges(comparison, filter, this.#effects);
		if (this.#filter !== filter || this.#comparison !== comparison) return;
		if (!counted.ok) return this.#fail(counted.error);
		this.rows.open(comparison, filter, counted.value);
	}

	cancel(): void {
		this.#controller?.abort();
	}

	/** Frees what the engine holds. */
	async close(): Promise<void> {
		this.cancel();
		this.#controller = null;
		this.#status = 'idle';
		await this.#forget();
	}

	get #pairs(): readonly ColumnPair[] {
		return this.#paired(this.#renames);
	}
	get #pairsWithout(): readonly ColumnPair[] {
		return this.#paired({});
	}
	#paired(renames: Renames): readonly ColumnPair[] {
		const [before, after] = [this.before, this.after];
		if (!before.ok || !after.ok) return [];
		return pairColumns(before.value.version.schema, after.value.version.schema, renames);
	}

	/** The dataset's key, or one that is guessed; none where no column alone would do. */
	async #findKey(): Promise<boolean> {
		const [before, after] = [this.before, this.after];
		if (!before.ok || !after.ok) return false;
		const names = this.commonColumns.map(({ name }) => name);
		if (this.#keyReason === 'chosen' && this.#key.every((name) => names.includes(name))) return true;
		const declared = sharedKey(before.value.version, after.value.version);
		if (declared.length > 0) {
			this.#key = declared;
			this.#keyReason = 'declared';
			return true;
		}
		const signal = this.#begin('guessing');
		const guessed = await guessKey({ left: before.value, right: after.value, signal }, this.#effects);
		if (this.#controller?.signal !== signal) return false;
		this.#status = 'idle';
		if (!guessed.ok) {
			this.#fail(guessed.error);
			return false;
		}
		this.#key = guessed.value === null ? [] : [guessed.value];
		this.#keyReason = this.#key.length > 0 ? 'guessed' : 'none';
		return true;
	}

	async #summarise(comparison: Comparison, signal: AbortSignal): Promise<void> {
		this.#status = 'summarising';
		const summarised = await summariseDiff(
			{
				comparison,
				signal,
				onColumn: (column) => {
					if (this.#comparison === comparison) this.#columns = [...this.#columns, column];
				}
			},
			this.#effects
		);
		if (this.#controller?.signal !== signal) return;
		this.#status = 'done';
		if (summarised.ok) return;
		// A key that repeats makes the rows meaningless; of anything else, they are what they were.
		if (summarised.error.kind !== 'key-not-unique') {
			this.#summaryFailure = summarised.error;
			return;
		}
		await this.#forget();
		this.#fail(summarised.error);
	}

	#begin(status: Status): AbortSignal {
		this.cancel();
		this.#controller = new AbortController();
		this.#status = status;
		this.#failure = null;
		this.#summaryFailure = null;
		return this.#controller.signal;
	}

	#fail(failure: Failure): void {
		this.#status = 'idle';
		this.#failure = failure;
	}

	#changed(): void {
		this.#isStale = true;
	}

	async #forget(): Promise<void> {
		const id: ResultId | undefined = this.#comparison?.id;
		this.#comparison = null;
		this.#columns = [];
		this.#filter = ALL;
		this.rows.close();
		if (id !== undefined) await closeDiff(id, this.#effects);
	}
}

function total({ counts }: Comparison): number {
	return changeKinds.reduce((sum, kind) => sum + counts[kind], 0);
}
