// Finds the tables of the registry of models in SQL, and puts what reads them in their place.
import { registryColumns, registryTableNames, type RegistryTableName } from '../model/registry/registry-tables.ts';
import { quoteName, quoteText } from './quote.ts';
import { rewrite, type Edit, type Rewritten } from './rewrite.ts';
import { TablePositions } from './table-positions.ts';
import { identifierOf, tokenAt } from './tokens.ts';

export type RegistrySql = Rewritten & { readonly tables: readonly RegistryTableName[] };

/** `isDataset` tells which names mean something else; `fileOf` names the file that holds a table's rows, one JSON object a line. */
export function bindRegistry(
	sql: string,
	isDataset: (name: string) => boolean,
	fileOf: (table: RegistryTableName) => string
): RegistrySql {
	const edits: Edit[] = [];
	const tables = new Set<RegistryTableName>();
	const positions = new TablePositions();
	for (let at = 0; at < sql.length;) {
		const token = tokenAt(sql, at);
		at = token.end;
		if (token.kind === 'space' || token.kind === 'comment') continue;
		const name = token.kind === 'word' || token.kind === 'quoted' ? identifierOf(sql, token).toLowerCase() : '';
		const table = registryTableNames.find((one) => one === name);
		if (table && positions.expectsTable && !positions.afterDot && !isDataset(name)) {
			tables.add(table);
			const alias = /^\s*(?:as\s+)?["\p{L}_]/iu.test(sql.slice(at)) && !endsItem(sql.slice(at)) ? '' : ` AS ${table}`;
			edits.push({ start: token.start, end: token.end, text: readSql(table, fileOf(table)) + alias });
		}
		positions.take(sql.slice(token.start, token.end), token.kind);
	}
	return { ...rewrite(sql, edits), tables: [...tables] };
}

const after =
	/^\s*(?:where|group|having|order|limit|offset|qualify|window|union|except|intersect|join|inner|left|right|full|cross|natural|asof|positional|anti|semi|on|using|select|tablesample)\b/i;

/** Whether the name stands without an alias. */
function endsItem(rest: string): boolean {
	return after.test(rest);
}

function readSql(table: RegistryTableName, file: string): string {
	const columns = Object.entries(registryColumns[table]).map(
		([name, type]) => `${quoteName(name)}: ${quoteText(type)}`
	);
	return `read_json(${quoteText(file)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`;
}
