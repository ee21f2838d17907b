// One open recipe: its text with an undo stack of its own, what the check says of it, and a preview of one step.
import { resultId, type ResultId } from '#core/ids.ts';
import { editRecipe, type StepEdit } from '#core/transform/edit-recipe.ts';
import { parseRecipe } from '#core/transform/parse-recipe.ts';
import type { Problem } from '#core/transform/problem.ts';
import type { Recipe } from '#core/transform/recipe.ts';
import { SAMPLE_ROWS } from '#core/transform/sample-rows.ts';
import { functionOf, type FunctionStep } from '#core/transform/function-step.ts';
import { countRows } from '#lib/flows/count-rows.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { planRecipe, type PlannedStep, type PlanRecipeFailure, type RecipePlan } from '#lib/flows/plan-recipe.ts';
import { runRecipe, type RunRecipeFailure } from '#lib/flows/run-recipe.ts';
import { runStatement, type RunStatementOutcome } from '#lib/flows/run-statement.ts';
import { withStages } from '#lib/flows/staged-rows.ts';
import { testFunction } from '#lib/flows/test-function.ts';
import { DocumentEditor, type EditorParts } from './document-editor.svelte.ts';
import { QueryTab, type RunTabFailure } from './query-tab.svelte.ts';

const WAIT_MS = 300;

export class RecipeEditor extends DocumentEditor {
	readonly #preview: QueryTab;
	/** The last text that was a recipe: cards show it while the text is being mended. */
	#recipe = $state.raw<Recipe | null>(null);
	#problems = $state.raw<readonly Problem[]>([]);
	#plan = $state.raw<RecipePlan | null>(null);
	#failure = $state.raw<PlanRecipeFailure | null>(null);
	#selected = $state(-1);
	#isWhole = $state(false);
	#rowsBefore = $state.raw<number | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#turn = 0;
	/** What the preview shows the rows of. */
	#shown = '';

	constructor(item: DocumentItem, ...parts: EditorParts) {
		super(item, ...parts);
		const tab = {
			id: `recipe-${this.id}`,
			kind: 'sql',
			title: 'Preview',
			text: '',
			dataset: '',
			datasetId: '',
			versionId: ''
		} as const;
		this.#preview = new QueryTab({ ...tab, versionNumber: 0, rows: 'data' }, this.effects, () => undefined);
		this.#read();
		this.#selected = (this.#recipe?.steps.length ?? 0) - 1;
		this.plan();
	}

	get recipe(): Recipe | null {
		return this.#recipe;
	}
	get problems(): readonly Problem[] {
		return this.#problems;
	}
	get failure(): PlanRecipeFailure | null {
		return this.#failure;
	}
	/** The step whose rows are shown; -1 is the input. */
	get selected(): number {
		return this.#selected;
	}
	/** Whether the preview reads all rows of the input. */
	get isWhole(): boolean {
		return this.#isWhole;
	}
	get preview(): QueryTab {
		return this.#preview;
	}
	/** Rows of the step before, of the same sample. */
	get rowsBefore(): number | null {
		return this.#rowsBefore;
	}
	/** The selected step as it was planned; null for the input, a disabled step, and one behind a problem. */
	get planned(): PlannedStep | null {
		return this.#plan?.steps.find(({ index }) => index === this.#selected) ?? null;
	}

	/** Columns before a step, for its form. */
	columnsBefore(index: number): readonly string[] {
		const at = this.#plan?.steps.find((step) => step.index >= index);
		const columns = at?.columnsBefore ?? this.#plan?.columns ?? [];
		return columns.map(({ name }) => name);
	}

	/** Columns of a table that a step may name. */
	columnsOf(table: string): readonly string[] {
		const called = this.#recipe?.inputs.find(({ name }) => name === table)?.reference ?? table;
		return this.catalogue.find(called.split('@')[0] ?? '')?.version.schema.map(({ name }) => name) ?? [];
	}

