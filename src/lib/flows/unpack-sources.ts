// Archives and databases among what is imported: each file in one becomes a source of its own, as if it had been dropped by itself, and
// so does each table.
import { groupPartitioned } from '../core/ingest/partitioned-folder.ts';
import { parseSqliteHeader, SQLITE_HEADER_BYTES } from '../core/ingest/sqlite-values.ts';
import type { Effects } from './effects.ts';
import { folderSource, type Source } from './ingest-source.ts';

/** One that cannot be opened stays a source: its preview says why. */
export async function unpackSources(
	sources: readonly Source[],
	{ startIngest }: Pick<Effects, 'startIngest'>
): Promise<readonly Source[]> {
	const all: Source[] = [];
	for (const source of sources) {
		if (source.kind !== 'blob' || source.files || !/\.zip$/i.test(source.name)) {
			all.push(...(await tablesOf(source, startIngest)));
			continue;
		}
		const reader = startIngest();
		const unpacked = await reader.api.unpack({ name: source.name, blob: source.blob });
		reader.giveBack();
		if (!unpacked.ok || unpacked.value.length < 2) {
			all.push(source);
			continue;
		}
		const { folders, others } = groupPartitioned(unpacked.value);
		// A folder of Parquet is read where it is.
		if (folders.length > 0 && others.length === 0) all.push(source);
		else {
			all.push(...folders.map(folderSource));
			for (const { path, file, log } of others) {
				const name = path.split('/').at(-1) ?? path;
				all.push(...(await tablesOf({ kind: 'blob', name, blob: file, log }, startIngest)));
			}
		}
	}
	return all;
}

/** Views are left to whoever looks for them: what they show is in the tables. */
async function tablesOf(source: Source, startIngest: Effects['startIngest']): Promise<readonly Source[]> {
	if (source.kind !== 'blob' || source.files) return [source];
	const head = await source.blob.slice(0, SQLITE_HEADER_BYTES).arrayBuffer();
	if (!parseSqliteHeader(new Uint8Array(head))) return [source];
	const reader = startIngest();
	const preview = await reader.api.guess({ name: source.name, blob: source.blob, log: source.log }, {});
	reader.giveBack();
	if (!preview.ok) return [source];
	const tables = preview.value.tables.filter(({ kind, columns }) => kind === 'table' && columns.length > 0);
	return tables.length === 0 ? [source] : tables.map(({ name }) => ({ ...source, table: name }));
}
