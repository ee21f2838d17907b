// What a search tries of a parameter, as a person writes it: `0.05, 0.1, 0.2` are values, `0.02 to 0.3` is a range.
import { err, ok, type Result } from '../../result.ts';
import type { ParameterSpace } from './search-plan.ts';

export const searchable = {
	learningRate: { least: 0.0001, most: 1, isWhole: false, scale: 'log' },
	maxLeaves: { least: 2, most: 4096, isWhole: true, scale: 'log' },
	minLeaf: { least: 1, most: 1_000_000, isWhole: true, scale: 'log' },
	l2: { least: 0, most: 1_000_000, isWhole: false, scale: 'linear' },
	rowShare: { least: 0.01, most: 1, isWhole: false, scale: 'linear' },
	featureShare: { least: 0.01, most: 1, isWhole: false, scale: 'linear' }
} as const;
export type Searchable = keyof typeof searchable;

export type SpaceTextFailure =
	| { readonly kind: 'no-number'; readonly text: string }
	| { readonly kind: 'not-whole'; readonly text: string }
	| { readonly kind: 'out-of-range'; readonly text: string; readonly least: number; readonly most: number }
	/** The end of a range is before its beginning. */
	| { readonly kind: 'backwards' };

/** Null for an empty text: the parameter stays as it is. */
export function parseSpace(parameter: Searchable, text: string): Result<ParameterSpace | null, SpaceTextFailure> {
	if (text.trim() === '') return ok(null);
	const { isWhole, scale } = searchable[parameter];
	const ends = text.split(/\bto\b|…/i);
	const isRange = ends.length === 2;
	const numbers: number[] = [];
	for (const piece of (isRange ? ends : text.split(/[,;\s]+/)).filter((one) => one.trim() !== '' || isRange)) {
		const number = numberOf(parameter, piece.trim());
		if (!number.ok) return number;
		numbers.push(number.value);
	}
	if (!isRange) return ok({ kind: 'choice', values: [...new Set(numbers)] });
	const [from = 0, to = 0] = numbers;
	return from > to ? err({ kind: 'backwards' }) : ok({ kind: 'range', from, to, scale, isWhole });
}

export function spaceText(space: ParameterSpace): string {
	return space.kind === 'choice' ? space.values.join(', ') : `${space.from} to ${space.to}`;
}

function numberOf(parameter: Searchable, text: string): Result<number, SpaceTextFailure> {
	const { least, most, isWhole } = searchable[parameter];
	const number = Number(text);
	if (text === '' || !Number.isFinite(number)) return err({ kind: 'no-number', text });
	if (isWhole && !Number.isInteger(number)) return err({ kind: 'not-whole', text });
	return number < least || number > most ? err({ kind: 'out-of-range', text, least, most }) : ok(number);
}
