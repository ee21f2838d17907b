import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { consoleReference } from '#core/console/reference.ts';
import type { Failure } from '#core/failure.ts';
import { createConsole } from '#lib/flows/console.ts';
import { explain, explainKept } from '#lib/ui/explain.ts';
import { testEffects } from './effects.ts';

test('the reference documents every verb of window.weir, and no other', () => {
	const real = Object.keys(createConsole(testEffects())).sort();
	expect(consoleReference.map(({ verb }) => verb).sort()).toEqual(real);
});

const examples: { readonly [Kind in Failure['kind']]: Extract<Failure, { kind: Kind }> } = {
	'invalid-query-text': {
		kind: 'invalid-query-text',
		problems: [{ line: 2, column: 6, path: 'sql', code: 'undeclared-parameter', name: 'city', nearest: null }]
	},
	'invalid-arguments': {
		kind: 'invalid-arguments',
		query: 'warm days',
		problems: [{ parameter: 'since', code: 'refused', value: 'today', expected: 'a date' }]
	},
	'query-unpublishable': {
		kind: 'query-unpublishable',
		query: 'warm days',
		sql: 'SELECT count(*) FROM days GROUP BY ALL',
		problems: [{ code: 'beyond', clause: 'group', position: null }]
	},
	'dataset-unpublished': { kind: 'dataset-unpublished', query: 'warm days', datasets: ['days', 'places'] },
	'engine-busy': { kind: 'engine-busy', query: 'warm days' },
	'engine-missing': {
		kind: 'engine-missing',
		query: 'days by kind',
		sql: 'SELECT count(*) FROM days GROUP BY ALL',
		because: [{ code: 'beyond', clause: 'group', position: null }]
	},
	'statement-refused': {
		kind: 'statement-refused',
		query: 'days by kind',
		sql: 'SELECT kind, count(*) FROM days GROUP BY ALL',
		message: 'Referenced column "kind" not found in FROM clause',
		position: 7
	},
	'engine-limit': { kind: 'engine-limit', query: 'days by kind', of: 'memory', limit: 67_108_864 },
	'query-unpublished': { kind: 'query-unpublished', query: 'warm days' },
	'page-outdated': { kind: 'page-outdated', query: 'warm days' },
	'query-unpaged': {
		kind: 'query-unpaged',
		query: 'dice',
		because: { reason: 'may-change', why: 'it uses random(), which may give something else each time' }
	},
	'empty-source': { kind: 'empty-source', source: 'a.csv' },
	'edge-unreachable': { kind: 'edge-unreachable' },
	'invalid-connection': {
		kind: 'invalid-connection',
		problems: [{ line: 3, column: 1, path: 'load', code: 'needs-key' }]
	},
	'secret-missing': { kind: 'secret-missing', secret: 'token', origin: 'https://api.example.org' },
	'relay-refused': {
		kind: 'relay-refused',
		source: 'https://api.example.org',
		asked: 'http://127.0.0.1',
		reason: 'address'
	},
	'relay-off': { kind: 'relay-off', source: 'https://api.example.org' },
	'source-silent': { kind: 'source-silent', source: 'https://api.example.org', reason: 'network' },
	'source-refused': { kind: 'source-refused', source: 'https://api.example.org', status: 403, page: 1 },
	'source-answer': { kind: 'source-answer', source: 'https://api.example.org', page: 2, problem: 'html' },
	'source-leads-away': {
		kind: 'source-leads-away',
		source: 'https://api.example.org',
		origin: 'https://other.example.org'
	},
	'source-loops': { kind: 'source-loops', source: 'https://api.example.org', page: 9, rule: 'same-page' },
	'source-short': { kind: 'source-short', source: 'https://api.example.org', total: 100, read: 80 },
	'source-busy': { kind: 'source-busy', source: 'https://api.example.org', waitMs: 600_000 },
	'database-failed': {
		kind: 'database-failed',
		place: 'db.example.org:5432/shop',
		reason: 'no-table',
		code: '42P01',
		words: null
	},
	'database-not-allowed': { kind: 'database-not-allowed', place: 'db.example.org:1/shop', reason: 'port' },
	'database-unknown': { kind: 'database-unknown', place: 'db.example.org:5432/shop' },
	'no-server': { kind: 'no-server', source: null },
	'no-table-chosen': { kind: 'no-table-chosen', place: 'db.example.org:5432/shop' },
	'mark-unordered': { kind: 'mark-unordered', field: 'price', type: 'DECIMAL(10, 2)' },
	'put-too-large': { kind: 'put-too-large', rowCount: 1_000_000 },
	'not-writable': { kind: 'not-writable', connection: 'orders' },
	'no-mark': { kind: 'no-mark', field: 'updated_at', page: 1 },
	'mark-too-coarse': { kind: 'mark-too-coarse', field: 'day', limit: 5000 },
	'load-drift': { kind: 'load-drift', dataset: 'orders', added: ['tax'], mayAsk: true },
	'load-busy': { kind: 'load-busy', connection: 'orders' },
	'load-unfinished': { kind: 'load-unfinished', connection: 'orders' },
	'load-forgotten': { kind: 'load-forgotten', connection: 'orders', dataset: 'orders' },
	'file-refused': {
		kind: 'file-refused',
		source: 'https://s3.example.org',
		file: 'data/a.parquet',
		status: 403,
		code: 'SignatureDoesNotMatch'
	},
	'file-unreadable': { kind: 'file-unreadable', source: 'https://s3.example.org', file: 'a.csv', reason: 'no bytes' },
	'file-changed': { kind: 'file-changed', source: 'https://s3.example.org', file: 'a.csv' },
	'no-files': { kind: 'no-files', source: 'https://s3.example.org', pattern: 'data/*.csv' },
	'files-too-many': { kind: 'files-too-many', source: 'https://s3.example.org', limit: 10_000 },
	'file-column': { kind: 'file-column', file: 'a.parquet', column: 'x', columns: ['a', 'b'] },
	'edge-unreadable': { kind: 'edge-unreadable', status: 200 },
	'edge-busy': { kind: 'edge-busy', retryAfterMs: null },
	'edge-access-refused': { kind: 'edge-access-refused' },
	'edge-invitation-needed': { kind: 'edge-invitation-needed' },
	'edge-full': { kind: 'edge-full', quotaBytes: 2 ** 30, usedBytes: 2 ** 30, sizeBytes: 4096 },
	'edge-limit-reached': { kind: 'edge-limit-reached', of: 'tokens', limit: 1000 },
	'object-lost': { kind: 'object-lost', id: 'abc' },
	'broken-object': { kind: 'broken-object', why: 'sealed' },
	'rolled-back': { kind: 'rolled-back', seenSeq: 4, shownSeq: 3 },
	forked: { kind: 'forked', atSeq: 4 },
	'server-lost-data': { kind: 'server-lost-data', seenSeq: 4 },
	forged: { kind: 'forged', atSeq: 4 },
	'weak-slot': { kind: 'weak-slot' },
	'wrong-secret': { kind: 'wrong-secret' },
	'sync-off': { kind: 'sync-off' },
	'sync-on': { kind: 'sync-on' },
	'sync-busy': { kind: 'sync-busy' },
	'sync-waits': { kind: 'sync-waits', dataset: 'sales' },
	'version-elsewhere': { kind: 'version-elsewhere', dataset: 'sales', version: 'v2', because: 'edge-unreachable' },
	'keys-unsupported': { kind: 'keys-unsupported' },
	'keys-crashed': { kind: 'keys-crashed', reason: 'ended' },
	'passphrase-too-short': { kind: 'passphrase-too-short', least: 12 },
	'invalid-words': { kind: 'invalid-words', why: 'word', word: 'abot' },
	'invalid-workspace-code': { kind: 'invalid-workspace-code' },
	'nothing-to-settle': { kind: 'nothing-to-settle', document: 'pipeline', name: 'daily' },
	'workspace-not-empty': { kind: 'workspace-not-empty' },
	'device-removed': { kind: 'device-removed' },
	'keys-locked': { kind: 'keys-locked' },
	'keys-outdated': { kind: 'keys-outdated' },
	'unknown-device': { kind: 'unknown-device', device: 'x' },
	'unknown-slot': { kind: 'unknown-slot', slot: 'x' },
	'device-is-this': { kind: 'device-is-this' },
	'slot-needed': { kind: 'slot-needed' },
	'no-passkey': { kind: 'no-passkey' },
	'slot-not-kept': { kind: 'slot-not-kept' },
	'invalid-enrol-code': { kind: 'invalid-enrol-code' },
	'enrol-over': { kind: 'enrol-over' },
	'passkeys-unsupported': { kind: 'passkeys-unsupported' },
	'passkey-refused': { kind: 'passkey-refused' },
	'inbox-closed': { kind: 'inbox-closed', dataset: 'orders' },
	'unknown-item': { kind: 'unknown-item', key: 'a' },
	'not-on-edge': { kind: 'not-on-edge', dataset: 'orders' },
	'publication-too-large': { kind: 'publication-too-large', sizeBytes: 2 ** 27, limitBytes: 2 ** 26 },
	'share-too-large': { kind: 'share-too-large', sizeBytes: 2 ** 23, limitBytes: 2 ** 22 },
	'report-incomplete': { kind: 'report-incomplete', report: 'sales', blocks: [{ line: 3, kind: 'unknown-rows' }] },
	'no-such-input': { kind: 'no-such-input', report: 'sales', name: 'citi', known: ['city'] },
	'unknown-edition': { kind: 'unknown-edition', id: 'run/weekly' },
	'report-too-large': { kind: 'report-too-large' },
	'report-file-unavailable': { kind: 'report-file-unavailable' },
	'link-too-long': { kind: 'link-too-long', letters: 40_000, limit: 30_000 },
	'link-incomplete': { kind: 'link-incomplete', why: 'missing' },
	'link-newer': { kind: 'link-newer' },
	'broken-share': { kind: 'broken-share' },
	'invalid-bundle': { kind: 'invalid-bundle', why: 'shape' },
	'share-closed': { kind: 'share-closed' },
	'share-guarded': { kind: 'share-guarded', retryAfterMs: 120_000 },
	'invalid-report': {
		kind: 'invalid-report',
		problems: [{ line: 3, column: 1, path: '', code: 'name-taken', name: 'daily' }]
	},
	'no-such-column': { kind: 'no-such-column', column: 'prize', from: 'sales', nearest: 'price', known: ['price'] },
	'no-shapes': { kind: 'no-shapes', from: 'districts', unread: { noGeometry: 1, noArea: 2, beyond: 0 } },
	'too-many-shapes': { kind: 'too-many-shapes', from: 'districts', limit: 5000 },
	'not-numbers': { kind: 'not-numbers', column: 'city', type: 'VARCHAR' },
	'mixed-measures': { kind: 'mixed-measures' },
	'unknown-input': { kind: 'unknown-input', name: 'region', query: 'daily', known: [] },
	'query-cycle': { kind: 'query-cycle', names: ['a', 'b', 'a'] },
	'no-such-number': { kind: 'no-such-number', block: 3, row: 9 },
	'unknown-template': { kind: 'unknown-template', template: 'qualty', known: ['quality'] },
	'template-needs': { kind: 'template-needs', template: 'diff', of: 'sales', needs: 'two-versions' },
	'template-columns': { kind: 'template-columns', unknown: 'prise', nearest: 'price' },
	'template-version': { kind: 'template-version', of: 'sales', number: 9, known: [1, 2] },
	'unknown-rows': { kind: 'unknown-rows', name: 'sale', nearest: 'sales', known: ['sales'] },
	'unknown-format': { kind: 'unknown-format', source: 'a.bin' },
	'unreadable-source': { kind: 'unreadable-source', source: 'a.json', format: 'json', reason: 'cut off', line: 3 },
	'unsupported-option': { kind: 'unsupported-option', option: 'delimiter', value: '\n', reason: 'a line break' },
	'no-rows-fit': {
		kind: 'no-rows-fit',
		source: 'a.csv',
		rejects: [{ line: 2, column: 'a', reason: 'not a number', text: 'x' }]
	},
	'too-large': { kind: 'too-large', source: 'a.parquet', limit: '2 GB' },
	'files-differ': {
		kind: 'files-differ',
		source: 'sales',
		file: 'a=2/part-0.parquet',
		first: 'a=1/part-0.parquet',
		differences: [
			{ column: 'x', expected: 'BIGINT', found: 'VARCHAR' },
			{ column: 'y', expected: 'BIGINT', found: null },
			{ column: 'z', expected: null, found: 'DATE' }
		]
	},
	'folder-left': { kind: 'folder-left', folder: 'sales' },
	'too-many-partitions': {
		kind: 'too-many-partitions',
		columns: ['id'],
		partitionCount: 6000,
		fileCount: 6000,
		limit: 5000
	},
	'cannot-partition': { kind: 'cannot-partition', column: 'a', why: 'type' },
	'partition-too-long': { kind: 'partition-too-long', column: 'a', limitBytes: 255 },
	'url-refused': { kind: 'url-refused', url: 'https://example.org/a.csv', status: 404, reason: 'not there' },
	cancelled: { kind: 'cancelled' },
	'worker-crashed': { kind: 'worker-crashed', reason: 'ended' },
	'sql-error': { kind: 'sql-error', type: 'Binder', message: 'no such column', position: 3, candidates: ['Title'] },
	'unknown-version': { kind: 'unknown-version', dataset: 'a', version: 'v9', position: 2 },
	'version-collected': {
		kind: 'version-collected',
		dataset: 'a',
		version: 'v2',
		collectedAtMs: 1_700_000_000_000,
		position: null
	},
	'invalid-author': { kind: 'invalid-author', rule: 'too-long' },
	'damaged-version': { kind: 'damaged-version', version: 'abcdefghij' },
	'unbindable-parameter': { kind: 'unbindable-parameter', index: 0, reason: 'an object' },
	'out-of-memory': { kind: 'out-of-memory' },
	'result-too-large': { kind: 'result-too-large', limitBytes: 2 ** 30 },
	'unknown-result': { kind: 'unknown-result' },
	'engine-crashed': { kind: 'engine-crashed', reason: 'ended' },
	'invalid-function': { kind: 'invalid-function', path: 'outputs.x', expected: 'a type' },
	'script-error': { kind: 'script-error', stage: 'call', message: 'no', line: 3, column: 4, row: 5 },
	'script-timeout': { kind: 'script-timeout', timeoutMs: 1000, row: 7 },
	'script-memory': { kind: 'script-memory', memoryBytes: 2 ** 25, row: null },
	'script-output': { kind: 'script-output', column: 'x', type: 'DOUBLE', found: 'a text', row: 0 },
	'function-tests-failed': { kind: 'function-tests-failed', step: 1, tests: ['a test'] },
	'script-crashed': { kind: 'script-crashed', reason: 'ended' },
	'not-onnx': { kind: 'not-onnx', reason: 'it ends within a number' },
	'unsupported-onnx': { kind: 'unsupported-onnx', what: 'ai.onnx.ml 6' },
	'onnx-refused': { kind: 'onnx-refused', reason: 'no such operator' },
	'onnx-failed': { kind: 'onnx-failed', reason: 'a shape does not fit' },
	'onnx-crashed': { kind: 'onnx-crashed', reason: 'ended' },
	'model-input-mismatch': {
		kind: 'model-input-mismatch',
		model: 'churn',
		columns: [
			{ name: 'age', wanted: 'number', found: 'VARCHAR' },
			{ name: 'plan', wanted: 'text', found: null }
		]
	},
	'invalid-model-name': { kind: 'invalid-model-name', name: '@' },
	'unknown-model': { kind: 'unknown-model', model: 'churn', known: [] },
	'unknown-model-version': { kind: 'unknown-model-version', model: 'churn', version: '9' },
	'unknown-model-run': { kind: 'unknown-model-run', run: 'abc' },
	'model-run-unfinished': { kind: 'model-run-unfinished', run: 'abc' },
	'nothing-to-roll-back': { kind: 'nothing-to-roll-back', model: 'churn' },
	'damaged-model': { kind: 'damaged-model', model: 'churn' },
	'training-version-gone': { kind: 'training-version-gone', dataset: 'people' },
	'training-interrupted': { kind: 'training-interrupted' },
	'artifact-name-taken': { kind: 'artifact-name-taken', name: 'onnx' },
	'unknown-artifact': { kind: 'unknown-artifact', name: 'a', known: ['onnx'] },
	'model-in-production': { kind: 'model-in-production', model: 'churn', version: 1 },
	'model-null-not-allowed': { kind: 'model-null-not-allowed', model: 'churn', column: 'age' },
	'not-numeric': { kind: 'not-numeric', column: 'a' },
	'too-many-categories': { kind: 'too-many-categories', column: 'a', found: 2000, max: 100 },
	'too-few-rows': { kind: 'too-few-rows', rowCount: 1, needed: 3 },
	'too-few-groups': { kind: 'too-few-groups', groupCount: 1, needed: 3 },
	'target-not-numeric': { kind: 'target-not-numeric', column: 'a' },
	'one-class': { kind: 'one-class', column: 'a', found: 1 },
	'too-many-classes': { kind: 'too-many-classes', column: 'a', found: 300, max: 200 },
	'no-features': { kind: 'no-features' },
	'no-target': { kind: 'no-target' },
	'target-is-feature': { kind: 'target-is-feature', column: 'a' },
	'missing-values': { kind: 'missing-values', column: 'a' },
	'option-out-of-range': { kind: 'option-out-of-range', option: 'rounds', min: 1, max: 10_000 },
	'monotone-quantile': { kind: 'monotone-quantile' },
	'monotone-category': { kind: 'monotone-category', feature: 2 },
	'other-rows': { kind: 'other-rows' },
	'cannot-go-on': { kind: 'cannot-go-on' },
	'negative-counts': { kind: 'negative-counts' },
	'too-many-clusters': { kind: 'too-many-clusters', clusters: 5, rowCount: 3 },
	'endless-grid': { kind: 'endless-grid', parameter: 'l2' },
	'too-many-trials': { kind: 'too-many-trials', trials: 2000, max: 1000 },
	'empty-space': { kind: 'empty-space', parameter: 'l2' },
	'broken-model': { kind: 'broken-model', reason: 'encoding' },
	'broken-arrow': { kind: 'broken-arrow', reason: 'cut off' },
	'model-crashed': { kind: 'model-crashed', reason: 'ended' },
	'rows-too-large': { kind: 'rows-too-large', sizeBytes: 2 ** 33 },
	'gates-closed': {
		kind: 'gates-closed',
		model: 'churn',
		gates: [
			{
				gate: 'beats-champion',
				outcome: 'failed',
				facts: { metric: 'auc', challenger: 0.7, champion: 0.8, margin: 0 }
			},
			{ gate: 'same-predictions', outcome: 'failed', facts: { rows: 100, different: 3 } },
			{ gate: 'schema-matches', outcome: 'not-known', facts: { reason: 'it was not trained here' } }
		]
	},
	'not-a-backup': { kind: 'not-a-backup' },
	'newer-backup': { kind: 'newer-backup', stored: 2, known: 1 },
	'damaged-backup': { kind: 'damaged-backup', where: 'data' },
	'storage-full': { kind: 'storage-full', neededBytes: 2 ** 24 },
	'newer-format': { kind: 'newer-format', stored: 2, known: 1 },
	'invalid-name': { kind: 'invalid-name', name: 'a@b', rule: 'at-sign' },
	'name-taken': { kind: 'name-taken', name: 'a' },
	'unknown-dataset': { kind: 'unknown-dataset', name: 'a' },
	'document-taken': { kind: 'document-taken', document: 'recipe', name: 'a' },
	'unknown-document': { kind: 'unknown-document', document: 'recipe', name: 'a', at: null },
	'invalid-ref': { kind: 'invalid-ref', name: 'v2', rule: 'reserved' },
	'ref-taken': { kind: 'ref-taken', name: 'main' },
	'unknown-ref': { kind: 'unknown-ref', dataset: 'a', name: 'b' },
	'branch-open': { kind: 'branch-open', name: 'main' },
	moved: { kind: 'moved', name: 'a' },
	'nothing-to-undo': { kind: 'nothing-to-undo' },
	'nothing-to-redo': { kind: 'nothing-to-redo' },
	'storage-unavailable': { kind: 'storage-unavailable', reason: 'closed' },
	'sample-unavailable': { kind: 'sample-unavailable', file: 'flights-3m.parquet' },
	'too-many-rows': { kind: 'too-many-rows', limit: 1_048_575 },
	'too-many-columns': { kind: 'too-many-columns', limit: 16_384 },
	'sink-failed': { kind: 'sink-failed', reason: 'disk full' },
	'unknown-column': { kind: 'unknown-column', column: 'a' },
	'unknown-row': { kind: 'unknown-row', row: 7, rowCount: 3 },
	'no-edits': { kind: 'no-edits' },
	'working-copy-outdated': { kind: 'working-copy-outdated', dataset: 'a' },
	'no-key': { kind: 'no-key' },
	'nothing-to-merge': { kind: 'nothing-to-merge', from: 'b' },
	unrelated: { kind: 'unrelated', from: 'b' },
	'schemas-clash': {
		kind: 'schemas-clash',
		clashes: [
			{ kind: 'types-differ', column: 'a', ours: 'DATE', theirs: 'BIGINT' },
			{ kind: 'dropped-and-retyped', column: 'a', droppedBy: 'ours' },
			{ kind: 'dropped-and-changed', column: 'a', droppedBy: 'theirs', rowCount: 2 }
		]
	},
	'merge-conflicts': { kind: 'merge-conflicts', count: 2 },
	'columns-differ': { kind: 'columns-differ', dataset: 'a', extra: ['b'] },
	'key-not-unique': { kind: 'key-not-unique', where: 'a', key: ['id'], nulls: 0, examples: ['1'] },
	'unknown-type': { kind: 'unknown-type', type: 'X' },
	'values-do-not-fit': { kind: 'values-do-not-fit', column: 'a', type: 'DATE', misfits: 3, examples: ['x'] },
	superseded: { kind: 'superseded', run: 'r', step: 'a' },
	'invalid-pipeline': {
		kind: 'invalid-pipeline',
		problems: [{ line: 3, column: 5, path: 'steps[0]', code: 'missing-key', key: 'kind' }]
	},
	'missing-parameter': { kind: 'missing-parameter', name: 'day', type: 'date' },
	'unknown-parameter': { kind: 'unknown-parameter', name: 'dya', known: ['day'] },
	'parameter-of-wrong-type': { kind: 'parameter-of-wrong-type', name: 'day', type: 'date' },
	'unknown-pipeline': { kind: 'unknown-pipeline', name: 'late' },
	'unknown-environment': { kind: 'unknown-environment', name: 'prod', known: [] },
	'pipeline-busy': { kind: 'pipeline-busy', name: 'late' },
	'unknown-run': { kind: 'unknown-run', id: 'r' },
	'unknown-step': { kind: 'unknown-step', step: 'a', known: ['b'] },
	'no-partitions': { kind: 'no-partitions', name: 'late' },
	'not-missed': { kind: 'not-missed', name: 'late', nominalMs: 1_700_000_000_000 },
	'unknown-breaker': { kind: 'unknown-breaker', source: 'https://example.org' },
	'unknown-folder': { kind: 'unknown-folder', folder: 'inbox' },
	'folder-not-allowed': { kind: 'folder-not-allowed', folder: 'inbox' },
	'folder-unreadable': { kind: 'folder-unreadable', folder: 'inbox', reason: 'NotFoundError' },
	'check-failed': { kind: 'check-failed', step: 'sound', assertions: ['some', 'few'] },
	'model-test-failed': { kind: 'model-test-failed', step: 'a', tests: ['one'] },
	'no-fixture': { kind: 'no-fixture', table: 'flights' },
	'no-condition': { kind: 'no-condition', step: 'sound', rowCount: 2, columnCount: 1 },
	'too-many-items': { kind: 'too-many-items', count: 2000, limit: 1000 },
	'source-open': { kind: 'source-open', source: 'https://example.org', retryAtMs: 1, lastFailure: 'url-refused' },
	'timed-out': { kind: 'timed-out', timeoutMs: 1000 },
	'fault-injected': { kind: 'fault-injected', step: 'a', attempt: 1 },
	'interrupted-too-often': { kind: 'interrupted-too-often', times: 25 },
	'child-run-failed': { kind: 'child-run-failed', run: 'r/a/1' },
	'pipeline-in-itself': { kind: 'pipeline-in-itself', path: ['a', 'b', 'a'] },
	'unknown-reference': { kind: 'unknown-reference', name: 'item.x' },
	'recipe-problems': {
		kind: 'recipe-problems',
		problems: [
			{ line: 3, column: 5, from: 20, to: 26, step: 0, what: 'unknown-column', name: 'dely', nearest: 'delay' },
			{ line: 4, column: 5, from: 30, to: 36, step: 1, what: 'needs', key: 'order', because: 'frame' }
		]
	},
	'join-unexpected': {
		kind: 'join-unexpected',
		step: 1,
		side: 'right',
		expected: 'many-to-one',
		columns: ['iata'],
		repeated: 2,
		example: 'ORD'
	},
	'invalid-suite': {
		kind: 'invalid-suite',
		problems: [
			{ line: 2, column: 5, path: 'checks[0]', code: 'unknown-expectation', name: 'expect_luck', nearest: null },
			{ line: 3, column: 5, path: 'checks[1]', code: 'missing-key', key: 'column' }
		]
	},
	'invalid-alert': {
		kind: 'invalid-alert',
		problems: [{ line: 1, column: 1, path: 'when', code: 'no-condition' }]
	},
	'unknown-alert': { kind: 'unknown-alert', what: 'incident', id: 'a' },
	'check-crashed': { kind: 'check-crashed', reason: 'ended' },
	'no-baseline': { kind: 'no-baseline', dataset: 'a' },
	'nothing-to-tell-rows-apart': { kind: 'nothing-to-tell-rows-apart', left: [{ name: 'id', reason: 'key' }] },
	'unreadable-suite': { kind: 'unreadable-suite', format: 'odcs', reason: 'its schema has no object' },
	'invalid-argument': { kind: 'invalid-argument', argument: 'name', expected: 'a string' }
};

test.each(Object.values(examples))('$kind is said in words, with what to do next', (failure) => {
	const { title, detail, next } = explain(failure);
	expect(title).not.toBe('');
	expect(next).not.toBe('');
	expect(`${title} ${detail} ${next}`).not.toMatch(/undefined|\[object|NaN/);
});

test('a kept failure has the words of its kind, and one of a kind that is not known here shows its facts', () => {
	for (const failure of Object.values(examples)) expect(explainKept(failure)).toEqual(explain(failure));
	expect(explainKept({ kind: 'made-tomorrow', where: 'step two' })).toMatchObject({
		title: 'It failed: made-tomorrow',
		detail: '{"where":"step two"}'
	});
});
