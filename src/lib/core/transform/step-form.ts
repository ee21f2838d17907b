// A step's value as a form has it, one field a key, and back again. Short spellings become the long one of the same meaning.
import type { Plain } from '../document/edit-list.ts';
import { orderItems } from './window-text.ts';
import { functionForm, functionPlain } from './function-form.ts';
import type { StepBody } from './recipe.ts';
import type { Order, StepKind } from './step-schemas.ts';
import { unionParts } from './step-sql.ts';

export type Pair = readonly [string, string];
export type FieldValue = string | boolean | readonly string[] | readonly Pair[];
export type FormValue = Readonly<Record<string, FieldValue>>;

/** What a new step begins with. */
export const emptySteps: Readonly<Record<StepKind, Plain>> = {
	select: ['column'],
	rename: { old: 'new' },
	cast: { columns: { column: 'INTEGER' }, misfits: 'null' },
	derive: { new_column: 'NULL' },
	filter: 'true',
	deduplicate: null,
	fill: { columns: ['column'], with: 'constant', value: 0 },
	split: { column: 'column', by: ',', into: ['first', 'second'] },
	join: { with: 'dataset', on: ['column'] },
	union: 'dataset',
	aggregate: { by: ['column'], columns: { rows: 'count(*)' } },
	pivot: { on: 'column', in: ['value'], value: 'count(*)', by: ['column'] },
	unpivot: { columns: ['column'], name: 'name', value: 'value' },
	window: { columns: { moving_average: 'avg(column)' }, order: ['column'], frame: { last: 3 } },
	sample: { rows: 1000, seed: 0 },
	sort: ['column'],
	limit: 1000,
	sql: 'SELECT *\nFROM input\n',
	javascript: { code: 'export default (row, index) => index\n', outputs: { new_column: 'BIGINT' } }
};

export function toForm(body: StepBody): FormValue {
	switch (body.kind) {
		case 'select':
			return Array.isArray(body.value)
				? { mode: 'keep', columns: body.value }
				: { mode: 'except', columns: (body.value as { readonly except: readonly string[] }).except };
		case 'rename':
			return { columns: Object.entries(body.value) };
		case 'derive':
			return { columns: pairs(body.value) };
		case 'cast':
			return {
				columns: Object.entries(body.value.columns),
				misfits: body.value.misfits ?? (body.value.misfits === null ? 'null' : 'fail')
			};
		case 'filter':
			return { condition: String(body.value) };
		case 'deduplicate':
			return { by: body.value?.by ?? [], keep: body.value?.keep ?? 'first', order: orderPairs(body.value?.order) };
		case 'fill': {
			const { columns, with: method, value, by = [], order } = body.value;
			return { columns, with: method, value: value === undefined ? '' : String(value), by, order: orderPairs(order) };
		}
		case 'split': {
			const { column, by = '', pattern = '', into = [], rows = false, keep = false } = body.value;
			return { column, by, pattern, rows, into, keep };
		}
		case 'join': {
			const { with: other, on, kind = 'left', columns = [], suffix = '', expect = 'many-to-many' } = body.value;
			const keys = Array.isArray(on) ? (on as readonly string[]).map((name): Pair => [name, name]) : Object.entries(on);
			return { with: other, on: keys, kind, expect, columns, suffix };
		}
		case 'union': {
			const { others, isDistinct } = unionParts(body.value);
			return { with: others, distinct: isDistinct };
		}
		case 'aggregate':
			return { by: body.value.by ?? [], columns: pairs(body.value.columns ?? {}) };
		case 'pivot': {
			const { on, in: values, value, by } = body.value;
			return { on, in: values.map(String), value: String(value), by };
		}
		case 'unpivot': {
			const { columns, name = 'name', value = 'value', nulls = false } = body.value;
			return { columns, name, value, nulls };
		}
		case 'window': {
			const { columns, by = [], order, frame } = body.value;
			const common = { columns: pairs(columns), by, order: orderPairs(order) };
			if (!frame) return { ...common, frame: 'none', from: '', to: '' };
			if ('range' in frame) return { ...common, frame: 'range', from: String(frame.range), to: '' };
			const [from, to] = 'last' in frame ? [1 - frame.last, 0] : frame.rows;
			return { ...common, frame: 'rows', from: String(from), to: String(to) };
		}
		case 'sample': {
			const { rows, fraction, seed } = body.value;
			return { rows: numberText(rows), fraction: numberText(fraction), seed: numberText(seed) };
		}
		case 'sort':
			return { order: orderPairs(body.value) };
		case 'limit': {
			const { rows, offset } = typeof body.value === 'number' ? { rows: body.value } : body.value;
			return { rows: String(rows), offset: numberText(offset) };
		}
		case 'sql':
			return { sql: body.value };
		case 'javascript':
			return functionForm(body.value);
	}
}

