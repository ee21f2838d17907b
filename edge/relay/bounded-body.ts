// The body of a source's answer as it is passed on: unpacked, no longer than it may be, and told of when it ends, however it ends.
import type { Exchanged } from './exchange.ts';

export type BodyBounds = {
	/** One byte more is passed on, so that whoever reads sees that it is too long; then it breaks off. */
	readonly limitBytes: number;
	/** Is waited for before a body that is whole ends. */
	readonly onEnd: (sizeBytes: number, isWhole: boolean) => Promise<void>;
};

export function boundedBody(
	{ body, headers, close }: Exchanged,
	{ limitBytes, onEnd }: BodyBounds
): ReadableStream<Uint8Array> {
	const coding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
	const pieces = unpacked(body, coding);
	let sizeBytes = 0;
	let hasEnded = false;
	const end = async (isWhole: boolean): Promise<void> => {
		if (hasEnded) return;
		hasEnded = true;
		close();
		await onEnd(sizeBytes, isWhole);
	};
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				try {
					const { value, done } = await pieces.next();
					if (done) {
						await end(true);
						controller.close();
						return;
					}
					const most = limitBytes + 1 - sizeBytes;
					const piece = value.subarray(0, most);
					sizeBytes += piece.length;
					if (piece.length > 0) controller.enqueue(piece);
					if (sizeBytes <= limitBytes) return;
					await end(false);
					controller.error(new Error('the answer is too long'));
				} catch (error) {
					await end(false);
					controller.error(error);
				}
			},
			async cancel() {
				await end(false);
			}
		},
		{ highWaterMark: 0 }
	);
}

/** Fails: throws for a coding that it does not know, and for bytes that are not of it. */
async function* unpacked(pieces: AsyncGenerator<Uint8Array, void>, coding: string): AsyncGenerator<Uint8Array, void> {
	if (coding === 'identity' || coding === '') {
		yield* pieces;
		return;
	}
	if (coding !== 'gzip' && coding !== 'x-gzip' && coding !== 'deflate') throw new Error('the coding is unknown');
	const packed = new ReadableStream<Uint8Array>({
		async pull(controller) {
			const { value, done } = await pieces.next();
			if (done) controller.close();
			else controller.enqueue(value);
		}
	});
	const format = coding === 'deflate' ? 'deflate' : 'gzip';
	const plain = packed.pipeThrough(new DecompressionStream(format));
	for await (const piece of plain) yield piece;
}
