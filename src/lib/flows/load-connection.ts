// Tests a connection, and loads what it gives into a dataset. Each batch is a version that says how far the connection is loaded.
import type { Failure } from '../core/failure.ts';
import type { VersionId } from '../core/ids.ts';
import { historyColumns } from '../core/version/history-sql.ts';
import { err, ok, type Result } from '../core/result.ts';
import { parseConnection, throughOf } from '../core/source/connection.ts';
import { filesBehind } from '../core/source/files/files-state.ts';
import { stateBehind } from '../core/source/load-state.ts';
import type { Through } from '../core/source/rest/rest-connection.ts';
import { findConnection, knownSecrets, type FoundConnection, type NeededSecret } from './connections.ts';
import { asOneSource, DatasetSink, datasetOf, loadMessage } from './dataset-sink.ts';
import type { Effects } from './effects.ts';
import { previewSource } from './ingest-source.ts';
import { asJob, type JobHandle } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { runLoad, type LoadCounts } from './load-run.ts';
import { withReader } from './open-source.ts';
import type { FilesReport, SourceEntry, SourceFacts } from './source-reader.ts';

export type ConnectionTest = {
	readonly source: string;
	/** Who asks it. */
	readonly through: Through;
	/** What the source has to be read. */
	readonly entries: readonly SourceEntry[];
	readonly paging: SourceFacts['paging'];
	/** Of the first answer; null where only a sample of it was read. */
	readonly rowCount: number | null;
	/** The first, each as JSON in one line. */
	readonly rows: readonly string[];
	readonly total: number | null;
	/** What a load would do with it. */
	readonly into: string;
	readonly isNew: boolean;
	readonly added: readonly string[];
	readonly missing: readonly string[];
	readonly secrets: readonly NeededSecret[];
	readonly requests: number;
};

export type LoadReport = LoadCounts & {
	readonly dataset: string;
	readonly versions: readonly VersionId[];
	readonly requests: number;
	readonly retries: number;
	readonly waitedMs: number;
	/** Columns that the dataset has since. */
	readonly added: readonly string[];
	/** Of a source that keeps files. */
	readonly files: FilesReport | null;
};

const SHOWN_ROWS = 20;
const BATCH_BYTES = 32 * 1024 * 1024;

export type TestInput = {
	/** A connection's name. */
	readonly name: string;
	/** Instead of what is kept, as a form has it. */
	readonly text?: string | undefined;
	readonly secrets?: Readonly<Record<string, string>> | undefined;
	readonly signal?: AbortSignal | undefined;
};

/** Asks for one page and says what would be read; nothing is kept. */
export async function testConnection(
	{ name, text, secrets = {}, signal }: TestInput,
	effects: Effects
): Promise<Result<ConnectionTest, Failure>> {
	const found = await connectionOf(name, text, effects);
	if (!found.ok) return found;
	const known = await knownSecrets(found.value, effects);
	if (!known.ok) return known;
	const given = Object.entries(secrets).filter(([, secret]) => secret !== '');
	const all = new Map([...known.value, ...given]);
	return asJob(effects.jobs, `Test ${name}`, signal, async (job) =>
		withReader({ ...found.value, secrets: all }, job, effects, async (reader) => {
			const entries = await reader.list();
			if (!entries.ok) return entries;
			const facts = await reader.describe();
			if (!facts.ok) return facts;
			const { connection } = found.value;
			const { first, total, paging } = facts.value;
			const sample = await sampleOf(first, job, effects);
			if (!sample.ok) return sample;
			const { columns, rows, sheets } = sample.value;
			const into = connection.load.into ?? name;
			const item = await datasetOf(into, effects);
			if (!item.ok) return item;
			const there = item.value?.version.schema.map((column) => column.name) ?? [];
			const isOwn = (column: string): boolean => connection.load.mode === 'history' && historyColumns.includes(column);
			return ok({
				source: connection.place,
				through: throughOf(connection),
				...{ entries: [...entries.value, ...sheets], paging, into, isNew: item.value === null },
				rowCount: first.kind === 'rows' ? first.rows.length : null,
				rows: rows.slice(0, SHOWN_ROWS).map((row) => row.slice(0, 4000)),
				total,
				added: item.value ? columns.filter((column) => !there.includes(column)) : [],
				missing: item.value ? there.filter((column) => !columns.includes(column) && !isOwn(column)) : [],
				secrets: [],
				requests: reader.counts.requests
			});
		})
	);
}

