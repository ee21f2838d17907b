// How records stand, as one mark that is another one after each change of any of them: whoever knows that it is as before reads none. And
// which rows the last changes were of, in the tables that may be large. Both are written in the transaction of the change, whoever makes it and
// by whatever table, so that no change can be without them.
import type Dexie from 'dexie';
import type { DBCore, DBCoreMutateRequest, DBCoreTable, DBCoreTransaction, Middleware } from 'dexie';

/** Of the settings. */
export const MARK = 'sync-records-mark';
const JOURNAL = 'sync-records-journal';
const SETTINGS = 'settings';

/** Those that records are read from. */
export const recordTables: ReadonlySet<string> = new Set([
	'documents',
	'documentVersions',
	'documentHomes',
	'shares',
	'editions',
	'editionBundles',
	'verdicts',
	'runs',
	'attempts',
	'modelRuns',
	'modelMetrics',
	'models',
	'modelVersions',
	'modelEvents'
]);
/** Those whose changed rows are told. */
const journaled: ReadonlySet<string> = new Set(['verdicts', 'modelRuns', 'modelMetrics', 'editions', 'editionBundles']);

/** Primary keys by table; null where they are too many, or not known. */
export type ChangedRows = Readonly<Record<string, readonly RowKey[] | null>>;
export type RowKey = string | readonly string[];

/** Oldest first: after the changes of an entry, the mark was its own. */
type Journal = readonly { readonly mark: string; readonly rows: ChangedRows }[];

const JOURNAL_CHANGES = 64;
const JOURNAL_ROWS = 300;

/** What changed since the mark was `since`; null where that is not known any more. Inside a transaction over the settings. */
export async function changedRows(db: Dexie, since: string): Promise<ChangedRows | null> {
	const mark = (await readSetting(db, MARK)) as string | undefined;
	if (mark === since) return {};
	const journal = ((await readSetting(db, JOURNAL)) as Journal | undefined) ?? [];
	const at = journal.findIndex((entry) => entry.mark === since);
	// An earlier Weir in another tab writes the mark alone.
	if (at < 0 || journal.at(-1)?.mark !== mark) return null;
	return journal.slice(at + 1).reduce((sum, { rows }) => joined(sum, rows), {});
}

async function readSetting(db: Dexie, key: string): Promise<unknown> {
	return ((await db.table(SETTINGS).get(key)) as { readonly value: unknown } | undefined)?.value;
}

function joined(one: ChangedRows, other: ChangedRows): ChangedRows {
	const both: Record<string, readonly RowKey[] | null> = { ...one };
	for (const [table, keys] of Object.entries(other)) {
		const before = both[table] === undefined ? [] : both[table];
		both[table] = before === null || keys === null ? null : [...before, ...keys];
	}
	return both;
}

/** Of one transaction. */
type Marking = { readonly mark: string; readonly before: Promise<Journal>; rows: ChangedRows; isWritten: boolean };

/** Before the database is opened. */
export function markRecords(db: Dexie): void {
	const middleware: Middleware<DBCore> = {
		stack: 'dbcore',
		name: 'record-mark',
		create: (core) => {
			const markings = new WeakMap<DBCoreTransaction, Marking>();
			return {
				...core,
				transaction: (stores, mode, options) => {
					const isMarked = mode === 'readwrite' && stores.some((name) => recordTables.has(name));
					return core.transaction(isMarked ? [...new Set([...stores, SETTINGS])] : stores, mode, options);
				},
				table: (name) => {
					const table = core.table(name);
					if (!recordTables.has(name)) return table;
					return {
						...table,
						mutate: async (request) => {
							const { trans } = request;
							const settings = core.table(SETTINGS);
							const marking = markings.get(trans) ?? begin(settings, trans);
							markings.set(trans, marking);
							const [done] = await Promise.all([table.mutate(request), note(marking, table, request, settings)]);
							return done;
						}
					};
				}
			};
		}
	};
	db.use(middleware);
}

function begin(settings: DBCoreTable, trans: DBCoreTransaction): Marking {
	const before = settings.getMany({ trans, keys: [MARK, JOURNAL] }).then((found: readonly unknown[]) => {
		const [mark, journal] = (found as ({ readonly value: unknown } | undefined)[]).map((row) => row?.value);
		const known = (journal as Journal | undefined) ?? [];
		// What was not told here is the beginning of what is: nothing before it can be asked for.
		return known.at(-1)?.mark === mark ? known : [{ mark: mark as string, rows: {} }];
	});
	return { mark: crypto.randomUUID(), before, rows: {}, isWritten: false };
}

async function note(
	marking: Marking,
	table: DBCoreTable,
	request: DBCoreMutateRequest,
	settings: DBCoreTable
): Promise<void> {
	const isKnown = !journaled.has(table.name) || marking.rows[table.name] === null;
	if (marking.isWritten && isKnown) return;
	if (!isKnown) marking.rows = bounded(joined(marking.rows, { [table.name]: rowsOf(table, request) }));
	marking.isWritten = true;
	const before = await marking.before;
	const { mark, rows } = marking;
	const values = [
		{ key: MARK, value: mark },
		{ key: JOURNAL, value: shortened([...before, { mark, rows }]) }
	];
	await settings.mutate({ type: 'put', trans: request.trans, values });
}

function rowsOf({ schema }: DBCoreTable, request: DBCoreMutateRequest): readonly RowKey[] | null {
	if (request.type === 'deleteRange') return null;
	if (request.type === 'delete') return request.keys as readonly RowKey[];
	const values = request.values as readonly object[];
	return values.map((value, at) => (request.keys?.[at] ?? schema.primaryKey.extractKey?.(value)) as RowKey);
}

function bounded(rows: ChangedRows): ChangedRows {
	const kept = Object.entries(rows).map(([table, keys]) => [table, keys && keys.length > JOURNAL_ROWS ? null : keys]);
	return Object.fromEntries(kept) as ChangedRows;
}

/** The newest, as many as are cheap to write with each change. */
function shortened(journal: Journal): Journal {
	let [count, from] = [0, Math.max(0, journal.length - JOURNAL_CHANGES)];
	for (let at = journal.length - 1; at >= from; at--) {
		count += Object.values(journal[at]?.rows ?? {}).reduce((sum, keys) => sum + (keys?.length ?? 0), 0);
		// Its mark stays, since what follows is counted from it.
		if (count > JOURNAL_ROWS && at < journal.length - 1) from = Math.max(from, at);
	}
	const [first, ...rest] = journal.slice(from);
	return first && from > 0 ? [{ mark: first.mark, rows: {} }, ...rest] : journal;
}
