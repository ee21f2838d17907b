// Profiles one column: a quick look at the first rows, then all of them.
import {
	SAMPLE_ROWS,
	decodeProfile,
	distinctSql,
	histogramSql,
	quantileTextsSql,
	summarySql,
	topValuesSql
} from '#core/profile/profile-sql.ts';
import type { ProfiledColumn } from '#core/profile/profile-sql.ts';
import type { ColumnProfile } from '#core/profile/profile.ts';
import { invariant } from '#core/result.ts';
import type { Duck } from './duck.ts';
import type { Job } from './job.ts';

export async function profileColumn(
	duck: Duck,
	source: string,
	column: ProfiledColumn,
	coverage: ColumnProfile['coverage'],
	job: Job
): Promise<ColumnProfile> {
	return duck.using(async (connection) => {
		const rowsOf = (sql: string | null) => (sql === null ? null : duck.rows(connection, sql, job));
		const [summary] = await duck.rows(connection, summarySql(source, column), job);
		invariant(summary, 'an aggregate without groups has one row');
		const distinct = await rowsOf(distinctSql(source, column, summary));
		const quantiles = await rowsOf(quantileTextsSql(column.type, summary));
		const bins = await rowsOf(histogramSql(source, column, summary));
		const top = await rowsOf(topValuesSql(source, column, summary));
		return decodeProfile(column, coverage, {
			summary,
			distinct: distinct?.[0] ?? null,
			quantiles: quantiles?.[0] ?? null,
			bins,
			top
		});
	});
}

/** The first rows of a FROM item. */
export function sampleOf(source: string): string {
	return `(SELECT * FROM ${source} LIMIT ${SAMPLE_ROWS})`;
}
