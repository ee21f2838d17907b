// What can go wrong with a model in ONNX Runtime; the words are in ui/explain-model.ts.
import type { OnnxFileFailure } from './header.ts';
import type { ModelInputMismatch } from './serve-sql.ts';

export type OnnxFailure =
	/** `reason` is the runtime's own. */
	| { readonly kind: 'onnx-refused'; readonly reason: string }
	| { readonly kind: 'onnx-failed'; readonly reason: string }
	| { readonly kind: 'onnx-crashed'; readonly reason: string };

export type ServingFailure = OnnxFailure | OnnxFileFailure | ModelInputMismatch;
