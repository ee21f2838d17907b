// What is chosen in an input, answered from its index, against the report rendered anew with the same choice, both by their flows.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReport } from '#core/report/parse-report.ts';
import type { InputBlock, InputValue } from '#core/report/report.ts';
import { resultId } from '#core/ids.ts';
import { ok } from '#core/result.ts';
import { answerInput, indexInput, type InputIndex } from '#lib/flows/index-input.ts';
import { renderReport, type RenderedEdition } from '#lib/flows/render-report.ts';
import { reportEffects } from '../../report-effects.ts';

const effects = await reportEffects();

const TEXT = `---
layout: dashboard
---

\`\`\`sql trips
SELECT
	CASE WHEN i % 50 = 0 THEN NULL ELSE i % 101 - 20 END AS minutes,
	CASE i % 400 WHEN 7 THEN 'Infinity'::DOUBLE WHEN 8 THEN '-Infinity'::DOUBLE WHEN 9 THEN 'NaN'::DOUBLE WHEN 10 THEN NULL ELSE (i % 370) / 10 - 5 END AS fare,
	CAST((i % 997) / 100 AS DECIMAL(9, 2)) AS tip,
	CAST(i * 7 % 5003 AS INTEGER) AS metres,
	(i * 13 % 5009) / 10 AS weight,
	CASE WHEN i % 60 = 1 THEN NULL ELSE DATE '2024-01-30' + CAST(i % 90 AS INTEGER) END AS day,
	TIMESTAMP '2024-02-27 22:00:00' + INTERVAL (i * 37) MINUTE AS moment,
	CASE WHEN i % 30 = 3 THEN NULL ELSE ['Oslo', 'Bergen', 'ÅLESUND', 'Hafnarfjörður', 'İzmir', 'ΟΔΟΣ', 'it''s; -- one'][1 + i % 7] END AS city
FROM range(5200) t(i)
\`\`\`

There are {{ count(trips) }} trips.

${inputText('city', 'select')}
${inputText('city', 'select', 'multiple: true')}
${inputText('city', 'search')}
${inputText('minutes', 'range')}
${inputText('fare', 'range')}
${inputText('tip', 'range')}
${inputText('metres', 'range')}
${inputText('weight', 'range')}
${inputText('day', 'date')}
${inputText('moment', 'date')}
${inputText('minutes', 'number')}

\`\`\`chart
type: histogram
from: trips
x: minutes
\`\`\`

\`\`\`chart
type: bar
from: trips
x: city
y: [sum(minutes), count()]
\`\`\`

\`\`\`metric
from: trips
value: median(tip)
\`\`\`
`;

function inputText(column: string, type: string, more = ''): string {
	const name = `${column}_${type}${more === '' ? '' : '_several'}`;
	return `\`\`\`input ${name}\ntype: ${type}\nfrom: trips\ncolumn: ${column}\n${more}\n\`\`\`\n`;
}

const parsed = parseReport(TEXT);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
const report = parsed.value;
const base = { id: resultId('r'), report, chosen: new Map<string, InputValue>(), seen: new Map() };
const inputs = new Map(report.blocks.flatMap((block) => (block.kind === 'input' ? [[block.name, block]] : [])));

async function render(chosen: ReadonlyMap<string, InputValue>): Promise<RenderedEdition> {
	const edition = await renderReport({ ...base, chosen, name: 'r', version: null }, effects);
	if (!edition.ok) throw new Error(JSON.stringify(edition.error));
	return edition.value;
}
const edition = await render(base.chosen);

type Indexed = { readonly input: InputBlock; readonly index: InputIndex };
const indexes = new Map<string, Promise<Indexed>>();

function indexOf(name: string): Promise<Indexed> {
	const made = indexes.get(name) ?? makeIndex(name);
	indexes.set(name, made);
	return made;
}

async function makeIndex(name: string): Promise<Indexed> {
	const input = inputs.get(name);
	if (!input) throw new Error(`no input ${name}`);
	const index = await indexInput({ ...base, active: input, edition }, effects);
	if (!index.ok || !index.value) throw new Error(`${name}: ${JSON.stringify(index)}`);
	return { input, index: index.value };
}

