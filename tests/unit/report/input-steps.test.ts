// Going to and fro between inputs of an open report: what was asked of the engine once is not asked again.
import { expect, test, vi } from 'vitest';
import { resultId } from '#core/ids.ts';
import { parseReport } from '#core/report/parse-report.ts';
import type { InputBlock, InputValue } from '#core/report/report.ts';
import { valueOf } from '#core/report/relation-sql.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { renderReport, type RenderedBlock, type RenderedEdition } from '#lib/flows/render-report.ts';
import { Brushing } from '#lib/state/brushing.svelte.ts';
import { reportEffects } from '../../report-effects.ts';

const input = (name: string, type: string): string =>
	`\`\`\`input ${name}\ntype: ${type}\nfrom: trips\ncolumn: ${name}\n\`\`\`\n`;
const TEXT = `\`\`\`sql trips
SELECT CAST(i % 2400 AS INTEGER) AS metres, CAST((i % 700) / 100 AS DECIMAL(9, 2)) AS price, DATE '2026-01-01' + CAST(i % 300 AS INTEGER) AS day
FROM range(3000) t(i)
\`\`\`

${input('metres', 'range')}
${input('price', 'range')}
${input('day', 'date')}

\`\`\`chart
type: heatmap
from: trips
x: price
y: metres
\`\`\`

\`\`\`metric
from: trips
value: count()
\`\`\`
`;

async function opened() {
	const parsed = parseReport(TEXT);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	const report = parsed.value;
	const own = await reportEffects();
	let asked = 0;
	const engine: Effects['engine'] = { ...own.engine, answer: (bound) => (asked++, own.engine.answer(bound)) };
	const effects: Effects = { ...own, engine };
	const input = { id: resultId('r'), report, seen: new Map(), name: 'r', version: null };
	const chosen = new Map<string, InputValue>();
	const shown: ReadonlyMap<number, RenderedBlock>[] = [];
	let edition: RenderedEdition | null = null;
	let renders: Promise<void> = Promise.resolve();
	const render = async (): Promise<void> => {
		edition = null;
		brushing.renderBegins();
		const rendered = await renderReport({ ...input, chosen: new Map(chosen) }, effects);
		if (!rendered.ok) throw new Error(JSON.stringify(rendered.error));
		edition = rendered.value;
		brushing.rendered();
	};
	const brushing: Brushing = new Brushing(
		{
			asked: () => ({ ...input, chosen: new Map(chosen), edition }),
			show: (blocks, left) => {
				expect(left).toEqual([]);
				shown.push(blocks);
			},
			render: () => {
				renders = render();
			},
			valueOf: (block) => valueOf(block, chosen)
		},
		effects
	);
	await render();
	const settled = async (): Promise<void> => {
		await renders;
		await vi.waitFor(() => expect(brushing.progress).toBeNull());
	};
	const inputOf = (name: string): InputBlock => {
		const found = report.blocks.find((block) => block.kind === 'input' && block.name === name);
		if (found?.kind !== 'input') throw new Error(`no input ${name}`);
		return found;
	};
	return {
		...{ brushing, inputOf, shown, settled, asked: () => asked },
		choose: async (name: string, value: InputValue) => {
			chosen.set(name, value);
			brushing.chose(inputOf(name));
			await settled();
		},
		countShown: () => {
			const at = report.blocks.findIndex(({ kind }) => kind === 'metric');
			const block = shown.at(-1)?.get(at);
			return block && 'shown' in block && block.shown.ok ? block.shown.table.columns[0]?.values[0] : null;
		}
	};
}

test('any span of whole numbers, decimals or days is answered without a query after the first, also by who went on to the next field', async () => {
	const report = await opened();
	const steps: readonly (readonly [string, readonly InputValue[]])[] = [
		['metres', [{ from: null, to: 2003 }, { from: 17, to: 1999 }, { from: 17.5, to: null }, null]],
		['price', [{ from: 0.07, to: null }, { from: 1.234, to: 5.55 }, { from: null, to: 3 }, null]],
		['day', [{ from: '2026-02-03', to: null }, { from: '2026-02-28', to: '2026-03-01' }, null]]
	];
	for (const [name, [first = null]] of steps) {
		await report.choose(name, first);
		await report.choose(name, null);
	}
	const before = report.asked();
	for (const [name, values] of steps.toReversed()) for (const value of values) await report.choose(name, value);
	expect(report.asked()).toBe(before);
	expect(report.countShown()).toBe(3000);
	await report.choose('metres', { from: 10, to: 19 });
	expect(report.countShown()).toBe(20);
});

test('an index that is being made for another field is left for a choice that has its own', async () => {
	const report = await opened();
	await report.choose('metres', { from: 0, to: 10 });
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	report.brushing.enter(report.inputOf('day'));
	vi.advanceTimersByTime(1000);
	vi.useRealTimers();
	expect(report.brushing.progress).toBe(0);
	const shown = report.shown.length;
	const chosen = report.choose('metres', { from: 0, to: 9 });
	expect(report.shown.length).toBe(shown + 1);
	expect(report.countShown()).toBe(20);
	await chosen;
});
