// Checks a recipe against the datasets it names, step by step, and compiles it: what a run would do is known before it runs.
import type { ResultId } from '../core/ids.ts';
import { nearest } from '../core/nearest.ts';
import { err, ok, type Result } from '../core/result.ts';
import { appliedColumns } from '../core/script/apply-sql.ts';
import { bindVersions, type CatalogueEntry } from '../core/sql/bind-versions.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import { writeName } from '../core/sql/quote.ts';
import { resolveVersion } from '../core/sql/resolve-version.ts';
import { stepFindings } from '../core/transform/check-step.ts';
import { expectationSql, joinExpectations, type Expectation } from '../core/transform/join-sql.ts';
import { parseRecipe, placed } from '../core/transform/parse-recipe.ts';
import type { Finding, Problem, RecipeProblems } from '../core/transform/problem.ts';
import { functionOf } from '../core/transform/function-step.ts';
import type { Recipe, RecipeInput } from '../core/transform/recipe.ts';
import { joinParts, stepName, type RecipeSql } from '../core/transform/recipe-sql.ts';
import { allOf, noRowsSql, overRows, type StagedSql } from '../core/transform/staged-sql.ts';
import { StagedText } from '../core/transform/staged-text.ts';
import { rejectsSql, stepSql, type StepContext } from '../core/transform/step-sql.ts';
import { SqlText } from '../core/transform/sql-text.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Column } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { catalogueEntries, listDatasets } from './list-datasets.ts';
import { atOriginal, runInput } from './run-sql.ts';

export type PlannedStep = {
	/** Its place in the text's list. */
	readonly index: number;
	/** Its name in the SQL. */
	readonly name: string;
	readonly columnsBefore: readonly Column[];
	readonly columns: readonly Column[];
	/** Gives the rows after it. */
	readonly rows: StagedSql;
	/** Gives the rows before it. */
	readonly rowsBefore: StagedSql;
};

export type RecipePlan = {
	readonly recipe: Recipe;
	/** Of the input. */
	readonly inputColumns: readonly Column[];
	/** Enabled steps, up to the first with a problem. */
	readonly steps: readonly PlannedStep[];
	readonly problems: readonly Problem[];
	/** Of all steps, as far as they are planned, like the texts below. */
	readonly rows: StagedSql;
	/** As a person reads it: one SELECT, or its parts and the functions between them. */
	readonly sql: string;
	/** One SELECT that calls functions by name: for lineage. It is `sql` where there is none. */
	readonly calledSql: string;
	readonly columns: readonly Column[];
	/** What joins expect, each as a query for what breaks it. */
	readonly expectations: readonly ExpectedRows[];
	/** Gives the rows that casts refuse; null where none does. */
	readonly rejects: StagedSql | null;
};

export type ExpectedRows = Expectation & { readonly rows: StagedSql };

export type PlanRecipeFailure = RecipeProblems | SqlFailure | StoreFailure;
type PlanEffects = Parameters<typeof listDatasets>[0] & Pick<Effects, 'engine'>;

export async function planRecipe(
	input: {
		readonly id: ResultId;
		readonly text: string;
		/** Takes the place of the first input. */
		readonly input?: string | undefined;
		/** Reads only the first rows of the input. */
		readonly sampleRows?: number | undefined;
	},
	effects: PlanEffects
): Promise<Result<RecipePlan, PlanRecipeFailure>> {
	const parsed = parseRecipe(input.text);
	if (!parsed.ok) return parsed;
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const { yaml } = parsed.value;
	const recipe = withInput(parsed.value.recipe, input.input);
	const planner = new Planner(input.id, recipe, catalogueEntries(items.value), effects);
	const plan = recipe.sql === null ? await planner.plan(input.sampleRows ?? null) : await planner.planSql(recipe.sql);
	if (!plan.ok) return plan;
	const { findings, ...planned } = plan.value;
	return ok({ ...planned, recipe, problems: placed(findings, yaml) });
}

function withInput(recipe: Recipe, reference: string | undefined): Recipe {
	const [first, ...others] = recipe.inputs;
	if (reference === undefined || !first) return recipe;
	return { ...recipe, inputs: [{ ...first, reference }, ...others] };
}

type Planned = Omit<RecipePlan, 'recipe' | 'problems'> & { readonly findings: readonly Finding[] };
type Table = { readonly from: string; readonly columns: readonly Column[] };

class Planner {
	readonly #id: ResultId;
	readonly #recipe: Recipe;
	readonly #entries: readonly CatalogueEntry[];
	readonly #effects: PlanEffects;

	constructor(id: ResultId, recipe: Recipe, entries: readonly CatalogueEntry[], effects: PlanEffects) {
		this.#id = id;
		this.#recipe = recipe;
		this.#entries = entries;
		this.#effects = effects;
	}

	async planSql(sql: string): Promise<Result<Planned, SqlFailure>> {
		const path = ['sql'];
		const text = joinParts([
			{ name: 'sql', path, body: new SqlText().add({ text: sql.trim().replace(/;$/, ''), path }).marked }
		]);
		const described = await this.#describe(text, path);
		if (!described.ok) return described;
		const { columns, findings } = described.value;
		const rows = { stages: [], sql: text.sql };
		const common = { inputColumns: [], steps: [], expectations: [], rejects: null };
		return ok({ ...common, rows, sql: text.sql, calledSql: text.sql, columns: columns ?? [], findings });
	}

