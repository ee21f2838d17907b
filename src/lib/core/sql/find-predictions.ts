// Finds `predict('model', …)` in SQL: which table its rows are of, so that its answers can be computed before the query runs.
import { err, ok, type Result } from '../result.ts';
import type { SqlFailure } from './failure.ts';
import { tokenAt, type SqlToken } from './tokens.ts';

/**
 * `predict` answers with the number or class, `predict_probability` with the probability of the class, of two classes of the second, and
 * `predict_probabilities` with that of each class by its name.
 */
export const predictFunctions = ['predict', 'predict_probability', 'predict_probabilities'] as const;
export type PredictFunction = (typeof predictFunctions)[number];

export type PredictCall = {
	readonly function: PredictFunction;
	/** A reference such as `name@production`. */
	readonly model: string;
	/** Expressions over the table, in the order of the model's columns; none: its columns are taken by their names. */
	readonly arguments: readonly string[];
	readonly start: number;
	/** Exclusive. */
	readonly end: number;
	/** Whether it is a whole column of the query without a name. */
	readonly isUnnamed: boolean;
};

/** The one table, view or subquery that a query with calls reads. */
export type PredictTable = {
	/** As it stands in the text, without its alias. */
	readonly sql: string;
	/** What columns may be qualified with, as SQL. */
	readonly alias: string;
	/** Of the item with its alias. */
	readonly start: number;
	readonly end: number;
	/** `WITH …` and the common table expressions that the item may name; empty when there are none. */
	readonly prefix: string;
	readonly calls: readonly PredictCall[];
};

/**
 * A call may stand wherever a value may, in a query that reads one table, view or subquery. The first of the answer reads nothing that
 * another one makes.
 *
 * Fails: sql-error at the call, where its query reads several tables or none, its first argument is no text, or it stands in another one
 */
