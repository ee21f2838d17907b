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
		verb: 'makeReport',
		signature: "makeReport(template: 'series' | 'overview' | 'dashboard', dataset: string, options?: { name? })",
		summary: 'A whole report from a dataset, kept as a document.',
		failures: ['unknown-dataset', 'storage-unavailable'],
		example: "await weir.makeReport('overview', 'people')"
	}
];
