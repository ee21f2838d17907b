// Tells, token by token, whether the next name in a SQL text stands where a table is read or written. Does not parse:
// a name it wrongly takes for a table costs one view or one entry of lineage too many.
import type { SqlToken } from './tokens.ts';

const opensTables = words(
	'from join into update table describe desc summarize pivot unpivot pivot_wider pivot_longer show lateral only exists'
);
const endsList = words(
	'select where group having order limit offset qualify window set values union except intersect returning sample'
);

type Frame = { expectsTable: boolean; inList: boolean };

export class TablePositions {
	#frames: Frame[] = [{ expectsTable: false, inList: false }];
	#last = '';

	get afterDot(): boolean {
		return this.#last === '.';
	}

	get expectsTable(): boolean {
		return this.#frame.expectsTable;
	}

	/** A text that stands here names a file. */
	get expectsFile(): boolean {
		return this.#frame.expectsTable || (this.#last === '(' && this.#frame.inList);
	}

	/** Tokens in order, without spaces and comments. */
	take(text: string, kind: SqlToken['kind']): void {
		const frame = this.#frame;
		const word = kind === 'word' ? text.toLowerCase() : '';
		if (text === '(') {
			this.#frames.push({ expectsTable: frame.expectsTable, inList: frame.expectsTable });
			frame.expectsTable = false;
		} else if (text === ')' && this.#frames.length > 1) {
			this.#frames.pop();
			this.#frame.expectsTable = false;
		} else if (text === ';') this.#frames = [{ expectsTable: false, inList: false }];
		else if (text === ',') frame.expectsTable = frame.inList;
		else if (opensTables.has(word)) {
			frame.expectsTable = true;
			frame.inList ||= word === 'from';
		} else {
			frame.expectsTable = false;
			if (endsList.has(word)) frame.inList = false;
		}
		this.#last = text;
	}

	get #frame(): Frame {
		const frame = this.#frames.at(-1);
		return frame ?? { expectsTable: false, inList: false };
	}
}

function words(text: string): ReadonlySet<string> {
	return new Set(text.split(' '));
}
