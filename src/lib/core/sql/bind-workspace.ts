// Finds what the workspace tells of itself in SQL, tables and `drift('a@v1', 'a')`, and puts what reads them in their place.
import { driftColumns } from '../check/verdict-tables.ts';
import type { VersionId } from '../ids.ts';
import { ok, type Result } from '../result.ts';
import type { CatalogueEntry } from './bind-versions.ts';
import type { SqlFailure } from './failure.ts';
import { quoteName, quoteText } from './quote.ts';
import { rewrite, type Edit, type Rewritten } from './rewrite.ts';
import { TablePositions } from './table-positions.ts';
import { identifierOf, tokenAt } from './tokens.ts';
import { badCall, readVersionCall, versionArgument } from './version-call.ts';
import { workspaceTableNames, workspaceTables, type WorkspaceTableName } from './workspace-tables.ts';

export type DriftCall = { readonly file: string; readonly before: VersionId; readonly after: VersionId };

export type WorkspaceSql = Rewritten & {
	/** Each with the file that holds its rows, one JSON object a line. */
	readonly tables: readonly { readonly table: WorkspaceTableName; readonly file: string }[];
	readonly drifts: readonly DriftCall[];
};

const drift = /\bdrift\s*\(/i;
const any = new RegExp(`\\b(?:${workspaceTableNames.join('|')})\\b|${drift.source}`, 'i');

/** Whether a text can name any of it: most do not. */
export function mayAskWorkspace(sql: string): boolean {
	return any.test(sql);
}

/** `id` makes the names of files its own. A dataset that is called like a table is meant instead. Fails: what a version's name can. */
export function bindWorkspace(
	sql: string,
	catalogue: readonly CatalogueEntry[],
	id: string
): Result<WorkspaceSql, SqlFailure> {
	const entries = new Map(catalogue.map((entry) => [entry.name.toLowerCase(), entry]));
	const edits: Edit[] = [];
	const tables = new Set<WorkspaceTableName>();
	const drifts: DriftCall[] = [];
	const positions = new TablePositions();
	for (let at = 0; at < sql.length;) {
		const token = tokenAt(sql, at);
		at = token.end;
		if (token.kind === 'space' || token.kind === 'comment') continue;
		const name = token.kind === 'word' || token.kind === 'quoted' ? identifierOf(sql, token).toLowerCase() : '';
		const isTable = positions.expectsTable && !positions.afterDot && !entries.has(name);
		const table = isTable ? workspaceTableNames.find((one) => one === name) : undefined;
		const call = isTable && token.kind === 'word' && name === 'drift' ? readVersionCall(sql, token.end) : null;
		if (table) {
			tables.add(table);
			const text = readSql(workspaceTables[table], `${table}-${id}.ndjson`) + aliasFor(table, sql.slice(at));
			edits.push({ start: token.start, end: token.end, text });
		} else if (call) {
			const [first, second] = call.arguments;
			if (!first || !second || call.arguments.length > 2)
				return badCall("drift() takes two versions: drift('a@v1', 'a')", token.start);
			const before = versionArgument('drift', first, entries);
			if (!before.ok) return before;
			const after = versionArgument('drift', second, entries);
			if (!after.ok) return after;
			const file = `drift-${drifts.length}-${id}.ndjson`;
			drifts.push({ file, before: before.value.relation.version, after: after.value.relation.version });
			at = call.end;
			const text = readSql(driftColumns, file) + aliasFor('drift', sql.slice(at));
			edits.push({ start: token.start, end: at, text });
			positions.take('drift', 'word');
			continue;
		}
		positions.take(sql.slice(token.start, token.end), token.kind);
	}
	const files = [...tables].map((table) => ({ table, file: `${table}-${id}.ndjson` }));
	return ok({ ...rewrite(sql, edits), tables: files, drifts });
}

const after =
	/^\s*(?:where|group|having|order|limit|offset|qualify|window|union|except|intersect|join|inner|left|right|full|cross|natural|asof|positional|anti|semi|on|using|select|tablesample)\b/i;

/** The name itself, unless the text gives one. */
function aliasFor(name: string, rest: string): string {
	return /^\s*(?:as\s+)?["\p{L}_]/iu.test(rest) && !after.test(rest) ? '' : ` AS ${name}`;
}

function readSql(shape: Readonly<Record<string, string>>, file: string): string {
	const columns = Object.entries(shape).map(([name, type]) => `${quoteName(name)}: ${quoteText(type)}`);
	return `read_json(${quoteText(file)}, format = 'newline_delimited', columns = {${columns.join(', ')}})`;
}
