// Replaces stretches of a SQL text and keeps the way back from a position in the new text to one in the old.

export type Edit = { readonly start: number; readonly end: number; readonly text: string };

export type Rewritten = {
	readonly sql: string;
	/** A UTF-16 position in `sql` as one in the text before; inside a replacement it is the replaced stretch's start. */
	readonly toOriginal: (position: number) => number;
};

/** `edits` are in order and do not overlap. */
export function rewrite(sql: string, edits: readonly Edit[]): Rewritten {
	let text = '';
	let from = 0;
	const placed: { start: number; end: number; edit: Edit }[] = [];
	for (const edit of edits) {
		text += sql.slice(from, edit.start);
		placed.push({ start: text.length, end: text.length + edit.text.length, edit });
		text += edit.text;
		from = edit.end;
	}
	return {
		sql: text + sql.slice(from),
		toOriginal(position) {
			let shift = 0;
			for (const { start, end, edit } of placed) {
				if (position < start) break;
				if (position < end) return edit.start;
				shift = edit.end - end;
			}
			return position + shift;
		}
	};
}