	get tables(): readonly string[] {
		return [
			...(this.#recipe?.inputs.slice(1).map(({ name }) => name) ?? []),
			...this.catalogue.items.map(({ dataset }) => dataset.name)
		];
	}

	edit(edit: StepEdit): void {
		const isYaml = !this.#problems.some(({ what }) => what === 'yaml');
		if (!this.become(editRecipe(this.text, edit), isYaml)) return;
		const at = 'at' in edit ? edit.at : this.#selected;
		if (edit.kind === 'add') this.#selected = at;
		if (edit.kind === 'duplicate') this.#selected = at + 1;
		if (edit.kind === 'move') this.#selected = edit.to;
		if (edit.kind === 'remove' && this.#selected >= at) this.#selected--;
	}

	select(index: number): void {
		this.#selected = index;
		this.#isWhole = false;
		void this.#show();
	}

	/** All rows of the input instead of the first ones. */
	showAll(): void {
		this.#isWhole = true;
		this.plan(0);
	}

	/** Saves the text, runs it, and answers what went wrong, or null. */
	async run(output: string): Promise<RunRecipeFailure | null> {
		const kept = await this.keep();
		if (kept === null) return { kind: 'cancelled' };
		const ran = await runRecipe(
			{
				id: this.#newId('run'),
				text: this.text,
				recipe: kept,
				output,
				whenTaken: 'new-version',
				message: `Run the recipe ${this.name}`
			},
			this.effects
		);
		if (!ran.ok) return ran.error;
		const { dataset, version } = ran.value;
		const rejects = version.rejects?.rowCount ?? 0;
		const rows = `${version.table.rowCount.toLocaleString('en')} rows${rejects > 0 ? `, ${rejects.toLocaleString('en')} rejected` : ''}`;
		this.toasts.show('good', `${this.name} made ${dataset.name}`, rows, await this.catalogue.undoAction());
		return null;
	}

	/** The SQL of all steps over all rows; null where the recipe has problems. */
	async sql(): Promise<string | null> {
		const plan = await planRecipe({ id: this.#newId('sql'), text: this.text }, this.effects);
		return plan.ok && plan.value.problems.length === 0 ? plan.value.sql : null;
	}

	/** Checks the text soon, and then shows the selected step. */
	plan(waitMs = WAIT_MS): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			void this.#check();
		}, waitMs);
	}

	override close(): void {
		clearTimeout(this.#timer);
		this.#turn++;
		void this.#preview.close();
	}

	/** The text is another one. */
	protected textChanged(): void {
		this.#isWhole = false;
		this.#read();
		this.plan();
	}

	#read(): void {
		const parsed = parseRecipe(this.text);
		if (parsed.ok) this.#recipe = parsed.value.recipe;
		this.#problems = parsed.ok ? [] : parsed.error.problems;
	}

	async #check(): Promise<void> {
		const turn = ++this.#turn;
		const sampleRows = this.#isWhole ? undefined : SAMPLE_ROWS;
		const plan = await planRecipe({ id: this.#newId('plan'), text: this.text, sampleRows }, this.effects);
		if (turn !== this.#turn) return;
		this.#plan = plan.ok ? plan.value : null;
		this.#problems = plan.ok ? plan.value.problems : plan.error.kind === 'recipe-problems' ? plan.error.problems : [];
		this.#failure = plan.ok || plan.error.kind === 'recipe-problems' ? null : plan.error;
		await this.#show();
	}

	async #show(): Promise<void> {
		const plan = this.#plan;
		if (!plan) return;
		const step = this.planned;
		const first = plan.steps[0];
		const isInput = this.#selected < 0 || (plan.recipe.sql !== null && plan.columns.length > 0);
		const rows =
			step?.rows ?? (isInput ? (plan.recipe.sql === null ? (first?.rowsBefore ?? plan.rows) : plan.rows) : null);
		// A disabled step, or one behind a problem, has no rows of its own.
		if (rows === null || rows.sql === '') return;
		const shown = JSON.stringify(rows);
		if (shown === this.#shown && this.#preview.status === 'done') return;
		this.#shown = shown;
		this.#rowsBefore = null;
		const turn = this.#turn;
		const isCurrent = (): boolean => turn === this.#turn && this.#shown === shown;
		const count = async (sql: string): Promise<void> => {
			const counted = await countRows({ id: this.#newId('count'), sql }, this.effects);
			if (isCurrent() && counted.ok) this.#rowsBefore = counted.value;
		};
		this.#preview.edit(rows.sql);
		if (rows.stages.length === 0) {
			await this.#preview.run(rows.sql);
			if (step && isCurrent()) await count(step.rowsBefore.sql);
			return;
		}
		// What its functions give is there as long as this reads it.
		await this.#preview.run(rows.sql, 0, (input, effects) => {
			const { id, signal } = input;
			return withStages<RunStatementOutcome, RunTabFailure>(
				{ id, signal, stages: rows.stages },
				effects,
				async ({ over }) => {
					const ran = await runStatement({ ...input, sql: over(rows) }, effects);
					if (ran.ok && step && isCurrent()) await count(over(step.rowsBefore));
					return ran;
				}
			);
		});
	}

	/** Runs the tests beside a function. */
	testFunction(fn: FunctionStep) {
		return testFunction(functionOf(fn), this.effects);
	}

	#newId(what: string): ResultId {
		return resultId(`recipe-${what}-${this.effects.randomId()}`);
	}
}