/** Whether the index answers at all; what it answers is what the engine does. */
async function agrees(name: string, value: InputValue): Promise<boolean> {
	const { input, index } = await indexOf(name);
	const answered = answerInput(index, edition, value);
	if (!answered) return false;
	const rendered = await render(new Map([[name, value]]));
	for (const [at, block] of answered) expect([name, value, block]).toEqual([name, value, rendered.blocks[at]]);
	const kinds = [...answered.keys()].map((at) => report.blocks[at]?.kind);
	expect(new Set(kinds)).toEqual(new Set(['prose', 'input', 'chart']));
	expect(index.left.map((at) => report.blocks[at]?.kind)).toEqual(['metric']);
	const own = answered.get(report.blocks.indexOf(input));
	expect(own && 'value' in own && own.value).toEqual(value);
	return true;
}

test(
	'what an index answers of a choice is what the report would show, and of more values than are told apart, ends inside of a step are asked of the engine',
	{ timeout: 120_000 },
	async () => {
		const choices: readonly (readonly [string, InputValue])[] = [
			['city_select', 'Oslo'],
			['city_select', "it's; -- one"],
			['city_select', 'Nowhere'],
			['city_select', null],
			['city_select_several', ['Bergen', 'ÅLESUND', 'Nowhere']],
			['city_select_several', []],
			['city_search', 'r'],
			['city_search', 'å'],
			['city_search', 'iZ'],
			['city_search', 'οσ'],
			['city_search', ' '],
			['city_search', 'nowhere at all'],
			['minutes_range', { from: 3, to: 20 }],
			['minutes_range', { from: null, to: 20.5 }],
			['minutes_range', { from: 2.5, to: null }],
			['minutes_range', { from: -500, to: 500 }],
			['minutes_range', { from: 30, to: 10 }],
			['fare_range', { from: 0, to: 10.3 }],
			['fare_range', { from: -4.9, to: null }],
			['fare_range', { from: null, to: 3 }],
			['fare_range', { from: 31.9, to: 900 }],
			['tip_range', { from: 0.07, to: 9.96 }],
			['tip_range', { from: 9.96, to: 9.96 }],
			['fare_range', { from: 0.12345678, to: 7.7777 }],
			['tip_range', { from: 1.234, to: 1.999 }],
			['metres_range', { from: 17, to: 4001 }],
			['weight_range', { from: 3.1, to: 77.7 }],
			['weight_range', { from: null, to: 500 }],
			['day_date', { from: '2024-02-28', to: '2024-03-01' }],
			['day_date', { from: null, to: '2024-01-29' }],
			['day_date', { from: '2024-04-01', to: null }],
			['moment_date', { from: '2024-02-28', to: '2024-02-28' }],
			['moment_date', { from: null, to: '2024-03-05' }],
			['minutes_number', '7']
		];
		for (const [name, value] of choices) expect([name, value, await agrees(name, value)]).toEqual([name, value, true]);
		expect(await agrees('weight_range', { from: 0.12345678, to: null })).toBe(false);
		expect(await agrees('day_date', { from: 'soon', to: null })).toBe(false);
	}
);

test('of spans at random what is answered is what the engine says', { timeout: 120_000 }, async () => {
	const end = fc.option(fc.integer({ min: -80, max: 1200 }), { nil: null });
	await fc.assert(
		fc.asyncProperty(end, end, async (low, high) => {
			const scaled = (by: number): InputValue => ({
				from: low === null ? null : low / by,
				to: high === null ? null : high / by
			});
			if (low === null && high === null) return;
			for (const [name, by] of [
				['minutes_range', 1],
				['fare_range', 10],
				['tip_range', 100],
				['metres_range', 0.25],
				['weight_range', 3]
			] as const)
				await agrees(name, scaled(by));
		}),
		{ numRuns: 4 }
	);
});

test('an input that a query asks for has no index, since other rows come of it', async () => {
	const asked = parseReport(TEXT.replace('FROM range(5200) t(i)', 'FROM range(5200) t(i) WHERE $city_select IS NULL'));
	if (!asked.ok) throw new Error(JSON.stringify(asked.error));
	const active = asked.value.blocks.find((block) => block.kind === 'input' && block.name === 'city_select');
	if (active?.kind !== 'input') throw new Error('no input');
	const index = await indexInput({ ...base, seen: new Map(), report: asked.value, active, edition }, effects);
	expect(index).toEqual(ok(null));
});

test('letters become small as the engine makes them', async () => {
	const { index } = await indexOf('city_search');
	const { grid } = index;
	expect(grid.input.kind).toBe('values');
	for (const text of ['OSLO', 'İ', 'σ', 'Σ', 'hafnarfjörÐur'])
		expect([text, await agrees('city_search', text)]).toEqual([text, true]);
});
