// A kind of record, as the store keeps it: its rule, and where its values are read and written.
import type { Table } from 'dexie';
import type { Encodable } from '#core/encoding.ts';
import type { RecordRule } from '#core/sync/record-rule.ts';
import type { ChangedRows } from '../record-mark.ts';
import type { WorkspaceDb } from '../schema.ts';

/** All within one transaction over the tables of all kinds. */
export type RecordKind = RecordRule & {
	readonly tables: (db: WorkspaceDb) => readonly Table[];
	/** Those that are to be on all devices, by their keys. */
	readonly read: (db: WorkspaceDb) => Promise<readonly (readonly [string, Encodable])[]>;
	/** As `read` gives one of them; null where there is none. */
	readonly get: (db: WorkspaceDb, key: string) => Promise<Encodable | null>;
	/**
	 * Of a kind whose values matter to no merge but their own: what became of the records of these rows, by key, null where one is none any
	 * more; null where that cannot be told, and all are to be read.
	 */
	readonly changed?: (db: WorkspaceDb, rows: ChangedRows) => Promise<ReadonlyMap<string, Encodable | null> | null>;
	readonly put: (db: WorkspaceDb, key: string, value: Encodable, atMs: number) => Promise<void>;
	readonly drop: (db: WorkspaceDb, key: string, atMs: number) => Promise<void>;
	/** Before these change. */
	readonly ready?: (db: WorkspaceDb, keys: readonly string[]) => Promise<void>;
	/** After all that changed. */
	readonly tidy?: (db: WorkspaceDb) => Promise<void>;
};
