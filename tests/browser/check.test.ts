// The check worker, in its own thread: rows go in, an encoded sketch comes out.
import { columnFromArray, tableFromColumns, tableToIPC } from '@uwdata/flechette';
import { expect, test } from 'vitest';
import { decodeSegmentSketch } from '#core/check/sketch/segment-sketch.ts';
import { jobId } from '#core/ids.ts';
import { invariant } from '#core/result.ts';
import { createCheckHost } from '#lib/threads/check-host.ts';

test('a sketch is built in the worker, and a worker that ended is started again', async () => {
	const host = createCheckHost();
	const id = jobId('sketch');
	const rows = (): Uint8Array<ArrayBuffer> => {
		const table = tableFromColumns({ n: columnFromArray(Array.from({ length: 5000 }, (_, at) => at)) });
		return tableToIPC(table, { format: 'stream' }) as Uint8Array<ArrayBuffer>;
	};
	await host.api.begin(id);
	for (const rowCount of [5000, 10_000])
		expect(await host.api.add(id, rows())).toEqual({ ok: true, value: { rowCount } });
	const encoded = await host.api.finish(id);
	invariant(encoded.ok, 'all rows were read');
	expect(decodeSegmentSketch(encoded.value)).toMatchObject({ ok: true, value: { rowCount: 10_000 } });

	host.end();
	await expect.poll(() => host.api.finish(id)).toMatchObject({ ok: false, error: { kind: 'unknown-sketch' } });
	host.end();
});
