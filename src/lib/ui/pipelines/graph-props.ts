// What a page gives the canvas and hears from it.
import type { Tone } from './run-words.ts';

/** What is said of a step besides itself, in colour and in words. */
export type Badge = { readonly tone: Tone; readonly word: string; readonly detail: string };

/** What can be done to the graph; a canvas that only shows has none. */
export type GraphEdits = {
	/** A new step behind the one that is named, or behind nothing. */
	readonly add: (after: string | null) => void;
	readonly remove: (id: string) => void;
	readonly connect: (from: string, to: string) => void;
	readonly disconnect: (from: string, to: string) => void;
};
