// A connection to a SQL database: where it is, who asks, and which table or query is read how. The password is not in the text.
import * as v from 'valibot';
import type { Path } from '../../document/yaml-text.ts';
import type { TellProblem } from '../connection-problem.ts';
import {
	filterSchema,
	filtersSchema,
	isWholeLoad,
	knownLoadKeys,
	lateMsOf,
	lateSchema,
	loadSchema,
	loadTerms,
	rowFilters,
	tellFilterProblems,
	tellLoadProblems,
	told,
	whole,
	type ConnectionBase
} from '../load-terms.ts';
import type { RowFilter } from '../row-filter.ts';
import type { SqlSource } from './sql-read.ts';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const since = v.strictObject({ field: name, late: lateSchema });

const entries = {
	host: v.pipe(v.string(), v.regex(/^[^\s/@:?#[\]]+$|^\[[0-9a-f:.]+\]$/i), v.maxLength(253)),
	port: v.optional(whole(1, 65_535)),
	database: name,
	user: name,
	tls: v.optional(
		v.pipe(v.picklist(['verify', 'off']), v.description('off: only where the operator of the server named the host.'))
	),
	schema: v.optional(name),
	table: v.optional(name),
	query: v.optional(v.pipe(told, v.description('One SELECT, in place of a table.'))),
	columns: v.optional(v.pipe(v.array(name), v.minLength(1), v.maxLength(1600))),
	filters: filtersSchema,
	since: v.optional(since),
	write: v.optional(v.pipe(v.boolean(), v.description('Rows may be put back into the table.'))),
	load: v.optional(loadSchema)
};
export const postgresSchema = v.strictObject({ kind: v.literal('postgres'), ...entries });
/** MariaDB too. */
export const mysqlSchema = v.strictObject({ kind: v.literal('mysql'), ...entries });
type WrittenSql = v.InferOutput<typeof postgresSchema | typeof mysqlSchema>;

export type SqlKind = WrittenSql['kind'];

export type SqlConnection = ConnectionBase & {
	readonly kind: SqlKind;
	readonly host: string;
	readonly port: number;
	readonly database: string;
	readonly user: string;
	readonly tls: 'verify' | 'off';
	/** Null until one is chosen. */
	readonly source: SqlSource | null;
	/** Null reads all. */
	readonly columns: readonly string[] | null;
	readonly filters: readonly RowFilter[];
	readonly mayWrite: boolean;
};

const usualPorts: Readonly<Record<SqlKind, number>> = { postgres: 5432, mysql: 3306 };

export function isDatabase(kind: unknown): kind is SqlKind {
	return typeof kind === 'string' && Object.hasOwn(usualPorts, kind);
}

export function knownSqlKeys(holder: Path): readonly string[] {
	if (holder.length === 0) return Object.keys(postgresSchema.entries);
	if (holder[0] === 'filters') return Object.keys(filterSchema.entries);
	return holder[0] === 'since' ? Object.keys(since.entries) : knownLoadKeys(holder);
}

export function tellSqlProblems(written: WrittenSql, tell: TellProblem): void {
	tellLoadProblems(written, tell);
	if (written.query !== undefined)
		for (const key of ['table', 'schema'] as const)
			if (written[key] !== undefined) tell([key], { code: 'table-or-query', key });
	if (written.write === true && written.table === undefined) tell(['write'], { code: 'write-without-table' });
	tellFilterProblems(written.filters, tell);
}

export function sqlConnection(written: WrittenSql): SqlConnection {
	const {
		kind,
		host,
		port = usualPorts[written.kind],
		database,
		user,
		tls = 'verify',
		query,
		table,
		// Of MySQL, a schema is a database.
		schema = written.kind === 'mysql' ? written.database : 'public'
	} = written;
	const source: SqlSource | null =
		query !== undefined
			? { kind: 'query', sql: query }
			: table === undefined
				? null
				: { kind: 'table', schema, name: table };
	const read = {
		source,
		columns: written.columns ?? null,
		filters: rowFilters(written.filters),
		since: written.since ? { field: written.since.field, lateMs: lateMsOf(written.since) } : null,
		load: loadTerms(written.load)
	};
	const place = `${host}:${port}/${database}`;
	return {
		...{ kind, host, port, database, user, tls, place },
		...read,
		mayWrite: written.write ?? false,
		secrets: [{ name: 'password', origin: `${kind}://${host.toLowerCase()}:${port}` }],
		asked: JSON.stringify([kind, place, source, read.columns, read.filters, read.since?.field ?? null, orderOf(read)])
	};
}

/** By what pages follow one another; empty where everything is read at once. */
export function orderOf({ since: by, load }: Pick<SqlConnection, 'since' | 'load'>): readonly string[] {
	if (isWholeLoad({ load, since: by })) return [];
	return by ? [by.field] : load.key;
}
