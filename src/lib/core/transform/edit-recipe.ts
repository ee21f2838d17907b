// Edits of a recipe's text step by step.
import { editList, type ListEdit } from '../document/edit-list.ts';
import type { StepKind } from './step-schemas.ts';

export type StepEdit = ListEdit<StepKind, 'input' | 'output' | 'description'>;

/** The text after the edit; the same text where it is no YAML, or has no such step. */
export function editRecipe(text: string, edit: StepEdit): string {
	return editList(text, 'steps', edit);
}
