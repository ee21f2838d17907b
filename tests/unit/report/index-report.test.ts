// An index of a report against the report rendered anew with the same span marked, both by their flows.
import { expect, test } from 'vitest';
import type { ChartSpan } from '#core/report/chart-span.ts';
import { snapSpan } from '#core/report/cube-grid.ts';
import { parseReport } from '#core/report/parse-report.ts';
import { markFilters } from '#core/report/row-filter.ts';
import { resultId } from '#core/ids.ts';
import { answerIndex, indexReport } from '#lib/flows/index-report.ts';
import { renderReport, type RenderedEdition } from '#lib/flows/render-report.ts';
import { reportEffects } from '../../report-effects.ts';

const effects = await reportEffects();

const TEXT = `---
layout: dashboard
---

\`\`\`sql trips
SELECT i % 100 AS minutes, (i % 37) / 4 AS fare, ['Oslo', 'Bergen'][1 + i % 2] AS city FROM range(5000) t(i)
\`\`\`

There are {{ count(trips) }} trips.

\`\`\`chart
type: histogram
from: trips
x: minutes
\`\`\`

\`\`\`chart
type: bar
from: trips
x: city
y: [sum(fare), count()]
\`\`\`

\`\`\`metric
from: trips
value: median(fare)
\`\`\`

\`\`\`chart
type: heatmap
from: trips
x: fare
y: city
\`\`\`
`;

test('what an index answers is what the report would show with the same span, but for what does not add up', async () => {
	const parsed = parseReport(TEXT);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	const report = parsed.value;
	const [active] = report.blocks.filter((block) => block.kind === 'chart');
	if (!active) throw new Error('no chart');
	const input = { id: resultId('r'), report, chosen: new Map() };
	const render = async (marked: ChartSpan | null): Promise<RenderedEdition> => {
		const brushed = markFilters(marked ? [{ block: active, span: marked }] : []);
		const edition = await renderReport({ ...input, brushed, name: 'r', version: null }, effects);
		if (!edition.ok) throw new Error(JSON.stringify(edition.error));
		return edition.value;
	};
	const edition = await render(null);
	const index = await indexReport({ ...input, active, edition }, effects);
	if (!index.ok || !index.value) throw new Error(JSON.stringify(index));
	const kinds = (numbers: Iterable<number>) => [...numbers].map((at) => report.blocks[at]?.kind);
	expect(kinds(index.value.cubes.keys())).toEqual(['prose', 'chart', 'chart']);
	expect(kinds(index.value.left)).toEqual(['metric']);
	const dragged = snapSpan({ x: { kind: 'range', from: 20.3, to: 44.9 }, y: null }, index.value.grid);
	for (const span of [dragged, null]) {
		const answered = answerIndex(index.value, edition, span);
		const rendered = await render(span);
		for (const [at, block] of answered ?? []) expect(block).toEqual(rendered.blocks[at]);
	}
	expect(answerIndex(index.value, edition, { x: { kind: 'range', from: 20.3, to: 44.9 }, y: null })).toBeNull();
});
