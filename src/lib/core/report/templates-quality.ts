// The quality report of a dataset: what its checks found, version by version, and what is missing in its columns.
import { quoteText } from '../sql/quote.ts';
import { writeBlock, writeHead, writeQuery, writeValue } from './report-text.ts';
import type { TemplateInput } from './templates.ts';
import { rowCount, sourceOf } from './templates-dataset.ts';

/** Lines that can be told apart. */
const LINES_MAX = 8;

export function qualityText({ dataset, columns, version }: TemplateInput): string {
	const from = sourceOf(dataset, version);
	const own = `dataset = ${quoteText(dataset)}`;
	const upTo = version === null ? own : `${own} AND number <= ${version}`;
	const at = version === null ? `${own} AND is_newest` : `${own} AND number = ${version}`;
	const about = `column_name IN (${columns.map(({ name }) => quoteText(name)).join(', ')})`;
	return [
		writeHead({
			title: `Quality of ${dataset}`,
			description: 'What its checks found, version by version, and what is missing in its columns.'
		}),
		writeQuery(
			'last_results',
			[
				'-- The results of the newest version that was checked.',
				`SELECT * FROM check_results WHERE ${upTo}`,
				`AND number = (SELECT max(number) FROM check_results WHERE ${upTo})`
			].join('\n')
		),
		writeQuery(
			'summary',
			[
				'SELECT count(*) AS checks,',
				...['pass', 'warn', 'fail', 'error'].map(
					(outcome) => `  count(*) FILTER (WHERE outcome = '${outcome}') AS ${outcomeColumns[outcome] ?? outcome},`
				),
				"  'v' || max(number) AS version, max(checked_at) AS checked_at",
				'FROM last_results'
			].join('\n')
		),
		writeQuery(
			'told',
			[
				'SELECT CASE WHEN checks = 0',
				`  THEN ${quoteText(`Nothing of ${dataset} was checked yet. Write checks for it on the page Quality, run them, and refresh this report.`)}`,
				`  ELSE concat(passed, ' of ', checks, ${quoteText(` checks of ${dataset} `)}, version, ' passed; ', failed, ' failed, ', warned,`,
				"    ' warned, and ', broken, ' could not be evaluated. They ran on ', strftime(checked_at, '%Y-%m-%d %H:%M'), '.')",
				'  END AS told FROM summary'
			].join('\n')
		),
		rowCount(from),
		writeBlock('metric', { from: 'summary', value: 'passed', label: 'Checks passed' }),
		writeBlock('metric', { from: 'summary', value: 'failed', label: 'Checks failed' }),
		writeBlock('metric', { from: 'summary', value: 'warned', label: 'Warnings' }),
		`${writeValue(null, 'told', 'told', null)}\n`,
		'## Checks over the versions\n',
		writeQuery(
			'results_by_version',
			[
				'SELECT number AS version, outcome, count(*) AS checks',
				`FROM check_results WHERE ${upTo} AND number IS NOT NULL`,
				'GROUP BY ALL'
			].join('\n')
		),
		writeBlock('chart', {
			type: 'bar',
			from: 'results_by_version',
			x: 'version',
			y: 'sum(checks)',
			color: 'outcome',
			y_label: 'Checks',
			title: 'What checks found, by version',
			height: 220
		}),
		'## Rules that did not pass\n',
		writeQuery(
			'failing_rules',
			[
				'SELECT suite, check_name, column_name, outcome, unexpected_count, row_count,',
				'  unexpected_count / nullif(row_count, 0) AS share,',
				"  coalesce(description, json_extract_string(result, '$.observed_value'), problem) AS told",
				"FROM last_results WHERE outcome <> 'pass'"
			].join('\n')
		),
		writeBlock('table', {
			from: 'failing_rules',
			columns: [
				{ column: 'suite', label: 'Suite' },
				{ column: 'check_name', label: 'Check' },
				{ column: 'column_name', label: 'Column' },
				{ column: 'outcome', label: 'Outcome' },
				{ column: 'unexpected_count', label: 'Rows against it', format: ',' },
				{ column: 'share', label: 'Share', format: '.2%' },
				{ column: 'told', label: 'Observed' }
			],
			order: ['-unexpected_count', 'check_name'],
			title: 'Each rule that did not pass, with its numbers'
		}),
		'## Missing values\n',
		writeQuery(
			'column_profile',
			[
				'SELECT position, column_name, column_type, null_count, null_ratio, lowest, highest',
				`FROM dataset_columns WHERE ${at} AND ${about}`
			].join('\n')
		),
		writeQuery(
			'nulls_by_version',
			[
				'WITH known AS (',
				`  SELECT * FROM dataset_columns WHERE ${upTo} AND number IS NOT NULL AND ${about}`,
				'), most AS (',
				'  SELECT column_name FROM known GROUP BY column_name HAVING max(null_ratio) > 0',
				`  ORDER BY max(null_ratio) DESC LIMIT ${LINES_MAX}`,
				')',
				'SELECT number AS version, column_name, null_ratio FROM known SEMI JOIN most USING (column_name)'
			].join('\n')
		),
		writeBlock('chart', {
			type: 'line',
			from: 'nulls_by_version',
			x: 'version',
			y: 'max(null_ratio)',
			color: 'column_name',
			points: true,
			y_format: 'percent',
			y_label: 'Missing',
			title: 'Share of missing values, by version',
			caption: 'Columns without a missing value in any version are left out.',
			height: 240
		}),
		writeBlock('table', {
			from: 'column_profile',
			columns: [
				{ column: 'column_name', label: 'Column' },
				{ column: 'column_type', label: 'Type' },
				{ column: 'null_count', label: 'Missing', format: ',' },
				{ column: 'null_ratio', label: 'Share', format: '.2%' },
				{ column: 'lowest', label: 'Lowest' },
				{ column: 'highest', label: 'Highest' }
			],
			order: 'position',
			title: 'Columns'
		})
	].join('\n');
}

const outcomeColumns: Readonly<Record<string, string>> = {
	pass: 'passed',
	warn: 'warned',
	fail: 'failed',
	error: 'broken'
};
