// Links and editions as records: another device lists them, tells their links, and lets them go.
import { editionRule, shareRule, type EditionValue } from '#core/sync/record-rules.ts';
import type { KeptShare } from '#core/share/kept-share.ts';
import { fromRecordValue, piecesOfKey, recordKey, toRecordValue } from '#core/sync/record-value.ts';
import type { WorkspaceDb } from '../schema.ts';
import type { RecordKind } from './kind.ts';

export const shareRecords: RecordKind = {
	...shareRule,
	tables: (db) => [db.shares],
	read: async (db) =>
		(await db.shares.toArray()).map((share) => [recordKey(shareRule.kind, share.share), toRecordValue(share)]),
	get: async (db, key) => {
		const share = await db.shares.get(idIn(key));
		return share ? toRecordValue(share) : null;
	},
	put: async (db, _key, value) => {
		await db.shares.put(fromRecordValue(value) as KeptShare);
	},
	drop: (db, key) => db.shares.delete(idIn(key))
};

export const editionRecords: RecordKind = {
	...editionRule,
	tables: (db) => [db.editions, db.editionBundles],
	read: async (db) => {
		const bundles = new Map((await db.editionBundles.toArray()).map(({ id, bytes }) => [id, bytes]));
		return (await db.editions.toArray()).flatMap((edition) => {
			const bundle = bundles.get(edition.id);
			return bundle ? [[recordKey(editionRule.kind, edition.id), toRecordValue({ edition, bundle })] as const] : [];
		});
	},
	changed: async (db, { editions = [], editionBundles = [] }) => {
		if (!editions || !editionBundles) return null;
		const keys = [...editions, ...editionBundles].map((id) => recordKey(editionRule.kind, id as string));
		return new Map(await Promise.all(keys.map(async (key) => [key, await editionRecords.get(db, key)] as const)));
	},
	get: async (db, key) => {
		const edition = await db.editions.get(idIn(key));
		const bundle = await db.editionBundles.get(idIn(key));
		return edition && bundle ? toRecordValue({ edition, bundle: bundle.bytes }) : null;
	},
	put: async (db, _key, value) => {
		const { edition, bundle } = fromRecordValue(value) as EditionValue;
		await db.editions.put(edition);
		await db.editionBundles.put({ id: edition.id, bytes: bundle });
	},
	drop: (db, key) => dropEdition(db, idIn(key))
};

async function dropEdition(db: WorkspaceDb, id: string): Promise<void> {
	await db.editions.delete(id);
	await db.editionBundles.delete(id);
}

function idIn(key: string): string {
	return piecesOfKey(key)[0] ?? '';
}
