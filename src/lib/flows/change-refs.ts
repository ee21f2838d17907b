// Branches, tags and going back: changes of what names a version. None of them moves data.
import type { VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { refsOf } from '../core/version/history.ts';
import { parseRefName } from '../core/version/ref-name.ts';
import { resolveRef } from '../core/version/resolve-ref.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Dataset, DatasetOperation, Version } from '../core/version/version.ts';
import { signature } from './author.ts';
import type { Committed } from './commit-table.ts';
import type { Effects } from './effects.ts';
import { findDataset, numberOf, type CatalogueItem } from './list-datasets.ts';
import { nameVersion } from './plan-commit.ts';
import type { RunSqlFailure } from './run-sql.ts';

export type RefInput = { readonly dataset: string; readonly name: string };
/** `at` names a version as `name@…` in SQL does; null is the head of the open branch. */
export type RefAtInput = RefInput & { readonly at: string | null };

type Changed = Promise<Result<Dataset, StoreFailure>>;

/** Makes a branch and opens it. */
export async function createBranch({ dataset, name, at }: RefAtInput, effects: Effects): Changed {
	const target = await freeRef({ dataset, name, at }, effects);
	if (!target.ok) return target;
	const before = target.value.item.dataset;
	const branches = { ...before.branches, [before.branch]: before.head };
	return change('branch', before, { ...before, branch: name, branches, head: target.value.version.id }, effects);
}

/** Opens another branch: the dataset's name now means its head. */
export async function switchBranch({ dataset, name }: RefInput, effects: Effects): Changed {
	const found = await findDataset(dataset, effects);
	if (!found.ok) return found;
	const before = found.value.dataset;
	if (before.branch === name) return ok(before);
	const taken = take(before.branches, name);
	if (!taken) return err({ kind: 'unknown-ref', dataset, name });
	const [head, others] = taken;
	const branches = { ...others, [before.branch]: before.head };
	return change('switch', before, { ...before, branch: name, branches, head }, effects);
}

/** Its versions stay as long as the removal can be undone. */
export async function removeBranch({ dataset, name }: RefInput, effects: Effects): Changed {
	const found = await findDataset(dataset, effects);
	if (!found.ok) return found;
	const before = found.value.dataset;
	if (before.branch === name) return err({ kind: 'branch-open', name });
	const taken = take(before.branches, name);
	if (!taken) return err({ kind: 'unknown-ref', dataset, name });
	return change('branch', before, { ...before, branches: taken[1] }, effects);
}

export async function addTag(input: RefAtInput, effects: Effects): Changed {
	const target = await freeRef(input, effects);
	if (!target.ok) return target;
	const before = target.value.item.dataset;
	return change('tag', before, { ...before, tags: { ...before.tags, [input.name]: target.value.version.id } }, effects);
}

export async function removeTag({ dataset, name }: RefInput, effects: Effects): Changed {
	const found = await findDataset(dataset, effects);
	if (!found.ok) return found;
	const before = found.value.dataset;
	const taken = take(before.tags, name);
	if (!taken) return err({ kind: 'unknown-ref', dataset, name });
	return change('tag', before, { ...before, tags: taken[1] }, effects);
}

/** A new version with the rows of an older one: nothing in between is lost, and no bytes are copied. */
export async function restoreVersion(
	{ dataset, at }: { readonly dataset: string; readonly at: string },
	effects: Effects
): Promise<Result<Committed, StoreFailure>> {
	const found = await findDataset(dataset, effects);
	if (!found.ok) return found;
	const named = versionAt(found.value, at);
	if (!named.ok) return named;
	const old = named.value;
	const key = await effects.store.idKey(effects.makeIdKey);
	if (!key.ok) return key;
	const signed = await signature(effects);
	if (!signed.ok) return signed;
	const before = found.value.dataset;
	const { schema, statistics, table, rejects } = old;
	const number = numberOf(old, found.value);
	const version = await nameVersion(
		{
			dataset: before.id,
			parents: [before.head],
			message: `Go back to ${number === null ? at : `v${number}`}: ${old.message}`,
			...signed.value,
			createdAtMs: effects.now(),
			schema,
			statistics,
			table,
			rejects,
			lineage: {
				operation: 'restore',
				source: null,
				options: null,
				sql: null,
				inputs: [old.id],
				parameters: { at },
				engine: old.lineage.engine
			},
			...(old.primaryKey ? { primaryKey: old.primaryKey } : {}),
			...(old.layout ? { layout: old.layout } : {})
		},
		key.value,
		effects
	);
	const after = { ...before, head: version.id };
	const additions = { segments: [], packs: new Map(), places: [], reused: [] };
	const committed = await effects.store.commit({
		kind: 'commit',
		before,
		after,
		made: { version, additions },
		atMs: effects.now()
	});
	return committed.ok ? ok({ dataset: after, version }) : committed;
}

/** The version a text names, as `name@…` in SQL; null text is the head of the open branch. */
export function versionAt(item: CatalogueItem, at: string | null): Result<Version, StoreFailure> {
	if (at === null) return ok(item.version);
	const { line, reached, collected } = item;
	const { name } = item.dataset;
	const id = resolveRef({ history: line, refs: refsOf(item.dataset), reached: [...reached, ...collected] }, at);
	const version = reached.find((one) => one.id === id);
	if (version) return ok(version);
	const gone = collected.find((one) => one.id === id);
	if (!gone) return err({ kind: 'unknown-ref', dataset: name, name: at });
	const { collectedAtMs } = gone;
	return err({ kind: 'version-collected', dataset: name, version: at, collectedAtMs, position: null });
}

/** As `versionAt`, with the failure that SQL has for a version that is not there. */
export function versionInSql(item: CatalogueItem, at: string | null): Result<Version, RunSqlFailure> {
	const version = versionAt(item, at);
	if (version.ok || version.error.kind !== 'unknown-ref') return version;
	return err({ kind: 'unknown-version', dataset: item.dataset.name, version: at ?? '', position: 0 });
}

async function freeRef(
	{ dataset, name, at }: RefAtInput,
	effects: Effects
): Promise<Result<{ readonly item: CatalogueItem; readonly version: Version }, StoreFailure>> {
	const parsed = parseRefName(name);
	if (!parsed.ok) return parsed;
	const found = await findDataset(dataset, effects);
	if (!found.ok) return found;
	const lower = name.toLowerCase();
	if (Object.keys(refsOf(found.value.dataset)).some((ref) => ref.toLowerCase() === lower))
		return err({ kind: 'ref-taken', name });
	const version = versionAt(found.value, at);
	return version.ok ? ok({ item: found.value, version: version.value }) : version;
}

type Named = Readonly<Record<string, VersionId>>;

/** What `name` names, and the others; null when it names nothing. */
function take(refs: Named, name: string): readonly [VersionId, Named] | null {
	if (!Object.hasOwn(refs, name)) return null;
	const { [name]: found, ...others } = refs;
	return found ? [found, others] : null;
}

async function change(kind: DatasetOperation['kind'], before: Dataset, after: Dataset, effects: Effects): Changed {
	const committed = await effects.store.commit({ kind, before, after, made: null, atMs: effects.now() });
	return committed.ok ? ok(after) : committed;
}
