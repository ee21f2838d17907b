// What a person can fill in for each kind of step, read from the schema of the text: a new kind or key appears by itself.
import { textOf, type Fields } from './edit-graph.ts';
import type { Plain } from './edit-values.ts';
import { idShape, stepSchema } from './pipeline-schema.ts';

export type Field = {
	readonly key: string;
	readonly isRequired: boolean;
	/** What the schema says of it. */
	readonly hint: string;
	readonly form: FieldForm;
};

export type FieldForm =
	| { readonly control: 'text' | 'sql' | 'code' | 'number' | 'check' | 'texts' }
	/** The id of a step, or several. */
	| { readonly control: 'step' }
	| { readonly control: 'steps' }
	| { readonly control: 'choice'; readonly choices: readonly string[] }
	| { readonly control: 'group'; readonly fields: readonly Field[] }
	| { readonly control: 'groups'; readonly fields: readonly Field[] }
	/** Another step's work inside this one, by its kind. */
	| { readonly control: 'kinds'; readonly kinds: readonly StepKindFields[] }
	/** Anything else, as a line of YAML. */
	| { readonly control: 'yaml' };

export type StepKindFields = { readonly kind: string; readonly fields: readonly Field[] };

/** Keys that every step has; they are told apart from those of its kind. */
export const commonKeys: readonly string[] = ['id', 'needs', 'trigger', 'retry', 'timeout'];

/** As much of a schema as is read here. */
type Schema = {
	readonly type: string;
	readonly wrapped?: Schema;
	readonly pipe?: readonly (Schema & { readonly description?: string; readonly requirement?: unknown })[];
	readonly entries?: Readonly<Record<string, Schema>>;
	readonly options?: readonly unknown[];
	readonly item?: Schema;
	readonly literal?: unknown;
};

export const stepKinds: readonly StepKindFields[] = kindsOf(stepSchema);

export function fieldsOfKind(kind: string): readonly Field[] {
	return stepKinds.find((one) => one.kind === kind)?.fields ?? [];
}

function kindsOf(schema: Schema): readonly StepKindFields[] {
	return (schema.options as readonly Schema[]).map((option) => {
		const entries = option.entries ?? {};
		const kind = textOf(entries['kind']?.literal);
		return { kind, fields: fieldsOfEntries(entries).filter(({ key }) => key !== 'kind') };
	});
}

export function fieldsOfEntries(entries: Readonly<Record<string, Schema>>): readonly Field[] {
	return Object.entries(entries).map(([key, schema]) => {
		const isOptional = schema.type === 'optional';
		const inner = isOptional && schema.wrapped ? schema.wrapped : schema;
		return { key, isRequired: !isOptional, hint: hintOf(inner), form: formOf(key, inner) };
	});
}

function formOf(key: string, schema: Schema): FieldForm {
	switch (schema.type) {
		case 'string':
			if (key === 'sql' || key === 'if') return { control: 'sql' };
			if (key === 'code') return { control: 'code' };
			return { control: isStepId(schema) && key !== 'id' ? 'step' : 'text' };
		case 'number':
			return { control: 'number' };
		case 'boolean':
			return { control: 'check' };
		case 'picklist':
			return { control: 'choice', choices: (schema.options ?? []).map(String) };
		case 'strict_object':
		case 'loose_object':
			return { control: 'group', fields: fieldsOfEntries(schema.entries ?? {}) };
		case 'variant':
			return { control: 'kinds', kinds: kindsOf(schema) };
		case 'array': {
			const { item } = schema;
			if (item?.type === 'string') return { control: isStepId(item) ? 'steps' : 'texts' };
			if (item?.type === 'strict_object') return { control: 'groups', fields: fieldsOfEntries(item.entries ?? {}) };
			return { control: 'yaml' };
		}
		default:
			return { control: 'yaml' };
	}
}

function isStepId({ pipe }: Schema): boolean {
	return (
		pipe?.some((part) => part.requirement === idShape || isStepId({ type: part.type, pipe: part.pipe ?? [] })) ?? false
	);
}

function hintOf({ pipe }: Schema): string {
	const own = pipe?.findLast(({ type }) => type === 'description')?.description;
	const [inner] = pipe ?? [];
	return own ?? (inner?.pipe ? hintOf(inner) : '');
}

/** What a new step of a kind begins with: it can be read, and where that is possible it runs. */
export function newStep(kind: string, id: string): Fields & { readonly id: string } {
	const { [kind]: body } = beginnings(id);
	return { id, kind, ...(body ?? requiredOf(fieldsOfKind(kind), id)) };
}

/** One more of a list of groups, such as a case of a branch. */
export function newGroup(fields: readonly Field[]): Readonly<Record<string, Plain>> {
	return requiredOf(fields, 'name');
}

/** What is done for each item, to begin with. */
export function newWork(kind: string): Readonly<Record<string, Plain>> {
	const { id: _none, ...work } = newStep(kind, 'item_${{ item }}');
	return work as Readonly<Record<string, Plain>>;
}

function beginnings(id: string): Readonly<Record<string, Readonly<Record<string, Plain>>>> {
	return {
		ingest: { sample: 'penguins', into: id },
		transform: { sql: 'SELECT 1 AS one', into: id },
		score: { model: 'model@production', input: 'dataset', into: id },
		check: { sql: 'SELECT true' },
		branch: { cases: [{ if: 'SELECT true', then: [] }] },
		'for-each': {
			items: [1, 2],
			do: { kind: 'transform', sql: 'SELECT ${{ item }} AS item', into: `${id}_\${{ item }}` }
		},
		report: { report: 'report' },
		join: {}
	};
}

function requiredOf(fields: readonly Field[], id: string): Readonly<Record<string, Plain>> {
	const values: Record<string, Plain> = {};
	for (const { key, isRequired, form } of fields) if (isRequired && key !== 'id') values[key] = beginningOf(form, id);
	return values;
}

function beginningOf(form: FieldForm, id: string): Plain {
	switch (form.control) {
		case 'sql':
			return 'SELECT true';
		case 'code':
			return 'export default (row) => null';
		case 'number':
			return 1;
		case 'check':
			return true;
		case 'choice':
			return form.choices[0] ?? '';
		case 'texts':
		case 'steps':
		case 'groups':
		case 'yaml':
			return [];
		case 'group':
			return requiredOf(form.fields, id);
		case 'kinds':
			return { kind: form.kinds[0]?.kind ?? '', ...requiredOf(form.kinds[0]?.fields ?? [], id) };
		case 'text':
		case 'step':
			return id;
	}
}
