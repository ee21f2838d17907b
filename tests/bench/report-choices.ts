// How soon the charts of a dashboard follow what is chosen in its inputs: the first choice of each, and those after it.
import type { Page } from 'playwright';

export type ChoiceTimes = { readonly input: string; readonly firstMs: number; readonly stepsMs: readonly number[] };

const inputs = [
	{ input: 'select', column: 'line' },
	{ input: 'range', column: 'distance' },
	{ input: 'date', column: 'day' },
	{ input: 'search', column: 'line' }
] as const;
const lines = ['Aare', 'Birs', 'Doubs', 'Emme', 'Isar', 'Lahn', 'Main', 'Nahe', 'Oder', 'Ruhr', 'Saale', 'Weser'];
const STEPS = 40;
const CHARTS = 4;

/** `charts` are over `trips`. */
export function choicesText(charts: string): string {
	const blocks = inputs.map(
		({ input, column }) =>
			`\`\`\`input by_${input}\ntype: ${input}\nfrom: trips\ncolumn: ${column}\nlabel: By ${input}\n\`\`\`\n`
	);
	return `---\ntitle: Choices\nlayout: dashboard\n---\n\n${blocks.join('\n')}\n${charts}`;
}

export async function measureChoices(page: Page): Promise<readonly ChoiceTimes[]> {
	await page.keyboard.press('Escape');
	await page.getByRole('navigation', { name: 'Reports' }).getByRole('button', { name: 'choices', exact: true }).click();
	await page.waitForFunction(
		(count) =>
			document.querySelector('input[type=search][id]') !== null &&
			document.querySelectorAll('figure .host svg').length >= count,
		CHARTS,
		{ timeout: 180_000 }
	);
	await page.evaluate(watchCharts);
	const found: ChoiceTimes[] = [];
	for (const { input } of inputs) {
		const label = `By ${input}`;
		const field = page.getByLabel(input === 'range' || input === 'date' ? `${label}, to` : label, { exact: true });
		const choose = async (step: number): Promise<void> => {
			if (input === 'select') await field.selectOption(lines[step % lines.length] ?? null);
			else if (input === 'search') await field.fill(String(lines[step % lines.length]).slice(0, 1 + (step % 3)));
			else {
				await field.fill(input === 'range' ? String(2403 - 51 * step) : dayText(360 - 8 * step));
				await field.press('Tab');
			}
		};
		const firstMs = await timed(page, () => choose(0));
		// What is aggregated beforehand shows its progress, and so does whoever waits for rows.
		await page.waitForTimeout(500);
		await page.waitForFunction(() => document.querySelector('[role=progressbar], progress') === null, undefined, {
			timeout: 180_000
		});
		const stepsMs: number[] = [];
		for (let step = 1; step <= STEPS; step++) stepsMs.push(await timed(page, () => choose(step)));
		found.push({ input, firstMs, stepsMs });
		if (input === 'select') await field.selectOption('');
		else {
			await field.fill('');
			await field.press('Tab');
		}
		await page.waitForTimeout(5000);
	}
	return found;
}

function dayText(day: number): string {
	return new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
}

async function timed(page: Page, act: () => Promise<void>): Promise<number> {
	await page.evaluate(() => (globalThis as never as { choices: { begin(): void } }).choices.begin());
	await act();
	const tookMs = (): number | null =>
		(globalThis as never as { choices: { tookMs(): number | null } }).choices.tookMs();
	await page.waitForFunction(tookMs, undefined, { polling: 20, timeout: 180_000 });
	const ms = await page.evaluate(tookMs);
	await page.waitForTimeout(60);
	return ms ?? Infinity;
}

/** Runs in the page: when each chart changed for the first time since something was chosen. */
function watchCharts(): void {
	let chosenMs = 0;
	const drawnMs = new Map<Element, number>();
	const charts = [...document.querySelectorAll('figure')];
	for (const chart of charts)
		new MutationObserver(() => {
			if (chosenMs > 0 && !drawnMs.has(chart)) drawnMs.set(chart, performance.now());
		}).observe(chart, { childList: true, subtree: true, attributes: true, attributeFilter: ['d', 'width', 'height'] });
	const chose = (event: Event): void => {
		// A field of numbers or days is taken when it is left.
		const isSpan = event.target instanceof HTMLInputElement && /^(number|date)$/.test(event.target.type);
		if (chosenMs === 0 && (event.type === 'change' || !isSpan)) chosenMs = performance.now();
	};
	for (const type of ['input', 'change']) addEventListener(type, chose, true);
	Object.assign(globalThis, {
		choices: {
			begin: () => {
				chosenMs = 0;
				drawnMs.clear();
			},
			tookMs: () => (drawnMs.size === charts.length ? Math.max(...drawnMs.values()) - chosenMs : null)
		}
	});
}
