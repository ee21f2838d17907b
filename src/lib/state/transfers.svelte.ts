// What leaves and what is kept: exports to the disk, results saved as datasets.
import {
	exportFormats,
	type ExportFormat,
	type ParquetCompression,
	type PartitionOptions
} from '#core/export/format.ts';
import { resultId } from '#core/ids.ts';
import { err, type Result } from '#core/result.ts';
import type { Column } from '#core/version/version.ts';
import type { Effects } from '#lib/flows/effects.ts';
import {
	exportPartitions,
	type ExportPartitionsFailure,
	type FolderSink,
	type PartitionedExport
} from '#lib/flows/export-partitions.ts';
import { exportRelation, type ExportFailure } from '#lib/flows/export-relation.ts';
import { describeQuery, type RunQueryFailure } from '#lib/flows/run-query.ts';
import { savedWords } from './saved-words.ts';
import { saveQuery, type SaveQueryFailure } from '#lib/flows/save-query.ts';
import { zipSink } from '#lib/flows/zip-sink.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import { hasFilePicker, hasFolderPicker, pickFile, pickFolder, type FolderTarget } from './export-targets.ts';
import type { Toasts } from './toasts.svelte.ts';

type PartitionsInput = { readonly sql: string; readonly options: PartitionOptions };
type PartitionsOutcome = Result<PartitionedExport, ExportPartitionsFailure>;

export class Transfers {
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
	}

	/** True when a file can be written as it is made, instead of being gathered first. */
	get streamsToDisk(): boolean {
		return hasFilePicker();
	}

	/** True when a folder can be written into, instead of a ZIP. */
	get writesFolders(): boolean {
		return hasFolderPicker();
	}

	/** Columns of what would be exported, of which some can name folders. */
	async columns(sql: string): Promise<Result<readonly Column[], RunQueryFailure>> {
		return describeQuery({ id: resultId(`columns-${this.#effects.randomId()}`), sql }, this.#effects);
	}

	/** Asks where to, then writes a hive-partitioned folder, or the same as one ZIP. */
	async exportPartitions(input: {
		readonly title: string;
		readonly sql: string;
		readonly options: PartitionOptions;
		readonly as: 'folder' | 'zip';
	}): Promise<Result<PartitionedExport, ExportPartitionsFailure>> {
		const name = fileStem(input.title);
		const folder = input.as === 'folder' ? await pickFolder(name) : null;
		if (folder === 'cancelled') return err({ kind: 'cancelled' });
		return folder ? this.#exportFolder(input, folder) : this.#exportZip(input, name);
	}

	/** Asks where to, then writes. Cancelling the browser's dialog ends it without a word. */
	async export(input: {
		readonly title: string;
		readonly sql: string;
		readonly format: ExportFormat;
		readonly formulas: 'defuse' | 'raw';
		readonly compression: ParquetCompression;
	}): Promise<Result<{ readonly rowCount: number }, ExportFailure>> {
		const { extension, mediaType } = exportFormats[input.format];
		const name = `${fileStem(input.title)}.${extension}`;
		const id = resultId(`export-${this.#effects.randomId()}`);
		const { format, formulas, compression } = input;
		const options = { format, formulas, compression };
		const target = await pickFile(name, mediaType.split(';')[0] ?? mediaType, extension);
		if (target === 'cancelled') return err({ kind: 'cancelled' });
		const exported = await exportRelation(
			{ id, label: name, sql: input.sql, options, totalRows: null, onChunk: (bytes) => target.write(bytes) },
			this.#effects
		);
		if (exported.ok) {
			await target.finish();
			this.#toasts.show('good', `Exported ${name}`, `${exported.value.rowCount.toLocaleString('en')} rows`);
		} else {
			await target.abandon();
			this.#toasts.fail(exported.error);
		}
		return exported;
	}

	async save(input: {
		readonly name: string;
		readonly sql: string;
		readonly whenTaken: 'refuse' | 'new-version';
		readonly message?: string | undefined;
		readonly optimise?: boolean;
	}): Promise<Result<unknown, SaveQueryFailure>> {
		const id = resultId(`save-${this.#effects.randomId()}`);
		const saved = await saveQuery({ id, ...input }, this.#effects);
		if (saved.ok) {
			const { dataset, version, savedBytes } = saved.value;
			const rows = `${version.table.rowCount.toLocaleString('en')} rows${savedWords(savedBytes, version)}`;
			this.#toasts.show('good', `Saved ${dataset.name}`, rows, await this.#catalogue.undoAction());
		}
		return saved;
	}

	async #exportFolder(input: PartitionsInput, folder: FolderTarget): Promise<PartitionsOutcome> {
		const written = await this.#writePartitions(input, folder.name, folder.sink);
		if (written.ok) this.#tellPartitions(folder.name, written.value);
		else {
			const isRemoved = await folder.abandon();
			this.#toasts.fail(written.error);
			if (!isRemoved) this.#toasts.fail({ kind: 'folder-left', folder: folder.name });
		}
		return written;
	}

	async #exportZip(input: PartitionsInput, stem: string): Promise<PartitionsOutcome> {
		const name = `${stem}.zip`;
		const target = await pickFile(name, 'application/zip', 'zip');
		if (target === 'cancelled') return err({ kind: 'cancelled' });
		const sink = zipSink(this.#effects.now(), (bytes) => target.write(bytes));
		const written = await this.#writePartitions(input, name, sink);
		if (written.ok) {
			await target.finish();
			this.#tellPartitions(name, written.value);
		} else {
			await target.abandon();
			this.#toasts.fail(written.error);
		}
		return written;
	}

	#writePartitions({ sql, options }: PartitionsInput, label: string, sink: FolderSink): Promise<PartitionsOutcome> {
		const id = resultId(`export-${this.#effects.randomId()}`);
		return exportPartitions({ id, label, sql, options, sink }, this.#effects);
	}

	#tellPartitions(name: string, { rowCount, partitionCount, fileCount }: PartitionedExport): void {
		const number = (value: number, one: string, many: string): string =>
			`${value.toLocaleString('en')} ${value === 1 ? one : many}`;
		const told = [
			number(rowCount, 'row', 'rows'),
			number(partitionCount, 'partition', 'partitions'),
			number(fileCount, 'file', 'files')
		];
		this.#toasts.show('good', `Exported ${name}`, told.join(', '));
	}
}

function fileStem(title: string): string {
	return title.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_');
}
