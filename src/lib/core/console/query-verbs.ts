// The documentation of `window.weir` for named queries.
import { running, type ConsoleVerb } from './verb.ts';

const asking = ['unknown-document', 'invalid-query-text', 'invalid-arguments', 'result-too-large', ...running];

export const queryReference: readonly ConsoleVerb[] = [
	{
		verb: 'defineQuery',
		signature: 'defineQuery(name: string, text: string, options?: { message? })',
		summary:
			'Keeps a named query, written as YAML, as a document with a history. `/schemas/query.json` is its JSON Schema; a text that cannot be read is refused with line and column.',
		failures: ['invalid-query-text', 'invalid-name', 'moved', 'newer-format', 'storage-unavailable'],
		example:
			"await weir.defineQuery('by name', 'parameters:\\n  name: { type: text }\\nsql: SELECT * FROM people WHERE name = $name\\n')"
	},
	{
		verb: 'queries',
		signature: 'queries()',
		summary: 'Every named query with its text, its parameters and their rules.',
		failures: ['storage-unavailable'],
		example: 'console.table((await weir.queries()).value)'
	},
	{
		verb: 'askQuery',
		signature: 'askQuery(name: string, values?: object, options?: { isFresh?, signal? })',
		summary:
			'Rows of a named query, with values bound to its parameters; answers as `sql` does. Rows of the same values and versions are kept for whoever asks next, and equal asks at one time run once.',
		failures: asking,
		example: "await (await weir.askQuery('by name', { name: 'Ann' })).value.rows()"
	},
	{
		verb: 'pageQuery',
		signature: 'pageQuery(name: string, values?: object, options?: { cursor?, pageRows?, signal? })',
		summary:
			'One page of the rows, and the cursor of the next. A cursor holds for the same values and versions: after a new version it is refused rather than that rows are missed.',
		failures: [...asking, 'page-outdated', 'query-unpaged'],
		example: "(await weir.pageQuery('by name', { name: 'Ann' }, { pageRows: 10 })).value.next"
	},
	{
		verb: 'streamQuery',
		signature: 'streamQuery(name: string, values?: object, options?: { batchRows?, signal? })',
		summary:
			'The rows in batches, as objects and as Arrow, each read from the engine when the loop asks for it; the page never holds all of them.',
		failures: asking,
		example:
			"for await (const { rows } of (await weir.streamQuery('by name', { name: 'Ann' })).value) console.log(rows.length)"
	},
	{
		verb: 'explainQuery',
		signature: 'explainQuery(name: string, values?: object)',
		summary:
			'What an ask would do: its SQL, the bound values, the versions it reads, whether its rows are kept, or why not.',
		failures: asking,
		example: "(await weir.explainQuery('by name', { name: 'Ann' })).value"
	},
	{
		verb: 'planQueryPublication',
		signature: 'planQueryPublication(name: string)',
		summary:
			'What everybody could ask for if the query were published, and which `way` it would go. A `plan` says its columns, conditions and order, and no SQL leaves the page; what is more than that goes as a `statement`, its SQL, for a server with an engine, and `because` says why. What no server could answer is refused, each place of it.',
		failures: ['unknown-document', 'invalid-query-text', 'query-unpublishable', ...running],
		example: "await weir.planQueryPublication('by name')"
	},
	{
		verb: 'publishQuery',
		signature: 'publishQuery(name: string, options?: { inPlaceOf? })',
		summary:
			'Opens a named query to everybody, beside the published versions of the datasets that it reads, or puts it in the place of what was published under its name, or under the name `inPlaceOf` that it had before. Answers the path to ask; `/rows` behind it has the rows.',
		failures: [
			...['unknown-document', 'invalid-query-text', 'query-unpublishable', 'dataset-unpublished', 'query-unpublished'],
			...['engine-missing', 'engine-busy', 'statement-refused', 'engine-limit'],
			...['sync-off', 'edge-unreachable', 'edge-access-refused', 'edge-limit-reached'],
			...running
		],
		example: "(await weir.publishQuery('by name')).value.path"
	},
	{
		verb: 'publishedQueries',
		signature: 'publishedQueries()',
		summary: 'Which named queries are open to everybody, under which paths.',
		failures: ['sync-off', 'edge-unreachable', 'edge-access-refused', 'storage-unavailable'],
		example: '(await weir.publishedQueries()).value'
	},
	{
		verb: 'withdrawQuery',
		signature: 'withdrawQuery(name: string)',
		summary: 'Takes a published query away; the published version that it read stays.',
		failures: ['query-unpublished', 'sync-off', 'edge-unreachable', 'edge-access-refused', 'storage-unavailable'],
		example: "await weir.withdrawQuery('by name')"
	},
	{
		verb: 'queryCache',
		signature: 'queryCache(options?: { clear?: boolean, budgetBytes?: number })',
		summary:
			'What is kept of named queries, in bytes against a budget, and how often that served; lets it go with `clear`.',
		failures: [],
		example: '(await weir.queryCache()).value'
	}
];
