// Tests a connection: asks for a first answer, and says what a load would do with it. Nothing is kept.
import type { Failure } from '../core/failure.ts';
import type { PreviewNote, SourceTable } from '../core/ingest/options.ts';
import { historyColumns } from '../core/version/history-sql.ts';
import { err, ok, type Result } from '../core/result.ts';
import { parseConnection, throughOf } from '../core/source/connection.ts';
import type { Through } from '../core/source/rest/rest-connection.ts';
import { findConnection, knownSecrets, type FoundConnection, type NeededSecret } from './connections.ts';
import { asOneSource, datasetOf, rowsSource } from './dataset-sink.ts';
import type { Effects } from './effects.ts';
import { previewSource } from './ingest-source.ts';
import { asJob, type JobHandle } from './jobs.ts';
import type { CatalogueItem } from './list-datasets.ts';
import { withReader } from './open-source.ts';
import type { SourceEntry, SourceFacts } from './source-reader.ts';
import { tryLoad, type TrialLoad } from './trial-load.ts';

export type ConnectionTest = {
	readonly source: string;
	/** Who asks it. */
	readonly through: Through;
	/** What the source has to be read. */
	readonly entries: readonly SourceEntry[];
	readonly paging: SourceFacts['paging'];
	/** Which of the first file's sheets or tables is read; null of a file that is one. */
	readonly table: string | null;
	readonly notes: readonly PreviewNote[];
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
	/** With the first rows; its failure is the load's. Null where they do not tell: none came, they are many, or a load knows which of them it has. */
	readonly trial: Result<TrialLoad, Failure> | null;
	readonly secrets: readonly NeededSecret[];
	readonly requests: number;
};

const SHOWN_ROWS = 20;
const TRIAL_MAX_BYTES = 16 * 1024 * 1024;

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
			const { columns, rows, tables, table, notes } = sample.value;
			const into = connection.load.into ?? name;
			const item = await datasetOf(into, effects);
			if (!item.ok) return item;
			const trial = await trialOf(found.value, { first, item: item.value, into }, job, effects);
			if (job.signal.aborted) return err({ kind: 'cancelled' });
			const there = item.value?.version.schema.map((column) => column.name) ?? [];
			const isOwn = (column: string): boolean => connection.load.mode === 'history' && historyColumns.includes(column);
			return ok({
				source: connection.place,
				through: throughOf(connection),
				...{ entries: [...entries.value, ...tables], table, notes, paging, into, isNew: item.value === null },
				rowCount: first.kind === 'rows' ? first.rows.length : null,
				rows: rows.slice(0, SHOWN_ROWS).map((row) => row.slice(0, 4000)),
				total,
				added: item.value ? columns.filter((column) => !there.includes(column)) : [],
				missing: item.value ? there.filter((column) => !columns.includes(column) && !isOwn(column)) : [],
				trial,
				secrets: [],
				requests: reader.counts.requests
			});
		})
	);
}

async function trialOf(
	{ name, connection }: FoundConnection,
	{ first, ...given }: Pick<SourceFacts, 'first'> & { readonly item: CatalogueItem | null; readonly into: string },
	job: JobHandle,
	effects: Effects
): Promise<Result<TrialLoad, Failure> | null> {
	const { load, since } = connection;
	if (first.kind === 'rows' ? first.rows.length === 0 : first.blob.size > TRIAL_MAX_BYTES) return null;
	// It leaves out what it has.
	if (load.mode === 'append' && since !== null && given.item !== null) return null;
	const read = first.kind === 'rows' ? rowsSource(name, first) : asOneSource([first]);
	return tryLoad({ ...given, read, load, mayRepeat: first.kind === 'rows' }, job, effects);
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
	readonly tables: readonly SourceEntry[];
	readonly table: string | null;
	readonly notes: readonly PreviewNote[];
};

async function sampleOf(
	first: SourceFacts['first'],
	job: JobHandle,
	effects: Effects
): Promise<Result<Sample, Failure>> {
	if (first.kind === 'rows')
		return ok({ columns: columnsOf(first.rows), rows: first.rows, tables: [], table: null, notes: [] });
	const preview = await previewSource({ ...asOneSource([first]), signal: job.signal }, effects);
	if (!preview.ok) return preview;
	const { options, rows, tables, notes } = preview.value.preview;
	const file = first.parts?.[0]?.path ?? first.name;
	const columns = options.columns.filter(({ type }) => type !== null).map((column) => column.name);
	const asObject = (cells: readonly (string | null)[]): string =>
		JSON.stringify(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null])));
	const asEntry = (table: SourceTable): SourceEntry => ({ ...table, file, rowCount: null, sizeBytes: null });
	const table = options.sqlite?.table ?? options.excel?.sheet ?? null;
	return ok({ columns, rows: rows.map(asObject), tables: tables.map(asEntry), table, notes });
}

function columnsOf(rows: readonly string[]): readonly string[] {
	const columns = new Set<string>();
	for (const row of rows) {
		const value: unknown = JSON.parse(row);
		if (typeof value === 'object' && value !== null) for (const name of Object.keys(value)) columns.add(name);
	}
	return [...columns];
}
