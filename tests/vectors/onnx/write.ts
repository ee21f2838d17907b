// Writes the models beside it, and rows.json: rows to ask them about. reference.py says what they answer elsewhere.
//
//     node tests/vectors/onnx/write.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { modelToOnnx } from '#core/onnx/model-graph.ts';
import { withFlatInputs } from '#core/onnx/repair.ts';
import { modelsOfEveryKind, rawColumns } from '../../onnx-models.ts';

const folder = new URL('./', import.meta.url);
// Not kept: only reference.py reads it.
mkdirSync(new URL('flat/', folder), { recursive: true });

for (const { name, model } of modelsOfEveryKind()) {
	const { bytes, signature } = modelToOnnx(model, { name, threshold: 0.5, metadata: { 'weir.dataset': 'Zürich €' } });
	writeFileSync(new URL(`${name}.onnx`, folder), bytes);
	writeFileSync(new URL(`flat/${name}.onnx`, folder), withFlatInputs(bytes, signature));
}
const columns = rawColumns().map((column) =>
	column.kind === 'texts'
		? [column.name, Array.from(column.codes, (code) => column.texts[code] ?? '(missing)')]
		: [column.name, Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))]
);
writeFileSync(new URL('rows.json', folder), `${JSON.stringify(Object.fromEntries(columns))}\n`);
