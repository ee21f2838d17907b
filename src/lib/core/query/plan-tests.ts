// From a plan, the values that were given and what the published file has, to tests of its cells; and whether the plan fits the file at all.
import { err, ok, type Result } from '../result.ts';
import { isSo, mayBeSo, type Cell, type CellRange, type RowOrder, type Test } from '../share/cells.ts';
import { comparisonOf, orderOf, writtenForFloat, type ComparedAs, type Comparison } from './compared-as.ts';
import type { ParameterValue } from './named-query.ts';
import { readValue } from './parameter-value.ts';
import type { OperandType, PlanCondition, PlanOperand, PlanTest, QueryPlan } from './query-plan.ts';
import { isLike } from './like.ts';
import { choicesOf, reservedNames } from './query-plan.ts';
import { readArgument } from './read-arguments.ts';

/** Of a published file, by the names of columns; null for one that the edge only shows. */
export type FileColumns = ReadonlyMap<string, ComparedAs | null>;
export type ParameterValues = ReadonlyMap<string, ParameterValue>;

export type PlanMisfit = {
	readonly part: 'parameters' | 'columns' | 'where' | 'order' | 'limit';
	/** Of a column or a parameter. */
	readonly name: string;
	readonly reason:
		'unknown-column' | 'unknown-parameter' | 'not-comparable' | 'not-a-value' | 'twice' | 'reserved' | 'operands';
};

/** Null for a plan that the file answers. */
export function misfitOf(plan: QueryPlan, columns: FileColumns): PlanMisfit | null {
	const { parameters, where, order, limit } = plan;
	const misfit = (part: PlanMisfit['part'], name: string, reason: PlanMisfit['reason']): PlanMisfit => ({
		part,
		name,
		reason
	});
	for (const parameter of parameters) {
		const { name, type, allowed, min, max, default: usual } = parameter;
		if (reservedNames.includes(name)) return misfit('parameters', name, 'reserved');
		if (parameters.filter((one) => one.name === name).length > 1) return misfit('parameters', name, 'twice');
		const rules = [...(allowed ?? []), ...(min === null ? [] : [min]), ...(max === null ? [] : [max])];
		const isRead = usual === null || readArgument(parameter, usual).ok;
		if (!isRead || rules.some((text) => formOf(type, text) === null)) return misfit('parameters', name, 'not-a-value');
	}
	const shown = plan.columns.map(({ as }) => as);
	for (const [at, { column, as }] of plan.columns.entries()) {
		if (!columns.has(column)) return misfit('columns', column, 'unknown-column');
		if (shown.indexOf(as) !== at) return misfit('columns', as, 'twice');
	}
	for (const condition of where.flatMap(choicesOf)) {
		const found = misfitCondition(condition, plan, columns);
		if (found) return misfit('where', ...found);
	}
	for (const { column } of order) {
		if (!columns.has(column)) return misfit('order', column, 'unknown-column');
		if (!columns.get(column)) return misfit('order', column, 'not-comparable');
	}
	if (limit === null || typeof limit === 'number') return null;
	const parameter = parameters.find(({ name }) => name === limit.parameter);
	if (!parameter) return misfit('limit', limit.parameter, 'unknown-parameter');
	const isCount =
		parameter.type === 'integer' && !parameter.isList && parameter.min !== null && !parameter.min.startsWith('-');
	return isCount ? null : misfit('limit', limit.parameter, 'not-a-value');
}

const textTests: ReadonlySet<PlanTest> = new Set(['like', 'not-like', 'contains', 'starts-with']);

function misfitCondition(
	{ column, test, operands, unlessNull }: PlanCondition,
	{ parameters }: QueryPlan,
	columns: FileColumns
): readonly [string, PlanMisfit['reason']] | null {
	if (!columns.has(column)) return [column, 'unknown-column'];
	if (unlessNull !== null && !parameters.some(({ name }) => name === unlessNull))
		return [unlessNull, 'unknown-parameter'];
	if (test === 'is-null' || test === 'is-not-null') return operands.length === 0 ? null : [column, 'operands'];
	if (test !== 'in' && operands.length !== 1) return [column, 'operands'];
	const as = columns.get(column);
	if (!as) return [column, 'not-comparable'];
	if (textTests.has(test) && as !== 'text') return [column, 'not-comparable'];
	for (const operand of operands) {
		if ('parameter' in operand) {
			const parameter = parameters.find(({ name }) => name === operand.parameter);
			if (!parameter) return [operand.parameter, 'unknown-parameter'];
			if (parameter.isList && test !== 'in') return [column, 'operands'];
			if (!comparisonOf(as, parameter.type)) return [column, 'not-comparable'];
		} else if (!written(as, operand)) return [column, 'not-comparable'];
	}
	return null;
}

/** What a written value is compared as, and its cell; null where it is no value of its type, or hangs on rounding. */
function written(
	as: ComparedAs,
	{ type, value }: Exclude<PlanOperand, { readonly parameter: string }>
): { readonly cell: Cell; readonly comparison: Comparison } | null {
	const text = formOf(type, value);
	const isWhole = as === 'float' && type === 'integer';
	if (text === null || (isWhole && writtenForFloat(text) === null)) return null;
	const comparison = comparisonOf(as, isWhole ? 'decimal' : type);
	const cell = comparison?.operand(text) ?? null;
	return comparison && cell !== null ? { cell, comparison } : null;
}

