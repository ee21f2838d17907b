// A chart as a file of its own: SVG with its title, legend and colours inside, or that as PNG at twice the size.
import type { DrawnChart } from './draw-chart.ts';
import { fitLabel, labelWidth } from './label-text.ts';
import { seriesColour, seriesDash } from './look.ts';

export type ExportedWords = {
	readonly title: string;
	readonly subtitle: string | null;
	readonly caption: string | null;
	readonly summary: string;
	/** At both ends of a ramp. */
	readonly ends: readonly [string, string] | null;
};

const SPACE = 'http://www.w3.org/2000/svg';
const PAD = 16;
const PIXELS = 2;
const colours = ['fill', 'stroke'] as const;

export function chartSvg(host: Element, { drawing, scene, table }: DrawnChart, words: ExportedWords): string {
	const colour = resolver(host);
	const width = drawing.width + 2 * PAD;
	const parts: SVGElement[] = [];
	let y = PAD;
	const line = (text: string, size: number, fill: string, weight = '400'): void => {
		y += size + 4;
		parts.push(
			element(
				'text',
				{ x: PAD, y, fill, 'font-size': size, 'font-weight': weight },
				fitLabel(text, ((width - 2 * PAD) * 11) / size)
			)
		);
		y += 3;
	};
	line(words.title, 14, 'var(--text)', '650');
	if (words.subtitle !== null) line(words.subtitle, 12, 'var(--text-2)');
	if (!drawing.isNamed && scene.legend.kind !== 'none') {
		const legend = legendOf({ scene, table, words, width: drawing.width });
		legend.group.setAttribute('transform', `translate(${PAD},${y + 6})`);
		parts.push(legend.group);
		y += legend.height + 6;
	}
	const plot = drawing.svg.cloneNode(true);
	if (!(plot instanceof SVGElement)) throw new Error('A drawing is SVG');
	plot.setAttribute('x', String(PAD));
	plot.setAttribute('y', String(y + 8));
	for (const name of ['class', 'aria-hidden']) plot.removeAttribute(name);
	plot.setAttribute('color', 'var(--text-2)');
	plot.setAttribute('overflow', 'visible');
	parts.push(plot);
	y += drawing.height + 12;
	if (words.caption !== null) line(words.caption, 11, 'var(--text-3)');
	const height = Math.ceil(y + PAD);
	const root = element('svg', {
		width,
		height,
		viewBox: `0 0 ${width} ${height}`,
		role: 'img',
		'font-family': "'Inter Variable', Inter, system-ui, sans-serif",
		'font-size': 11
	});
	root.append(
		element('title', {}, words.title),
		element('desc', {}, words.summary),
		element('rect', { width, height, fill: 'var(--bg)' }),
		...parts
	);
	for (const one of root.querySelectorAll('*'))
		for (const name of [...colours, 'color']) {
			const value = one.getAttribute(name);
			if (value !== null && /^(var|color-mix)\(/.test(value)) one.setAttribute(name, colour(value));
		}
	return new XMLSerializer().serializeToString(root);
}

export async function chartPng(svg: string): Promise<Blob | null> {
	const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
	try {
		const image = new Image();
		image.src = url;
		await image.decode();
		const canvas = document.createElement('canvas');
		canvas.width = image.naturalWidth * PIXELS;
		canvas.height = image.naturalHeight * PIXELS;
		canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
		return await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
	} finally {
		URL.revokeObjectURL(url);
	}
}

/** Letters and numbers of the title, as far as file systems like them. */
export function chartFileName(title: string, extension: 'svg' | 'png'): string {
	const name = title
		.normalize('NFKC')
		.replace(/[^\p{L}\p{N}]+/gu, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 80)
		.toLowerCase();
	return `${name === '' ? 'chart' : name}.${extension}`;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElement {
	const made = document.createElementNS(SPACE, name);
	if (!(made instanceof SVGElement)) throw new Error('An element of SVG');
	for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
	if (text !== undefined) made.textContent = text;
	return made;
}

type LegendParts = Pick<DrawnChart, 'scene' | 'table'> & { readonly words: ExportedWords; readonly width: number };

function legendOf({ scene: { legend }, table, words, width }: LegendParts): { group: SVGElement; height: number } {
	const group = element('g', {});
	let [x, y] = [0, 10];
	if (legend.kind === 'ramp') {
		const [low, high] = words.ends ?? ['', ''];
		const start = Math.ceil(labelWidth(low)) + 8;
		group.append(element('text', { x: 0, y, fill: 'var(--text-2)' }, low));
		legend.colours.forEach((fill, at) =>
			group.append(element('rect', { x: start + at * 5, y: y - 9, width: 5.5, height: 10, fill }))
		);
		group.append(element('text', { x: start + legend.colours.length * 5 + 8, y, fill: 'var(--text-2)' }, high));
	}
	if (legend.kind === 'series')
		table.series.names.slice(0, 40).forEach((name, series) => {
			const shown = fitLabel(name, 200);
			const wide = labelWidth(shown) + 38;
			if (x > 0 && x + wide > width) [x, y] = [0, y + 18];
			group.append(
				element('line', {
					x1: x,
					x2: x + 16,
					y1: y - 4,
					y2: y - 4,
					stroke: seriesColour(series, table.series.names),
					'stroke-width': legend.shape === 'line' ? 2 : 8,
					'stroke-dasharray': legend.shape === 'line' ? seriesDash(series, table.series.names.length) : 'none'
				}),
				element('text', { x: x + 22, y, fill: 'var(--text-2)' }, shown)
			);
			x += wide;
		});
	return { group, height: y + 4 };
}

/** Colours of the theme as other programs read them. */
function resolver(host: Element): (value: string) => string {
	const probe = document.createElement('span');
	probe.hidden = true;
	host.append(probe);
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = 1;
	const context = canvas.getContext('2d', { willReadFrequently: true });
	const known = new Map<string, string>();
	const read = (value: string): string => {
		probe.style.color = value;
		if (!context) return '#000000';
		context.fillStyle = getComputedStyle(probe).color;
		context.fillRect(0, 0, 1, 1);
		const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
		return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
	};
	queueMicrotask(() => {
		probe.remove();
	});
	return (value) => {
		const told = known.get(value) ?? read(value);
		known.set(value, told);
		return told;
	};
}
