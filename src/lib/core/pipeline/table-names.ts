// Names in a SQL text that stand where a table is read, each with its position. References must have been marked out before.
import { TablePositions } from '../sql/table-positions.ts';
import { identifierOf, tokenize } from '../sql/tokens.ts';

export type TableName = { readonly name: string; readonly position: number; readonly isQuoted: boolean };

export function tableNames(sql: string): readonly TableName[] {
	const positions = new TablePositions();
	const tokens = tokenize(sql).filter(({ kind }) => kind !== 'space' && kind !== 'comment');
	const found: TableName[] = [];
	for (const [index, token] of tokens.entries()) {
		const next = tokens[index + 1];
		const isCall = next !== undefined && sql.slice(next.start, next.end) === '(';
		if (positions.expectsTable && !positions.afterDot && !isCall && (token.kind === 'word' || token.kind === 'quoted'))
			found.push({ name: identifierOf(sql, token), position: token.start, isQuoted: token.kind === 'quoted' });
		positions.take(sql.slice(token.start, token.end), token.kind);
	}
	return found;
}
