// Patterns for paths: `*`, `?` and `{a,b}` within a folder, `**` over folders. Matched without backtracking over the whole, so that no
// pattern takes long.
import { matchStars } from '../../match-stars.ts';

export type Glob = {
	readonly text: string;
	/** What every match begins with, as far as it is known: what a store is asked to list. */
	readonly prefix: string;
	matches(path: string): boolean;
};

export type GlobProblem = 'too-long' | 'too-many-choices' | 'open-brace';

const LENGTH_MAX = 1000;
const CHOICES_MAX = 64;

/** A pattern without `*`, `?` and `{` that ends with `/`, or is empty, stands for all that is below it. */
export function parseGlob(pattern: string): Glob | GlobProblem {
	if (pattern.length > LENGTH_MAX) return 'too-long';
	const whole = pattern === '' || pattern.endsWith('/') ? `${pattern}**` : pattern;
	const choices = expand(whole);
	if (typeof choices === 'string') return choices;
	const all = choices.map((choice) => choice.split('/'));
	return {
		text: pattern,
		prefix: /^[^*?{]*/.exec(whole)?.[0] ?? '',
		matches: (path) => {
			const folders = path.split('/');
			return all.some((segments) => matchSegments(segments, folders));
		}
	};
}

function expand(pattern: string): readonly string[] | GlobProblem {
	const open = pattern.lastIndexOf('{');
	if (open < 0) return pattern.includes('}') ? 'open-brace' : [pattern];
	const close = pattern.indexOf('}', open);
	if (close < 0) return 'open-brace';
	const [before, after] = [pattern.slice(0, open), pattern.slice(close + 1)];
	const expanded = new Set<string>();
	for (const choice of pattern.slice(open + 1, close).split(',')) {
		const rest = expand(before + choice + after);
		if (typeof rest === 'string') return rest;
		for (const one of rest) expanded.add(one);
		if (expanded.size > CHOICES_MAX) return 'too-many-choices';
	}
	return [...expanded];
}

function matchSegments(segments: readonly string[], folders: readonly string[]): boolean {
	return matchStars(segments, folders, (segment) => segment === '**', matchSegment);
}

function matchSegment(segment: string, folder: string): boolean {
	return matchStars(
		[...segment],
		[...folder],
		(letter) => letter === '*',
		(letter, found) => letter === '?' || letter === found
	);
}
