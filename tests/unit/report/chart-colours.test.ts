// The colours of series as colour-blind eyes see them, light and dark: read from the theme, seen through the matrices of Machado et al. (2009).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seriesColour } from '#lib/ui/report/chart/look.ts';

const css = readFileSync(join(import.meta.dirname, '../../../src/lib/ui/tokens.css'), 'utf8');
type Colour = readonly [number, number, number];

/** Of a name all that the file gives it: one for each theme. */
function coloursOf(name: string): readonly string[] {
	return [...new Set([...css.matchAll(new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`, 'g'))].map(([, hex = '']) => hex))];
}

/** Linear light, 0..1. */
function linear(hex: string): Colour {
	const at = (from: number): number => {
		const value = parseInt(hex.slice(from, from + 2), 16) / 255;
		return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	};
	return [at(1), at(3), at(5)];
}

/** For a severity of 1, on linear light. */
const eyes: Readonly<Record<string, readonly [Colour, Colour, Colour]>> = {
	protanopia: [
		[0.152286, 1.052583, -0.204868],
		[0.114503, 0.786281, 0.099216],
		[-0.003882, -0.048116, 1.051998]
	],
	deuteranopia: [
		[0.367322, 0.860646, -0.227968],
		[0.280085, 0.672501, 0.047413],
		[-0.01182, 0.04294, 0.968881]
	],
	tritanopia: [
		[1.255528, -0.076749, -0.178779],
		[-0.078411, 0.930809, 0.147602],
		[0.004733, 0.691367, 0.3039]
	]
};

function seen([red, green, blue]: Colour, matrix: readonly [Colour, Colour, Colour]): Colour {
	const [r, g, b] = matrix.map(([x, y, z]) => Math.min(1, Math.max(0, x * red + y * green + z * blue)));
	return [r ?? 0, g ?? 0, b ?? 0];
}

/** OKLab (Ottosson 2020). */
function lab([r, g, b]: Colour): Colour {
	const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
	const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
	const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
	return [
		0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
		1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
		0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
	];
}

function distance(one: Colour, other: Colour): number {
	return Math.hypot(...lab(one).map((value, at) => value - (lab(other)[at] ?? 0)));
}

const series = Array.from({ length: 8 }, (_, at) => coloursOf(`chart-${at + 1}`));

test('every series has a colour in both themes', () => {
	expect(series.map((colours) => colours.length)).toEqual(Array.from({ length: 8 }, () => 2));
});

test('the first four series stay well apart, and all eight apart, for colour-blind eyes too, light and dark', () => {
	for (const theme of [0, 1])
		for (const [eye, matrix] of Object.entries(eyes)) {
			const colours = series.map((one) => seen(linear(one[theme] ?? '#000000'), matrix));
			const pairs = colours.flatMap((one, at) =>
				colours.slice(at + 1).map((other, by) => ({ at, to: at + 1 + by, far: distance(one, other) }))
			);
			const least = (most: number): number => Math.min(...pairs.filter(({ to }) => to < most).map(({ far }) => far));
			expect([theme, eye, least(4) > 0.12, least(8) > 0.07]).toEqual([theme, eye, true, true]);
		}
});

test('outcomes have colours of their own by their names, which stay apart for colour-blind eyes, light and dark', () => {
	expect(['fail', 'pass'].map((_, at) => seriesColour(at, ['fail', 'pass']))).toEqual([
		'var(--outcome-fail)',
		'var(--outcome-pass)'
	]);
	expect(seriesColour(1, ['error', 'Warn', 'FAILED'])).toBe('var(--outcome-warn)');
	expect(seriesColour(0, ['pass', 'Bern'])).toBe('var(--chart-1)');
	const words = ['pass', 'warn', 'fail', 'error'].map((word) => coloursOf(`outcome-${word}`));
	for (const theme of [0, 1])
		for (const [eye, matrix] of Object.entries(eyes)) {
			const colours = words.map((one) => seen(linear(one[theme] ?? '#000000'), matrix));
			const far = colours.flatMap((one, at) => colours.slice(at + 1).map((other) => distance(one, other)));
			expect([theme, eye, Math.min(...far) > 0.12]).toEqual([theme, eye, true]);
		}
});
