// One request to one place that was checked, over a socket to the very address that was: the runtime's own client would ask for the name again.
import { connect } from 'cloudflare:sockets';
import { err, ok, type Result } from '#core/result.ts';
import type { CheckedPlace } from './guard.ts';
import { Arriving, readBody, readHead, type AnswerHead } from './http-answer.ts';

export type SentRequest = {
	readonly method: 'GET' | 'HEAD' | 'POST';
	/** Path and query, as a parsed URL has them. */
	readonly target: string;
	/** As the header of that name. */
	readonly host: string;
	/** Checked before: nothing in them ends a line. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body: Uint8Array | null;
};

export type Exchanged = AnswerHead & {
	/** Throws where the answer is cut off, is none, or takes too long. */
	readonly body: AsyncGenerator<Uint8Array, void>;
	/** Ends the connection; what was read of it stays. */
	readonly close: () => void;
};

export type ReachStage = 'connect' | 'tls' | 'answer' | 'timeout';

const CONNECT_MS = 10_000;
/** Of a name's addresses, how many are tried. */
const TRIED = 3;

/** `late` ends it, wherever it is. Fails: the stage at which it ended */
export async function exchange(
	place: CheckedPlace,
	isTls: boolean,
	request: SentRequest,
	late: AbortSignal
): Promise<Result<Exchanged, ReachStage>> {
	const opened = await openSocket(place, isTls, late);
	if (!opened) return err(late.aborted ? 'timeout' : 'connect');
	const { socket, close } = opened;
	const arriving = new Arriving(readerOf(socket, late));
	try {
		await untilLate(send(socket, request), late);
		const head = await readHead(arriving);
		return ok({ ...head, body: bodyOf(arriving, head, request.method, close), close });
	} catch {
		// Reset, closed, late, no HTTP, or no certificate for that name.
		close();
		return err(late.aborted ? 'timeout' : isTls && !arriving.hasBegun ? 'tls' : 'answer');
	}
}

async function* bodyOf(
	arriving: Arriving,
	head: AnswerHead,
	method: string,
	close: () => void
): AsyncGenerator<Uint8Array, void> {
	try {
		yield* readBody(arriving, head, method);
	} finally {
		close();
	}
}

type Opened = { readonly socket: Socket; readonly close: () => void };

async function openSocket(
	{ host, port, addresses }: CheckedPlace,
	isTls: boolean,
	late: AbortSignal
): Promise<Opened | null> {
	for (const address of addresses.slice(0, TRIED)) {
		const hostname = address.includes(':') ? `[${address}]` : address;
		const secureTransport = isTls ? 'starttls' : 'off';
		const plain = connect({ hostname, port }, { secureTransport, allowHalfOpen: false });
		try {
			await untilLate(plain.opened, AbortSignal.any([late, AbortSignal.timeout(CONNECT_MS)]));
		} catch {
			closeSocket(plain);
			if (late.aborted) return null;
			continue;
		}
		// The certificate has to be one of the name, though the connection is to an address.
		const socket = isTls ? plain.startTls({ expectedServerHostname: host }) : plain;
		for (const promise of [plain.closed, socket.opened, socket.closed]) promise.catch(() => undefined);
		const close = (): void => closeSocket(socket);
		// Also while nobody reads.
		late.addEventListener('abort', close, { once: true });
		return { socket, close };
	}
	return null;
}

function closeSocket(socket: Socket): void {
	socket.closed.catch(() => undefined);
	socket.close().catch(() => undefined);
}

function readerOf({ readable }: Socket, late: AbortSignal): () => Promise<Uint8Array | null> {
	const reader = (readable as ReadableStream<Uint8Array>).getReader();
	return async () => {
		const { value, done } = await untilLate(reader.read(), late);
		return done ? null : value;
	};
}

async function send({ writable }: Socket, { method, target, host, headers, body }: SentRequest): Promise<void> {
	const writer = (writable as WritableStream<Uint8Array>).getWriter();
	const lines = [
		`${method} ${target} HTTP/1.1`,
		`Host: ${host}`,
		...headers.map(([name, value]) => `${name}: ${value}`),
		...(body || method === 'POST' ? [`Content-Length: ${body?.length ?? 0}`] : []),
		'Connection: close'
	];
	await writer.write(latin1(`${lines.join('\r\n')}\r\n\r\n`));
	if (body) await writer.write(body);
	writer.releaseLock();
}

function latin1(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

async function untilLate<T>(work: Promise<T>, late: AbortSignal): Promise<T> {
	late.throwIfAborted();
	let stop: () => void = () => undefined;
	const end = new Promise<never>((_resolve, reject) => {
		stop = () => reject(new Error('late'));
		late.addEventListener('abort', stop, { once: true });
	});
	try {
		return await Promise.race([work, end]);
	} finally {
		late.removeEventListener('abort', stop);
		// Whatever comes of it when nobody waits any more.
		work.catch(() => undefined);
	}
}
