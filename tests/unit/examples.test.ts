// The shipped examples: their texts are right, and each brings in what it then shows.
import { expect, test } from 'vitest';
import { parseSuite } from '#core/check/parse-suite.ts';
import type { DocumentKind } from '#core/document/document.ts';
import { exampleStages, type Example } from '#core/examples/example.ts';
import { examples } from '#core/examples/examples.ts';
import { modelSamples } from '#core/model/registry/model-samples.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import { samples } from '#core/samples/samples.ts';
import { parseReport } from '#core/report/parse-report.ts';
import { parseRecipe } from '#core/transform/parse-recipe.ts';

const parse: Partial<Record<DocumentKind, (text: string) => { readonly ok: boolean }>> = {
	recipe: parseRecipe,
	pipeline: parsePipeline,
	suite: parseSuite,
	report: parseReport
};

test('there is one of each stage, in order', () => {
	expect(examples.map(({ stage }) => stage)).toEqual(exampleStages);
});

test.each(examples.map((example) => [example.stage, example] as const))(
	'%s: all that it names is there',
	(_stage, example) => {
		for (const step of example.steps) {
			if (step.do === 'sample') expect(samples.map(({ id }) => id)).toContain(step.sample);
			if (step.do === 'document') expect(parse[step.kind]?.(step.text)).toMatchObject({ ok: true });
		}
		expect(madeBy(example)).toContain(shownBy(example));
	}
);

function madeBy({ steps }: Example): readonly string[] {
	return steps.flatMap((step): readonly string[] => {
		if (step.do === 'sample') {
			const name = samples.find(({ id }) => id === step.sample)?.name ?? '';
			return [name, ...modelSamples.filter(({ sample }) => sample === name).map((sample) => sample.name)];
		}
		if (step.do === 'dataset') return [step.name];
		if (step.do !== 'document') return [];
		const written =
			step.kind === 'pipeline' ? [...step.text.matchAll(/^ +into: (\S+)$/gm)].map((match) => match[1] ?? '') : [];
		return [step.name, ...written];
	});
}

function shownBy({ place }: Example): string {
	switch (place.at) {
		case 'recipe':
			return place.recipe;
		case 'pipeline':
			return place.pipeline;
		case 'report':
			return place.report;
		case 'train':
			return place.sample;
		case 'dataset':
		case 'optimise':
		case 'compare':
		case 'lineage':
		case 'drift':
			return place.dataset;
	}
}