/** What is empty in a form is left out of the text. */
export function fromForm(kind: StepKind, form: FormValue): Plain {
	const text = (key: string): string => (typeof form[key] === 'string' ? form[key] : '');
	const isOn = (key: string): true | undefined => (form[key] === true ? true : undefined);
	const list = (key: string): readonly string[] => {
		const value = form[key];
		return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && item !== '') : [];
	};
	const entries = (key: string): readonly Pair[] => {
		const value = form[key];
		return Array.isArray(value) ? value.filter((item): item is Pair => Array.isArray(item) && item[0] !== '') : [];
	};
	const record = (key: string): Record<string, Plain> => Object.fromEntries(entries(key));
	const some = <T extends readonly Plain[]>(items: T): T | undefined => (items.length > 0 ? items : undefined);
	const order = (key: string) => some(entries(key).map(orderPlain));
	const unless = (key: string, usual: string): string | undefined =>
		text(key) === usual ? undefined : text(key) || undefined;
	switch (kind) {
		case 'select':
			return text('mode') === 'except' ? { except: list('columns') } : list('columns');
		case 'rename':
		case 'derive':
			return record('columns');
		case 'cast':
			return { columns: record('columns'), misfits: unless('misfits', 'fail') };
		case 'filter':
			return text('condition');
		case 'deduplicate': {
			const [by, sorted] = [some(list('by')), order('order')];
			return by || sorted ? { by, keep: unless('keep', 'first'), order: sorted } : null;
		}
		case 'fill': {
			const value = text('with') === 'constant' ? scalarOf(text('value')) : undefined;
			return { columns: list('columns'), with: text('with'), value, by: some(list('by')), order: order('order') };
		}
		case 'split':
			return {
				column: text('column'),
				by: unless('by', ''),
				pattern: unless('pattern', ''),
				into: form['rows'] === true ? undefined : some(list('into')),
				rows: isOn('rows'),
				keep: isOn('keep')
			};
		case 'join': {
			const keys = entries('on');
			const isSame = keys.every(([left, right]) => left === right || right === '');
			return {
				with: text('with'),
				on: isSame
					? keys.map(([name]) => name)
					: Object.fromEntries(keys.map(([left, right]) => [left, right || left])),
				kind: unless('kind', 'left'),
				columns: some(list('columns')),
				suffix: unless('suffix', ''),
				expect: unless('expect', 'many-to-many')
			};
		}
		case 'union':
			return form['distinct'] === true ? { with: list('with'), distinct: true } : list('with');
		case 'aggregate': {
			const made = record('columns');
			return { by: some(list('by')), columns: Object.keys(made).length > 0 ? made : undefined };
		}
		case 'pivot':
			return { on: text('on'), in: list('in').map(scalarOf), value: text('value'), by: list('by') };
		case 'unpivot':
			return { columns: list('columns'), name: text('name'), value: text('value'), nulls: isOn('nulls') };
		case 'window':
			return {
				columns: record('columns'),
				by: some(list('by')),
				order: order('order'),
				frame: frameOf(text('frame'), text('from'), text('to'))
			};
		case 'sample':
			return { rows: numberOf(text('rows')), fraction: numberOf(text('fraction')), seed: numberOf(text('seed')) };
		case 'sort':
			return entries('order').map(orderPlain);
		case 'limit': {
			const [rows, offset] = [numberOf(text('rows')) ?? 0, numberOf(text('offset'))];
			return offset ? { rows, offset } : rows;
		}
		case 'sql':
			return text('sql');
		case 'javascript':
			return functionPlain({
				code: text('code'),
				outputs: record('outputs'),
				inputs: some(list('inputs')),
				mode: unless('mode', 'row'),
				language: unless('language', 'javascript'),
				seconds: numberOf(text('seconds')),
				megabytes: numberOf(text('megabytes')),
				rest: text('rest')
			});
	}
}

function pairs(record: Readonly<Record<string, string | number | boolean>>): readonly Pair[] {
	return Object.entries(record).map(([name, value]) => [name, String(value)]);
}

/** The direction as SQL has it, such as `desc nulls first`. */
function orderPairs(order: Order | undefined): readonly Pair[] {
	return orderItems(order ?? []).map(({ column, isDescending, nulls }) => [
		column,
		`${isDescending ? 'desc' : 'asc'}${nulls === null ? '' : ` nulls ${nulls}`}`
	]);
}

function orderPlain([column, direction]: Pair): Plain {
	const isDescending = direction.startsWith('desc');
	const nulls = /nulls (first|last)$/.exec(direction)?.[1];
	const plain = `${column}${isDescending ? ' desc' : ''}${nulls === undefined ? '' : ` nulls ${nulls}`}`;
	const [read] = orderItems([plain]);
	if (read?.column === column) return plain;
	return { column, descending: isDescending ? true : undefined, nulls };
}

function frameOf(frame: string, from: string, to: string): Plain | undefined {
	if (frame === 'none') return undefined;
	if (frame === 'range') return { range: scalarOf(from) };
	const bound = (text: string): Plain => (/^-?\d+$/.test(text.trim()) ? Number(text) : 'unbounded');
	const [first, last] = [bound(from), bound(to)];
	return typeof first === 'number' && first <= 0 && last === 0 ? { last: 1 - first } : { rows: [first, last] };
}

function scalarOf(text: string): string | number | boolean {
	if (text === 'true' || text === 'false') return text === 'true';
	return numberOf(text) ?? text;
}

function numberOf(text: string): number | undefined {
	const number = Number(text);
	return text.trim() === '' || String(number) !== text.trim() ? undefined : number;
}

function numberText(value: number | undefined): string {
	return value === undefined ? '' : String(value);
}
