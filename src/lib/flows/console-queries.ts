// The console's verbs for named queries.
import { PAGE_ROWS_MAX } from '../core/query/named-query.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { askQuery, defineQuery, listQueries, planQuery, type Asked } from './ask-query.ts';
import type { InvalidArgument } from './console-answer.ts';
import { sqlAnswer } from './console-answers.ts';
import type { QueryBatch, QueryConsole } from './console-query-types.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { listPublishedQueries, planQueryPublication, publishQuery, withdrawQuery } from './publish-query.ts';
import { pageQuery, readBatches } from './read-asked.ts';

const BATCH_ROWS = 8192;

export function queryVerbs(effects: Effects): QueryConsole {
	return {
		defineQuery: async (name, text, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a name');
			if (typeof text !== 'string') return invalid('text', 'the text of a query, as YAML');
			const saved = await defineQuery({ name, text, message: options.message }, effects);
			return saved.ok ? ok({ name: saved.value.document.name, isChanged: saved.value.isChanged }) : saved;
		},
		queries: async () => {
			const listed = await listQueries(effects);
			if (!listed.ok) return listed;
			return ok(listed.value.map(({ item, query }) => ({ name: item.document.name, text: item.version.text, query })));
		},
		askQuery: async (name, values = {}, options = {}) => {
			const given = readAsked(name, values);
			if (!given.ok) return given;
			const asked = await askQuery({ name, values, ...options }, effects);
			if (!asked.ok) return asked;
			const { held, isFromCache, unkept, done } = asked.value;
			const answer = sqlAnswer(held.id, held, effects);
			// Others may read the same rows.
			return ok({ ...answer, isFromCache, unkept, release: () => Promise.resolve(done()) });
		},
		pageQuery: async (name, values = {}, options = {}) => {
			const given = readAsked(name, values);
			if (!given.ok) return given;
			if (options.cursor !== undefined && typeof options.cursor !== 'string')
				return invalid('cursor', 'what `next` of the page before was');
			if (!isRows(options.pageRows)) return invalid('pageRows', `a whole number from 1 to ${PAGE_ROWS_MAX}`);
			const page = await pageQuery({ name, values, ...options }, effects);
			if (!page.ok) return page;
			const { arrow, columns, startRow, totalRows, isFromCache, next } = page.value;
			return ok({ columns, rows: decodeRows(arrow), startRow, totalRows, isFromCache, next });
		},
		streamQuery: async (name, values = {}, options = {}) => {
			const given = readAsked(name, values);
			if (!given.ok) return given;
			if (!isRows(options.batchRows)) return invalid('batchRows', `a whole number from 1 to ${PAGE_ROWS_MAX}`);
			const { batchRows = BATCH_ROWS, signal } = options;
			const asked = await askQuery({ name, values, signal }, effects);
			if (!asked.ok) return asked;
			const { columns, rowCount: totalRows } = asked.value.held;
			return ok({
				columns,
				totalRows,
				[Symbol.asyncIterator]: () => batchesOf(asked.value, { batchRows, signal }, effects)
			});
		},
		explainQuery: async (name, values = {}) => {
			const given = readAsked(name, values);
			return given.ok ? planQuery({ name, values }, effects) : given;
		},
		planQueryPublication: async (name) => {
			const given = readAsked(name, {});
			return given.ok ? planQueryPublication({ name }, effects) : given;
		},
		publishQuery: async (name, { inPlaceOf } = {}) => {
			const given = readAsked(name, {});
			if (!given.ok) return given;
			if (inPlaceOf !== undefined && typeof inPlaceOf !== 'string')
				return invalid('inPlaceOf', 'the name that it is published under');
			return publishQuery({ name, inPlaceOf }, effects);
		},
		publishedQueries: () => listPublishedQueries(effects),
		withdrawQuery: async (name) => {
			const given = readAsked(name, {});
			return given.ok ? withdrawQuery(name, effects) : given;
		},
		queryCache: ({ clear, budgetBytes } = {}) => {
			if (budgetBytes !== undefined && (!Number.isFinite(budgetBytes) || budgetBytes < 0))
				return Promise.resolve(invalid('budgetBytes', 'a number of bytes, 0 to keep nothing'));
			if (budgetBytes !== undefined) effects.queries.setBudget(budgetBytes);
			if (clear === true) effects.queries.clear();
			return Promise.resolve(ok(effects.queries.figures));
		}
	};
}

async function* batchesOf(
	asked: Asked,
	options: { readonly batchRows: number; readonly signal?: AbortSignal | undefined },
	effects: Effects
): AsyncGenerator<QueryBatch, void, void> {
	for await (const batch of readBatches(asked, options, effects)) {
		if (!batch.ok) throw new Error(`The rows cannot be read to the end: ${batch.error.kind}`);
		yield { ...batch.value, rows: decodeRows(batch.value.arrow) };
	}
}

function readAsked(name: unknown, values: unknown): Result<void, InvalidArgument> {
	if (typeof name !== 'string') return invalid('name', 'the name of a query');
	if (typeof values !== 'object' || values === null || Array.isArray(values))
		return invalid('values', 'an object with a value for each parameter');
	return ok(undefined);
}

function isRows(count: unknown): boolean {
	return count === undefined || (Number.isInteger(count) && Number(count) >= 1 && Number(count) <= PAGE_ROWS_MAX);
}