	async plan(sampleRows: number | null): Promise<Result<Planned, SqlFailure>> {
		const findings = this.#recipe.inputs.flatMap((input, at) => this.#inputFindings(input, at));
		const [main] = this.#recipe.inputs;
		const source = main && findings.length === 0 ? this.#table(main.name) : null;
		const nothing = { inputColumns: [], steps: [], rows: { stages: [], sql: '' }, sql: '', calledSql: '', columns: [] };
		if (!source) return ok({ ...nothing, expectations: [], rejects: null, findings });
		const from = sampleRows === null ? source.from : `(SELECT * FROM ${source.from} LIMIT ${sampleRows})`;
		const text = new StagedText(from);
		const steps: PlannedStep[] = [];
		const expectations: ExpectedRows[] = [];
		const rejects: StagedSql[] = [];
		const taken = new Set(this.#entries.map(({ name }) => name.toLowerCase()));
		let columns = source.columns;
		for (const step of this.#recipe.steps) {
			if (step.isDisabled) continue;
			const context: StepContext = { from: text.from, columns, table: (name) => this.#table(name) };
			const names = this.#entries.map(({ name }) => name);
			const faults = stepFindings(step, context, names);
			findings.push(...faults);
			if (faults.length > 0) break;
			const name = stepName(step, taken);
			taken.add(name.toLowerCase());
			const path = ['steps', step.index];
			const part = { name, path, body: new SqlText().addMarked(stepSql(step, context), path).marked };
			const columnsBefore = columns;
			const rowsBefore = text.rows;
			if (step.kind === 'javascript') {
				const fn = functionOf(step.value);
				const wanted = noRowsSql(appliedColumns(fn, columns));
				const described = await this.#describe({ sql: wanted, origin: () => null }, [...path, step.kind, 'outputs']);
				if (!described.ok) return described;
				findings.push(...described.value.findings);
				if (!described.value.columns) break;
				columns = described.value.columns;
				text.cut({ step: step.index, name, sql: rowsBefore.sql, fn }, part, noRowsSql(columns));
			} else {
				const described = await this.#describe(text.with(part), path, text.noRows);
				if (!described.ok) return described;
				findings.push(...described.value.findings);
				if (!described.value.columns) break;
				columns = described.value.columns;
				const right = step.kind === 'join' ? this.#table(step.value.with) : null;
				if (step.kind === 'join' && right)
					for (const one of joinExpectations(step.value, step.index, context.from, right))
						expectations.push({ ...one, rows: text.below(expectationSql(one)) });
				const refused = rejectsSql(step, context.from);
				if (refused !== null) rejects.push(text.below(refused));
				text.add(part);
			}
			steps.push({ index: step.index, name, columnsBefore, columns, rows: text.rows, rowsBefore });
		}
		return ok({
			inputColumns: source.columns,
			steps,
			rows: text.rows,
			sql: text.shown,
			calledSql: text.called,
			columns,
			expectations,
			rejects: allOf(rejects),
			findings
		});
	}

	#inputFindings({ reference }: RecipeInput, at: number): readonly Finding[] {
		const path = this.#recipe.inputs.length === 1 ? ['input'] : ['input', this.#recipe.inputs[at]?.name ?? ''];
		const [name = '', version] = reference.split('@');
		const entry = this.#entry(name);
		if (!entry) {
			const known = this.#entries.map((one) => one.name);
			return [{ path, what: 'unknown-dataset', name, nearest: nearest(name, known) }];
		}
		if (version === undefined || resolveVersion(entry, version).ok) return [];
		return [{ path, what: 'unknown-version', name, version }];
	}

	/** By the name that the recipe gives an input, or of a dataset; a version may follow. */
	#table(called: string): Table | null {
		const reference =
			this.#recipe.inputs.find(({ name }) => name.toLowerCase() === called.toLowerCase())?.reference ?? called;
		const [name = '', version] = reference.split('@');
		const entry = this.#entry(name);
		if (!entry) return null;
		const resolved =
			version === undefined ? ok({ version: entry.head, rows: 'data' as const }) : resolveVersion(entry, version);
		if (!resolved.ok) return null;
		const relation = resolved.value;
		const columns =
			relation.rows === 'data' ? entry.reached.find(({ id }) => id === relation.version)?.columns : rejectColumns;
		return { from: `${writeName(entry.name)}${version === undefined ? '' : `@${version}`}`, columns: columns ?? [] };
	}

	#entry(name: string): CatalogueEntry | null {
		return this.#entries.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null;
	}

	/** The engine is asked, since it alone knows what people's own SQL gives. Null columns come with findings. */
	async #describe(
		text: RecipeSql,
		path: Finding['path'],
		noRows: ReadonlyMap<string, string> = new Map()
	): Promise<
		Result<{ readonly columns: readonly Column[] | null; readonly findings: readonly Finding[] }, SqlFailure>
	> {
		const over = overRows(text.sql, noRows);
		const bound = bindVersions(over.sql, this.#entries);
		const described = bound.ok ? await this.#effects.engine.describe(runInput({ id: this.#id }, bound.value)) : bound;
		if (described.ok) return ok({ columns: described.value, findings: [] });
		const { error } = atOriginal(bound.ok ? atOriginal(described, bound.value) : described, over);
		if (error.kind === 'unknown-version' || error.kind === 'version-collected') {
			const { dataset: name, version, position } = error;
			const at = (position === null ? null : text.origin(position)) ?? { path };
			return ok({ columns: null, findings: [{ ...at, what: 'unknown-version', name, version }] });
		}
		if (error.kind !== 'sql-error') return err(error);
		const { type, message, candidates, position } = error;
		const at = (position === null ? null : text.origin(position)) ?? { path };
		return ok({ columns: null, findings: [{ ...at, what: 'sql', type, message, candidates }] });
	}
}

const rejectColumns: readonly Column[] = ['line', 'column', 'reason', 'text'].map((name) => ({
	name,
	type: name === 'line' ? 'BIGINT' : 'VARCHAR'
}));
