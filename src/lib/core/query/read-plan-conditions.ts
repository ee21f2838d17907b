// The parts of a parse tree that a plan has words for: columns, conditions, operands, order and limit. What it has none for is kept as a problem.
import { textOf, textsOf, treeOf, treesOf, type Tree } from '../lineage/tree.ts';
import type { Column } from '../version/version.ts';
import { comparedAs, type ComparedAs } from './compared-as.ts';
import type { ParameterType } from './named-query.ts';
import { readValue } from './parameter-value.ts';
import type { PlanClause, PlanProblem } from './plan-problem.ts';
import type { PlanCondition, PlanOperand, PlanTest, QueryPlan } from './query-plan.ts';

type Shown = QueryPlan['columns'][number];

const comparisons: Readonly<Record<string, readonly [PlanTest, PlanTest]>> = {
	// As it stands, and with its sides changed.
	COMPARE_EQUAL: ['=', '='],
	COMPARE_NOTEQUAL: ['!=', '!='],
	COMPARE_LESSTHAN: ['<', '>'],
	COMPARE_GREATERTHAN: ['>', '<'],
	COMPARE_LESSTHANOREQUALTO: ['<=', '>='],
	COMPARE_GREATERTHANOREQUALTO: ['>=', '<=']
};
const prefixCalls = new Set(['starts_with', 'prefix', '^@']);
const memberCalls = new Set(['contains', 'list_contains', 'list_has', 'array_contains', 'array_has']);
const castTypes: Readonly<Record<string, ParameterType>> = {
	...{ VARCHAR: 'text', DATE: 'date', TIMESTAMP: 'timestamp', BOOLEAN: 'boolean' },
	...{ INTEGER: 'integer', BIGINT: 'integer', DOUBLE: 'decimal' }
};

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
	conditions(node: Tree, shown: readonly Shown[]): PlanCondition[] {
		if (node['type'] === 'CONJUNCTION_AND')
			return treesOf(node['children']).flatMap((child) => this.conditions(child, shown));
		if (node['type'] === 'CONJUNCTION_OR') return this.#unlessNull(node, shown);
		const read = this.#condition(node, shown);
		return read === null ? this.#beyond('condition', node) : [...read];
	}

	order(node: Tree, shown: readonly Shown[]): QueryPlan['order'] {
		const expression = treeOf(node['expression']);
		const place = expression?.['class'] === 'CONSTANT' ? this.#whole(expression) : null;
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
		const rows = this.#whole(node);
		if (rows !== null && rows >= 0) return rows;
		this.#beyond('limit', node);
		return null;
	}

	/** `$p IS NULL OR …`: a condition that is asked only where the parameter is given. */
	#unlessNull(node: Tree, shown: readonly Shown[]): PlanCondition[] {
		const children = treesOf(node['children']);
		const asks = (child: Tree): string | null => {
			const [asked] = treesOf(child['children']);
			const isNull = child['type'] === 'OPERATOR_IS_NULL' && asked?.['class'] === 'PARAMETER';
			return isNull ? textOf(asked['identifier']) : null;
		};
		const at = children.findIndex((child) => asks(child) !== null);
		const [nullCheck, other] = [children[at], children[1 - at]];
		const unlessNull = nullCheck ? asks(nullCheck) : null;
		if (children.length !== 2 || unlessNull === null || !other || other['type'] === 'CONJUNCTION_OR')
			return this.#beyond('condition', node);
		const conditions = this.conditions(other, shown);
		// One inside another would be asked by two parameters.
		if (conditions.some((one) => one.unlessNull !== null)) return this.#beyond('condition', other);
		return conditions.map((one) => ({ ...one, unlessNull }));
	}

	/** Null for what a plan has no word for. */
	#condition(node: Tree, shown: readonly Shown[]): readonly PlanCondition[] | null {
		const [first, ...others] = treesOf(node['children']);
		switch (node['class']) {
			case 'COLUMN_REF':
				return this.#flag(node, shown, true);
			case 'COMPARISON': {
				const tests = comparisons[textOf(node['type'])];
				const [left, right] = [treeOf(node['left']), treeOf(node['right'])];
				if (!tests || !left || !right) return null;
				if (left['class'] === 'COLUMN_REF') return this.#held(left, tests[0], [right], shown);
				return right['class'] === 'COLUMN_REF' ? this.#held(right, tests[1], [left], shown) : null;
			}
			case 'BETWEEN': {
				const [input, lower, upper] = [treeOf(node['input']), treeOf(node['lower']), treeOf(node['upper'])];
				if (node['type'] !== 'COMPARE_BETWEEN' || !input || !lower || !upper) return null;
				const [least, most] = [this.#held(input, '>=', [lower], shown), this.#held(input, '<=', [upper], shown)];
				return least && most && [...least, ...most];
			}
			case 'OPERATOR':
				if (!first) return null;
				if (node['type'] === 'COMPARE_IN') return this.#held(first, 'in', others, shown);
				if (node['type'] === 'OPERATOR_IS_NULL') return this.#held(first, 'is-null', [], shown);
				if (node['type'] === 'OPERATOR_IS_NOT_NULL') return this.#held(first, 'is-not-null', [], shown);
				if (node['type'] === 'OPERATOR_NOT') return this.#flag(first, shown, false);
				if (node['type'] !== 'COMPARE_NOT_IN') return null;
				return others.flatMap((other) => this.#held(first, '!=', [other], shown) ?? this.#beyond('operand', other));
			case 'FUNCTION': {
				const name = textOf(node['function_name']);
				const [second] = others;
				if (!first || !second || others.length !== 1) return null;
				if (first['class'] === 'PARAMETER' && memberCalls.has(name)) return this.#held(second, 'in', [first], shown);
				if (name === 'contains') return this.#held(first, 'contains', [second], shown);
				return prefixCalls.has(name) ? this.#held(first, 'starts-with', [second], shown) : null;
			}
			case 'SUBQUERY': {
				const [child, list] = [treeOf(node['child']), unnested(treeOf(treeOf(node['subquery'])?.['node']))];
				const isMember = node['subquery_type'] === 'ANY' && node['comparison_type'] === 'COMPARE_EQUAL';
				return isMember && child && list ? this.#held(child, 'in', [list], shown) : null;
			}
			default:
				return null;
		}
	}

	#flag(node: Tree, shown: readonly Shown[], value: boolean): readonly PlanCondition[] | null {
		if (node['class'] !== 'COLUMN_REF') return null;
		const column = this.#column(node, shown);
		if (!column) return [];
		const operands = [{ type: 'boolean' as const, value: String(value) }];
		return [{ column: column.name, test: '=', operands, unlessNull: null }];
	}

	#held(node: Tree, test: PlanTest, others: readonly Tree[], shown: readonly Shown[]): readonly PlanCondition[] | null {
		if (node['class'] !== 'COLUMN_REF') return null;
		const column = this.#column(node, shown);
		if (!column) return [];
		const as = comparedAs(column.type);
		const operands = others.flatMap((other) => this.#operand(other, as) ?? this.#beyond('operand', other));
		return [{ column: column.name, test, operands, unlessNull: null }];
	}

	#operand(node: Tree, as: ComparedAs | null): PlanOperand | null {
		if (node['class'] === 'PARAMETER') return { parameter: textOf(node['identifier']) };
		if (node['class'] === 'CONSTANT') return this.#constant(node, as);
		if (node['class'] !== 'CAST' || node['try_cast'] !== false) return null;
		const type = castTypes[textOf(treeOf(node['cast_type'])?.['id'])];
		const child = treeOf(node['child']);
		if (type === undefined || child?.['class'] !== 'CONSTANT') return null;
		const { id, value, isNull } = valueOf(child);
		if (isNull) return null;
		if (id === 'VARCHAR' && type === 'boolean') return booleanOf(value);
		if (id === 'VARCHAR' && (type === 'text' || type === 'date' || type === 'timestamp')) return typed(type, value);
		const number = this.#constant(child, null);
		if (!number || 'parameter' in number || (type !== 'integer' && type !== 'decimal')) return null;
		return type === 'integer' && number.type !== 'integer' ? null : typed(type, number.value);
	}

	#constant(node: Tree, as: ComparedAs | null): PlanOperand | null {
		const { id, value, isNull, scale } = valueOf(node);
		if (isNull) return null;
		switch (id) {
			case 'INTEGER':
			case 'BIGINT':
				// The tree's numbers are read as doubles.
				return Number.isSafeInteger(value) ? typed('integer', String(value)) : null;
			case 'DECIMAL':
				return Number.isSafeInteger(value) ? { type: 'exact', value: decimalText(Number(value), scale) } : null;
			case 'DOUBLE':
				return typed('decimal', value);
			case 'BOOLEAN':
				return typed('boolean', value);
			case 'VARCHAR':
				return as === 'text' || as === 'date' || as === 'timestamp' ? typed(as, value) : null;
			default:
				return null;
		}
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

	#whole(node: Tree): number | null {
		const { id, value, isNull } = valueOf(node);
		return node['class'] === 'CONSTANT' && !isNull && /^(INTEGER|BIGINT)$/.test(id) && Number.isSafeInteger(value)
			? Number(value)
			: null;
	}

	#beyond(clause: PlanClause, node: Tree | null): [] {
		this.problems.push({ code: 'beyond', clause, position: this.#positionOf(node?.['query_location']) });
		return [];
	}
}

