// Opens a version to everybody, on purpose: its rows leave the device in the clear, as Parquet that the edge answers queries of.
import type { Failure } from '../core/failure.ts';
import { resultId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { PUBLISHED_BYTES } from '../core/contract/publications.ts';
import type { Dataset } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { exportRelation, selectAll } from './export-relation.ts';
import { findVersion } from './find-version.ts';
import type { EdgePublication } from './programs-net.ts';
import type { SyncEffects } from './sync-effects.ts';
import { accountOf, openSync, ownerAccess } from './sync-open.ts';

/** What everybody will be able to read; a person is shown it before. */
export type PublicationPlan = {
	readonly dataset: string;
	readonly rowCount: number;
	readonly columns: readonly string[];
};

export async function planPublication(reference: string, effects: Effects): Promise<Result<PublicationPlan, Failure>> {
	const found = await findVersion(reference, effects);
	if (!found.ok) return found;
	const { item, version } = found.value;
	return ok({
		dataset: item.dataset.name,
		rowCount: version.table.rowCount,
		columns: version.schema.map(({ name }) => name)
	});
}

/** The path under which everybody can ask: `…`, `…/rows`, `…/file.parquet`. It stays the same when another version is published. */
export async function publishVersion(
	reference: string,
	effects: Effects
): Promise<Result<{ readonly path: string }, Failure>> {
	const found = await findVersion(reference, effects);
	if (!found.ok) return found;
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const { dataset } = found.value.item;
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const opened = await openSync(account.value, effects, new AbortController().signal, () => undefined);
	if (!opened.ok) return opened;
	const { keys } = opened.value;
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	const exported = await exportRelation(
		{
			id: resultId(`publish-${effects.randomId()}`),
			label: `${dataset.name} for publication`,
			sql: selectAll(reference),
			options: { format: 'parquet', formulas: 'raw', compression: 'snappy' },
			totalRows: found.value.version.table.rowCount,
			onChunk: (bytes) => void chunks.push(bytes.slice())
		},
		effects
	);
	if (!exported.ok) return exported;
	const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
	if (bytes.length > PUBLISHED_BYTES)
		return err({ kind: 'publication-too-large', sizeBytes: bytes.length, limitBytes: PUBLISHED_BYTES });
	const publication = await publicationOf(dataset, keys);
	const file = await keys.sha256(bytes);
	const { workspace, owner: token } = access.value;
	const owner = effects.sync.programs({ workspace, token });
	const put = await owner.putFile(publication, file, bytes);
	if (!put.ok) return put;
	const published = await owner.publish(publication, file, dataset.name);
	return published.ok ? ok({ path: pathOf(publication) }) : published;
}

export type ShownPublication = Omit<EdgePublication, 'file'> & { readonly path: string };

export async function listPublications(effects: Effects): Promise<Result<readonly ShownPublication[], Failure>> {
	const account = await accountOf(effects);
	if (!account.ok) return account;
	const { workspace, token } = account.value;
	const listed = await effects.sync.programs({ workspace, token }).publications();
	if (!listed.ok) return listed;
	return ok(listed.value.map(({ file: _file, ...one }) => ({ ...one, path: pathOf(one.publication) })));
}

/** Whoever has a copy keeps it. */
export async function unpublish(publication: string, effects: Effects): Promise<Result<void, Failure>> {
	const access = await ownerAccess(effects);
	if (!access.ok) return access;
	const { workspace, owner: token } = access.value;
	const owner = effects.sync.programs({ workspace, token });
	return owner.unpublish(publication);
}

/** The address of a dataset's publication, whichever version it shows. */
export async function publicationOf(
	{ id }: Pick<Dataset, 'id'>,
	keys: Pick<SyncEffects['keys'], 'name'>
): Promise<string> {
	const named = await keys.name(new TextEncoder().encode(`publication ${id}`));
	return named.slice(0, 21) + 'A';
}

export function pathOf(publication: string): string {
	return `/api/v1/published/${publication}`;
}
