// Builds sketches from rows that come in pieces.
import { tableFromIPC, type Table } from '@uwdata/flechette';
import { transfer } from 'comlink';
import {
	SegmentSketchBuilder,
	decodeSegmentSketch,
	encodeSegmentSketch,
	mergeSegmentSketches,
	type SegmentSketch
} from '#core/check/sketch/segment-sketch.ts';
import type { JobId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { CheckApi, SketchFailure } from './api.ts';

export function createCheck(): CheckApi {
	const builders = new Map<JobId, { readonly builder: SegmentSketchBuilder; rowCount: number }>();
	return {
		begin: async (id) => {
			builders.set(id, { builder: new SegmentSketchBuilder(), rowCount: 0 });
			return ok(undefined);
		},
		add: async (id, arrowBytes) => {
			const started = builders.get(id);
			if (!started) return err({ kind: 'unknown-sketch', id });
			const table = readTable(arrowBytes);
			if (!table.ok) {
				builders.delete(id);
				return table;
			}
			started.builder.add(table.value);
			started.rowCount += table.value.numRows;
			return ok({ rowCount: started.rowCount });
		},
		finish: async (id) => {
			const started = builders.get(id);
			if (!started) return err({ kind: 'unknown-sketch', id });
			builders.delete(id);
			const bytes = encodeSegmentSketch(started.builder.finish());
			return transfer(ok(bytes), [bytes.buffer]);
		},
		merge: async (encoded) => {
			const sketches: SegmentSketch[] = [];
			for (const bytes of encoded) {
				const sketch = decodeSegmentSketch(bytes);
				if (!sketch.ok) return sketch;
				sketches.push(sketch.value);
			}
			const merged = mergeSegmentSketches(sketches);
			if (!merged) return err({ kind: 'no-sketches' });
			const bytes = encodeSegmentSketch(merged);
			return transfer(ok(bytes), [bytes.buffer]);
		},
		cancel: async (id) => {
			builders.delete(id);
			return ok(undefined);
		}
	};
}

/** Flechette throws errors of many kinds at bytes that are no Arrow. */
function readTable(arrowBytes: Uint8Array): Result<Table, SketchFailure> {
	try {
		return ok(tableFromIPC(arrowBytes));
	} catch (thrown) {
		return err({ kind: 'broken-arrow', reason: thrown instanceof Error ? thrown.message : String(thrown) });
	}
}
