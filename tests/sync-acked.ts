// What devices of the simulation of sync were told is theirs to keep: whatever happens then, none of it is lost.
import type { DatasetId, VersionId } from '#core/ids.ts';
import { rootsOf, stateOf } from '#core/sync/space-state.ts';
import { ancestorIds } from '#core/version/history.ts';
import type { SyncDevice } from './sync-device.ts';
import type { Said } from './sync-records-device.ts';

export class AckedWork {
	readonly #commits = new Map<DatasetId, VersionId[]>();
	readonly said: Said[] = [];

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
		const models = new Set([...others.records.values()].map((value) => (value as { onnx?: string }).onnx ?? ''));
		const kept = { text: others.texts, model: models, link: others.links };
		const lost = this.said
			.filter(({ kind, what }) => !kept[kind].has(what))
			.map(({ kind, what }) => `${name} lost the ${kind} “${what}”`);
		const commits = [...this.#commits].flatMap(([id, all]) => {
			const dataset = device.datasets.get(id);
			const reached = ancestorIds(rootsOf(dataset ? stateOf(dataset) : null), device.commitsOf(id));
			return all.filter((version) => !reached.has(version)).map((version) => `${name} lost ${version} of ${id}`);
		});
		return [...lost, ...commits];
	}
}
