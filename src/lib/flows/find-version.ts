// The version that a text such as `sales` or `sales@v2` names.
import { ok, type Result } from '../core/result.ts';
import type { Version } from '../core/version/version.ts';
import { versionInSql } from './change-refs.ts';
import { findDataset, type CatalogueItem } from './list-datasets.ts';
import type { RunSqlFailure } from './run-sql.ts';
import type { UpgradeEffects } from './upgrade-workspace.ts';

/** A dataset's name, or `name@` and whatever names a version. */
export async function findVersion(
	reference: string,
	effects: UpgradeEffects
): Promise<Result<{ readonly item: CatalogueItem; readonly version: Version }, RunSqlFailure>> {
	const mark = reference.indexOf('@');
	const name = mark < 0 ? reference : reference.slice(0, mark);
	const found = await findDataset(name, effects);
	if (!found.ok) return found;
	const item = found.value;
	if (mark < 0) return ok({ item, version: item.version });
	const version = versionInSql(item, reference.slice(mark + 1));
	return version.ok ? ok({ item, version: version.value }) : version;
}
