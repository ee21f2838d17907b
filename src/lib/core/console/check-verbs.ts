// The documentation of `window.weir` for checks.
import { running, type ConsoleVerb } from './verb.ts';

const reading = ['invalid-suite', 'unknown-document', 'storage-unavailable'];

export const checkReference: readonly ConsoleVerb[] = [
	{
		verb: 'check',
		signature: 'check(reference: string, suite: string, options?: { keep?: boolean, signal? })',
		summary:
			'Checks a dataset, or `name@v2`, against a suite, given by its name or its text: an outcome for each check (pass, warn, fail, or error where it could not be evaluated), the numbers, a sample of the rows against it, and SQL of all of them. The verdict of a saved suite is kept with the version.',
		failures: ['unknown-dataset', 'unknown-column', ...reading, ...running],
		example:
			"const verdict = await weir.check('people', 'checks:\\n  - expect_column_values_to_not_be_null: { column: name }\\n');\nverdict.ok && verdict.value.checks.map(({ check, outcome, unexpectedCount }) => [check, outcome, unexpectedCount])"
	},
	{
		verb: 'verdicts',
		signature: 'verdicts(name: string)',
		summary: 'What is kept of checks of a dataset, newest first: one verdict for each suite and version.',
		failures: ['unknown-dataset', 'storage-unavailable'],
		example: "(await weir.verdicts('people')).value.map(({ suite, number, outcome }) => [suite, number, outcome])"
	},
	{
		verb: 'saveSuite',
		signature: 'saveSuite(name: string, text: string, options?: { message? })',
		summary:
			'Keeps a suite, written as YAML, as a document with a history. `/schemas/suite.json` is its JSON Schema; a text that cannot be read is refused with line and column.',
		failures: ['invalid-suite', 'invalid-name', 'moved', 'newer-format', 'storage-unavailable'],
		example:
			"await weir.saveSuite('sound people', 'dataset: people\\nchecks:\\n  - expect_column_values_to_be_unique: { column: id }\\n    severity: warn\\n')"
	},
	{
		verb: 'suites',
		signature: 'suites()',
		summary: 'Every suite with its newest text and the checks it says.',
		failures: ['storage-unavailable'],
		example: '(await weir.suites()).value.map(({ name, suite }) => [name, suite?.checks.length])'
	},
	{
		verb: 'importSuite',
		signature: 'importSuite(text: string, options?: { object? })',
		summary:
			'Reads a suite of Great Expectations (JSON, of 1.x or before) or a data contract (Open Data Contract Standard 3) and answers with the text of a suite, and with everything that has no place in it. Of a contract with several objects `object` names one.',
		failures: ['unreadable-suite'],
		example:
			'await weir.importSuite(\'{"name": "s", "expectations": [{"type": "expect_column_to_exist", "kwargs": {"column": "id"}}]}\')'
	},
	{
		verb: 'exportSuite',
		signature: "exportSuite(nameOrText: string, format: 'great-expectations' | 'great-expectations-0' | 'odcs')",
		summary:
			'Writes a suite as JSON of Great Expectations 1.x or before, or as a data contract, and tells what has no place there.',
		failures: reading,
		example: "(await weir.exportSuite('sound people', 'great-expectations')).value.text"
	},
	{
		verb: 'expectations',
		signature: 'expectations()',
		summary:
			'Every expectation with what it says and the parameters it takes; `isStandard` are those of Great Expectations.',
		failures: [],
		example: '(await weir.expectations()).value.map(({ name, summary }) => [name, summary])'
	},
	{
		verb: 'suggestSuite',
		signature: 'suggestSuite(reference: string, options?: { signal? })',
		summary:
			'The text of a first suite, of what the statistics of a dataset or of `name@v2` tell. They are read where they are not kept yet.',
		failures: ['unknown-dataset', 'check-crashed', ...running],
		example: "console.log((await weir.suggestSuite('people')).value)"
	}
];
