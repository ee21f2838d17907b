// What can be wrong with the text of a pipeline, each with its place; the words are in ui/pipeline-words.ts.
import type { ProblemFacts } from '../transform/problem.ts';
import type { Place, TextProblem } from '../document/text-problem.ts';

export type PipelineProblem = TextProblem | StepProblem;

type StepProblem = Place & {
	/** Where in the structure, such as `steps[2].needs[0]`; empty for the whole. */
	readonly path: string;
} & (
		| { readonly code: 'bad-id'; readonly value: string }
		| { readonly code: 'bad-duration'; readonly value: string }
		| { readonly code: 'bad-dataset-name'; readonly value: string }
		| { readonly code: 'duplicate-id'; readonly id: string; readonly firstLine: number }
		| { readonly code: 'unknown-step'; readonly id: string; readonly nearest: string | null }
		| { readonly code: 'cycle'; readonly steps: readonly string[] }
		| { readonly code: 'one-of'; readonly keys: readonly string[]; readonly given: readonly string[] }
		| { readonly code: 'not-behind-branch'; readonly step: string; readonly branch: string }
		| { readonly code: 'not-a-check'; readonly id: string }
		| { readonly code: 'nothing-chosen'; readonly branch: string }
		| { readonly code: 'unknown-reference'; readonly name: string; readonly nearest: string | null }
		| { readonly code: 'open-reference'; readonly name: string }
		| { readonly code: 'reference-in-quotes'; readonly name: string }
		| { readonly code: 'bad-value'; readonly name: string; readonly type: string; readonly value: string }
		| { readonly code: 'bad-cron'; readonly reason: string }
		| { readonly code: 'bad-time-zone'; readonly value: string }
		| { readonly code: 'same-output'; readonly dataset: string; readonly other: string }
		| { readonly code: 'one-output-for-all'; readonly dataset: string }
		| { readonly code: 'reads-before-made'; readonly dataset: string; readonly maker: string }
		| { readonly code: 'watches-itself'; readonly dataset: string }
		| { readonly code: 'recipe-step'; readonly problem: ProblemFacts }
		| { readonly code: 'bad-function'; readonly expected: string }
		| { readonly code: 'unknown-sample'; readonly value: string; readonly nearest: string | null }
	);

export type InvalidPipeline = {
	readonly kind: 'invalid-pipeline';
	/** In the order of the text; at least one. */
	readonly problems: readonly PipelineProblem[];
};

/** A code with its facts, before its place is known. */
export type Unplaced = PipelineProblem extends infer P
	? P extends unknown
		? Omit<P, 'line' | 'column' | 'path'>
		: never
	: never;

/** The known name that differs least, when it differs little. */
export function nearestOf(name: string, known: readonly string[]): string | null {
	let best: string | null = null;
	let least = Math.max(1, Math.floor(name.length / 3)) + 1;
	for (const other of known) {
		const far = distance(name.toLowerCase(), other.toLowerCase());
		if (far < least) {
			least = far;
			best = other;
		}
	}
	return best;
}

/** Edits from one to the other: a letter put in, left out or changed, or two that changed places. */
function distance(one: string, other: string): number {
	let before: readonly number[] = [];
	let row: readonly number[] = Array.from({ length: other.length + 1 }, (_value, index) => index);
	for (let i = 1; i <= one.length; i++) {
		const next = [i];
		for (let j = 1; j <= other.length; j++) {
			const isSame = one[i - 1] === other[j - 1];
			const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
			const change = (row[j - 1] ?? 0) + (isSame ? 0 : 1);
			const swap = isSwap ? (before[j - 2] ?? 0) + 1 : change;
			next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		before = row;
		row = next;
	}
	return row[other.length] ?? 0;
}
