// The controls that a rule's form is made of: each shows a part of the rule, and says what of the text changes with it.
import { durationText } from '#core/alert/notice-text.ts';
import type { RuleKey } from '#core/alert/write-rule.ts';
import type { Plain } from '#core/document/edit-list.ts';

export type Edit = readonly [key: RuleKey, value: Plain];

export type AlertField = {
	readonly label: string;
	readonly kind: 'choice' | 'text' | 'number' | 'flag';
	readonly value: string;
	readonly choices?: readonly { readonly value: string; readonly label: string }[];
	/** What may be meant, of which none has to be. */
	readonly proposals?: readonly string[];
	readonly hint?: string;
	/** Null where the text says nothing that can stand there. */
	readonly edit: (text: string) => Edit | null;
};

const named = (values: readonly string[]) => values.map((value) => ({ value, label: value.replaceAll(/[-_]/g, ' ') }));

export function addresses(list: string): readonly string[] {
	return list
		.split(/[,;\s]+/)
		.map((one) => one.trim())
		.filter((one) => one !== '');
}

export function choice<Value extends string>(
	label: string,
	value: Value,
	values: readonly Value[],
	edit: (next: Value) => Edit
): AlertField {
	return {
		label,
		kind: 'choice',
		value,
		choices: named(values),
		edit: (text) => {
			const next = values.find((one) => one === text);
			return next === undefined ? null : edit(next);
		}
	};
}

export function text(
	label: string,
	value: string | null,
	edit: (next: string | null) => Edit | null,
	proposals: readonly string[] = [],
	hint = ''
): AlertField {
	return { label, kind: 'text', value: value ?? '', proposals, hint, edit: (next) => edit(next.trim() || null) };
}

export function number(label: string, value: number | null, edit: (next: number | null) => Edit | null): AlertField {
	return {
		label,
		kind: 'number',
		value: value === null ? '' : String(value),
		edit: (next) => {
			const read = next.trim() === '' ? null : Number(next);
			return read === null || Number.isFinite(read) ? edit(read) : null;
		}
	};
}

export function duration(
	label: string,
	ms: number,
	edit: (next: string | null) => Edit | null,
	hint = '24h'
): AlertField {
	return {
		label,
		kind: 'text',
		value: ms === 0 ? '' : durationText(ms),
		hint,
		edit: (next) => edit(next.trim() || null)
	};
}
