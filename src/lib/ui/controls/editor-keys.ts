// The keys of whatever is written as text and run: save, run, undo, redo.
import type { DocumentVersion } from '#core/document/document.ts';

/** As much of an editor's state as its head and its keys need. */
export type TextEditor = {
	readonly name: string;
	readonly isChanged: boolean;
	readonly versionNumber: number;
	readonly canUndo: boolean;
	readonly canRedo: boolean;
	readonly problems: readonly unknown[];
	/** Oldest first. */
	readonly versions: readonly DocumentVersion[];
	undo(): void;
	redo(): void;
	save(): Promise<boolean>;
	/** The text becomes what it was then. */
	restore(version: DocumentVersion): Promise<void>;
};

/** `own` matches fields that undo what is typed into them by themselves. */
export function takeEditorKey(event: KeyboardEvent, editor: TextEditor, run: (() => void) | null, own: string): void {
	if (event.defaultPrevented || (!event.ctrlKey && !event.metaKey)) return;
	const isInField = event.target instanceof Element && event.target.closest(own) !== null;
	const key = event.key.toLowerCase();
	// What is being typed into a field is part of what is saved and run.
	if ((key === 's' || key === 'enter') && isField(event.target))
		event.target.dispatchEvent(new Event('change', { bubbles: true }));
	if (key === 's') void editor.save();
	else if (key === 'enter' && run) run();
	else if (isInField) return;
	else if (key === 'z' && event.shiftKey) editor.redo();
	else if (key === 'z') editor.undo();
	else return;
	event.preventDefault();
}

function isField(target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement {
	return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
