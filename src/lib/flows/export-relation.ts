// Writes a dataset, a version or a query's rows in a format, chunk by chunk, to wherever the caller keeps bytes.
import type { ExcelFailure } from '../core/export/xlsx-file.ts';
import type { ExportOptions } from '../core/export/format.ts';
import type { ResultId } from '../core/ids.ts';
import { err, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Effects } from './effects.ts';
import { asJob } from './jobs.ts';
import { withQuery } from './prepared-query.ts';
import type { RunQueryFailure } from './run-query.ts';
import { whileCancellable } from './run-sql.ts';

export type ExportInput = {
	readonly id: ResultId;
	/** Told in the job list, such as a file name. */
	readonly label: string;
	readonly sql: string;
	readonly options: ExportOptions;
	/** Rows expected, for progress; null when unknown. */
	readonly totalRows: number | null;
	/** Awaited, so that a slow disk slows the engine down. */
	readonly onChunk: (bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>;
	readonly signal?: AbortSignal | undefined;
};

export type ExportFailure = RunQueryFailure | ExcelFailure | { readonly kind: 'sink-failed'; readonly reason: string };

/** The text that reads a whole dataset or one of its versions: `flights`, `flights@v2`, `flights@rejects`. */
export function selectAll(reference: string): string {
	const at = reference.indexOf('@');
	if (at < 0) return `SELECT * FROM ${quoteName(reference)}`;
	return `SELECT * FROM ${quoteName(reference.slice(0, at))}${reference.slice(at)}`;
}

export async function exportRelation(
	input: ExportInput,
	effects: Effects
): Promise<Result<{ readonly rowCount: number }, ExportFailure>> {
	return asJob(effects.jobs, `Export ${input.label}`, input.signal, async (job) => {
		let writtenBytes = 0;
		const sink: { failure: string | null } = { failure: null };
		const onChunk = async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
			writtenBytes += bytes.byteLength;
			try {
				await input.onChunk(bytes);
			} catch (error) {
				// The caller's file: a full or vanished disk. The engine is told to stop, and the caller why.
				sink.failure = error instanceof Error ? error.message : String(error);
				await effects.engine.cancel(input.id);
			}
			job.progress({ readBytes: writtenBytes });
		};
		const { id, sql } = input;
		const copied = await withQuery({ id, sql, signal: job.signal }, effects, (bound) =>
			whileCancellable(id, job.signal, effects, () => effects.engine.copy(bound, input.options, onChunk))
		);
		if (sink.failure !== null) return err({ kind: 'sink-failed', reason: sink.failure });
		return copied;
	});
}
