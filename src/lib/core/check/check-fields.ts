// The parameters of an expectation as fields of a form, read from the schema that also reads the text.
import type { GenericSchema } from 'valibot';
import { ownNames } from './catalogue.ts';
import type { Expectation } from './expectation.ts';

export type FieldKind =
	| 'column'
	| 'columns'
	| 'dataset'
	| 'sql'
	| 'code'
	| 'text'
	| 'texts'
	| 'number'
	| 'boolean'
	| 'choice'
	/** A text, a number, true or false. */
	| 'value'
	| 'values'
	/** Deeper than a form goes: as YAML. */
	| 'yaml';

export type CheckField = {
	readonly name: string;
	readonly kind: FieldKind;
	readonly isRequired: boolean;
	/** Of a choice. */
	readonly choices: readonly string[];
};

export type ExpectationFacts = Pick<Expectation, 'name' | 'group' | 'summary'> & {
	/** Great Expectations has it too. */
	readonly isStandard: boolean;
	readonly fields: readonly CheckField[];
};

export function expectationFacts({ name, group, summary, entries }: Expectation): ExpectationFacts {
	const fields = Object.entries(entries).map(([key, schema]) => fieldOf(key, schema));
	return { name, group, summary, isStandard: !ownNames.has(name), fields };
}

/** Told by their names, since their schemas are those of any text. */
const kinds: Readonly<Record<string, FieldKind>> = {
	column: 'column',
	column_A: 'column',
	column_B: 'column',
	dataset_column: 'text',
	column_list: 'columns',
	column_set: 'columns',
	columns: 'columns',
	dataset: 'dataset',
	other_table_name: 'dataset',
	row_condition: 'sql',
	condition: 'sql',
	unexpected_rows_query: 'sql',
	code: 'code',
	value_set: 'values',
	value_pairs_set: 'yaml'
};

const kindsByType: Readonly<Record<string, FieldKind>> = {
	string: 'text',
	number: 'number',
	boolean: 'boolean',
	picklist: 'choice',
	array: 'texts',
	union: 'value'
};

function fieldOf(name: string, schema: GenericSchema): CheckField {
	const { type, isOptional, options } = unwrapped(schema);
	const kind = kinds[name] ?? kindsByType[type] ?? 'yaml';
	return { name, kind, isRequired: !isOptional, choices: kind === 'choice' ? options.map(String) : [] };
}

type Wrapped = GenericSchema & { readonly wrapped?: GenericSchema; readonly options?: readonly unknown[] };

/** What is inside of `optional` and `nullable`. */
function unwrapped(schema: Wrapped): {
	readonly type: string;
	readonly isOptional: boolean;
	readonly options: readonly unknown[];
} {
	if (!schema.wrapped) return { type: schema.type, isOptional: false, options: schema.options ?? [] };
	const inner = unwrapped(schema.wrapped);
	return { ...inner, isOptional: inner.isOptional || schema.type === 'optional' };
}