export function findPredictions(sql: string): Result<readonly PredictTable[], SqlFailure> {
	if (!/\bpredict(_probability|_probabilities)?\s*\(/i.test(sql)) return ok([]);
	const { blocks, calls } = scan(significant(sql), sql);
	const tables = new Map<Block, PredictTable>();
	for (const { call, block, problem } of calls) {
		const isWithin = calls.some(
			({ call: other }) => other !== call && other.start < call.start && call.end <= other.end
		);
		if (isWithin)
			return refused('predict() cannot stand in another predict(): put the inner one in a subquery', call.start);
		if (problem !== null) return refused(problem, call.start);
		if (!blocks.has(block)) return refused('predict() needs a query that reads a table', call.start);
		const known = tables.get(block);
		const table = known ? ok(known) : tableOf(block, call.start, sql);
		if (!table.ok) return table;
		tables.set(block, { ...table.value, calls: [...table.value.calls, call] });
	}
	return ok([...tables.values()].toSorted((one, other) => one.end - other.end));
}

type Word = SqlToken & { readonly text: string; readonly lower: string };

/** One SELECT with its FROM, at one depth of parentheses. */
type Block = { fromStart: number | null; fromEnd: number | null; prefixEnd: number | null };
type Frame = { block: Block; isQuery: boolean };

type Found = { readonly call: PredictCall; readonly block: Block; readonly problem: string | null };

const endsFrom = new Set(
	'select where group having order limit offset qualify window union except intersect returning'.split(' ')
);
const joinsQueries = new Set(['union', 'except', 'intersect']);

function significant(sql: string): readonly Word[] {
	const words: Word[] = [];
	for (let at = 0; at < sql.length;) {
		const token = tokenAt(sql, at);
		at = token.end;
		if (token.kind === 'space' || token.kind === 'comment') continue;
		const text = sql.slice(token.start, token.end);
		words.push({ ...token, text, lower: token.kind === 'word' ? text.toLowerCase() : '' });
	}
	return words;
}

function scan(
	words: readonly Word[],
	sql: string
): { readonly blocks: ReadonlySet<Block>; readonly calls: readonly Found[] } {
	const blocks = new Set<Block>();
	const calls: Found[] = [];
	const common = new CommonTables();
	const newBlock = (): Block => ({ fromStart: null, fromEnd: null, prefixEnd: common.end });
	let frames: Frame[] = [{ block: newBlock(), isQuery: true }];
	const closeFrom = ({ block }: Frame, at: number): void => {
		if (block.fromStart !== null) block.fromEnd ??= at;
	};
	words.forEach((word, index) => {
		const frame = frames.at(-1) ?? { block: newBlock(), isQuery: true };
		common.take(word, frames.length);
		if (word.text === '(') {
			const opens = words[index + 1]?.lower ?? '';
			const isQuery = ['select', 'from', 'with', 'values', 'table'].includes(opens);
			frames.push(isQuery ? { block: newBlock(), isQuery } : { block: frame.block, isQuery });
		} else if (word.text === ')' && frames.length > 1) {
			if (frame.isQuery) closeFrom(frame, word.start);
			frames.pop();
		} else if (word.text === ';') {
			closeFrom(frame, word.start);
			frames = [{ block: newBlock(), isQuery: true }];
		} else if (frame.isQuery) {
			if (endsFrom.has(word.lower)) closeFrom(frame, word.start);
			if (joinsQueries.has(word.lower)) frame.block = newBlock();
			if (frames.length === 1 && (word.lower === 'select' || word.lower === 'from'))
				frame.block.prefixEnd ??= common.end;
			if (word.lower === 'from') {
				frame.block.fromStart ??= word.end;
				blocks.add(frame.block);
			}
		}
		const name = predictFunctions.find((one) => one === word.lower);
		if (name && words[index + 1]?.text === '(' && words[index - 1]?.text !== '.')
			calls.push({ ...readCall(words, index, { name, isSelect: frame.isQuery, sql }), block: frame.block });
	});
	for (const frame of frames) closeFrom(frame, sql.length);
	return { blocks, calls };
}

/** Where the common table expressions end that a query at some place may name: at the comma before its own, or at the main query. */
class CommonTables {
	end: number | null = null;
	#isOpen = false;

	take({ lower, text, start }: Word, depth: number): void {
		if (depth !== 1) return;
		if (lower === 'with') this.#isOpen = true;
		else if (this.#isOpen && text === ',') this.end = start;
		else if (this.#isOpen && ['select', 'from', 'insert', 'update', 'delete'].includes(lower)) {
			this.end = start;
			this.#isOpen = false;
		} else if (text === ';') [this.end, this.#isOpen] = [null, false];
	}
}

function readCall(
	words: readonly Word[],
	index: number,
	{ name, isSelect, sql }: { readonly name: PredictFunction; readonly isSelect: boolean; readonly sql: string }
): Omit<Found, 'block'> {
	const start = words[index]?.start ?? 0;
	const parts: { start: number; end: number }[] = [];
	let depth = 0;
	let at = index + 1;
	let from = words[at]?.end ?? start;
	for (; at < words.length; at++) {
		const word = words[at];
		if (!word) break;
		if ('([{'.includes(word.text)) depth++;
		if (')]}'.includes(word.text)) depth--;
		if (depth > 1 || (depth === 1 && word.text !== ',')) continue;
		parts.push({ start: from, end: word.start });
		from = word.end;
		if (depth === 0) break;
	}
	const texts = parts.map((part) => sql.slice(part.start, part.end).trim());
	const [first = '', ...others] = texts;
	const model = /^'(?:[^']|'')*'$/.test(first) ? first.slice(1, -1).replaceAll("''", "'") : null;
	const before = words[index - 1];
	const after = words[at + 1];
	const isUnnamed =
		isSelect &&
		(before?.lower === 'select' || before?.text === ',') &&
		(!after || after.text === ',' || after.text === ')' || after.text === ';' || after.lower === 'from');
	const end = words[at]?.end ?? sql.length;
	const problem =
		model === null ? `${name}() takes the name of a model as text first: ${name}('churn@production')` : null;
	return { call: { function: name, model: model ?? '', arguments: others, start, end, isUnnamed }, problem };
}

const severalTables = new Set(['join', 'lateral', 'pivot', 'unpivot', 'tablesample', 'values', 'match_recognize']);

function tableOf(block: Block, at: number, sql: string): Result<PredictTable, SqlFailure> {
	const [from, to] = [block.fromStart ?? 0, block.fromEnd ?? 0];
	const words = significant(sql.slice(from, to)).map((word) => ({
		...word,
		start: word.start + from,
		end: word.end + from
	}));
	let depth = 0;
	const isSeveral = words.some(({ text, lower }) => {
		if (text === '(') depth++;
		if (text === ')') depth--;
		return depth === 0 && (text === ',' || severalTables.has(lower));
	});
	const [first, last] = [words[0], words.at(-1)];
	if (isSeveral || !first || !last)
		return refused(
			'predict() reads one table: put a join in a subquery, as in FROM (SELECT … FROM a JOIN b …) AS t',
			at
		);
	const before = words.at(-2);
	const isName = (word: Word): boolean => word.kind === 'word' || word.kind === 'quoted';
	const hasAlias =
		words.length > 1 && isName(last) && before !== undefined && before.text !== '.' && before.end < last.start;
	const hasAs = hasAlias && before.lower === 'as';
	const end = hasAs ? (words.at(-3)?.end ?? before.start) : hasAlias ? before.end : last.end;
	const item = sql.slice(first.start, end);
	const isVersion = words.some(({ text }) => text === '@');
	const alias = hasAlias ? last.text : isVersion && isName(first) ? first.text : isName(last) ? last.text : 'given';
	const withAt = /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*with\b/i.exec(sql);
	const prefix = withAt && block.prefixEnd !== null ? `${sql.slice(0, block.prefixEnd).trimEnd()} ` : '';
	return ok({ sql: item, alias, start: first.start, end: last.end, prefix, calls: [] });
}

function refused(message: string, position: number): { readonly ok: false; readonly error: SqlFailure } {
	return err({ kind: 'sql-error', type: 'Binder', message, position, candidates: [] });
}
