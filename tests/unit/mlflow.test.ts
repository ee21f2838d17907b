import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { applyTransform } from '#core/model/apply-transform.ts';
import { chosenClasses, predict } from '#core/model/predict.ts';
import { invariant } from '#core/result.ts';
import { mlflowModels, type MlflowModel } from '../mlflow-models.ts';
import { rawColumns } from '../onnx-models.ts';

type Told = {
	readonly files: Readonly<Record<string, string>>;
	readonly outputs: Readonly<Record<string, readonly (string | number)[]>>;
};
const path = new URL('../vectors/mlflow/reference.json', import.meta.url);
const told = (JSON.parse(readFileSync(path, 'utf8')) as { readonly models: Readonly<Record<string, Told>> }).models;

/** What we say ourselves, under the names that the folder's outputs have. */
function ownAnswers({
	model: { task, transform, predictor }
}: MlflowModel): Readonly<Record<string, readonly unknown[]>> {
	const features = applyTransform(transform, rawColumns());
	invariant(features.ok, 'the rows have its columns');
	const outputs = predict(predictor, features.value);
	const [first = new Float32Array(0)] = outputs;
	if (task.kind === 'clustering') return { label: Array.from(first, String) };
	if (!('classes' in task)) return { prediction: Array.from(first) };
	const { labels } = task.classes;
	const shares = outputs.length === 1 ? [first.map((share) => 1 - share), first] : outputs;
	return {
		label: Array.from(chosenClasses(outputs), (number) => labels[number] ?? ''),
		...Object.fromEntries(labels.map((label, at) => [`probability of ${label}`, Array.from(shares[at] ?? [])]))
	};
}

test.each(mlflowModels())('the MLflow folder of $name is what Python loaded, and answers there as here', (made) => {
	const reference = told[made.name];
	invariant(reference, 'Python was asked about it');
	const hashes = made.files.map(({ path, bytes }) => [path, createHash('sha256').update(bytes).digest('hex')]);
	expect(Object.fromEntries(hashes)).toEqual(reference.files);
	for (const [name, own] of Object.entries(ownAnswers(made))) {
		const values = reference.outputs[name] ?? [];
		expect(values).toHaveLength(own.length);
		values.forEach((value, row) => {
			if (typeof value === 'string') expect(value).toBe(own[row]);
			else
				expect(
					Math.abs(value - Number(own[row])) / Math.max(1, Math.abs(value)),
					`${name} of row ${row}`
				).toBeLessThanOrEqual(1e-5);
		});
	}
});
