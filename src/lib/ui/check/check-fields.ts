// The form of a check: its parameters as controls, made from the schema its expectation has.
import { expectationOf } from '#core/check/catalogue.ts';

export type FieldKind =
	'column' | 'columns' | 'number' | 'text' | 'code' | 'flag' | 'choice' | 'value' | 'list' | 'other';

export type CheckField = {
	readonly name: string;
	readonly label: string;
	readonly kind: FieldKind;
	readonly isRequired: boolean;
	/** Of a choice. */
	readonly choices: readonly string[];
};

type SchemaLike = {
	readonly type: string;
	readonly wrapped?: SchemaLike;
	readonly item?: SchemaLike;
	readonly options?: readonly unknown[];
};

/** In the order of the schema; what any check can have comes last. */
export function checkFields(expectation: string): readonly CheckField[] {
	const entries = expectationOf(expectation)?.entries ?? {};
	const fields = Object.entries(entries)
		.filter(([name]) => name !== 'condition_parser')
		.map(([name, schema]) => fieldOf(name, schema as unknown as SchemaLike));
	const last = ['mostly', 'row_condition'];
	return [...fields.filter(({ name }) => !last.includes(name)), ...fields.filter(({ name }) => last.includes(name))];
}

function fieldOf(name: string, given: SchemaLike): CheckField {
	let schema = given;
	let isRequired = true;
	while (schema.wrapped) {
		isRequired = false;
		schema = schema.wrapped;
	}
	return {
		name,
		label: labels[name] ?? sentence(name),
		kind: kindOf(name, schema),
		isRequired,
		choices: schema.type === 'picklist' ? (schema.options ?? []).map(String) : []
	};
}

function kindOf(name: string, schema: SchemaLike): FieldKind {
	if (/^column(?:_[AB])?$/.test(name)) return 'column';
	if (/^column_(?:list|set)$/.test(name)) return 'columns';
	if (name === 'code') return 'code';
	switch (schema.type) {
		case 'picklist':
			return 'choice';
		case 'number':
			return 'number';
		case 'boolean':
			return 'flag';
		case 'string':
			return 'text';
		case 'union':
			return 'value';
		case 'array':
			return schema.item?.type === 'string' || schema.item?.type === 'union' ? 'list' : 'other';
		default:
			return 'other';
	}
}

const labels: Readonly<Record<string, string>> = {
	min_value: 'At least',
	max_value: 'At most',
	strict_min: 'More than, not equal',
	strict_max: 'Less than, not equal',
	mostly: 'Share of rows that must hold, 0 to 1',
	row_condition: 'Only rows where (SQL)',
	type_: 'Type',
	column_A: 'First column',
	column_B: 'Second column',
	column_list: 'Columns',
	column_set: 'Columns',
	value_set: 'Values',
	regex: 'Regular expression',
	baseline: 'Compared with version, else the baseline',
	max_drifted_columns: 'Columns that may drift',
	ignore_schema: 'Columns may come, go or change their type'
};

function sentence(name: string): string {
	const words = name.replaceAll('_', ' ').trim();
	return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Of a text in a form: a number where it is one, so that 5 is no '5'; in quotes it is a text. */
export function valueOf(text: string): string | number | boolean | null {
	const trimmed = text.trim();
	if (trimmed === '') return null;
	if (/^(['"]).*\1$/.test(trimmed)) return trimmed.slice(1, -1);
	if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
	return Number.isFinite(Number(trimmed)) ? Number(trimmed) : text;
}

/** A value as a form shows it: a text that looks like another value stands in quotes. */
export function textOf(value: unknown): string {
	if (value === null || value === undefined) return '';
	if (typeof value !== 'string')
		return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
	return valueOf(value) === value ? value : `'${value}'`;
}

/** What a new check begins with: something that can be read in each field that it needs. */
export function firstKwargs(expectation: string, columns: readonly string[]): Readonly<Record<string, unknown>> {
	const [first = 'column', second = first] = columns;
	const start = ({ name, kind }: CheckField): unknown => {
		if (name === 'threshold' && expectation.includes('_from_baseline_')) return 0.25;
		if (name in starts) return starts[name];
		if (kind === 'column') return name === 'column_B' ? second : first;
		if (kind === 'columns') return first === second ? [first, `${first} 2`] : [first, second];
		return kind === 'number' ? 0 : kind === 'list' ? [] : 'value';
	};
	const needed = checkFields(expectation).filter(({ isRequired }) => isRequired);
	return Object.fromEntries(needed.map((field) => [field.name, start(field)]));
}

const starts: Readonly<Record<string, unknown>> = {
	regex: '.+',
	regex_list: ['.+'],
	like_pattern: '%',
	like_pattern_list: ['%'],
	type_: 'VARCHAR',
	strftime_format: '%Y-%m-%d',
	threshold: 3,
	max_age: '1d',
	condition: 'true',
	code: 'export default (row) => true',
	quantile_ranges: { quantiles: [0.5], value_ranges: [[null, null]] },
	partition_object: { values: ['a', 'b'], weights: [0.5, 0.5] }
};
