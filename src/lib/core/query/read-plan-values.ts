// The values in a parse tree that a plan has words for.
import { textOf, treeOf, type Tree } from '../lineage/tree.ts';
import type { ComparedAs } from './compared-as.ts';
import type { ParameterType } from './named-query.ts';
import { readValue } from './parameter-value.ts';
import type { PlanOperand } from './query-plan.ts';

const castTypes: Readonly<Record<string, ParameterType>> = {
	...{ VARCHAR: 'text', DATE: 'date', TIMESTAMP: 'timestamp', BOOLEAN: 'boolean' },
	...{ INTEGER: 'integer', BIGINT: 'integer', DOUBLE: 'decimal' }
};

/** Null for what a plan has no word for. */
export function operandOf(node: Tree, as: ComparedAs | null): PlanOperand | null {
	if (node['class'] === 'PARAMETER') return { parameter: textOf(node['identifier']) };
	if (node['class'] === 'CONSTANT') return constantOf(node, as);
	if (node['class'] !== 'CAST' || node['try_cast'] !== false) return null;
	const type = castTypes[textOf(treeOf(node['cast_type'])?.['id'])];
	const child = treeOf(node['child']);
	if (type === undefined || child?.['class'] !== 'CONSTANT') return null;
	const { id, value, isNull } = valueOf(child);
	if (isNull) return null;
	if (id === 'VARCHAR' && type === 'boolean') return booleanOf(value);
	if (id === 'VARCHAR' && (type === 'text' || type === 'date' || type === 'timestamp')) return typed(type, value);
	const number = constantOf(child, null);
	if (!number || 'parameter' in number || (type !== 'integer' && type !== 'decimal')) return null;
	return type === 'integer' && number.type !== 'integer' ? null : typed(type, number.value);
}

function constantOf(node: Tree, as: ComparedAs | null): PlanOperand | null {
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

/** Null for what is no whole number. */
export function wholeOf(node: Tree): number | null {
	const { id, value, isNull } = valueOf(node);
	return node['class'] === 'CONSTANT' && !isNull && /^(INTEGER|BIGINT)$/.test(id) && Number.isSafeInteger(value)
		? Number(value)
		: null;
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
