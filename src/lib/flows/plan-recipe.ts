// Checks a recipe against the datasets it names, step by step, and compiles it: what a run would do is known before it runs.
import type { ResultId } from '../core/ids.ts';
import { nearest } from '../core/nearest.ts';
import { err, ok, type Result } from '../core/result.ts';
import { bindVersions, type CatalogueEntry } from '../core/sql/bind-versions.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import { writeName } from '../core/sql/quote.ts';
import { resolveVersion } from '../core/sql/resolve-version.ts';
import { stepFindings } from '../core/transform/check-step.ts';
import { expectationSql, joinExpectations, type Expectation } from '../core/transform/join-sql.ts';
import { parseRecipe, placed } from '../core/transform/parse-recipe.ts';
import type { Finding, Problem, RecipeProblems } from '../core/transform/problem.ts';
import type { Recipe, RecipeInput } from '../core/transform/recipe.ts';
import { joinParts, stepName, type RecipeSql, type StepPart } from '../core/transform/recipe-sql.ts';
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
	readonly sql: string;
	/** Gives the rows before it. */
	readonly sqlBefore: string;
};

export type RecipePlan = {
	readonly recipe: Recipe;
	/** Of the input. */
	readonly inputColumns: readonly Column[];
	/** Enabled steps, up to the first with a problem. */
	readonly steps: readonly PlannedStep[];
	readonly problems: readonly Problem[];
	/** Of all steps; as far as they are planned. */
	readonly sql: string;
	readonly columns: readonly Column[];
	/** What joins expect, each as a query for what breaks it. */
	readonly expectations: readonly (Expectation & { readonly sql: string })[];
	/** Gives the rows that casts refuse; null where none does. */
	readonly rejectsSql: string | null;
};

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
		const common = { inputColumns: [], steps: [], expectations: [], rejectsSql: null };
		return ok({ ...common, sql: text.sql, columns: columns ?? [], findings });
	}

	async plan(sampleRows: number | null): Promise<Result<Planned, SqlFailure>> {
		const findings = this.#recipe.inputs.flatMap((input, at) => this.#inputFindings(input, at));
		const [main] = this.#recipe.inputs;
		const source = main && findings.length === 0 ? this.#table(main.name) : null;
		const empty = { inputColumns: [], steps: [], sql: '', columns: [], expectations: [], rejectsSql: null };
		if (!source) return ok({ ...empty, findings });
		const from = sampleRows === null ? source.from : `(SELECT * FROM ${source.from} LIMIT ${sampleRows})`;
		const parts: StepPart[] = [];
		const steps: PlannedStep[] = [];
		const expectations: RecipePlan['expectations'][number][] = [];
		const rejects: string[] = [];
		const taken = new Set(this.#entries.map(({ name }) => name.toLowerCase()));
		let columns = source.columns;
		let sql = `SELECT *\nFROM ${from}`;
		for (const step of this.#recipe.steps) {
			if (step.isDisabled) continue;
			const before = parts.at(-1);
			const context: StepContext = {
				from: before ? writeName(before.name) : from,
				columns,
				table: (name) => this.#table(name)
			};
			const faults = stepFindings(
				step,
				context,
				this.#entries.map(({ name }) => name)
			);
			findings.push(...faults);
			if (faults.length > 0) break;
			const name = stepName(step, taken);
			taken.add(name.toLowerCase());
			const path = ['steps', step.index];
			const part: StepPart = { name, path, body: new SqlText().addMarked(stepSql(step, context), path).marked };
			const text = joinParts([...parts, part]);
			const described = await this.#describe(text, path);
			if (!described.ok) return described;
			findings.push(...described.value.findings);
			if (!described.value.columns) break;
			const below = (last: string): string =>
				joinParts([...parts, { name: '', path, body: { sql: last, marks: [] } }]).sql;
			const right = step.kind === 'join' ? this.#table(step.value.with) : null;
			if (step.kind === 'join' && right)
				for (const one of joinExpectations(step.value, step.index, context.from, right))
					expectations.push({ ...one, sql: below(expectationSql(one)) });
			const refused = rejectsSql(step, context.from);
			if (refused !== null) rejects.push(below(refused));
			steps.push({
				index: step.index,
				name,
				columnsBefore: columns,
				columns: described.value.columns,
				sql: text.sql,
				sqlBefore: sql
			});
			parts.push(part);
			sql = text.sql;
			columns = described.value.columns;
		}
		return ok({
			inputColumns: source.columns,
			steps,
			sql,
			columns,
			expectations,
			rejectsSql: rejects.length === 0 ? null : rejects.map((one) => `(${one}\n)`).join('\nUNION ALL\n'),
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
		path: Finding['path']
	): Promise<
		Result<{ readonly columns: readonly Column[] | null; readonly findings: readonly Finding[] }, SqlFailure>
	> {
		const bound = bindVersions(text.sql, this.#entries);
		const described = bound.ok ? await this.#effects.engine.describe(runInput({ id: this.#id }, bound.value)) : bound;
		if (described.ok) return ok({ columns: described.value, findings: [] });
		const { error } = bound.ok ? atOriginal(described, bound.value) : described;
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
