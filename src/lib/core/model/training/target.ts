// The column to learn as numbers: values of a regression, numbers of classes.
import { err, ok, type Result } from '../../result.ts';
import type { Classes, Task } from '../model.ts';
import { asTexts, type RawColumn } from '../raw-column.ts';

export const CLASSES_MAX = 200;

export type Target = {
	readonly task: Task;
	/** NaN where a row has none. */
	readonly values: Float32Array;
};

export type TargetFailure =
	| { readonly kind: 'target-not-numeric'; readonly column: string }
	/** There is nothing to tell apart. */
	| { readonly kind: 'one-class'; readonly column: string; readonly found: number }
	| { readonly kind: 'too-many-classes'; readonly column: string; readonly found: number; readonly max: number };

export function numberTarget(column: RawColumn): Result<Target, TargetFailure> {
	if (column.kind === 'texts') return err({ kind: 'target-not-numeric', column: column.name });
	return ok({ task: { kind: 'regression', target: column.name }, values: finite(column.values) });
}

/** The values themselves where they are float32 and all finite; others are missing. */
function finite(values: Float32Array | Float64Array): Float32Array {
	if (values instanceof Float32Array && values.every(Number.isFinite)) return values;
	return Float32Array.from(values, (value) => (Number.isFinite(value) ? value : NaN));
}

/** Classes ascend, numbers as numbers; of two, the second is the one that the model tells the share of. */
export function classTarget(column: RawColumn, isBoolean: boolean): Result<Target, TargetFailure> {
	const { codes, texts } = asTexts(column);
	const used = new Set(codes.filter((code) => code >= 0));
	const isNumber = column.kind === 'numbers';
	const order = [...used].sort((a, b) => {
		const [x = '', y = ''] = [texts[a], texts[b]];
		return isNumber ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
	});
	if (order.length < 2) return err({ kind: 'one-class', column: column.name, found: order.length });
	if (order.length > CLASSES_MAX)
		return err({ kind: 'too-many-classes', column: column.name, found: order.length, max: CLASSES_MAX });
	const numbers = new Map(order.map((code, number) => [code, number]));
	const classes: Classes = {
		type: isBoolean ? 'boolean' : isNumber ? 'number' : 'text',
		labels: order.map((code) => (isBoolean ? String(texts[code] === '1') : (texts[code] ?? '')))
	};
	return ok({
		task: { kind: order.length === 2 ? 'binary' : 'multiclass', target: column.name, classes },
		values: Float32Array.from(codes, (code) => numbers.get(code) ?? NaN)
	});
}
