// Labels that fit: how wide a text is drawn, and a shorter one with an ellipsis.
import { displayText } from '#core/sql/cell-text.ts';

export const LABEL_SIZE = 11;
const FONT = `${LABEL_SIZE}px 'Inter Variable', system-ui, sans-serif`;
/** What no label is longer than, however wide the drawing. */
const CHARACTERS_MAX = 120;

let context: CanvasRenderingContext2D | null = null;

export function labelWidth(text: string): number {
	context ??= document.createElement('canvas').getContext('2d');
	if (!context) return text.length * LABEL_SIZE * 0.6;
	context.font = FONT;
	return context.measureText(text).width;
}

/** One line without what hides or reorders text, no wider than `width` pixels. */
export function fitLabel(text: string, width: number): string {
	const line = displayText(text, CHARACTERS_MAX);
	if (labelWidth(line) <= width) return line;
	const characters = [...line];
	let fits = 0;
	let tooMany = characters.length;
	while (tooMany - fits > 1) {
		const middle = Math.floor((fits + tooMany) / 2);
		if (labelWidth(`${characters.slice(0, middle).join('')}…`) <= width) fits = middle;
		else tooMany = middle;
	}
	return `${characters.slice(0, fits).join('').trimEnd()}…`;
}
