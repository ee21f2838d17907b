// The parts of a parse tree that a plan has words for: columns, conditions, operands, order and limit. What it has none for is kept as a problem.
import { textOf, textsOf, treeOf, treesOf, type Tree } from '../lineage/tree.ts';
import type { Column } from '../version/version.ts';
import { comparedAs } from './compared-as.ts';
import type { PlanClause, PlanProblem } from './plan-problem.ts';
import { CONDITIONS_MAX, type PlanCondition, type PlanTerm, type PlanTest, type QueryPlan } from './query-plan.ts';
import { operandOf, wholeOf } from './read-plan-values.ts';

type Shown = QueryPlan['columns'][number];
/** That a parameter is NULL, which hangs on no row. */
type NotGiven = { readonly notGiven: string };
/** All of the terms hold, and of each at least one of its choices. */
type Terms = readonly (readonly (PlanCondition | NotGiven)[])[];

const comparisons: Readonly<Record<string, readonly [PlanTest, PlanTest]>> = {
	// As it stands, and with its sides changed.
	COMPARE_EQUAL: ['=', '='],
	COMPARE_NOTEQUAL: ['!=', '!='],
	COMPARE_LESSTHAN: ['<', '>'],
	COMPARE_GREATERTHAN: ['>', '<'],
	COMPARE_LESSTHANOREQUALTO: ['<=', '>='],
	COMPARE_GREATERTHANOREQUALTO: ['>=', '<=']
};
/** What NOT makes of it: of NULL, neither holds. */
const opposites: Partial<Readonly<Record<PlanTest, PlanTest>>> = {
	...{ '=': '!=', '!=': '=', '<': '>=', '>=': '<', '>': '<=', '<=': '>' },
	...{ 'is-null': 'is-not-null', 'is-not-null': 'is-null', like: 'not-like', 'not-like': 'like' }
};
const likeCalls: Readonly<Record<string, PlanTest>> = { '~~': 'like', '!~~': 'not-like' };
const prefixCalls = new Set(['starts_with', 'prefix', '^@']);
const memberCalls = new Set(['contains', 'list_contains', 'list_has', 'array_contains', 'array_has']);

export class PlanReader {
	readonly problems: PlanProblem[] = [];
	readonly #columns: ReadonlyMap<string, Column>;
	readonly #all: readonly Column[];
	readonly #tables: readonly string[];
	readonly #positionOf: (location: unknown) => number | null;

	/** `tables`: the names that the one table goes by. */
	constructor(columns: readonly Column[], tables: readonly string[], positionOf: (location: unknown) => number | null) {
		this.#all = columns;
		this.#columns = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
		this.#tables = tables.map((name) => name.toLowerCase());
		this.#positionOf = positionOf;
	}

	/** What a member of the select list shows. */
	shown(node: Tree): readonly Shown[] {
		if (node['class'] === 'COLUMN_REF') {
			const column = this.#column(node, []);
			const alias = textOf(node['alias']);
			return column ? [{ column: column.name, as: alias === '' ? column.name : alias }] : [];
		}
		const isPlain =
			node['class'] === 'STAR' &&
			node['columns'] === false &&
			node['expr'] === null &&
			['replace_list', 'rename_list', 'qualified_exclude_list'].every((key) => treesOf(node[key]).length === 0) &&
			this.#isTable(textOf(node['relation_name']));
		if (!isPlain) return this.#beyond('column', node);
		const excluded = new Set(textsOf(node['exclude_list']).map((name) => name.toLowerCase()));
		return this.#all
			.filter(({ name }) => !excluded.has(name.toLowerCase()))
			.map(({ name }) => ({ column: name, as: name }));
	}

	/** All of which hold. */
	conditions(node: Tree, shown: readonly Shown[]): PlanTerm[] {
		const terms = this.#terms(node, shown, false).map(termOf);
		const known = terms.filter((term) => term !== null);
		return known.length < terms.length || known.length > CONDITIONS_MAX ? this.#beyond('condition', node) : known;
	}

