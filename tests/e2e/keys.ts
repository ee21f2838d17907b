// A page without a mouse: what has the focus, and the way to what is wanted, at 200 % zoom of a window of 1440 by 900.
import { expect, type Page } from '@playwright/test';

export const ZOOMED = { width: 720, height: 450 };

/** What has the focus, as it is called; it is in sight, and the page is not wider than the window. A control that waits gets it back. */
export async function focused(page: Page): Promise<string> {
	await page.waitForFunction(() => ![null, document.body].includes(document.activeElement as HTMLElement | null));
	const told = await page.evaluate(() => {
		const one = document.activeElement ?? document.body;
		const { left, right, top, bottom } = one.getBoundingClientRect();
		const isInSight = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight;
		const { scrollWidth, clientWidth } = document.documentElement;
		const [label] = 'labels' in one ? [...((one as HTMLInputElement).labels ?? [])] : [];
		const labelled =
			label && [...label.childNodes].filter((node) => node !== one).map(({ textContent }) => textContent);
		const name = one.getAttribute('aria-label') ?? labelled?.join('') ?? one.textContent;
		return { name: name.trim().replaceAll(/\s+/g, ' '), isInSight, isWide: scrollWidth > clientWidth };
	});
	expect(told).toMatchObject({ isInSight: true, isWide: false });
	return told.name;
}

/** Presses Tab until what is called so has the focus; answers what came before it. */
export async function tabTo(page: Page, wanted: string | RegExp): Promise<readonly string[]> {
	const passed: string[] = [];
	if (await page.evaluate(() => document.activeElement === document.body)) await page.keyboard.press('Tab');
	for (let presses = 0; presses < 80; presses++) {
		const name = await focused(page);
		if (typeof wanted === 'string' ? name === wanted : wanted.test(name)) return passed;
		passed.push(name);
		await page.keyboard.press('Tab');
	}
	throw new Error(`${String(wanted)} is not reached: ${passed.join(' | ')}`);
}

/** What is called so is reached by Tab from where the page begins, and pressed. */
export async function tabAndPress(page: Page, wanted: string | RegExp): Promise<void> {
	await tabTo(page, wanted);
	await page.keyboard.press('Enter');
}

/** As `tabTo`, into a field that is written. */
export async function tabAndWrite(page: Page, field: string | RegExp, text: string): Promise<void> {
	await tabTo(page, field);
	await page.keyboard.press('ControlOrMeta+a');
	await page.keyboard.insertText(text);
}
