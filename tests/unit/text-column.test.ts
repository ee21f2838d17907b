import { tableFromColumns, tableFromIPC, tableToIPC } from '@uwdata/flechette';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textColumn } from '#workers/ingest/text-column.ts';

test('texts and nulls come back from a column in their order', () => {
	fc.assert(
		fc.property(fc.array(fc.option(fc.string({ unit: 'binary', maxLength: 120 }))), (cells) => {
			const bytes = tableToIPC(tableFromColumns({ cells: textColumn(cells) }), { format: 'stream' });
			expect(
				tableFromIPC(bytes ?? new Uint8Array())
					.getChild('cells')
					.toArray()
			).toEqual(cells);
		})
	);
});
