// Commits a table as a new dataset or as the next version of one.
import { datasetId, type VersionId } from '../core/ids.ts';
import type { StepCheckpoint } from '../core/pipeline/run-record.ts';
import { ok, type Result } from '../core/result.ts';
import { keptLayout, storedLayout, type Layout } from '../core/version/layout.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { FIRST_BRANCH, type Column, type Dataset, type Lineage, type Version } from '../core/version/version.ts';
import type { TakenItems } from '../db/inbox.ts';
import { signature } from './author.ts';
import type { WrittenTable } from '#workers/engine/api.ts';
import { keptKey } from './cut-after.ts';
import { filesOf, type ComposedTable } from './compose-table.ts';
import type { Effects } from './effects.ts';
import { planCommit } from './plan-commit.ts';
import { upgradeWorkspace } from './upgrade-workspace.ts';

export type Committed = { readonly dataset: Dataset; readonly version: Version };

type CommitInput = {
	readonly name: string;
	/** The dataset whose next version this is; null makes a new dataset. */
	readonly onto: Dataset | null;
	readonly message: string;
	readonly rejects: WrittenTable | null;
	readonly lineage: Lineage;
	/** Left out, the key of the version it follows stays, unless a column of it went. */
	readonly primaryKey?: readonly string[];
	/** Left out, that of the version it follows stays. */
	readonly layout?: Layout;
	/** The working copy of the branch goes with it: what it held is committed. */
	readonly endsWorkingCopy?: boolean;
	/** Of the step of a run that makes it; lands in the same transaction. */
	readonly checkpoint?: CheckpointOf | undefined;
	/** Items of the inbox that it takes in; noted in the same transaction. */
	readonly taken?: TakenItems | undefined;
};

/** What a run keeps about a step, given what the step committed. */
export type CheckpointOf = (committed: Committed) => StepCheckpoint;

export type CommitTableInput = CommitInput & { readonly table: WrittenTable };
export type CommitComposedInput = CommitInput & {
	readonly schema: readonly Column[];
	readonly table: ComposedTable;
	/** The second parent of a merge. */
	readonly merged?: VersionId;
};

export async function commitTable(input: CommitTableInput, effects: Effects): Promise<Result<Committed, StoreFailure>> {
	const upgraded = await upgradeWorkspace(effects);
	if (!upgraded.ok) return upgraded;
	const key = await effects.store.idKey(effects.makeIdKey);
	if (!key.ok) return key;
	const { schema, statistics } = input.table;
	const cut = await effects.cutter.cut(filesOf(input.table), key.value);
	if (!cut.ok) return cut;
	return commitComposed({ ...input, schema, table: { ...cut.value, statistics } }, effects);
}

/** As `commitTable`, for a table some of whose segments are stored already. */
export async function commitComposed(
	input: CommitComposedInput,
	effects: Effects
): Promise<Result<Committed, StoreFailure>> {
	const key = await effects.store.idKey(effects.makeIdKey);
	if (!key.ok) return key;
	const { onto, schema, table, rejects } = input;
	const signed = await signature(effects);
	if (!signed.ok) return signed;
	const before = onto ? await effects.store.version(onto.head) : ok(null);
	if (!before.ok) return before;
	const primaryKey = input.primaryKey ?? keptKey(before.value, schema);
	const layout = storedLayout(input.layout ?? keptLayout(before.value, schema));
	const id = onto?.id ?? datasetId(effects.randomId());
	const rejected = rejects === null ? null : await effects.cutter.cut(filesOf(rejects), key.value);
	if (rejected?.ok === false) return rejected;
	const plan = await planCommit(
		{
			key: key.value,
			dataset: id,
			parents: [...(onto ? [onto.head] : []), ...(input.merged ? [input.merged] : [])],
			message: input.message,
			...signed.value,
			schema,
			statistics: table.statistics,
			table,
			rejects: rejected?.value ?? null,
			lineage: input.lineage,
			...(primaryKey.length > 0 ? { primaryKey } : {}),
			...(layout ? { layout } : {})
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
		atMs: effects.now(),
		endsWorkingCopy: input.endsWorkingCopy ?? false,
		taken: input.taken,
		...(input.checkpoint ? { checkpoint: input.checkpoint({ dataset: after, version }) } : {})
	});
	return committed.ok ? ok({ dataset: after, version }) : committed;
}
