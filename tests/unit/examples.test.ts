// The shipped examples: their texts are right, and each brings in what it then shows.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseSuite } from '#core/check/parse-suite.ts';
import type { DocumentKind } from '#core/document/document.ts';
import { exampleStages, type Example } from '#core/examples/example.ts';
import { examples } from '#core/examples/examples.ts';
import { modelSamples } from '#core/model/registry/model-samples.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';
import { parseQuery } from '#core/query/parse-query.ts';
import { parseConnection } from '#core/source/connection.ts';
import { samples } from '#core/samples/samples.ts';
import { parseReport } from '#core/report/parse-report.ts';
import { parseRecipe } from '#core/transform/parse-recipe.ts';

const parse: Partial<Record<DocumentKind, (text: string) => { readonly ok: boolean }>> = {
	recipe: parseRecipe,
	pipeline: parsePipeline,
	suite: parseSuite,
	report: parseReport,
	query: parseQuery
};

test('there is one of each stage, in order', () => {
	expect(examples.map(({ stage }) => stage)).toEqual(exampleStages);
});

test.each(examples.map((example) => [example.stage, example] as const))(
	'%s: all that it names is there',
	(_stage, example) => {
		for (const step of example.steps) {
			if (step.do === 'sample') expect(samples.map(({ id }) => id)).toContain(step.sample);
			if (step.do === 'connection') expect(parseConnection(step.text('http://localhost'))).toMatchObject({ ok: true });
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
		if (step.do === 'dataset' || step.do === 'connection') return [step.name];
		if (step.do !== 'document') return [];
		const written =
			step.kind === 'pipeline' ? [...step.text.matchAll(/^ +into: (\S+)$/gm)].map((match) => match[1] ?? '') : [];
		return [step.name, ...written];
	});
}

function shownBy({ place }: Example): string {
	switch (place.at) {
		case 'source':
			return place.connection;
		case 'query':
			return place.query;
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

test('the pages of the sample API are the rows of the sample that they are made from, and lead from one to the next', () => {
	type ApiPage = { readonly next: string | null; readonly readings: readonly Readonly<Record<string, unknown>>[] };
	const [header, ...lines] = readFileSync('static/samples/seattle-weather.csv', 'utf8').trim().split(/\r?\n/);
	const told: string[] = [];
	for (let at: string | null = '2012.json'; at !== null;) {
		const page = JSON.parse(readFileSync(`static/samples/weather-station/${at}`, 'utf8')) as ApiPage;
		for (const reading of page.readings)
			told.push(Object.keys(reading).join(), Object.values(reading).map(plain).join());
		at = page.next;
	}
	expect(told).toEqual(lines.flatMap((line) => [header, line.split(',').map(plain).join()]));
});

/** Numbers as numbers: `0.0` is 0. */
function plain(value: unknown): string {
	const text = String(value);
	return Number.isNaN(Number(text)) ? text : String(Number(text));
}
