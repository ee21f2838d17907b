// Looks at a part of the page as it is drawn: its words and marks as text, and one picture of it in both themes.
import { expect, onTestFinished } from 'vitest';
import { page } from 'vitest/browser';
import '#lib/ui/base.css';
import { outline } from './outline.ts';

/** Around what is looked at, so that nothing is cut at the edge of the window. */
const MARGIN_PX = 8;

export type Drawing = {
	/** Beside one another in the picture. */
	readonly widths: readonly number[];
	/** Resolves when all of it stands there. */
	readonly draw: (frame: HTMLElement) => Promise<unknown>;
	/** What a person would open before reading. */
	readonly open?: (frame: HTMLElement) => Promise<unknown>;
};

/** Compares with `texts/NAME.txt` and `pictures/NAME.png`. */
export async function expectLook(name: string, drawing: Drawing): Promise<void> {
	const sheet = await drawSheet(drawing);
	await expect.element(page.getByTestId('look')).toMatchScreenshot(name);
	const frames = [...sheet.querySelectorAll<HTMLElement>('[data-width]')];
	if (drawing.open) await Promise.all(frames.map(drawing.open));
	const [light = [], dark = []] = ['light', 'dark'].map((theme) =>
		frames
			.filter((frame) => frame.closest(`[data-theme=${theme}]`))
			.map((frame) => `${frame.dataset['width']} wide\n${outline(frame)}`)
	);
	await expect(`${light.join('\n\n')}\n`).toMatchFileSnapshot(`./texts/${name}.txt`);
	// Colours come from tokens: another theme draws no other marks.
	expect(dark).toEqual(light);
}

/** Draws each width in light, and below in dark, with the page's own font, whichever the machine has. It stays until the test ends. */
export async function drawSheet({ widths, draw }: Drawing): Promise<HTMLElement> {
	await Promise.all(['400', '600', '700'].map((weight) => document.fonts.load(`${weight} 13px 'Inter Variable'`)));
	const width = widths.reduce((sum, one) => sum + one + MARGIN_PX, MARGIN_PX);
	await page.viewport(width, 600);
	const sheet = document.createElement('div');
	sheet.dataset['testid'] = 'look';
	sheet.style.width = `${width}px`;
	document.body.style.margin = '0';
	document.body.append(sheet);
	onTestFinished(() => {
		sheet.remove();
	});
	for (const theme of ['light', 'dark']) {
		const row = document.createElement('div');
		row.dataset['theme'] = theme;
		Object.assign(row.style, {
			display: 'flex',
			alignItems: 'start',
			gap: `${MARGIN_PX}px`,
			padding: `${MARGIN_PX}px`,
			color: 'var(--text)',
			background: 'var(--bg)'
		});
		sheet.append(row);
		for (const each of widths) {
			const frame = document.createElement('div');
			frame.dataset['width'] = String(each);
			Object.assign(frame.style, { flex: 'none', width: `${each}px` });
			row.append(frame);
			await draw(frame);
		}
	}
	await page.viewport(width, sheet.offsetHeight);
	return sheet;
}
