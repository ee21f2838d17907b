// Verdicts as records. Those of a version that this device does not have are kept, too: it may come.
import type { SuiteVerdict } from '#core/check/verdict.ts';
import type { Encodable } from '#core/encoding.ts';
import { verdictRule } from '#core/sync/record-rules.ts';
import { fromRecordValue, piecesOfKey, recordKey, toRecordValue } from '#core/sync/record-value.ts';
import { allVerdicts, restoreVerdicts } from '../verdicts.ts';
import type { RecordKind } from './kind.ts';

export const verdictRecords: RecordKind = {
	...verdictRule,
	tables: (db) => [db.verdicts],
	read: async (db) => (await allVerdicts(db)).map((verdict) => [keyOf(verdict), toRecordValue(verdict)]),
	changed: async (db, { verdicts: keys = [] }) => {
		const rows = keys && (await db.verdicts.bulkGet(keys as [string, string][]));
		const changed = new Map<string, Encodable>();
		for (const row of rows ?? [undefined]) {
			// Of which dataset one was that is gone, its row would say.
			if (!row) return null;
			const { key: _key, ...verdict } = row;
			changed.set(keyOf(verdict), toRecordValue(verdict));
		}
		return changed;
	},
	get: async (db, key) => {
		const row = await db.verdicts.get(rowKey(key));
		if (!row) return null;
		const { key: _key, ...verdict } = row;
		return toRecordValue(verdict);
	},
	put: (db, _key, value) => restoreVerdicts(db, [fromRecordValue(value) as SuiteVerdict]),
	drop: (db, key) => db.verdicts.delete(rowKey(key))
};

function keyOf({ dataset, version, suite }: SuiteVerdict): string {
	return recordKey(verdictRule.kind, dataset, version, suite.toLowerCase());
}

function rowKey(key: string): [string, string] {
	const [, version = '', suite = ''] = piecesOfKey(key);
	return [version, suite];
}