async function connectionOf(
	name: string,
	text: string | undefined,
	effects: Effects
): Promise<Result<FoundConnection, Failure>> {
	if (text === undefined) return findConnection(name, effects);
	const parsed = parseConnection(text);
	if (!parsed.ok) return parsed;
	const kept = await findConnection(name, effects);
	return ok({ id: kept.ok ? kept.value.id : '', name, connection: parsed.value });
}

type Sample = {
	readonly columns: readonly string[];
	readonly rows: readonly string[];
	/** Of a first file that has some. */
	readonly sheets: readonly SourceEntry[];
};

async function sampleOf(
	first: SourceFacts['first'],
	job: JobHandle,
	effects: Effects
): Promise<Result<Sample, Failure>> {
	if (first.kind === 'rows') return ok({ columns: columnsOf(first.rows), rows: first.rows, sheets: [] });
	const preview = await previewSource({ ...asOneSource([first]), signal: job.signal }, effects);
	if (!preview.ok) return preview;
	const { options, rows, sheets } = preview.value.preview;
	const columns = options.columns.filter(({ type }) => type !== null).map((column) => column.name);
	const asObject = (cells: readonly (string | null)[]): string =>
		JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null])));
	const asEntry = (sheet: string): SourceEntry => ({ name: sheet, kind: 'sheet', rowCount: null, sizeBytes: null });
	return ok({ columns, rows: rows.map(asObject), sheets: sheets.map(asEntry) });
}

function columnsOf(rows: readonly string[]): readonly string[] {
	const columns = new Set<string>();
	for (const row of rows) {
		const value: unknown = JSON.parse(row);
		if (typeof value === 'object' && value !== null) for (const name of Object.keys(value)) columns.add(name);
	}
	return [...columns];
}

export type LoadInput = {
	/** A connection's name. */
	readonly name: string;
	/** A dataset; null is what the connection says. How far it is loaded is known for each. */
	readonly into?: string | null;
	readonly signal?: AbortSignal | undefined;
};

/** Loads what came since the last load, or all of it, as the connection says. One at a time, over all tabs. */
export async function loadConnection(
	{ name, into: other = null, signal }: LoadInput,
	effects: Effects
): Promise<Result<LoadReport, Failure>> {
	const found = await findConnection(name, effects);
	if (!found.ok) return found;
	const secrets = await knownSecrets(found.value, effects);
	if (!secrets.ok) return secrets;
	const loaded = await effects.alone(`load ${found.value.id}`, () =>
		asJob(effects.jobs, `Load ${found.value.name}`, signal, (job) =>
			withReader({ ...found.value, secrets: secrets.value }, job, effects, async (reader) => {
				const into = other ?? found.value.connection.load.into ?? found.value.name;
				const item = await datasetOf(into, effects);
				if (!item.ok) return item;
				const behind = item.value && filesBehind(found.value.id, item.value.dataset.head, item.value.reached);
				const { asked: place } = found.value.connection;
				const known = behind?.asked === place ? behind.files : new Map<string, string | null>();
				const sink = new DatasetSink({ ...found.value, into, known }, job, effects);
				const state = item.value && stateBehind(found.value.id, item.value.dataset.head, item.value.reached);
				const { mode, drift } = found.value.connection.load;
				const isLost = item.value && !state && isForgotten(item.value, found.value.name);
				if (mode === 'append' && (isLost || behind?.isForgotten))
					return err({ kind: 'load-forgotten', connection: name, dataset: into });
				const asked = await effects.sha256(new TextEncoder().encode(found.value.connection.asked));
				const isNarrow = drift === 'discard';
				const ran = await runLoad(
					{
						...found.value,
						asked: asked.slice(0, 32),
						...{ state, known },
						columns: isNarrow && item.value ? item.value.version.schema.map((column) => column.name) : null,
						hash: (text) => effects.sha256(new TextEncoder().encode(text)),
						batchBytes: BATCH_BYTES,
						onProgress: (rowCount) => job.progress({ rowCount })
					},
					reader,
					{ keep: (rows, reached) => sink.keep(rows, reached) }
				);
				if (!ran.ok) return ran;
				return ok({
					...ran.value,
					dataset: into,
					versions: sink.versions,
					added: sink.added,
					files: reader.files ?? null,
					...reader.counts
				});
			})
		)
	);
	return loaded ?? err({ kind: 'load-busy', connection: name });
}

/** A version that a load of it made went for good: its message stays. */
function isForgotten({ line, collected }: CatalogueItem, name: string): boolean {
	return collected.some(({ id, message }) => message === loadMessage(name) && line.some((one) => one.id === id));
}
