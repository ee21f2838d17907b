// Whether the columns and tables that a step names are there, and of a type it can work on.
import { nearest } from '../nearest.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import { joinKeys } from './join-sql.ts';
import type { Finding, Path } from './problem.ts';
import type { Step } from './recipe.ts';
import { unionParts, type StepContext } from './step-sql.ts';
import type { Order } from './step-schemas.ts';
import { orderItems } from './window-text.ts';

export function stepFindings(step: Step, context: StepContext, tables: readonly string[]): readonly Finding[] {
	const base: Path = ['steps', step.index, step.kind];
	const { columns } = context;
	const find = (name: string, among = columns): Column | undefined =>
		among.find((column) => column.name.toLowerCase() === name.toLowerCase());
	const known = (name: string, path: Path, among = columns): readonly Finding[] => {
		if (find(name, among)) return [];
		const near = nearest(
			name,
			among.map((column) => column.name)
		);
		return [{ path: [...base, ...path], what: 'unknown-column', name, nearest: near }];
	};
	const each = (names: readonly string[] | undefined, ...path: Path): readonly Finding[] =>
		(names ?? []).flatMap((name, at) => known(name, [...path, at]));
	const ordered = (order: Order | undefined, ...path: Path): readonly Finding[] =>
		orderItems(order ?? []).flatMap(({ column }, at) => known(column, [...path, at]));
	const fits = (name: string, path: Path, expected: string, isFit: (column: Column) => boolean): readonly Finding[] => {
		const column = find(name);
		return !column || isFit(column)
			? []
			: [{ path: [...base, ...path], what: 'wrong-type', name, type: column.type, expected }];
	};
	const table = (name: string, path: Path): readonly Finding[] =>
		context.table(name)
			? []
			: [{ path: [...base, ...path], what: 'unknown-dataset', name, nearest: nearest(name, tables) }];

	switch (step.kind) {
		case 'select':
			return Array.isArray(step.value)
				? each(step.value)
				: each((step.value as { readonly except: readonly string[] }).except, 'except');
		case 'rename':
			return Object.entries(step.value).flatMap(([old, name]): readonly Finding[] => {
				const isTaken =
					find(name) && !Object.keys(step.value).some((other) => other.toLowerCase() === name.toLowerCase());
				const taken: readonly Finding[] = isTaken ? [{ path: [...base, old], what: 'column-taken', name }] : [];
				return [...known(old, [old]), ...taken];
			});
		case 'cast':
			return Object.keys(step.value.columns).flatMap((name) => known(name, ['columns', name]));
		case 'deduplicate':
			return [...each(step.value?.by, 'by'), ...ordered(step.value?.order, 'order')];
		case 'fill': {
			const { columns: filled, with: method, by, order } = step.value;
			const needsNumbers = method === 'mean' || method === 'median';
			return [
				...each(filled, 'columns'),
				...filled.flatMap((name, at) => (needsNumbers ? fits(name, ['columns', at], 'a number', isNumber) : [])),
				...each(by, 'by'),
				...ordered(order, 'order')
			];
		}
		case 'split': {
			const { column, by, pattern, into } = step.value;
			const isText = by !== undefined || pattern !== undefined;
			const type = isText
				? fits(column, ['column'], 'a text', ({ type }) => typeFamily(type) === 'text')
				: fits(column, ['column'], 'a list', ({ type }) => type.endsWith(']'));
			const taken = (into ?? []).flatMap((name, at): readonly Finding[] =>
				find(name) && name.toLowerCase() !== column.toLowerCase()
					? [{ path: [...base, 'into', at], what: 'column-taken', name }]
					: []
			);
			return [...known(column, ['column']), ...type, ...taken];
		}
		case 'join': {
			const missing = table(step.value.with, ['with']);
			const right = context.table(step.value.with)?.columns ?? [];
			if (missing.length > 0) return missing;
			const isList = Array.isArray(step.value.on);
			return [
				...joinKeys(step.value).flatMap(([left, other], at): readonly Finding[] => {
					const path: Path = isList ? ['on', at] : ['on', left];
					const faults = [...known(left, path), ...known(other, path, right)];
					const [one, two] = [find(left), find(other, right)];
					if (!one || !two || families(one) === families(two)) return faults;
					return [{ path: [...base, ...path], what: 'wrong-type', name: left, type: one.type, expected: two.type }];
				}),
				...(step.value.columns ?? []).flatMap((name, at) => known(name, ['columns', at], right))
			];
		}
		case 'union':
			return unionParts(step.value).others.flatMap((name) => table(name, []));
		case 'aggregate':
			return each(step.value.by, 'by');
		case 'pivot':
			return [...known(step.value.on, ['on']), ...each(step.value.by, 'by')];
		case 'unpivot':
			return each(step.value.columns, 'columns');
		case 'window':
			return [...each(step.value.by, 'by'), ...ordered(step.value.order, 'order')];
		case 'sort':
			return ordered(step.value);
		case 'javascript':
			return each(step.value.inputs, 'inputs');
		default:
			return [];
	}
}

function isNumber({ type }: Column): boolean {
	return typeFamily(type) === 'number';
}

/** What can be compared: the engine would cast a text to a number, and fail at the first that is none. */
function families({ type }: Column): string {
	const family = typeFamily(type);
	return family === 'other' ? type : family;
}
