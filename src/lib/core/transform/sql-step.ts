// A step of a person's own SQL: `input` in it becomes the rows before, and positions lead back into the text.
import type { Edit } from '../sql/rewrite.ts';
import { TablePositions } from '../sql/table-positions.ts';
import { identifierOf, tokenize } from '../sql/tokens.ts';
import type { Path } from './problem.ts';
import type { Piece } from './sql-text.ts';

/** Tables called `input` are the rows before, under that name still, so that `input.a` goes on meaning their column. */
export function overInput(text: string, from: string, path: Path): readonly Piece[] {
	const own = text.trimEnd().replace(/;$/, '');
	const positions = new TablePositions();
	const edits: Edit[] = [];
	const tokens = tokenize(own).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
	for (const [at, token] of tokens.entries()) {
		const isName = token.kind === 'word' || token.kind === 'quoted';
		const next = tokens[at + 1];
		const after = next ? own.slice(next.start, next.end).toLowerCase() : '';
		if (
			isName &&
			positions.expectsTable &&
			!positions.afterDot &&
			identifierOf(own, token).toLowerCase() === 'input' &&
			after !== '('
		) {
			const isCalled = after === 'as' || (next?.kind === 'word' && !endsTable.has(after));
			edits.push({ ...token, text: isCalled ? from : `${from} AS input` });
		}
		positions.take(own.slice(token.start, token.end), token.kind);
	}
	const pieces: Piece[] = [];
	let at = 0;
	for (const { start, end, text: replacement } of edits) {
		pieces.push({ text: own.slice(at, start), path, offset: at }, replacement);
		at = end;
	}
	return [...pieces, { text: own.slice(at), path, offset: at }];
}

const endsTable = new Set(
	'where group order having limit offset qualify window union except intersect join left right full inner cross natural asof positional anti semi on using tablesample pivot unpivot'.split(
		' '
	)
);
