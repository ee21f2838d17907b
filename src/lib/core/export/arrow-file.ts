// Makes an Arrow IPC file of a stream's messages: magic, the messages, and a footer that lists the batches.
// Source: Apache Arrow, "IPC File Format" and format/File.fbs.
import { END_OF_STREAM, concatBytes, headerTable, metadataLength } from '../sql/arrow-messages.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** `ARROW1` in ASCII. */
const MAGIC = Uint8Array.of(0x41, 0x52, 0x52, 0x4f, 0x57, 0x31);
/** The magic is padded to eight bytes at the file's start, and not at its end. */
const START_BYTES = 8;
/** Arrow's metadata version V5. */
const VERSION = 4;

type Block = { readonly offset: number; readonly metaLength: number; readonly bodyLength: number };

export class ArrowFileWriter {
	readonly #schema: Bytes;
	readonly #blocks: Block[] = [];
	#length = START_BYTES;

	/** `schema` is the stream's first message. */
	constructor(schema: Bytes) {
		this.#schema = schema;
	}

	start(): Bytes {
		const magic = new Uint8Array(START_BYTES);
		magic.set(MAGIC);
		this.#length += this.#schema.byteLength;
		return concatBytes([magic, this.#schema]);
	}

	/** Notes where the batch stands; the caller writes the message as it is. */
	add(batch: Bytes): void {
		const metaLength = metadataLength(batch);
		this.#blocks.push({ offset: this.#length, metaLength, bodyLength: batch.byteLength - metaLength });
		this.#length += batch.byteLength;
	}

	end(): Bytes {
		const footer = this.#footer();
		const length = new Uint8Array(4);
		new DataView(length.buffer).setInt32(0, footer.byteLength, true);
		return concatBytes([END_OF_STREAM, footer, length, MAGIC]);
	}

	/**
	 * | bytes | what |
	 * | --- | --- |
	 * | 0..4 | offset of the footer table |
	 * | 4..16 | its field table: 12 bytes long, table of 20 bytes; version at 16, schema at 4, no dictionaries, batches at 8 |
	 * | 16..36 | the footer table: offset back to the field table, schema, batches, unused, version |
	 * | 40.. | the schema message's metadata, whose inner offsets stay right |
	 * | then | count of batches, and 24 bytes for each |
	 */
	#footer(): Bytes {
		const TABLE = 16;
		const SCHEMA = 40;
		const schema = this.#schema.subarray(0, metadataLength(this.#schema));
		// The vector's items, behind its 4-byte count, stand at a multiple of eight.
		const count = ((SCHEMA + schema.byteLength + 4 + 7) & ~7) - 4;
		const footer = new Uint8Array(count + 4 + this.#blocks.length * 24);
		const view = new DataView(footer.buffer);
		view.setUint32(0, TABLE, true);
		for (const [index, value] of [12, 20, 16, 4, 0, 8].entries()) view.setUint16(4 + index * 2, value, true);
		view.setInt32(TABLE, TABLE - 4, true);
		view.setUint32(TABLE + 4, SCHEMA + headerTable(this.#schema) - (TABLE + 4), true);
		view.setUint32(TABLE + 8, count - (TABLE + 8), true);
		view.setInt16(TABLE + 16, VERSION, true);
		footer.set(schema, SCHEMA);
		view.setUint32(count, this.#blocks.length, true);
		for (const [index, block] of this.#blocks.entries()) {
			const at = count + 4 + index * 24;
			view.setBigInt64(at, BigInt(block.offset), true);
			view.setInt32(at + 8, block.metaLength, true);
			view.setBigInt64(at + 16, BigInt(block.bodyLength), true);
		}
		return footer;
	}
}
