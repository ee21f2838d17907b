// Verdicts as records. Those of a version that this device does not have are kept, too: it may come.
import type { SuiteVerdict } from '#core/check/verdict.ts';
import { verdictRule } from '#core/sync/record-rules.ts';
import { fromRecordValue, piecesOfKey, recordKey, toRecordValue } from '#core/sync/record-value.ts';
import { allVerdicts, restoreVerdicts } from '../verdicts.ts';
import type { RecordKind } from './kind.ts';

export const verdictRecords: RecordKind = {
	...verdictRule,
	tables: (db) => [db.verdicts],
	read: async (db) =>
		(await allVerdicts(db)).map((verdict) => [
			recordKey(verdictRule.kind, verdict.dataset, verdict.version, verdict.suite.toLowerCase()),
			toRecordValue(verdict)
		]),
	get: async (db, key) => {
		const row = await db.verdicts.get(rowKey(key));
		if (!row) return null;
		const { key: _key, ...verdict } = row;
		return toRecordValue(verdict);
	},
	put: (db, _key, value) => restoreVerdicts(db, [fromRecordValue(value) as SuiteVerdict]),
	drop: (db, key) => db.verdicts.delete(rowKey(key))
};

function rowKey(key: string): [string, string] {
	const [, version = '', suite = ''] = piecesOfKey(key);
	return [version, suite];
}
