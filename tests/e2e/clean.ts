// axe finds nothing in a state of the page, in light and in dark.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Of all rules, what else tells one theme from the other. */
const ofColours = ['color-contrast', 'link-in-text-block'];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** No rule of WCAG 2.2 A and AA, nor axe's best practices, is broken in either theme. The page ends in light. */
export async function expectClean(page: Page, state: string): Promise<void> {
	for (const colorScheme of ['dark', 'light'] as const) {
		await page.emulateMedia({ colorScheme });
		await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
		// Fading in, a text has less contrast than it will have.
		await page.evaluate(async () => {
			const finite = document
				.getAnimations()
				.filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime ?? Infinity));
			await Promise.allSettled(finite.map((one) => one.finished));
		});
		const builder = new AxeBuilder({ page, ...((await isThere(page)) && { axeSource: 'undefined' }) });
		// Weir has no frames: without them axe need not open a page of its own to put its results together.
		const axe = builder.options({ resultTypes: ['violations'] }).setLegacyMode(true);
		const { violations } = await (colorScheme === 'dark' ? axe.withTags(tags) : axe.withRules(ofColours)).analyze();
		const found = violations.flatMap(({ id, nodes }) =>
			nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html}`)
		);
		expect.soft(found, `${state}, ${colorScheme}`).toEqual([]);
	}
}

/** Its 650 kB are read and run twice for each look unless it is told another source. */
function isThere(page: Page): Promise<boolean> {
	return page.evaluate(() => 'axe' in globalThis);
}
