// Archives among what is imported: each file in one becomes a source of its own, as if it had been dropped by itself.
import { groupPartitioned } from '../core/ingest/partitioned-folder.ts';
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
			all.push(source);
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
			all.push(
				...others.map(({ path, file }) => ({ kind: 'blob', name: path.split('/').at(-1) ?? path, blob: file }) as const)
			);
		}
	}
	return all;
}
