// What a person can do with a dataset and with its branches.
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import type { Workbench } from './workbench.svelte.ts';

export type DatasetCommand = { readonly label: string; readonly run: () => void; readonly danger?: boolean };

/** What a person can do with one dataset; `null` divides them in a menu. */
export function datasetCommands(workbench: Workbench, item: CatalogueItem): readonly (DatasetCommand | null)[] {
	const { dataset, version } = item;
	const { name } = dataset;
	const rejects = { label: 'Show rejected rows', run: () => workbench.openDataset(name, { rows: 'rejects' }) };
	return [
		{ label: 'Open', run: () => workbench.openDataset(name) },
		{ label: 'Query', run: () => workbench.query(item) },
		{ label: 'History', run: () => workbench.open({ kind: 'versions', dataset: dataset.id }) },
		{ label: 'Lineage', run: () => workbench.goTo(`/lineage?${new URLSearchParams({ dataset: name }).toString()}`) },
		{ label: 'Compare…', run: () => workbench.compareNewest(item) },
		{ label: 'Quality', run: () => workbench.goTo(`/check?${new URLSearchParams({ dataset: name }).toString()}`) },
		{ label: 'Charts…', run: () => workbench.goTo(`/reports?${new URLSearchParams({ charts: name }).toString()}`) },
		{
			label: 'Train a model…',
			run: () => workbench.goTo(`/models?${new URLSearchParams({ train: name }).toString()}`)
		},
		{ label: 'Export…', run: () => workbench.exportDataset(name, version.table.rowCount) },
		null,
		{ label: 'Rename…', run: () => workbench.open({ kind: 'rename', item }) },
		{ label: 'Set the key…', run: () => workbench.open({ kind: 'key', item }) },
		{ label: 'Optimise storage…', run: () => workbench.open({ kind: 'optimise', item }) },
		{
			label: workbench.catalogue.isInMemory(item) ? 'Free from memory' : 'Load into memory',
			run: () => void workbench.catalogue.toggleMemory(item)
		},
		...(version.rejects ? [rejects] : []),
		null,
		{ label: 'Remove', danger: true, run: () => void workbench.catalogue.remove(name) }
	];
}

/** Branches to open, and to make, tag and remove. `at` is the version shown, such as `v2`; null is the newest. */
export function branchCommands(
	workbench: Workbench,
	item: CatalogueItem,
	at: string | null
): readonly (DatasetCommand | null)[] {
	const { name, branches, tags } = item.dataset;
	const others = Object.keys(branches).sort();
	const removals = [
		...others.map((branch) => ({
			label: `Remove branch ${branch}`,
			danger: true,
			run: () => void workbench.refs.removeBranch({ dataset: name, name: branch })
		})),
		...Object.keys(tags)
			.sort()
			.map((tag) => ({
				label: `Remove tag ${tag}`,
				danger: true,
				run: () => void workbench.refs.removeTag({ dataset: name, name: tag })
			}))
	];
	return [
		...others.map((branch) => ({
			label: `Switch to ${branch}`,
			run: () => void workbench.refs.switchBranch({ dataset: name, name: branch })
		})),
		...others.map((branch) => ({
			label: `Merge ${branch} into ${item.dataset.branch}…`,
			run: () => workbench.open({ kind: 'merge', item, from: branch })
		})),
		...(others.length > 0 ? [null] : []),
		{ label: 'New branch…', run: () => workbench.open({ kind: 'ref', item, ref: 'branch', at }) },
		{ label: `Tag ${at ?? 'the newest version'}…`, run: () => workbench.open({ kind: 'ref', item, ref: 'tag', at }) },
		...(removals.length > 0 ? [null, ...removals] : [])
	];
}