/** Null unless the text is already in the form of its type. */
function formOf(type: OperandType, text: string): string | null {
	if (type === 'exact') return /^-?\d+(\.\d+)?$/.test(text) ? text : null;
	const read = readValue(type, text);
	return read.ok && read.value === text ? text : null;
}

export type AskedPlan = {
	/** Of each, at least one. */
	readonly tests: readonly (readonly Test[])[];
	readonly order: readonly RowOrder[];
	readonly limit: number | null;
};

/** `values` has one of every parameter. Fails: a plan that the file does not answer. */
export function readPlan(
	plan: QueryPlan,
	values: ParameterValues,
	columns: FileColumns
): Result<AskedPlan, PlanMisfit> {
	const misfit = misfitOf(plan, columns);
	if (misfit) return err(misfit);
	const tests = plan.where.flatMap((term) => {
		const choices = choicesOf(term).map((one) => testOf(one, plan, values, columns.get(one.column) ?? null));
		// One that holds of every row is enough.
		return choices.every((one) => one !== null) ? [choices] : [];
	});
	const order = plan.order.map((one) => ({ ...one, compare: orderOf(columns.get(one.column) ?? 'text') }));
	return ok({ tests, order, limit: limitOf(plan, values) });
}

function limitOf({ limit }: QueryPlan, values: ParameterValues): number | null {
	if (limit === null || typeof limit === 'number') return limit;
	const given = values.get(limit.parameter);
	return typeof given === 'string' ? Number(given) : null;
}

/** Null where it holds of every row. */
function testOf(
	{ column, test, operands, unlessNull }: PlanCondition,
	{ parameters }: QueryPlan,
	values: ParameterValues,
	as: ComparedAs | null
): Test | null {
	if (unlessNull !== null && (values.get(unlessNull) ?? null) === null) return null;
	if (test === 'is-null' || test === 'is-not-null') return nullTest(column, test === 'is-null');
	const held = operands.flatMap((operand) => {
		if (!as) return [];
		if (!('parameter' in operand)) return written(as, operand) ?? [];
		const type = parameters.find(({ name }) => name === operand.parameter)?.type;
		const comparison = type === undefined ? null : comparisonOf(as, type);
		const given = values.get(operand.parameter) ?? null;
		if (!comparison || given === null) return [];
		return (typeof given === 'string' ? [given] : given).map((text) => ({
			cell: comparison.operand(text),
			comparison
		}));
	});
	const [only] = held;
	// Nothing is equal to NULL, and nothing is in an empty list.
	if (!only) return { column, holds: () => false, mayHold: () => false };
	const wanted = typeof only.cell === 'string' ? only.cell : '';
	switch (test) {
		case 'in':
			return memberTest(column, held);
		case 'contains':
			return textTest(column, (text) => text.includes(wanted));
		case 'like':
			return textTest(column, (text) => isLike(text, wanted));
		case 'not-like':
			return textTest(column, (text) => !isLike(text, wanted));
		case 'starts-with':
			return textTest(column, (text) => text.startsWith(wanted));
		default: {
			const compare = (cell: Cell): number => only.comparison.compare(cell, only.cell);
			const asked = { comparison: test, compare, hasNaN: as === 'double' || as === 'float' };
			return {
				column,
				holds: (cell) => cell !== null && isSo(compare(cell), test),
				mayHold: (range) => mayBeSo(range, asked)
			};
		}
	}
}

function nullTest(column: string, isNull: boolean): Test {
	return {
		column,
		holds: (cell) => (cell === null) === isNull,
		mayHold: ({ nullCount }, rowCount) => nullCount === undefined || nullCount !== (isNull ? 0 : rowCount)
	};
}

function textTest(column: string, holds: (text: string) => boolean): Test {
	return { column, holds: (cell) => typeof cell === 'string' && holds(cell), mayHold: () => true };
}

type Held = { readonly cell: Cell; readonly comparison: Comparison };

/** Operands of one comparison are looked for by halves: a list may have thousands. */
function memberTest(column: string, held: readonly Held[]): Test {
	const byComparison = Map.groupBy(held, ({ comparison }) => comparison);
	const sets = [...byComparison].map(([{ compare }, members]) => ({
		compare,
		cells: members.map(({ cell }) => cell).toSorted(compare)
	}));
	const finds = (cell: Cell): boolean => sets.some(({ compare, cells }) => isAmong(cell, cells, compare));
	const mayHold = (range: CellRange): boolean => {
		const { min, max } = range;
		if (min === undefined || max === undefined) return true;
		return sets.some(({ compare, cells }) => cells.some((cell) => compare(min, cell) <= 0 && compare(max, cell) >= 0));
	};
	return { column, holds: (cell) => cell !== null && finds(cell), mayHold };
}

function isAmong(cell: Cell, sorted: readonly Cell[], compare: (cell: Cell, operand: Cell) => number): boolean {
	let [from, to] = [0, sorted.length];
	while (from < to) {
		const middle = (from + to) >> 1;
		const order = compare(cell, sorted[middle] ?? null);
		if (order === 0) return true;
		if (order < 0) to = middle;
		else from = middle + 1;
	}
	return false;
}
