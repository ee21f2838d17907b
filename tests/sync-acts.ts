// What a person does with the branches, tags and name of a dataset in the simulation of sync.
import type { Dataset } from '#core/version/version.ts';
import type { SyncDevice } from './sync-device.ts';

export const NAMES = ['sales', 'Sales', 'people', 'orders'];

/** From 6 on; from 10 on something is taken away. */
export function changeDataset(device: SyncDevice, dataset: Dataset, kind: number, random: () => number): void {
	const { id, branch, branches, head, tags } = dataset;
	const set = (after: Partial<Dataset>): void => void device.datasets.set(id, { ...dataset, ...after });
	const other = Object.keys(branches)[0];
	const free = ['try', 'Try', 'what-if'].find((one) => {
		const taken = [branch, ...Object.keys(branches), ...Object.keys(tags)].map((name) => name.toLowerCase());
		return !taken.includes(one.toLowerCase()) && random() < 0.6;
	});
	if (kind === 6 && free !== undefined) return set({ branch: free, branches: { ...branches, [branch]: head } });
	if (kind === 7 && other !== undefined) {
		const { [other]: next, ...rest } = branches;
		if (next) set({ branch: other, head: next, branches: { ...rest, [branch]: head } });
		return;
	}
	if (kind === 8 && free !== undefined) return set({ tags: { ...tags, [free]: head } });
	if (kind === 9) {
		const taken = [...device.datasets.values()].map(({ name }) => name.toLowerCase());
		const name = NAMES.find((one) => !taken.includes(one.toLowerCase()));
		return name === undefined ? undefined : set({ name });
	}
	if (kind === 10) return void device.datasets.delete(id);
	if (kind === 11 && other !== undefined) {
		const { [other]: _gone, ...rest } = branches;
		return set({ branches: rest });
	}
	const parent = device.versions.get(head)?.parents.find((one) => device.versions.has(one));
	const next = [...device.versions.values()].find(({ parents }) => parents.includes(head));
	// Going back, or to what was gone back from: what was not named for days is needed again.
	if (kind === 12 && next && random() < 0.6) set({ head: next.id });
	else if (kind === 12 && parent) set({ head: parent });
}
