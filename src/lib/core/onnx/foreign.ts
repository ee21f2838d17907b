// Takes in a file that anybody may have made: mended, its header read, and its signature told.
import { ok, type Result } from '../result.ts';
import { parseOnnxHeader, type OnnxFileFailure, type OnnxHeader } from './header.ts';
import { repairOnnx, type Repaired } from './repair.ts';
import { signatureOf, type ModelSignature } from './signature.ts';

export type ForeignModel = Repaired & { readonly header: OnnxHeader; readonly signature: ModelSignature };

/** Fails: not-onnx · unsupported-onnx */
export function openForeign(bytes: Uint8Array<ArrayBuffer>): Result<ForeignModel, OnnxFileFailure> {
	const given = parseOnnxHeader(bytes);
	if (!given.ok) return given;
	const repaired = repairOnnx(bytes);
	if (!repaired.ok) return repaired;
	const read = parseOnnxHeader(repaired.value.bytes);
	if (!read.ok) return read;
	// A ZipMap may be all that names the classes, and is gone now.
	const header = { ...read.value, classes: given.value.classes };
	const signature = signatureOf(header);
	return signature.ok ? ok({ ...repaired.value, header, signature: signature.value }) : signature;
}
