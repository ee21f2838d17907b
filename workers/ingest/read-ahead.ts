// Reads a source ahead of the engine: hashes its bytes as they pass, and cuts text into chunks.
import { createSHA256 } from 'hash-wasm';
import { transfer } from 'comlink';
import type { IngestFailure } from '#core/ingest/options.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { Ahead, ReadAheadApi } from './api.ts';
import { readChunks } from './chunks.ts';
import { settle } from './failures.ts';
import { readSlices, readUtf8, type Piece } from './source.ts';

/** One source at a time, on whichever thread it is made. */
export function createReadAhead(): ReadAheadApi {
	let next: ReadAheadApi['next'] = () => Promise.resolve(err({ kind: 'cancelled' }));
	return {
		hash: async (blob) => {
			const sha = await createSHA256();
			for await (const { bytes } of readSlices(blob)) sha.update(bytes);
			return sha.digest('hex');
		},
		begin: async ({ source, encoding, mark, skip, dialect }) => {
			const sha = await createSHA256();
			const pieces = readUtf8(source, encoding, mark, (bytes) => sha.update(bytes));
			const chunks = readChunks(skipBytes(pieces, skip), dialect);
			next = (used) =>
				settle(
					source.name,
					() => 'csv',
					async (): Promise<Result<Ahead, IngestFailure>> => {
						const { done, value } = await chunks.next(used ?? undefined);
						if (done) return ok({ chunk: null, sha256: sha.digest('hex') });
						return transfer(ok({ chunk: value, sha256: null }), [value.bytes.buffer]);
					}
				);
		},
		next: (used) => next(used)
	};
}

async function* skipBytes(pieces: AsyncIterable<Piece>, count: number): AsyncGenerator<Piece> {
	let skip = count;
	for await (const piece of pieces) {
		const cut = Math.min(skip, piece.bytes.length);
		skip -= cut;
		yield cut === 0 ? piece : { ...piece, bytes: piece.bytes.subarray(cut) };
	}
}
