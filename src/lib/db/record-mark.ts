// How records stand, as one mark that is another one after each change of any of them: whoever knows that it is as before reads none.
// It is written in the transaction of the change, whoever makes it and by whatever table, so that no change can be without it.
import type Dexie from 'dexie';
import type { DBCore, DBCoreTransaction, Middleware } from 'dexie';

/** Of the settings. */
export const MARK = 'sync-records-mark';
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

/** Before the database is opened. */
export function markRecords(db: Dexie): void {
	const middleware: Middleware<DBCore> = {
		stack: 'dbcore',
		name: 'record-mark',
		create: (core) => {
			const marked = new WeakSet<DBCoreTransaction>();
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
							if (marked.has(trans)) return table.mutate(request);
							marked.add(trans);
							const values = [{ key: MARK, value: crypto.randomUUID() }];
							const [done] = await Promise.all([
								table.mutate(request),
								core.table(SETTINGS).mutate({ type: 'put', trans, values })
							]);
							return done;
						}
					};
				}
			};
		}
	};
	db.use(middleware);
}
