// What devices of the simulation of sync were told is theirs to keep: whatever happens then, none of it is lost.
import type { DatasetId, VersionId } from '#core/ids.ts';
import { rootsOf, stateOf } from '#core/sync/space-state.ts';
import { ancestorIds } from '#core/version/history.ts';
import type { SyncDevice } from './sync-device.ts';

export class AckedWork {
	readonly #commits = new Map<DatasetId, VersionId[]>();
	readonly texts: string[] = [];
	readonly models: string[] = [];

	commit(id: DatasetId, version: VersionId): void {
		this.#commits.set(id, [...(this.#commits.get(id) ?? []), version]);
	}

	/** `removes`: somebody takes things away, so that they may be gone. */
	problemsOf(devices: readonly SyncDevice[], removes: boolean): readonly string[] {
		const problems = devices.flatMap(({ others, name }) => others.problems.map((problem) => `${name}: ${problem}`));
		return removes ? problems : [...problems, ...devices.flatMap((device) => this.#lostOf(device))];
	}

	#lostOf(device: SyncDevice): readonly string[] {
		const { others, name } = device;
		const texts = this.texts.filter((text) => !others.texts.has(text)).map((text) => `${name} lost the text “${text}”`);
		const versions = [...others.records.values()].map((value) => (value as { onnx?: unknown }).onnx);
		const models = this.models
			.filter((onnx) => !versions.includes(onnx))
			.map(() => `${name} lost a version of a model`);
		const commits = [...this.#commits].flatMap(([id, all]) => {
			const dataset = device.datasets.get(id);
			const kept = ancestorIds(rootsOf(dataset ? stateOf(dataset) : null), device.commitsOf(id));
			return all.filter((version) => !kept.has(version)).map((version) => `${name} lost ${version} of ${id}`);
		});
		return [...texts, ...models, ...commits];
	}
}
