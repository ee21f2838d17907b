// The published JSON Schema of recipes, for editors outside of Weir; `static/schemas/recipe.json` is this, and a test keeps it so.
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { recipeEntries, stepCommon, stepKinds, stepSchemas } from './step-schemas.ts';

const step = v.union(stepKinds.map((kind) => v.strictObject({ [kind]: stepSchemas[kind], ...stepCommon })));

/** What a text may say once it is parsed; the parser asks piece by piece, for failures that point at one place. */
export const recipeSchema = v.union([
	v.strictObject({ ...recipeEntries, steps: v.optional(v.nullable(v.array(step))) }),
	v.strictObject({ description: recipeEntries.description, output: recipeEntries.output, sql: v.string() })
]);

export function recipeJsonSchema(): Readonly<Record<string, unknown>> {
	const schema = toJsonSchema(recipeSchema, { errorMode: 'ignore' });
	return { ...schema, title: 'Weir recipe', description: 'Ordered steps, or SQL, from input datasets to one table.' };
}
