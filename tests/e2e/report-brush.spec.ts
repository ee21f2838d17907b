// A span marked in one chart changes the numbers of all others over the same rows: by mouse, by keys and by fields, with the engine's own numbers.
import { expect, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

const REPORT = `---
title: Trips
layout: dashboard
---

\`\`\`metric
from: trips
value: count()
label: Trips
\`\`\`

\`\`\`metric
from: trips
value: median(fare)
label: Middle fare
\`\`\`

\`\`\`chart
type: histogram
title: Minutes
from: trips
x: minutes
bins: 20
\`\`\`

\`\`\`chart
type: histogram
title: Fares
from: trips
x: fare
\`\`\`

\`\`\`chart
type: bar
title: Cities
from: trips
x: city
y: count()
\`\`\`
`;

test('what is marked in a chart is counted in the others, is moved by keys, and goes with Escape', async ({
	scripted: page
}) => {
	test.setTimeout(180_000);
	await openWorkspace(page);
	await page.evaluate(async (text) => {
		const { weir } = globalThis as unknown as WithWeir;
		const rows = `SELECT CAST(i % 100 AS INTEGER) AS minutes, (i % 37) / 2 AS fare, ['Oslo', 'Bergen', 'Bodø'][1 + i % 3] AS city FROM range(6000) t(i)`;
		const saved = await weir.save('trips', rows);
		if (!saved.ok) throw new Error(JSON.stringify(saved.error));
		const kept = await weir.saveDocument('report', 'trips', text);
		if (!kept.ok) throw new Error(JSON.stringify(kept.error));
	}, REPORT);
	await page.getByRole('link', { name: 'Reports' }).click();
	await patient(page.getByRole('navigation', { name: 'Reports' })).toBeVisible();
	await page.getByRole('navigation', { name: 'Reports' }).getByRole('button', { name: 'trips', exact: true }).click();
	const shown = page.getByRole('region', { name: 'The report' });
	const trips = shown.getByRole('definition').nth(0);
	await patient(trips).toHaveText('6,000');
	const minutes = shown.getByRole('slider', { name: 'Minutes', exact: true });
	await patient(minutes).toBeVisible();

	await drag(page, 'Minutes', 0.25, 0.5);
	const marks = shown.getByRole('list', { name: 'What is marked' }).getByRole('listitem');
	await patient(marks).toHaveCount(1);
	await expectCounted(page);
	const first = await trips.textContent();
	await expectClean(page, 'a chart with a marked span');

	const end = shown.getByRole('slider', { name: 'minutes, to' });
	await end.focus();
	await page.keyboard.press('ArrowRight');
	await patient(trips).not.toHaveText(first ?? '');
	await expectCounted(page);
	const wider = await trips.textContent();
	await shown.getByRole('slider', { name: 'minutes, the marked span' }).focus();
	await page.keyboard.press('PageUp');
	await expectCounted(page);

	// What was marked stays while the text is looked at.
	await page.getByRole('tab', { name: 'Text' }).click();
	await page.getByRole('tab', { name: 'Read' }).click();
	await expectCounted(page);
	await expect(trips).not.toHaveText('6,000');
	expect(wider).not.toBe(first);

	await shown.getByRole('button', { name: /^Marked in Minutes/ }).click();
	const fields = shown.getByRole('group', { name: 'Span of Minutes' });
	await fields.getByRole('spinbutton', { name: 'minutes, from' }).fill('10');
	await fields.getByRole('spinbutton', { name: 'minutes, to' }).fill('19');
	await page.keyboard.press('Tab');
	await patient(trips).toHaveText('600');
	await expectCounted(page);
	await expectClean(page, 'fields of a span');
	await page.keyboard.press('Escape');

	const cities = shown.getByRole('slider', { name: 'Cities', exact: true });
	await cities.focus();
	await page.keyboard.press('Home');
	await page.keyboard.press('Shift+ArrowRight');
	await patient(marks).toHaveCount(3);
	await patient(trips).toHaveText('400');
	await expectCounted(page);

	await page.keyboard.press('Escape');
	await patient(trips).toHaveText('600');
	await shown.getByRole('button', { name: 'Take away what is marked in Minutes' }).click();
	await patient(trips).toHaveText('6,000');
	await expect(marks).toHaveCount(0);
});

async function drag(page: Page, name: string, from: number, to: number): Promise<void> {
	const chart = page.getByRole('slider', { name, exact: true });
	await chart.scrollIntoViewIfNeeded();
	const box = await chart.boundingBox();
	if (!box) throw new Error(`no chart ${name}`);
	const y = box.y + box.height / 2;
	await page.mouse.move(box.x + box.width * from, y);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width * to, y, { steps: 8 });
	await page.mouse.up();
}

/** The count, the middle fare and the drawn bars are those of the query that the count says it is. */
async function expectCounted(page: Page): Promise<void> {
	await patient
		.poll(async () =>
			page.evaluate(async () => {
				const { weir } = globalThis as unknown as WithWeir;
				const shown = document.querySelector('[aria-label="The report"]');
				const [count, middle] = [...(shown?.querySelectorAll('dd.value') ?? [])].map((one) => one.textContent ?? '');
				const chips = [...(shown?.querySelectorAll('[aria-label="What is marked"] li .text') ?? [])];
				const wheres = chips.map((chip) => {
					const [column = '', text = ''] = (chip.textContent ?? '').split(': ');
					const ends = text.split(' – ').map((end) => Number(end.replaceAll(',', '')));
					if (column === 'city') return `city IN ('${text.split(', ').join(`', '`)}')`;
					return `minutes BETWEEN ${ends[0]} AND ${ends.at(-1)}`;
				});
				const asked = await weir.sql(
					`SELECT count(*) AS n, median(fare) AS m FROM trips WHERE ${wheres.join(' AND ') || 'true'}`
				);
				if (!asked.ok) return JSON.stringify(asked.error);
				const [row] = await asked.value.rows();
				await asked.value.release();
				const given = [Number(count?.replaceAll(',', '')), Number(middle)];
				const wanted = [Number(row?.['n']), Number(row?.['m'])];
				return JSON.stringify(given) === JSON.stringify(wanted) ? 'same' : JSON.stringify({ given, wanted, wheres });
			})
		)
		.toBe('same');
}
