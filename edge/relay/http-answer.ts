// Reads one HTTP/1.1 answer from bytes of a server that is trusted in nothing: what is not exactly as RFC 9112 has it ends the reading. See DECISIONS.md.

export type AnswerHead = {
	readonly status: number;
	/** Names in small letters; what came several times stands together, with commas between. */
	readonly headers: ReadonlyMap<string, string>;
};

/** What came is no HTTP, or ended before its end. */
export class BrokenAnswer extends Error {}

const HEAD_BYTES = 64 * 1024;
const LINE_BYTES = 32 * 1024;
const INFORMATIONAL = 10;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Bytes as they come, by the line and by the piece. */
export class Arriving {
	readonly #read: () => Promise<Uint8Array | null>;
	#held: Uint8Array = new Uint8Array();
	#hasBegun = false;

	/** `read` answers null at the end. */
	constructor(read: () => Promise<Uint8Array | null>) {
		this.#read = read;
	}

	/** Anything came at all. */
	get hasBegun(): boolean {
		return this.#hasBegun;
	}

	/** Without its ending; as Latin-1, in which each byte is a character. */
	async line(limitBytes = LINE_BYTES): Promise<string> {
		for (;;) {
			const end = this.#held.indexOf(10);
			if (end > limitBytes || (end < 0 && this.#held.length > limitBytes)) throw new BrokenAnswer('a line is too long');
			if (end >= 0) {
				const line = this.#held.subarray(0, end > 0 && this.#held[end - 1] === 13 ? end - 1 : end);
				this.#held = this.#held.subarray(end + 1);
				return Array.from(line, (byte) => String.fromCharCode(byte)).join('');
			}
			if (!(await this.#more())) throw new BrokenAnswer('it ended in a line');
		}
	}

	/** What is there, up to so many bytes, at least one; null at the end. */
	async some(most: number): Promise<Uint8Array | null> {
		while (this.#held.length === 0) if (!(await this.#more())) return null;
		const piece = this.#held.subarray(0, most);
		this.#held = this.#held.subarray(piece.length);
		return piece;
	}

	async #more(): Promise<boolean> {
		const more = await this.#read();
		if (!more) return false;
		if (more.length > 0) this.#hasBegun = true;
		if (this.#held.length === 0) this.#held = more;
		else {
			const both = new Uint8Array(this.#held.length + more.length);
			both.set(this.#held);
			both.set(more, this.#held.length);
			this.#held = both;
		}
		return true;
	}
}

/** Fails: throws `BrokenAnswer` */
export async function readHead(arriving: Arriving): Promise<AnswerHead> {
	for (let before = 0; before <= INFORMATIONAL; before++) {
		const [, status = ''] = /^HTTP\/1\.[01] ([1-5]\d\d)( .*)?$/.exec(await arriving.line()) ?? [];
		if (status === '') throw new BrokenAnswer('it begins otherwise');
		const headers = await readHeaders(arriving);
		if (status === '101') throw new BrokenAnswer('it is another protocol');
		if (!status.startsWith('1')) return { status: Number(status), headers };
	}
	throw new BrokenAnswer('it says nothing but that it will');
}

async function readHeaders(arriving: Arriving): Promise<ReadonlyMap<string, string>> {
	const headers = new Map<string, string>();
	let sizeBytes = 0;
	for (let line = await arriving.line(); line !== ''; line = await arriving.line()) {
		sizeBytes += line.length;
		if (sizeBytes > HEAD_BYTES) throw new BrokenAnswer('its headers are too long');
		const at = line.indexOf(':');
		const [name, value] = [line.slice(0, Math.max(at, 0)).toLowerCase(), line.slice(at + 1).trim()];
		// A line that begins with a space would go on with the one before.
		if (!token.test(name) || /[\0\r]/.test(value)) throw new BrokenAnswer('a header is none');
		const before = headers.get(name);
		headers.set(name, before === undefined ? value : `${before}, ${value}`);
	}
	return headers;
}

/** Fails: throws `BrokenAnswer` where it ends before its end, as far as it says where that is. */
export async function* readBody(
	arriving: Arriving,
	{ status, headers }: AnswerHead,
	method: string
): AsyncGenerator<Uint8Array, void> {
	if (method === 'HEAD' || status === 204 || status === 304) return;
	const coding = headers.get('transfer-encoding');
	const length = headers.get('content-length');
	if (coding !== undefined) {
		if (coding.toLowerCase() !== 'chunked') throw new BrokenAnswer('its coding is unknown');
		yield* readChunks(arriving);
	} else if (length !== undefined) yield* readSized(arriving, sizeIn(length));
	else for (let piece = await arriving.some(Infinity); piece; piece = await arriving.some(Infinity)) yield piece;
}

function sizeIn(length: string): number {
	const [first = '', ...others] = length.split(/\s*,\s*/);
	if (!/^\d{1,15}$/.test(first) || others.some((one) => one !== first)) throw new BrokenAnswer('its length is none');
	return Number(first);
}

async function* readSized(arriving: Arriving, sizeBytes: number): AsyncGenerator<Uint8Array, void> {
	for (let left = sizeBytes; left > 0;) {
		const piece = await arriving.some(left);
		if (!piece) throw new BrokenAnswer('it ended early');
		left -= piece.length;
		yield piece;
	}
}

async function* readChunks(arriving: Arriving): AsyncGenerator<Uint8Array, void> {
	for (;;) {
		const [, size = ''] = /^([0-9a-f]{1,8})[ \t]*(;.*)?$/i.exec(await arriving.line(1024)) ?? [];
		if (size === '') throw new BrokenAnswer('a chunk has no size');
		const sizeBytes = parseInt(size, 16);
		if (sizeBytes === 0) break;
		yield* readSized(arriving, sizeBytes);
		if ((await arriving.line(2)) !== '') throw new BrokenAnswer('a chunk is longer than it says');
	}
	await readHeaders(arriving);
}
