// The documentation of `window.weir` for reports.
import type { ConsoleVerb } from './verb.ts';

export const reportReference: readonly ConsoleVerb[] = [
	{
		verb: 'checkReport',
		signature: 'checkReport(nameOrText: string)',
		summary: 'Reads a report, given by its name or its Markdown, and tells its blocks; nothing is asked of the engine.',
		failures: ['invalid-report', 'unknown-document', 'storage-unavailable'],
		example: "await weir.checkReport('# Sales\\n\\n```metric\\nfrom: sales\\nvalue: sum(price)\\n```\\n')"
	},
	{
		verb: 'renderReport',
		signature: 'renderReport(nameOrText: string, options?: { inputs?, marked?, versions?, signal? })',
		summary:
			'Every block of a report with its rows, and the versions they come from. `marked` are spans in its charts, `{ chart: 1, x: { from, to } }`, that the other blocks follow. A block that fails says so in its own place.',
		failures: ['invalid-report', 'unknown-document', 'storage-unavailable', 'cancelled'],
		example: "(await weir.renderReport('sales over time', { inputs: { city: 'Oslo' } })).value.blocks"
	},
	{
		verb: 'explainNumber',
		signature:
			'explainNumber(nameOrText: string, at: { block: number, row: number, column?: string }, options?: { inputs?, versions?, signal? })',
		summary:
			'From a number of a report to its rows, the query that gave it, the versions it comes from, and the hashes of the files behind them. `block` and `row` count from 0: a mark of a chart, a row of a table, one of the values in prose.',
		failures: ['no-such-number', 'invalid-report', 'unknown-document', 'storage-unavailable', 'cancelled'],
		example: "(await weir.explainNumber('sales over time', { block: 3, row: 0 })).value.sources[0].origins"
	},
	{
		verb: 'refreshReport',
		signature: 'refreshReport(nameOrText: string, versions: Record<string, string>, options?: { inputs?, signal? })',
		summary:
			'A report of the newest versions, and what is not the same any more as with the versions that are given: each number old and new, and the marks and rows that were added, removed and changed.',
		failures: ['invalid-report', 'unknown-document', 'storage-unavailable', 'cancelled'],
		example: "(await weir.refreshReport('sales over time', { sales: before.sources[0].version })).value.changes"
	},
	{
		verb: 'proposeCharts',
		signature: 'proposeCharts(dataset: string, options?: { columns?, signal? })',
		summary:
			'Charts that suit a dataset, or columns of it, the most telling first, each with why and its block of text.',
		failures: ['unknown-rows', 'no-such-column', 'storage-unavailable', 'cancelled'],
		example: "(await weir.proposeCharts('sales', { columns: ['day', 'price'] })).value[0].text"
	},
	{
		verb: 'makeReport',
		signature: 'makeReport(template: string, of: string, options?: { name?, columns?, version?, against? })',
		summary:
			"A whole report, kept as a document: 'series', 'overview', 'dashboard', 'quality' or 'diff' of a dataset, 'model' of a model's version. `columns` are what it is about, `version` and `against` numbers of versions.",
		failures: [
			'unknown-dataset',
			'unknown-model',
			'template-needs',
			'template-columns',
			'template-version',
			'unknown-rows',
			'storage-unavailable'
		],
		example: "await weir.makeReport('diff', 'people', { version: 3, against: 1 })"
	}
];
