// The console's verbs for recipes: what one would do, its SQL, and a run of it.
import type { ResultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { RecipeFacts, RecipeConsole } from './console-recipe-types.ts';
import { invalid, named } from './console-values.ts';
import type { Effects } from './effects.ts';
import { findDocument } from './list-documents.ts';
import { planRecipe, type PlanRecipeFailure, type RecipePlan } from './plan-recipe.ts';
import { runRecipe } from './run-recipe.ts';

export function transformVerbs(
	effects: Effects,
	newId: () => ResultId
): Pick<RecipeConsole, 'checkRecipe' | 'recipeSql' | 'runRecipe'> {
	const planned = async (nameOrText: string): Promise<Result<RecipePlan, PlanRecipeFailure>> => {
		const source = await sourceOf(nameOrText, effects);
		if (!source.ok) return source;
		const plan = await planRecipe({ id: newId(), text: source.value.text }, effects);
		if (!plan.ok || plan.value.problems.length === 0) return plan;
		return err({ kind: 'recipe-problems', problems: plan.value.problems });
	};
	return {
		checkRecipe: async (nameOrText) => {
			if (typeof nameOrText !== 'string') return invalid('nameOrText', 'the name or text of a recipe');
			const plan = await planned(nameOrText);
			return plan.ok ? ok(factsOf(plan.value)) : plan;
		},
		recipeSql: async (nameOrText) => {
			if (typeof nameOrText !== 'string') return invalid('nameOrText', 'the name or text of a recipe');
			const plan = await planned(nameOrText);
			return plan.ok ? ok(plan.value.sql) : plan;
		},
		runRecipe: async (nameOrText, options = {}) => {
			if (typeof nameOrText !== 'string') return invalid('nameOrText', 'the name or text of a recipe');
			const source = await sourceOf(nameOrText, effects);
			if (!source.ok) return source;
			const { text, recipe } = source.value;
			const plan = await planned(nameOrText);
			if (!plan.ok) return plan;
			const output = options.output ?? plan.value.recipe.output;
			if (typeof output !== 'string')
				return invalid('output', 'the name of a dataset, here or as output in the recipe');
			const whenTaken = options.replace === true ? 'new-version' : 'refuse';
			const { message, signal } = options;
			const ran = await runRecipe({ id: newId(), text, recipe, output, whenTaken, message, signal }, effects);
			if (!ran.ok) return ran;
			const { table, rejects } = ran.value.version;
			return ok({ ...named(ran.value), rowCount: table.rowCount, rejectCount: rejects?.rowCount ?? 0 });
		}
	};
}

/** A name in one line without a colon is that of a recipe; anything else is its text. */
async function sourceOf(nameOrText: string, effects: Effects) {
	if (/[:\n]/.test(nameOrText)) return ok({ text: nameOrText, recipe: null });
	const found = await findDocument('recipe', nameOrText, effects);
	return found.ok ? ok({ text: found.value.version.text, recipe: found.value.version.id }) : found;
}

function factsOf({ steps, sql, columns, inputColumns }: RecipePlan): RecipeFacts {
	return {
		sql,
		inputColumns,
		columns,
		steps: steps.map((step) => ({ index: step.index, name: step.name, columns: step.columns }))
	};
}
