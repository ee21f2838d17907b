// Reads geometries out of a query, batch by batch, so that what no screen shows of them never leaves the worker.
import { tableFromIPC } from '@uwdata/flechette';
import { categoryName } from '#core/report/chart-table.ts';
import { cellOf } from '#core/report/edition-table.ts';
import type { RegionShapes } from '#core/report/edition.ts';
import { ShapeReader } from '#core/report/region-shapes.ts';
import { ok, type Result } from '#core/result.ts';
import { concatBytes, END_OF_STREAM } from '#core/sql/arrow-messages.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { ShapesInput } from './api.ts';
import { from } from './attempt.ts';
import type { RunContext } from './run.ts';
import { prepare } from './statement.ts';

export async function readShapes(
	input: ShapesInput,
	{ duck, relations, job }: Pick<RunContext, 'duck' | 'relations' | 'job'>
): Promise<Result<RegionShapes, SqlFailure>> {
	return duck.using(async (connection) => {
		const statement = await prepare(duck, relations, connection, input, job, false);
		const origin = statement.origin('');
		return from(origin, async () => {
			const { header, batches } = await duck.start(connection, origin.sql, job);
			const reader = new ShapeReader();
			const key = { name: 'key', type: input.keyType, values: [] };
			for await (const batch of batches) {
				const arrow = tableFromIPC(concatBytes([header, batch, END_OF_STREAM]), { useDate: false, useBigInt: true });
				const [keys, shapes] = [arrow.getChild('key'), arrow.getChild('shape')];
				for (let row = 0; row < arrow.numRows; row++) {
					const shape: unknown = shapes.at(row);
					reader.add(categoryName(cellOf(keys.at(row)), key), typeof shape === 'string' ? shape : null);
				}
			}
			return ok(reader.finish());
		});
	});
}
