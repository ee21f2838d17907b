// Ingest through the real worker: what it promises beyond the golden cases.
import { proxy, wrap, type Remote } from 'comlink';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { IngestApi } from '#workers/ingest/api.ts';

let worker: Worker;
let api: Remote<IngestApi>;

beforeEach(() => {
	worker = new Worker(new URL('../../workers/ingest/ingest.worker.ts', import.meta.url), {
		type: 'module',
		name: `ingest-${crypto.randomUUID()}`
	});
	api = wrap<IngestApi>(worker);
});
afterEach(() => worker.terminate());

const quiet = proxy(() => undefined);

test('a dropped CSV is guessed and read as Parquet', async () => {
	const blob = new Blob(['id,name,amount,day\n1,Ann,1.5,2024-01-02\n2,Bob,,2024-01-03\n']);
	const guessed = await api.guess({ name: 'a.csv', blob }, {});
	expect(guessed).toMatchObject({
		ok: true,
		value: {
			exact: true,
			rowEstimate: 2,
			rows: [
				['1', 'Ann', '1.5', '2024-01-02'],
				['2', 'Bob', null, '2024-01-03']
			]
		}
	});
	const read = await api.read({ name: 'a.csv', blob }, {}, quiet);
	expect(read).toMatchObject({
		ok: true,
		value: {
			rejects: null,
			table: {
				rowCount: 2,
				schema: [
					{ name: 'id', type: 'BIGINT' },
					{ name: 'name', type: 'VARCHAR' },
					{ name: 'amount', type: 'DOUBLE' },
					{ name: 'day', type: 'DATE' }
				],
				statistics: [
					{ column: 'id', nullCount: 0, min: '1', max: '2' },
					{ column: 'name', nullCount: 0, min: 'Ann', max: 'Bob' },
					{ column: 'amount', nullCount: 1, min: '1.5', max: '1.5' },
					{ column: 'day', nullCount: 0, min: '2024-01-02', max: '2024-01-03' }
				]
			}
		}
	});
});
