// What leaves and what is kept: exports to the disk, results saved as datasets.
import { exportFormats, type ExportFormat } from '#core/export/format.ts';
import { resultId } from '#core/ids.ts';
import { err, type Result } from '#core/result.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { exportRelation, type ExportFailure } from '#lib/flows/export-relation.ts';
import { saveQuery, type SaveQueryFailure } from '#lib/flows/save-query.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

/** The File System Access API, where the browser has it. */
type SavePicker = (options: {
	suggestedName: string;
	types: { accept: Record<string, string[]> }[];
}) => Promise<FileSystemFileHandle>;

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
		return 'showSaveFilePicker' in globalThis;
	}

	/** Asks where to, then writes. Cancelling the browser's dialog ends it without a word. */
	async export(input: {
		readonly title: string;
		readonly sql: string;
		readonly format: ExportFormat;
		readonly formulas: 'defuse' | 'raw';
	}): Promise<Result<{ readonly rowCount: number }, ExportFailure>> {
		const { extension, mediaType } = exportFormats[input.format];
		const name = `${input.title.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_')}.${extension}`;
		const id = resultId(`export-${this.#effects.randomId()}`);
		const options = { format: input.format, formulas: input.formulas };
		const target = await this.#target(name, mediaType.split(';')[0] ?? mediaType, extension);
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
	}): Promise<Result<unknown, SaveQueryFailure>> {
		const id = resultId(`save-${this.#effects.randomId()}`);
		const saved = await saveQuery({ id, ...input }, this.#effects);
		if (saved.ok) {
			const { dataset, version } = saved.value;
			const rows = `${version.table.rowCount.toLocaleString('en')} rows`;
			this.#toasts.show('good', `Saved ${dataset.name}`, rows, await this.#catalogue.undoAction());
		}
		return saved;
	}

	async #target(name: string, mediaType: string, extension: string) {
		const picker = (globalThis as { showSaveFilePicker?: SavePicker }).showSaveFilePicker;
		if (!picker) return downloadTarget(name, mediaType);
		try {
			const handle = await picker({ suggestedName: name, types: [{ accept: { [mediaType]: [`.${extension}`] } }] });
			const stream = await handle.createWritable();
			return {
				write: (bytes: Uint8Array<ArrayBuffer>) => stream.write(bytes),
				finish: () => stream.close(),
				abandon: () => stream.abort()
			};
		} catch (error) {
			if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled';
			// The picker needs a recent click, or the folder is protected: a download always works.
			if (error instanceof DOMException) return downloadTarget(name, mediaType);
			throw error;
		}
	}
}

function downloadTarget(name: string, mediaType: string) {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	return {
		write: (bytes: Uint8Array<ArrayBuffer>) => Promise.resolve(void chunks.push(bytes)),
		finish: () => {
			const url = URL.createObjectURL(new Blob(chunks, { type: mediaType }));
			const link = document.createElement('a');
			link.href = url;
			link.download = name;
			link.click();
			// The download has its own hold on the bytes once it began.
			setTimeout(() => URL.revokeObjectURL(url), 60_000);
			return Promise.resolve();
		},
		abandon: () => Promise.resolve()
	};
}
