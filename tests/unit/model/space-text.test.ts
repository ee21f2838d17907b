// What a person writes for a search to try: values, ranges, and what is neither.
import { expect, test } from 'vitest';
import { firstRung } from '#core/model/search/search-plan.ts';
import { parseSpace, searchable, spaceText, type Searchable } from '#core/model/search/space-text.ts';
import { err, ok } from '#core/result.ts';

test('values are told apart by commas or spaces, and each is tried once', () => {
	expect(parseSpace('learningRate', ' 0.05, 0.1 0.2,0.1 ')).toEqual(ok({ kind: 'choice', values: [0.05, 0.1, 0.2] }));
	expect(parseSpace('maxLeaves', '31')).toEqual(ok({ kind: 'choice', values: [31] }));
});

test('a range has two ends, and no text is no search', () => {
	const range = { kind: 'range', from: 7, to: 95, scale: 'log', isWhole: true } as const;
	expect(parseSpace('maxLeaves', '7 to 95')).toEqual(ok(range));
	expect(parseSpace('maxLeaves', spaceText(range))).toEqual(ok(range));
	expect(parseSpace('l2', '  ')).toEqual(ok(null));
});

test('what cannot be tried says what is wrong with it', () => {
	expect(parseSpace('learningRate', '0.1, fast')).toEqual(err({ kind: 'no-number', text: 'fast' }));
	expect(parseSpace('learningRate', '0.1 to')).toEqual(err({ kind: 'no-number', text: '' }));
	expect(parseSpace('maxLeaves', '7.5')).toEqual(err({ kind: 'not-whole', text: '7.5' }));
	expect(parseSpace('rowShare', '0 to 1')).toEqual(err({ kind: 'out-of-range', text: '0', least: 0.01, most: 1 }));
	expect(parseSpace('minLeaf', '100 to 5')).toEqual(err({ kind: 'backwards' }));
});

test('whatever range is written, trials stay within it', () => {
	for (const parameter of Object.keys(searchable) as Searchable[]) {
		const { least, most } = searchable[parameter];
		const space = parseSpace(parameter, `${least} to ${most}`);
		if (!space.ok || !space.value) throw new Error(parameter);
		const rung = firstRung({ spaces: { [parameter]: space.value }, method: { kind: 'random', trials: 50 }, seed: 3 });
		const drawn = rung.ok ? rung.value.trials.map(({ parameters }) => Number(parameters[parameter])) : [];
		expect(drawn).toHaveLength(50);
		for (const value of drawn) expect(value >= least && value <= most, `${parameter} ${value}`).toBe(true);
	}
});
