// What the workspace tells of itself in SQL, under names that no dataset has taken.
import { checkColumns } from '../check/verdict-tables.ts';
import { registryColumns } from '../model/registry/registry-tables.ts';
import { historyColumns } from '../version/history-tables.ts';

/** DuckDB types by column. */
export const workspaceTables = { ...registryColumns, ...checkColumns, ...historyColumns };
export type WorkspaceTableName = keyof typeof workspaceTables;

export const workspaceTableNames: readonly WorkspaceTableName[] = Object.keys(workspaceTables) as WorkspaceTableName[];
