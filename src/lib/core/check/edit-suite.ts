// Edits of a suite's text check by check.
import { editList, type ListEdit } from '../document/edit-list.ts';

export type CheckEdit = ListEdit<string, 'dataset' | 'description', 'severity' | 'description'>;

/** The text after the edit; the same text where it is no YAML, or has no such check. */
export function editSuite(text: string, edit: CheckEdit): string {
	return editList(text, 'checks', edit);
}
