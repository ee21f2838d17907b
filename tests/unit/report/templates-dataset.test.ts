// Which columns group rows, by what their values are.
import { expect, test } from 'vitest';
import { dimensionsOf } from '#core/report/templates-dataset.ts';

const namesOf = (...given: Parameters<typeof dimensionsOf>) => dimensionsOf(...given).map(({ name }) => name);
const fact = (name: string, distinct: number, nullRatio = 0) => ({ name, distinct, nullRatio });

test('a column groups rows when it has several values and each comes again; what a chart shows whole comes first', () => {
	const facts = [
		fact('id', 1000),
		fact('name', 800),
		fact('town', 60),
		fact('state', 1),
		fact('team', 4),
		fact('empty', 0, 1)
	];
	expect(namesOf(facts, 1000)).toEqual(['team', 'town']);
});

test('rows without a value do not count: a note that is rare and another each time groups nothing', () => {
	expect(namesOf([fact('note', 80, 0.9)], 1000)).toEqual([]);
	expect(namesOf([fact('note', 40, 0.9)], 1000)).toEqual(['note']);
});

test('an estimate that is above the number of rows is another value in every row', () => {
	expect(namesOf([fact('id', 1030)], 1000)).toEqual([]);
	expect(namesOf([fact('id', 0)], 0)).toEqual([]);
});