function valueOf(node: Tree) {
	const value = treeOf(node['value']);
	const type = treeOf(value?.['type']);
	const scale = Number(treeOf(type?.['type_info'])?.['scale'] ?? 0);
	return { id: textOf(type?.['id']), value: value?.['value'], isNull: value?.['is_null'] !== false, scale };
}

function typed(type: ParameterType, given: unknown): PlanOperand | null {
	const read = readValue(type, given);
	return read.ok ? { type, value: read.value } : null;
}

/** As the engine's parser writes `true` and `false`. */
function booleanOf(given: unknown): PlanOperand | null {
	return given === 't' || given === 'f' ? { type: 'boolean', value: String(given === 't') } : typed('boolean', given);
}

function decimalText(digits: number, scale: number): string {
	const all = String(Math.abs(digits)).padStart(scale + 1, '0');
	const text = scale === 0 ? all : `${all.slice(0, -scale)}.${all.slice(-scale)}`;
	return digits < 0 ? `-${text}` : text;
}

/** The parameter of `SELECT unnest($list)`, as which the engine reads `= ANY($list)`. */
function unnested(node: Tree | null): Tree | null {
	const [only, more] = treesOf(node?.['select_list']);
	const [list] = treesOf(only?.['children']);
	const isBare = treeOf(node?.['from_table'])?.['type'] === 'EMPTY' && !node?.['where_clause'] && !more;
	return isBare && textOf(only?.['function_name']) === 'unnest' && list?.['class'] === 'PARAMETER' ? list : null;
}
