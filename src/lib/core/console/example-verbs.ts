// The documentation of `window.weir` for ready-made examples.
import { exampleStages } from '../examples/example.ts';
import { running, storing, type ConsoleVerb } from './verb.ts';

export const exampleReference: readonly ConsoleVerb[] = [
	{
		verb: 'openExample',
		signature: `openExample(stage: ${exampleStages.map((stage) => `'${stage}'`).join(' | ')}, options?: { signal? })`,
		summary:
			'Brings in what the example of a stage needs and is not there yet: tables, versions, documents, runs. Tells where it is looked at, and what to try next.',
		failures: ['sample-unavailable', ...running, ...storing],
		example: "await weir.openExample('version')"
	}
];
