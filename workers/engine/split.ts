// Writes a text's rows as small Parquet files of one row group, one for each number in the first column.
import { patchParquet } from '#core/parquet/writer.ts';
import { castQuery } from '#core/sql/cast-query.ts';
import { USUAL_WRITER } from '#core/version/layout.ts';
import { ok, type Result } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import { quoteName, quoteText } from '#core/sql/quote.ts';
import { parquetType } from '#core/sql/types.ts';
import type { WriteInput } from './api.ts';
import type { Duck } from './duck.ts';
import type { Job } from './job.ts';
import type { Relations } from './relations.ts';
import { prepare } from './statement.ts';

/** Ends no row group: the rows of one number are far fewer. */
const GROUP_ROWS = 1_000_000;

export async function split(
	duck: Duck,
	relations: Relations,
	input: WriteInput,
	job: Job
): Promise<Result<readonly Blob[], SqlFailure>> {
	const folder = duck.freshName();
	/** Names such as `w3/segment=12/data_0.parquet`. */
	const written = (): { readonly name: string; readonly number: number }[] =>
		duck.db
			.globFiles(`${folder}/*/*`)
			.map(({ fileName }) => ({ name: fileName, number: Number(/=(\d+)\/[^/]*$/.exec(fileName)?.[1]) }))
			.filter(({ name }) => name.startsWith(`${folder}/`))
			.sort((one, other) => one.number - other.number);
	try {
		await duck.using(async (connection) => {
			const { sql, columns } = await prepare(duck, relations, connection, input, job);
			const { prefix, suffix } = castQuery(columns, parquetType);
			const options = `${patchParquet(input.writer ?? USUAL_WRITER, GROUP_ROWS)}, PARTITION_BY (${quoteName(columns?.[0]?.name ?? '')})`;
			await duck.execute(connection, `COPY (${prefix}${sql}${suffix}) TO ${quoteText(folder)} (${options})`, job);
		});
		return ok(
			written().map(
				({ name }) =>
					new Blob([duck.db.copyFileToBuffer(name) as Uint8Array<ArrayBuffer>], {
						type: 'application/vnd.apache.parquet'
					})
			)
		);
	} finally {
		for (const { name } of written()) duck.db.dropFile(name);
	}
}
