// What can go wrong with a model in ONNX Runtime; the words are in ui/explain-model.ts.
import type { OnnxFileFailure } from './header.ts';
import type { ModelInputMismatch } from './serve-sql.ts';

export type OnnxFailure =
	/** `reason` is the runtime's own. */
	| { readonly kind: 'onnx-refused'; readonly reason: string }
	| { readonly kind: 'onnx-failed'; readonly reason: string }
	| { readonly kind: 'onnx-crashed'; readonly reason: string };

/** A null where the model takes a whole number or a truth value, which cannot say that. */
export type ModelNull = { readonly kind: 'model-null-not-allowed'; readonly model: string; readonly column: string };

export type ServingFailure = OnnxFailure | OnnxFileFailure | ModelInputMismatch | ModelNull;
