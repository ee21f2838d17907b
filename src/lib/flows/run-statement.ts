// Runs what a person or a script wrote: a query answers with its rows, a statement that changes a dataset with how many it changed.
import { ok, type Result } from '../core/result.ts';
import { parseChange } from '../core/sql/change-statement.ts';
import { quoteName } from '../core/sql/quote.ts';
import { changeBySql } from './change-by-sql.ts';
import type { Committed } from './commit-table.ts';
import type { Effects } from './effects.ts';
import { listDatasets } from './list-datasets.ts';
import { withVersions } from './load-version.ts';
import { runQuery, type RunQueryFailure } from './run-query.ts';
import { runSql, type RunSqlInput, type RunSqlOutcome } from './run-sql.ts';

export type RunStatementOutcome = RunSqlOutcome & {
	/** What a statement changed; null for a query, and where nothing was to be changed. */
	readonly changed: (Committed & { readonly rowCount: number }) | null;
};

/** Versions that the server alone has are brought here first. */
export function runStatement(
	input: RunSqlInput,
	effects: Effects
): Promise<Result<RunStatementOutcome, RunQueryFailure>> {
	return withVersions(() => runOnce(input, effects), input.signal, effects);
}

async function runOnce(input: RunSqlInput, effects: Effects): Promise<Result<RunStatementOutcome, RunQueryFailure>> {
	const items = await listDatasets(effects);
	if (!items.ok) return items;
	const find = (name: string) =>
		items.value.find(({ dataset }) => dataset.name.toLowerCase() === name.toLowerCase()) ?? null;
	const statement = parseChange(input.sql, (name) => find(name) !== null);
	if (!statement.ok) return statement;
	const item = statement.value && find(statement.value.dataset);
	if (!statement.value || !item) {
		const ran = await runQuery(input, effects, items.value);
		return ran.ok ? ok({ ...ran.value, changed: null }) : ran;
	}
	const { id, sql, params = [], signal } = input;
	const changed = await changeBySql({ id, sql, statement: statement.value, params, item, signal }, effects);
	if (!changed.ok) return changed;
	const { rowCount, committed } = changed.value;
	const words = { update: 'rows changed', delete: 'rows removed', insert: 'rows added' };
	const { kind } = statement.value;
	const column = kind === 'update' || kind === 'delete' || kind === 'insert' ? words[kind] : 'rows with another schema';
	const told = await runSql(
		{ ...input, sql: `SELECT ${rowCount}::BIGINT AS ${quoteName(column)}`, params: [] },
		effects
	);
	if (!told.ok) return told;
	return ok({ ...told.value, inputs: [item.version.id], changed: committed && { ...committed, rowCount } });
}
