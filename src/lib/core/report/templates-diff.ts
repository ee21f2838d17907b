// The report of what changed between two versions of a dataset: rows, columns, and how their values are distributed.
import { quoteName, quoteText, writeReference } from '../sql/quote.ts';
import type { Column } from '../version/version.ts';
import { writeBlock, writeHead, writeProse, writeQuery, writeValue } from './report-text.ts';
import type { TemplateInput } from './templates.ts';
import { sourceOf } from './templates-dataset.ts';

/** Columns whose cells are counted: each is a pair to compare. */
const COUNTED_MAX = 40;

export function diffText({ dataset, columns, key: given, numbers, version, against, shared }: TemplateInput): string {
	const key = given.every((name) => shared.includes(name)) ? given : [];
	const newer = sourceOf(dataset, version);
	const newest = version ?? numbers.at(-1) ?? 1;
	const older = sourceOf(dataset, against ?? numbers.filter((one) => one < newest).at(-1) ?? newest);
	const call = `diff(${[older, newer, ...key].map(quoteText).join(', ')})`;
	const [before, after] = [quoteText(older), quoteText(newer)];
	return [
		writeHead({
			title: `What changed in ${dataset}`,
			description: `${newer === dataset ? 'The newest version' : newer} held against ${older}.`
		}),
		writeQuery(
			'rows_of_both',
			[
				`SELECT (SELECT count(*) FROM ${writeReference(newer)}) AS after,`,
				`  (SELECT count(*) FROM ${writeReference(older)}) AS before`
			].join('\n')
		),
		writeQuery(
			'changed_rows',
			[
				"SELECT count(*) FILTER (WHERE diff_type = 'added') AS added,",
				"  count(*) FILTER (WHERE diff_type = 'removed') AS removed,",
				"  count(*) FILTER (WHERE diff_type = 'changed') AS changed",
				`FROM ${call}`
			].join('\n')
		),
		writeBlock('metric', {
			from: 'rows_of_both',
			value: 'after',
			compare: 'before',
			label: 'Rows',
			format: ','
		}),
		writeBlock('metric', { from: 'changed_rows', value: 'added', label: 'Rows added', format: ',' }),
		writeBlock('metric', { from: 'changed_rows', value: 'removed', label: 'Rows removed', format: ',' }),
		...(key.length > 0
			? [writeBlock('metric', { from: 'changed_rows', value: 'changed', label: 'Rows changed', format: ',' })]
			: []),
		key.length > 0
			? `Rows are told apart by ${writeProse(key.join(', '))}.\n`
			: 'The dataset has no key: a row in which a cell changed is one that was removed and one that was added.\n',
		...cellsOf(
			columns.filter(({ name }) => shared.includes(name)),
			key,
			call
		),
		'## Columns\n',
		writeQuery(
			'column_changes',
			[
				'SELECT coalesce(n.column_name, o.column_name) AS column_name,',
				"  CASE WHEN o.column_name IS NULL THEN 'added' WHEN n.column_name IS NULL THEN 'removed'",
				"    WHEN o.column_type <> n.column_type THEN 'another type' ELSE 'the same' END AS change,",
				'  o.column_type AS type_before, n.column_type AS type_after,',
				'  o.null_ratio AS missing_before, n.null_ratio AS missing_after, n.position',
				`FROM (SELECT * FROM dataset_columns WHERE ${whichVersion(dataset, older)}) AS o`,
				`FULL JOIN (SELECT * FROM dataset_columns WHERE ${whichVersion(dataset, newer)}) AS n`,
				'  ON lower(o.column_name) = lower(n.column_name)'
			].join('\n')
		),
		writeQuery('schema_changes', "SELECT count(*) FILTER (WHERE change <> 'the same') AS changes FROM column_changes"),
		`Columns added, removed or changed in type: ${writeValue(null, 'schema_changes', 'changes', ',')}.\n`,
		writeBlock('table', {
			from: 'column_changes',
			columns: [
				{ column: 'column_name', label: 'Column' },
				{ column: 'change', label: 'Change' },
				{ column: 'type_before', label: 'Type before' },
				{ column: 'type_after', label: 'Type after' },
				{ column: 'missing_before', label: 'Missing before', format: '.2%' },
				{ column: 'missing_after', label: 'Missing after', format: '.2%' }
			],
			order: ['position', 'column_name'],
			title: 'Columns of both versions'
		}),
		'## Drift\n',
		'How far the values of each column moved, told from sketches: from 1 on it counts as drift.\n',
		writeQuery('column_drift', `SELECT * FROM drift(${before}, ${after})`),
		writeBlock('chart', {
			type: 'bar',
			from: 'column_drift',
			x: 'column_name',
			y: 'max(severity)',
			order: '-y',
			annotations: [{ y: 1, text: 'drift' }],
			y_label: 'Times the threshold',
			title: 'Drift of columns, in units of the threshold',
			height: 240
		}),
		writeBlock('table', {
			from: 'column_drift',
			columns: [
				{ column: 'column_name', label: 'Column' },
				{ column: 'has_drifted', label: 'Drifted' },
				{ column: 'measure', label: 'Farthest over' },
				{ column: 'psi', label: 'PSI', format: '.3f' },
				{ column: 'kolmogorov_smirnov', label: 'Kolmogorov–Smirnov', format: '.3f' },
				{ column: 'chi_square', label: 'Cramér’s V', format: '.3f' },
				{ column: 'null_ratio_change', label: 'Missing', format: '+.2%' }
			],
			order: '-severity',
			title: 'Measures of drift'
		}),
		'## Rows that differ\n',
		writeQuery('differing_rows', `SELECT * FROM ${call}`),
		writeBlock('table', { from: 'differing_rows', limit: 50, title: 'The first of them' })
	].join('\n');
}

/** How many cells of each column changed; by key alone, since whole rows have no before and after. */
function cellsOf(columns: readonly Column[], key: readonly string[], call: string): readonly string[] {
	const values = columns.filter(({ name }) => !key.includes(name)).slice(0, COUNTED_MAX);
	if (key.length === 0 || values.length === 0) return [];
	const differs = values.map(
		({ name }) => `count(*) FILTER (WHERE ${quoteName(`from_${name}`)} IS DISTINCT FROM ${quoteName(`to_${name}`)})`
	);
	return [
		writeQuery(
			'changed_cells',
			[
				'SELECT column_name, cells FROM (SELECT unnest(names) AS column_name, unnest(counts) AS cells FROM (',
				`  SELECT [${values.map(({ name }) => quoteText(name)).join(', ')}] AS names,`,
				`    [${differs.join(',\n      ')}] AS counts`,
				`  FROM ${call} WHERE diff_type = 'changed'`,
				')) WHERE cells > 0'
			].join('\n')
		),
		writeBlock('chart', {
			type: 'bar',
			from: 'changed_cells',
			x: 'column_name',
			y: 'sum(cells)',
			horizontal: true,
			order: '-y',
			y_label: 'Cells',
			title: 'Changed cells, by column',
			height: 220
		})
	];
}

function whichVersion(dataset: string, reference: string): string {
	const own = `dataset = ${quoteText(dataset)}`;
	const number = reference === dataset ? null : /@v(\d+)$/.exec(reference)?.[1];
	return number === null || number === undefined ? `${own} AND is_newest` : `${own} AND number = ${number}`;
}
