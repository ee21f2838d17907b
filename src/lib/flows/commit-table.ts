// Commits a written table as a new dataset or as the next version of one. Shared by ingest, save and retype.
import { datasetId } from '../core/ids.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { FIRST_BRANCH, type Dataset, type Lineage, type Version } from '../core/version/version.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import type { Effects } from './effects.ts';
import { planCommit } from './plan-commit.ts';
import { upgradeWorkspace } from './upgrade-workspace.ts';

export type Committed = { readonly dataset: Dataset; readonly version: Version };

export type CommitTableInput = {
	readonly name: string;
	/** The dataset whose next version this is; null makes a new dataset. */
	readonly onto: Dataset | null;
	readonly message: string;
	readonly table: WrittenTable;
	readonly rejects: WrittenTable | null;
	readonly lineage: Lineage;
};

export async function commitTable(input: CommitTableInput, effects: Effects): Promise<Result<Committed, StoreFailure>> {
	const upgraded = await upgradeWorkspace(effects);
	if (!upgraded.ok) return upgraded;
	const key = await effects.store.idKey(effects.makeIdKey);
	if (!key.ok) return key;
	const { onto } = input;
	const id = onto?.id ?? datasetId(effects.randomId());
	const plan = await planCommit(
		{
			key: key.value,
			dataset: id,
			parents: onto ? [onto.head] : [],
			message: input.message,
			table: input.table,
			rejects: input.rejects,
			lineage: input.lineage
		},
		effects
	);
	if (!plan.ok) return plan;
	const { version, additions } = plan.value;
	const after: Dataset = onto
		? { ...onto, name: input.name, head: version.id }
		: {
				id,
				name: input.name,
				head: version.id,
				branch: FIRST_BRANCH,
				branches: {},
				tags: {},
				createdAtMs: effects.now()
			};
	const committed = await effects.store.commit({
		kind: onto ? 'commit' : 'create',
		before: onto,
		after,
		made: { version, additions },
		atMs: effects.now()
	});
	return committed.ok ? ok({ dataset: after, version }) : committed;
}
