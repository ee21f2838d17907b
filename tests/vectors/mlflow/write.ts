// Writes MLflow folders of models of ours into models/, as an export has them. reference.py loads them and says what they answer.
//
//     node tests/vectors/mlflow/write.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { mlflowModels } from '../../mlflow-models.ts';

// Not kept: reference.json has the hashes of what was loaded.
for (const { name, files } of mlflowModels()) {
	const folder = new URL(`models/${name}/`, import.meta.url);
	mkdirSync(folder, { recursive: true });
	for (const { path, bytes } of files) writeFileSync(new URL(path, folder), bytes);
}
