// The reader of a source's answer: however its bytes are cut, it reads the same; whatever they are, it ends.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arriving, BrokenAnswer, readBody, readHead } from '#edge/relay/http-answer.ts';

const encoder = new TextEncoder();

function arriving(pieces: readonly Uint8Array[]): Arriving {
	const left = [...pieces];
	return new Arriving(() => Promise.resolve(left.shift() ?? null));
}

/** Cut at these places. */
function cut(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
	const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b);
	return [0, ...ends].map((from, at) => bytes.slice(from, ends[at] ?? bytes.length));
}

async function read(pieces: readonly Uint8Array[]): Promise<{ readonly status: number; readonly text: string } | null> {
	try {
		const source = arriving(pieces);
		const head = await readHead(source);
		let text = '';
		for await (const piece of readBody(source, head, 'GET')) text += new TextDecoder('latin1').decode(piece);
		return { status: head.status, text };
	} catch (error) {
		if (error instanceof BrokenAnswer) return null;
		throw error;
	}
}

const chunk = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' });
const framed = fc.oneof(
	fc.array(chunk).map((chunks) => {
		const text = chunks.join('');
		return { text, wire: `Content-Length: ${text.length}\r\n\r\n${text}` };
	}),
	fc.array(chunk).map((chunks) => {
		const parts = chunks.map((one) => `${one.length.toString(16)};a=b\r\n${one}\r\n`).join('');
		return { text: chunks.join(''), wire: `Transfer-Encoding: chunked\r\n\r\n${parts}0\r\nX: y\r\n\r\n` };
	}),
	fc.array(chunk).map((chunks) => ({ text: chunks.join(''), wire: `\r\n${chunks.join('')}` }))
);
const places = fc.array(fc.nat(2000), { maxLength: 12 });

test('an answer reads the same however it is cut into pieces', () =>
	fc.assert(
		fc.asyncProperty(framed, places, fc.boolean(), async ({ text, wire }, at, isTold) => {
			const before = isTold ? 'HTTP/1.1 100 Continue\r\n\r\n' : '';
			const bytes = encoder.encode(`${before}HTTP/1.1 201 Made\r\nServer: a\r\n${wire}`);
			expect(await read(cut(bytes, at))).toEqual({ status: 201, text });
		}),
		{ numRuns: 500 }
	));

test('an answer that is cut off before its end is not taken for a whole one, where it says how long it is', () =>
	fc.assert(
		fc.asyncProperty(framed, fc.nat(), async ({ wire }, at) => {
			fc.pre(!wire.startsWith('\r\n'));
			const whole = encoder.encode(`HTTP/1.1 200 OK\r\n${wire}`);
			expect(await read([whole.slice(0, at % whole.length)])).toBe(null);
		}),
		{ numRuns: 500 }
	));

const hostile = fc.array(
	fc.oneof(
		fc.constantFrom(
			'HTTP/1.1 200 OK\r\n',
			'HTTP/1.1 100\r\n\r\n',
			'Transfer-Encoding: chunked\r\n',
			'Content-Length: 5\r\n',
			'Content-Length: -5\r\n',
			'Content-Length: 5, 6\r\n',
			'\r\n',
			'\n',
			'0\r\n',
			'-5\r\n',
			'ffffffff\r\n',
			'fffffffff\r\n',
			': x\r\n',
			' folded\r\n'
		),
		fc.string({ unit: 'binary', maxLength: 20 })
	),
	{ maxLength: 30 }
);

test('bytes of any kind are read to an end or refused', () =>
	fc.assert(
		fc.asyncProperty(hostile, places, async (texts, at) => {
			const bytes = encoder.encode(`HTTP/1.1 200 OK\r\n${texts.join('')}`);
			const answer = await read(cut(bytes, at));
			expect(answer === null || answer.text.length <= bytes.length).toBe(true);
		}),
		{ numRuns: 2000 }
	));

test('a line or a head without end is refused before it is kept', async () => {
	const endless = (text: string): Arriving => new Arriving(() => Promise.resolve(encoder.encode(text)));
	await expect(readHead(endless('x'.repeat(1000)))).rejects.toThrow(BrokenAnswer);
	await expect(readHead(endless('HTTP/1.1 100 Wait\r\n\r\n'))).rejects.toThrow(BrokenAnswer);
	let isFirst = true;
	const headers = new Arriving(() => {
		const bytes = encoder.encode(isFirst ? 'HTTP/1.1 200 OK\r\n' : `A: ${'b'.repeat(1000)}\r\n`);
		isFirst = false;
		return Promise.resolve(bytes);
	});
	await expect(readHead(headers)).rejects.toThrow('its headers are too long');
});
