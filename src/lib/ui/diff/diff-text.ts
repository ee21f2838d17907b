// What differs, in words and marks, so that no change is told by its colour alone.
import type { ChangeKind } from '#core/diff/changes-sql.ts';
import type { SchemaChange } from '#core/diff/column-pairs.ts';
import { shiftSize } from '#core/diff/shift.ts';

export const kindMarks: Readonly<Record<ChangeKind, string>> = { added: '+', removed: '−', changed: '~' };

export const kindTitles: Readonly<Record<ChangeKind, string>> = {
	added: 'Row added',
	removed: 'Row removed',
	changed: 'Row changed'
};

export const schemaMarks: Readonly<Record<SchemaChange['kind'], string>> = {
	added: '+',
	removed: '−',
	retyped: '~',
	renamed: '~'
};

/** `BIGINT`, `INTEGER → DOUBLE`, `price → cost`. */
export function schemaText(change: SchemaChange): string {
	if (change.kind === 'retyped') return `${change.typeBefore} → ${change.type}`;
	if (change.kind !== 'renamed') return change.type;
	const types = change.type === change.typeBefore ? '' : `, ${change.typeBefore} → ${change.type}`;
	return `was ${change.nameBefore}${types}`;
}

export const shiftWords = { none: 'no shift', moderate: 'moderate shift', large: 'large shift' } as const;

/** `0.34, large shift`. */
export function shiftText(stability: number): string {
	return `${stability.toFixed(stability < 10 ? 3 : 1)}, ${shiftWords[shiftSize(stability)]}`;
}
