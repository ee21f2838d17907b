// A recipe: ordered, typed steps from input versions to one table, or one SQL text.
import type { StepKind, StepValue } from './step-schemas.ts';

/** `reference` is a dataset or `name@version`; steps call it by `name`. */
export type RecipeInput = { readonly name: string; readonly reference: string };

export type StepBody = { readonly [K in StepKind]: { readonly kind: K; readonly value: StepValue<K> } }[StepKind];

export type Step = StepBody & {
	/** Its place in the text's list, from 0, disabled steps counted. */
	readonly index: number;
	/** As a person called it. */
	readonly name: string | null;
	readonly isDisabled: boolean;
};

export type Recipe = {
	readonly description: string | null;
	readonly output: string | null;
	/** The first one is transformed; none in a recipe of SQL alone. */
	readonly inputs: readonly RecipeInput[];
	readonly steps: readonly Step[];
	/** Of a recipe that is SQL alone. */
	readonly sql: string | null;
};
