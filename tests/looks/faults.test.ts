// What a comparison of looks must see, planted one at a time, and what it must not mind.
import { expect, onTestFinished, test } from 'vitest';
import { page } from 'vitest/browser';
import { drawingOf } from './chart-drawing.ts';
import { drawSheet } from './look.ts';
import { outline } from './outline.ts';
import { comparePictures, type Picture } from './pixels.ts';
import { sampleNamed } from '../chart-samples.ts';

async function pictureOf(sheet: HTMLElement): Promise<Picture> {
	const png = await page.screenshot({ element: sheet, base64: true, save: false });
	const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
	const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
	if (!context) throw new Error('No canvas to read a picture with');
	context.drawImage(bitmap, 0, 0);
	const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
	return { data, metadata: { width, height } };
}

function inSheet(sheet: HTMLElement, selector: string): Element {
	const [found] = sheet.querySelectorAll(selector);
	if (!found) throw new Error(`Nothing is ${selector}`);
	return found;
}

function addStyle(textContent: string): void {
	const style = Object.assign(document.createElement('style'), { textContent });
	document.head.append(style);
	onTestFinished(() => {
		style.remove();
	});
}

type Fault = {
	readonly name: string;
	readonly chart: string;
	readonly plant: (sheet: HTMLElement) => void;
	/** Whether its text tells it too; of some only the picture does. */
	readonly isTold: boolean;
};

const faults: readonly Fault[] = [
	{
		name: 'a bar that stands 8 px aside',
		chart: 'bar',
		plant: (sheet) => {
			const bar = inSheet(sheet, '.bars rect:nth-child(4)');
			bar.setAttribute('x', String(Number(bar.getAttribute('x')) + 8));
		},
		isTold: true
	},
	{
		name: 'a bar that is gone',
		chart: 'bar',
		plant: (sheet) => {
			inSheet(sheet, '.bars rect:last-child').remove();
		},
		isTold: true
	},
	{
		name: 'a bar of another colour',
		chart: 'bar',
		plant: (sheet) => {
			inSheet(sheet, '.bars rect:nth-child(5)').setAttribute('fill', 'var(--chart-6)');
		},
		isTold: true
	},
	{
		name: 'a token of another colour',
		chart: 'bar',
		plant: (sheet) => {
			for (const row of sheet.children) if (row instanceof HTMLElement) row.style.setProperty('--chart-1', '#2f5f8f');
		},
		isTold: false
	},
	{
		name: 'a label that is cut',
		chart: 'lying',
		plant: (sheet) => {
			const label = [...sheet.querySelectorAll('text')].find(({ textContent }) => textContent === 'Missing value');
			label?.replaceChildren('Missing v…');
		},
		isTold: true
	},
	{
		name: 'a dot that stands 8 px lower',
		chart: 'scatter',
		plant: (sheet) => {
			const dot = inSheet(sheet, '.dots circle:first-child');
			dot.setAttribute('cy', String(Number(dot.getAttribute('cy')) + 8));
		},
		isTold: true
	},
	{
		name: 'a line that is drawn without its ink',
		chart: 'line',
		plant: () => {
			addStyle('.series path { opacity: 0 }');
		},
		isTold: false
	},
	{
		name: 'a drawing that stands 8 px lower',
		chart: 'box',
		plant: () => {
			addStyle('.host { translate: 0 8px }');
		},
		isTold: false
	},
	{
		name: 'a title in lighter letters',
		chart: 'histogram',
		plant: () => {
			addStyle('.title { opacity: 0.5 }');
		},
		isTold: false
	}
];

for (const { name, chart, plant, isTold } of faults)
	test(`it is seen: ${name}`, async () => {
		const sheet = await drawSheet(drawingOf(sampleNamed(chart)));
		const [picture, text] = [await pictureOf(sheet), outline(sheet)];
		plant(sheet);
		expect(comparePictures(picture, await pictureOf(sheet)).pass).toBe(false);
		expect(outline(sheet) === text).toBe(!isTold);
	});

test('letters and marks that are drawn a hair aside are the same look', async () => {
	const sheet = await drawSheet(drawingOf(sampleNamed('line')));
	const picture = await pictureOf(sheet);
	for (const { style } of sheet.querySelectorAll<HTMLElement>('.host, header, figcaption'))
		style.translate = '0.4px 0.3px';
	const compared = comparePictures(picture, await pictureOf(sheet));
	expect(compared.message).toBeNull();
});

test('a picture of another size is another look', () => {
	const empty = (width: number): Picture => ({ data: new Uint8Array(width * 40), metadata: { width, height: 10 } });
	expect(comparePictures(empty(10), empty(11)).pass).toBe(false);
});