	order(node: Tree, shown: readonly Shown[]): QueryPlan['order'] {
		const expression = treeOf(node['expression']);
		const place = expression?.['class'] === 'CONSTANT' ? wholeOf(expression) : null;
		const column =
			place !== null
				? (shown[place - 1]?.column ?? null)
				: expression?.['class'] === 'COLUMN_REF'
					? (this.#column(expression, shown, true)?.name ?? undefined)
					: null;
		if (column === undefined) return [];
		if (column === null) return this.#beyond('order', expression);
		const isDescending = node['type'] === 'DESCENDING';
		return [{ column, isDescending, isNullsFirst: node['null_order'] === 'NULLS FIRST' }];
	}

	limit(node: Tree | null): QueryPlan['limit'] {
		if (!node) return null;
		if (node['class'] === 'PARAMETER') return { parameter: textOf(node['identifier']) };
		const rows = wholeOf(node);
		if (rows !== null && rows >= 0) return rows;
		this.#beyond('limit', node);
		return null;
	}

	/** `isNot`: where it is false, and not where it is NULL. */
	#terms(node: Tree, shown: readonly Shown[], isNot: boolean): Terms {
		const children = treesOf(node['children']);
		const [first] = children;
		const isAnd = node['type'] === 'CONJUNCTION_AND';
		if (isAnd || node['type'] === 'CONJUNCTION_OR') {
			const parts = children.map((child) => this.#terms(child, shown, isNot));
			return isAnd !== isNot ? parts.flat() : this.#either(parts, node);
		}
		if (node['type'] === 'OPERATOR_NOT' && first) return this.#terms(first, shown, !isNot);
		return this.#condition(node, shown, isNot) ?? this.#beyond('condition', node);
	}

	/** `(a AND b) OR c` is `(a OR c) AND (b OR c)`. */
	#either(parts: readonly Terms[], node: Tree): Terms {
		const count = parts.reduce((product, { length }) => product * length, 1);
		if (count > CONDITIONS_MAX) return this.#beyond('condition', node);
		return parts.reduce<Terms>((all, part) => all.flatMap((one) => part.map((other) => [...one, ...other])), [[]]);
	}

	/** Null for what a plan has no word for. */
	#condition(node: Tree, shown: readonly Shown[], isNot: boolean): Terms | null {
		const held = (on: Tree, test: PlanTest, others: readonly Tree[], isOther = isNot): Terms | null =>
			this.#held(on, isOther ? opposites[test] : test, others, shown);
		const [first, ...others] = treesOf(node['children']);
		switch (node['class']) {
			case 'COLUMN_REF':
				return this.#flag(node, shown, !isNot);
			case 'COMPARISON': {
				const tests = comparisons[textOf(node['type'])];
				const [left, right] = [treeOf(node['left']), treeOf(node['right'])];
				if (!tests || !left || !right) return null;
				if (left['class'] === 'COLUMN_REF') return held(left, tests[0], [right]);
				return right['class'] === 'COLUMN_REF' ? held(right, tests[1], [left]) : null;
			}
			case 'BETWEEN': {
				const [input, lower, upper] = [treeOf(node['input']), treeOf(node['lower']), treeOf(node['upper'])];
				if (node['type'] !== 'COMPARE_BETWEEN' || !input || !lower || !upper) return null;
				const [least, most] = [held(input, '>=', [lower]), held(input, '<=', [upper])];
				return least && most && (isNot ? this.#either([least, most], node) : [...least, ...most]);
			}
			case 'OPERATOR': {
				if (!first) return null;
				const isNull = node['type'] === 'OPERATOR_IS_NULL';
				if (isNull || node['type'] === 'OPERATOR_IS_NOT_NULL') {
					if (first['class'] !== 'PARAMETER') return held(first, isNull ? 'is-null' : 'is-not-null', []);
					return isNull !== isNot ? [[{ notGiven: textOf(first['identifier']) }]] : null;
				}
				const isIn = node['type'] === 'COMPARE_IN';
				if (!isIn && node['type'] !== 'COMPARE_NOT_IN') return null;
				if (isIn !== isNot) return held(first, 'in', others, false);
				return others.flatMap((other) => held(first, '!=', [other], false) ?? this.#beyond('operand', other));
			}
			case 'FUNCTION': {
				const name = textOf(node['function_name']);
				const [second] = others;
				if (!first || !second || others.length !== 1) return null;
				if (first['class'] === 'PARAMETER' && memberCalls.has(name)) return held(second, 'in', [first]);
				if (name === 'contains') return held(first, 'contains', [second]);
				const like = likeCalls[name];
				if (like) return held(first, like, [second]);
				return prefixCalls.has(name) ? held(first, 'starts-with', [second]) : null;
			}
			case 'SUBQUERY': {
				const [child, list] = [treeOf(node['child']), unnested(treeOf(treeOf(node['subquery'])?.['node']))];
				const isMember = node['subquery_type'] === 'ANY' && node['comparison_type'] === 'COMPARE_EQUAL';
				return isMember && child && list ? held(child, 'in', [list]) : null;
			}
			default:
				return null;
		}
	}

	#flag(node: Tree, shown: readonly Shown[], value: boolean): Terms {
		const column = this.#column(node, shown);
		if (!column) return [];
		const operands = [{ type: 'boolean' as const, value: String(value) }];
		return [[{ column: column.name, test: '=', operands, unlessNull: null }]];
	}

