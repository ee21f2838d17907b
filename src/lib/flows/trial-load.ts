// What a load would do with its first rows: they are read and held against the dataset as a load does it, and nothing is kept.
import type { Failure } from '../core/failure.ts';
import { resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { LoadTerms } from '../core/source/load-terms.ts';
import { quoteName } from '../core/sql/quote.ts';
import { historyColumns, openRowsSql } from '../core/version/history-sql.ts';
import { lastOfKeySql, upsertCountsSql } from '../core/version/upsert-sql.ts';
import { retypedTableSql, wideSchema } from '../core/version/widen.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { ToRead } from './dataset-sink.ts';
import type { Effects } from './effects.ts';
import { withTypes } from './ingest-into.ts';
import { readSource } from './ingest-source.ts';
import type { JobHandle } from './jobs.ts';
import { withFiles } from './lay-out.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { SegmentWork } from './segment-work.ts';

/** Of the rows that were read. */
export type TrialLoad = {
	readonly addedCount: number;
	/** Rows with the key of one that is there, and other values. */
	readonly changedCount: number;
	/** Rows that are there as they are. */
	readonly sameCount: number;
	/** Rows of the dataset that a load takes away, whatever it reads. */
	readonly replacedCount: number;
	readonly rejectedCount: number;
	/** Why, the most frequent first. */
	readonly reasons: readonly string[];
};

type Trial = {
	readonly read: ToRead;
	/** What the rows come from may repeat a key, and then the last is taken; of a file it is refused. */
	readonly mayRepeat: boolean;
	readonly load: LoadTerms;
	/** Null where a load makes it. */
	readonly item: CatalogueItem | null;
	readonly into: string;
};

const REASONS = 3;
const VIEW = '@table';

/** Fails as the load would. */
export async function tryLoad(
	{ read, load, item, into, mayRepeat }: Trial,
	job: JobHandle,
	effects: Effects
): Promise<Result<TrialLoad, Failure>> {
	const isReplaced = load.mode === 'full' || item === null;
	const overrides = isReplaced ? read.overrides : withTypes(read.overrides, wideSchema(item.version));
	const rows = await readSource({ ...read, overrides }, job, effects);
	if (!rows.ok) return rows;
	const { table, rejects } = rows.value;
	const id = resultId(`trial-${effects.randomId()}`);
	const work = new SegmentWork(id, job, effects);
	const refused = rejects === null ? ok([]) : await reasonsOf(rejects, id, work, effects);
	if (!refused.ok) return refused;
	const told = { rejectedCount: rejects?.rowCount ?? 0, reasons: refused.value };
	const names = table.schema.map(({ name }) => name);
	if (isReplaced) {
		const missing = load.key.find((name) => !names.includes(name));
		if (missing !== undefined) return err({ kind: 'unknown-column', column: missing });
		const counts = { addedCount: table.rowCount, changedCount: 0, sameCount: 0 };
		return ok({ ...counts, replacedCount: item?.version.table.rowCount ?? 0, ...told });
	}
	const { version } = item;
	const extra = names.filter((name) => !version.schema.some((column) => column.name === name));
	if (extra.length > 0 && (load.drift === 'ask' || load.drift === 'freeze'))
		return err({ kind: 'load-drift', dataset: into, added: extra, mayAsk: load.drift === 'ask' });
	if (load.mode === 'append')
		return ok({ addedCount: table.rowCount, changedCount: 0, sameCount: 0, replacedCount: 0, ...told });
	const needed = load.mode === 'history' ? [...load.key, ...historyColumns] : load.key;
	const unknown =
		needed.find((name) => !version.schema.some((column) => column.name === name)) ??
		load.key.find((name) => !names.includes(name));
	if (unknown !== undefined) return err({ kind: 'unknown-column', column: unknown });
	return withFiles(id, table, effects, async (files) => {
		const typed = retypedTableSql(files, table.schema, wideSchema(version));
		const incoming = mayRepeat ? lastOfKeySql(typed, load.key) : typed;
		const held = load.mode === 'history' ? openRowsSql(quoteName(VIEW)) : quoteName(VIEW);
		const whole = { name: VIEW, version: version.id, rows: 'data' } as const;
		const unique =
			(await work.checkKey({ table: incoming, where: read.source.name, key: load.key }, [])) ??
			(await work.checkKey({ table: held, where: into, key: load.key }, [whole]));
		if (unique) return err(unique);
		const given = names.filter((name) => !extra.includes(name));
		const sql = upsertCountsSql({
			...{ table: held, incoming, schema: version.schema, given, key: load.key },
			extra: load.drift === 'evolve' ? extra : []
		});
		const counted = await work.rows(sql, [whole]);
		if (!counted.ok) return counted;
		const of = (name: string): number => Number(counted.value[0]?.[name] ?? 0);
		const counts = { addedCount: of('added'), changedCount: of('changed'), sameCount: of('same') };
		return ok({ ...counts, replacedCount: 0, ...told });
	});
}

function reasonsOf(
	rejects: WrittenTable,
	id: ReturnType<typeof resultId>,
	work: SegmentWork,
	effects: Effects
): Promise<Result<readonly string[], Failure>> {
	return withFiles(id, rejects, effects, async (files) => {
		const sql = `SELECT reason, count(*) AS n FROM ${files} GROUP BY reason ORDER BY n DESC, reason LIMIT ${REASONS}`;
		const counted = await work.rows(sql, []);
		return counted.ok ? ok(counted.value.map((row) => String(row['reason']))) : counted;
	});
}
