// Reads Arrow IPC, as a file (Feather) or as a stream.
import { CompressionType, setCompressionCodec, tableFromIPC, tableToIPC } from '@uwdata/flechette';
import { decodeLz4Frame } from '#core/ingest/lz4-frame.ts';
import type { IngestOptions, IngestOverrides, Preview } from '#core/ingest/options.ts';
import type { ReadContext, ReadTable } from './csv.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import { guessRelation, planRelation, readRelation, sliceOf, WHOLE_MAX_BYTES, type Relation } from './parquet.ts';
import { readWhole, type Source } from './source.ts';

export async function guessArrow(engine: Engine, source: Source, overrides: IngestOverrides): Promise<Preview> {
	const relation = await openArrow(engine, source);
	try {
		return guessRelation(engine, relation, optionsOf(source, planRelation(engine, relation, overrides).columns));
	} finally {
		relation.drop();
	}
}

export async function readArrow(
	engine: Engine,
	source: Source,
	overrides: IngestOverrides,
	{ onProgress }: Pick<ReadContext, 'onProgress'>
): Promise<ReadTable> {
	const relation = await openArrow(engine, source);
	try {
		const planned = planRelation(engine, relation, overrides);
		const options = optionsOf(source, planned.columns);
		return readRelation(engine, { relation, source, options, types: planned.types }, onProgress);
	} finally {
		relation.drop();
	}
}

async function openArrow(engine: Engine, source: Source): Promise<Relation> {
	const bytes = await readWhole(source, WHOLE_MAX_BYTES);
	if (bytes === null) throw new Stopped({ kind: 'too-large', source: source.name, limit: '512 MB of Arrow' });
	const unreadable = (reason: string): Stopped =>
		new Stopped({ kind: 'unreadable-source', source: source.name, format: 'arrow', reason, line: null });
	if (bytes[0] === 0x46) throw unreadable('this is the old Feather version 1; save it as version 2');
	const { stream, rowCount } = plainStream(bytes, unreadable);
	const table = 'arrow_source';
	engine.query(`DROP TABLE IF EXISTS ${table}`);
	engine.insertArrow(table, stream);
	const drop = (): void => void engine.query(`DROP TABLE IF EXISTS ${table}`);
	return {
		sql: table,
		slice: (at, count) => sliceOf(table, at, count),
		rowCount,
		rowBytes: rowCount === 0 ? 0 : bytes.length / rowCount,
		drop
	};
}

/**
 * The stream form, uncompressed: the only one the engine takes; other bytes trap it or are ignored in silence.
 *
 * Flechette reads all of it first, so that damage is found by a reader that can say so.
 */
function plainStream(
	bytes: Uint8Array,
	unreadable: (reason: string) => Stopped
): { stream: Uint8Array; rowCount: number } {
	let compressed = false;
	setCompressionCodec(CompressionType.LZ4_FRAME, {
		encode: () => {
			throw new Error('Arrow is written without compression');
		},
		decode: (frame: Uint8Array) => {
			compressed = true;
			return decodeLz4Frame(frame);
		}
	});
	try {
		const table = tableFromIPC(bytes, { useBigInt: true, useDecimalInt: true });
		if (table.numCols === 0) throw unreadable('there are no columns in it');
		if (compressed) {
			const stream = tableToIPC(table, { format: 'stream' });
			if (stream) return { stream, rowCount: table.numRows };
		}
		return { stream: bytes[0] === 0x41 ? bytes.slice(8) : bytes, rowCount: table.numRows };
	} catch (thrown) {
		if (thrown instanceof Stopped) throw thrown;
		const reason = thrown instanceof Error ? thrown.message : String(thrown);
		if (/compression codec/i.test(reason)) {
			throw unreadable('its buffers are compressed with zstd; save it uncompressed or with lz4');
		}
		throw unreadable(`it is cut off or damaged (${reason})`);
	}
}

const optionsOf = (source: Source, columns: IngestOptions['columns']): IngestOptions => ({
	format: 'arrow',
	compression: source.compression,
	csv: null,
	json: null,
	excel: null,
	columns
});
