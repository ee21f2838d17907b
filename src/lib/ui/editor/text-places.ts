// Places of a text as offsets, and the other way round.
import type { Place } from '#core/document/text-problem.ts';

/** 0-based, inside the text. */
export function offsetOf(text: string, { line, column }: Place): number {
	let at = 0;
	for (let number = 1; number < line; number++) {
		const end = text.indexOf('\n', at);
		if (end < 0) return text.length;
		at = end + 1;
	}
	return Math.min(at + column - 1, text.length);
}

/** Both 1-based. */
export function placeOf(text: string, offset: number): Place {
	const before = text.slice(0, offset);
	return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
