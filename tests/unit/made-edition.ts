// An edition with one block of each kind, full of what readers must not get: texts that begin with `hidden`.
import { datasetId, documentVersionId, versionId } from '#core/ids.ts';
import type { Edition, EditionBlock, EditionColumn, EditionTable, Shown } from '#core/report/edition.ts';
import type { BlockPlace, ChartBlock } from '#core/report/report.ts';

export const HIDDEN = 'hidden';

const place: BlockPlace = { line: 7001, column: 3, from: 7002, to: 7003 };

export function tableOf(...columns: readonly EditionColumn[]): EditionTable {
	return { rowCount: columns[0]?.values.length ?? 0, columns };
}

export function shownOf(table: EditionTable, sources: readonly number[] = [1]): Shown {
	return { ok: true, table, totalRows: table.rowCount, sources, sql: `SELECT ${HIDDEN}_sql`, elapsedMs: 7004 };
}

export const chart: ChartBlock = {
	kind: 'chart',
	type: 'line',
	from: `${HIDDEN}_query`,
	x: 'day',
	y: [{ kind: 'aggregate', aggregate: 'avg', column: 'reading' }],
	shapes: null,
	color: null,
	facet: null,
	size: null,
	grain: 'day',
	bins: null,
	isStacked: false,
	isHorizontal: false,
	hasPoints: true,
	order: 'x',
	limit: null,
	title: 'Readings a day',
	subtitle: null,
	caption: null,
	xLabel: null,
	yLabel: null,
	unit: '°C',
	xFormat: null,
	yFormat: null,
	yScale: 'linear',
	isFromZero: false,
	annotations: [{ axis: 'y', from: 20, to: null, text: 'limit' }],
	brush: 'x',
	height: null,
	span: 12,
	place
};

export const blocks: readonly EditionBlock[] = [
	{
		block: {
			kind: 'prose',
			node: {
				kind: 'paragraph',
				children: [
					{ kind: 'text', text: 'It was ' },
					{ kind: 'value', at: 0 },
					{ kind: 'link', url: 'https://example.org/a', children: [{ kind: 'text', text: 'there' }] }
				]
			},
			values: [
				{
					from: `${HIDDEN}_query`,
					value: { kind: 'column', column: `${HIDDEN}_of_value` },
					format: '.1f'
				}
			],
			place
		},
		values: [shownOf(tableOf({ name: 'value', type: 'number', values: [21.5] }))]
	},
	{
		block: { kind: 'query', name: `${HIDDEN}_query`, sql: `SELECT ${HIDDEN}_sql`, isShown: false, place },
		table: tableOf({ name: `${HIDDEN}_column`, type: 'text', values: [`${HIDDEN}_cell`] }),
		failure: null
	},
	{
		block: { kind: 'query', name: 'shown', sql: 'SELECT 1 AS shown_sql', isShown: true, place },
		table: tableOf({ name: `${HIDDEN}_column`, type: 'text', values: [`${HIDDEN}_cell`] }),
		failure: null
	},
	{
		block: chart,
		shown: shownOf(
			tableOf(
				{ name: 'x', type: 'date', values: [1_700_000_000_000, 1_700_086_400_000, null] },
				{ name: 'y', type: 'number', values: [1.25, NaN, Infinity] }
			),
			[2]
		)
	},
	{
		block: {
			kind: 'table',
			from: `${HIDDEN}_query`,
			columns: [{ column: 'city', label: 'City', format: null }],
			order: [
				{ column: 'city', isDescending: false },
				{ column: `${HIDDEN}_column`, isDescending: true }
			],
			limit: 2,
			title: 'Cities',
			span: 6,
			place
		},
		shown: shownOf(
			tableOf(
				{ name: 'city', type: 'text', values: ['Oslo', 'Bergen', `${HIDDEN}_row`] },
				{ name: `${HIDDEN}_column`, type: 'text', values: [`${HIDDEN}_1`, `${HIDDEN}_2`, `${HIDDEN}_3`] }
			)
		)
	},
	{
		block: {
			kind: 'metric',
			from: `${HIDDEN}_query`,
			value: { kind: 'column', column: `${HIDDEN}_column` },
			compare: null,
			label: 'Mean',
			unit: null,
			format: null,
			better: 'more',
			span: 3,
			place
		},
		shown: shownOf(
			tableOf(
				{ name: 'value', type: 'number', values: [3] },
				{ name: 'compare', type: 'text', values: [`${HIDDEN}_cell`] }
			)
		)
	},
	{
		block: {
			kind: 'input',
			name: 'city',
			type: 'select',
			from: `${HIDDEN}_query`,
			column: 'city',
			options: [`${HIDDEN}_option`],
			label: null,
			value: null,
			isMultiple: false,
			span: 3,
			place
		},
		shown: shownOf(tableOf({ name: 'value', type: 'text', values: [`${HIDDEN}_cell`] }), [0]),
		value: 'Oslo'
	},
	{
		block: { ...chart, title: 'Broken' },
		shown: { ok: false, failure: { kind: 'sql-error', message: `${HIDDEN}_message` } as { kind: string } }
	}
];

const source = { rowCount: 3, committedAtMs: 1_700_000_000_000, message: `${HIDDEN}_message` };

export const madeEdition: Edition = {
	report: `${HIDDEN}_name`,
	version: documentVersionId(`${HIDDEN}_version`),
	title: 'Rivers',
	description: null,
	layout: 'page',
	renderedAtMs: 1_700_000_100_000,
	sources: [
		{ name: `${HIDDEN}_options`, dataset: datasetId(`${HIDDEN}_a`), version: versionId('a'), number: 1, ...source },
		{ name: 'cities', dataset: datasetId(`${HIDDEN}_b`), version: versionId('b'.repeat(43)), number: 2, ...source },
		{ name: 'sensors', dataset: datasetId(`${HIDDEN}_c`), version: versionId('c'.repeat(43)), number: null, ...source }
	],
	blocks
};

export const hashes = { contentHash: 'c0'.repeat(32), fileHash: 'f0'.repeat(32) };
