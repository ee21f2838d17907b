// Builds sketches from rows, merges them, tells what they say, and finds unusual rows.
import { tableFromIPC, type Table } from '@uwdata/flechette';
import { transfer } from 'comlink';
import { forestValues, planForest } from '#core/check/anomaly/forest-columns.ts';
import { growOn, rankRows, tellCauses } from '#core/check/anomaly/row-ranking.ts';
import { relationCandidates, type NamedDataset } from '#core/check/meaning/relations.ts';
import {
	SegmentSketchBuilder,
	decodeSegmentSketch,
	encodeSegmentSketch,
	mergeSegmentSketches,
	withColumnNames,
	type SegmentSketch
} from '#core/check/sketch/segment-sketch.ts';
import { compareSketches } from '#core/check/statistics/compare-sketches.ts';
import { versionStatistics } from '#core/check/statistics/version-statistics.ts';
import { err, invariant, ok, type Result } from '#core/result.ts';
import type { BrokenArrow, CheckApi } from './api.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export function createCheck(): CheckApi {
	return {
		sketch: async (arrowBytes) => {
			const table = readTable(arrowBytes);
			if (!table.ok) return table;
			const builder = new SegmentSketchBuilder();
			builder.add(table.value);
			return moved(encodeSegmentSketch(builder.finish()));
		},
		merge: async (encoded, names) => {
			const read = encoded.map((bytes) => {
				const sketch = decodeSegmentSketch(bytes);
				return sketch.ok ? withColumnNames(sketch.value, names) : null;
			});
			const sketches = read.filter((sketch): sketch is SegmentSketch => sketch !== null);
			if (sketches.length < read.length)
				return err({ kind: 'broken-sketches', at: read.flatMap((sketch, at) => (sketch ? [] : [at])) });
			const merged = mergeSegmentSketches(sketches);
			invariant(merged, 'there is a sketch to merge');
			return moved(encodeSegmentSketch(merged));
		},
		statistics: async (bytes, schema) => {
			const sketch = decodeSegmentSketch(bytes);
			return sketch.ok ? ok(versionStatistics(sketch.value, schema)) : sketch;
		},
		compare: async (before, after, rules) => {
			const old = decodeSegmentSketch(before);
			if (!old.ok) return old;
			const now = decodeSegmentSketch(after);
			return now.ok ? ok(compareSketches(old.value, now.value, rules)) : now;
		},
		relations: async (datasets, name) => {
			const read: NamedDataset[] = [];
			for (const { name: dataset, sketch: bytes } of datasets) {
				const sketch = decodeSegmentSketch(bytes);
				if (!sketch.ok) return sketch;
				read.push({ name: dataset, sketch: sketch.value });
			}
			return ok(relationCandidates(read, name));
		},
		grow: async (sample, { rowCount, isChosen, seed }) => {
			const table = readTable(sample);
			if (!table.ok) return table;
			const { used, left } = planForest(table.value, rowCount, isChosen);
			return ok({ grown: used.length === 0 ? null : growOn(used, forestValues(table.value, used), seed), left });
		},
		rank: async (grown, arrowBytes, limit) => {
			const table = readTable(arrowBytes);
			return table.ok ? ok(rankRows(grown, forestValues(table.value, grown.columns), limit)) : table;
		},
		causes: async (grown, rows) => ok(tellCauses(grown, rows))
	};
}

/** Comlink looks for what is transferred at the answer itself, not inside it. */
function moved(bytes: Bytes): Result<Bytes, never> {
	return transfer(ok(bytes), [bytes.buffer]);
}

/** Flechette throws errors of many kinds at bytes that are no Arrow. */
function readTable(arrowBytes: Bytes): Result<Table, BrokenArrow> {
	try {
		return ok(tableFromIPC(arrowBytes));
	} catch (thrown) {
		return err({ kind: 'broken-arrow', reason: thrown instanceof Error ? thrown.message : String(thrown) });
	}
}