	#held(node: Tree, test: PlanTest | undefined, others: readonly Tree[], shown: readonly Shown[]): Terms | null {
		if (node['class'] !== 'COLUMN_REF' || test === undefined) return null;
		const column = this.#column(node, shown);
		if (!column) return [];
		const as = comparedAs(column.type);
		const operands = others.flatMap((other) => operandOf(other, as) ?? this.#beyond('operand', other));
		return [[{ column: column.name, test, operands, unlessNull: null }]];
	}

	/** Null where there is none of the name, which is kept as a problem. `aliasFirst`: as where rows are ordered. */
	#column(node: Tree, shown: readonly Shown[], aliasFirst = false): Column | null {
		const path = textsOf(node['column_names']);
		const name = path.at(-1) ?? '';
		const isOurs = path.length === 1 || (path.length === 2 && this.#isTable(path[0] ?? ''));
		const own = isOurs ? this.#columns.get(name.toLowerCase()) : undefined;
		const alias = path.length === 1 ? shown.find(({ as }) => as.toLowerCase() === name.toLowerCase()) : undefined;
		const named = alias && this.#columns.get(alias.column.toLowerCase());
		const found = aliasFirst ? (named ?? own) : (own ?? named);
		if (found) return found;
		const position = this.#positionOf(node['query_location']);
		this.problems.push({ code: 'unknown-column', column: path.join('.'), position });
		return null;
	}

	#isTable(name: string): boolean {
		return name === '' || this.#tables.includes(name.toLowerCase());
	}

	#beyond(clause: PlanClause, node: Tree | null): [] {
		this.problems.push({ code: 'beyond', clause, position: this.#positionOf(node?.['query_location']) });
		return [];
	}
}

/** Null where it hangs on no row. */
function termOf(choices: Terms[number]): PlanTerm | null {
	const conditions = choices.flatMap((choice) => ('notGiven' in choice ? [] : [choice]));
	const parameters = [...new Set(choices.flatMap((choice) => ('notGiven' in choice ? [choice.notGiven] : [])))];
	const [first] = conditions;
	const count = Math.max(conditions.length, parameters.length);
	if (!first || count > CONDITIONS_MAX) return null;
	const any = Array.from({ length: count }, (_choice, at) => ({
		...(conditions[at] ?? first),
		unlessNull: parameters[at] ?? null
	}));
	const [only] = any;
	return only && any.length === 1 ? only : { any };
}

/** The parameter of `SELECT unnest($list)`, as which the engine reads `= ANY($list)`. */
function unnested(node: Tree | null): Tree | null {
	const [only, more] = treesOf(node?.['select_list']);
	const [list] = treesOf(only?.['children']);
	const isBare = treeOf(node?.['from_table'])?.['type'] === 'EMPTY' && !node?.['where_clause'] && !more;
	return isBare && textOf(only?.['function_name']) === 'unnest' && list?.['class'] === 'PARAMETER' ? list : null;
}
