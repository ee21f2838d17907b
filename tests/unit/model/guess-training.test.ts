import { expect, test } from 'vitest';
import { chosenFeature } from '#core/model/registry/feature-choice.ts';
import { featureOf, guessTraining, type GivenFeature } from '#core/model/registry/guess-training.ts';

const column = (name: string, type: string, distinctCount: number): GivenFeature => ({
	name,
	type,
	distinctCount,
	nullCount: 0
});
const columns = [
	column('id', 'BIGINT', 1000),
	column('age', 'INTEGER', 60),
	column('plan', 'VARCHAR', 3),
	column('left', 'BOOLEAN', 2)
];

test('classes are learnt of few values, in their shares; what only counts rows is left out', () => {
	const { plan, left } = guessTraining(columns, 'left', 1000);
	expect(plan.learner).toMatchObject({ kind: 'boosting', objective: { kind: 'classes' } });
	expect(plan.split).toMatchObject({ kind: 'stratified', testShare: 0.2 });
	expect(plan.features.map(({ name }) => name)).toEqual(['age', 'plan']);
	expect(left).toEqual([{ name: 'id', reason: 'row-number' }]);
});

test('without a target no rows are held out, since nothing could be told of them', () => {
	for (const learner of ['isolation-forest', 'k-means'] as const)
		expect(guessTraining(columns, null, 1000, learner).plan.split).toMatchObject({ testShare: 0, validShare: 0 });
});

test('what a person chose of a column stands in the place of what is usual, where it applies', () => {
	const learner = { kind: 'linear', l2: 1 } as const;
	const standard = { fill: 'mean', isScaled: false } as const;
	const usual = (type: string) => featureOf({ name: 'x', type }, learner);
	expect(chosenFeature(usual('DOUBLE'), { standard })).toEqual({ ...usual('DOUBLE'), standard });
	expect(chosenFeature(usual('DATE'), { parts: ['year'], standard })).toEqual({
		...usual('DATE'),
		parts: ['year'],
		standard
	});
	expect(chosenFeature(usual('DATE'), { parts: [] })).toEqual(usual('DATE'));
	expect(chosenFeature(usual('VARCHAR'), { standard, encoding: 'native' })).toMatchObject({ encoding: 'native' });
	expect(chosenFeature(usual('DOUBLE'), { encoding: 'native' })).toEqual(usual('DOUBLE'));
});
