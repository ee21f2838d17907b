// Writes a picture again with 256 colours, a byte a pixel: a third of the bytes, for pictures of pages, which have few colours.
import { crc32, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';

const COLOURS_MAX = 256;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** A palette's picture, as the header names it. */
const PALETTE = 3;

/**
 * Writes it with a palette. What covers most pixels, the ground and the marks, keeps its colour.
 *
 * Source: Portable Network Graphics (W3C, third edition), "Chunk specifications".
 * @param {Buffer} png @returns {Buffer} the same where it has a palette already
 */
export function withPalette(png) {
	const { width, height, data, palette: isDone } = PNG.sync.read(png);
	if (isDone) return png;
	const colourAt = (/** @type {number} */ pixel) => data.readUIntBE(pixel * 4, 3);
	/** @type {Map<number, number>} */
	const counts = new Map();
	for (let pixel = 0; pixel < width * height; pixel++)
		counts.set(colourAt(pixel), (counts.get(colourAt(pixel)) ?? 0) + 1);
	const boxes = boxesOf([...counts.keys()]);
	const palette = boxes.map(({ colours }) =>
		colours.reduce((most, one) => ((counts.get(one) ?? 0) > (counts.get(most) ?? 0) ? one : most))
	);
	const numbers = new Map(boxes.flatMap(({ colours }, at) => colours.map((colour) => [colour, at])));
	const rows = Buffer.alloc((width + 1) * height);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = numbers.get(colourAt(y * width + x)) ?? 0;
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, PALETTE], 8);
	return Buffer.concat([
		SIGNATURE,
		chunk('IHDR', header),
		chunk('PLTE', Buffer.from(palette.flatMap(channels))),
		chunk('IDAT', deflateSync(rows, { level: 9 })),
		chunk('IEND', Buffer.alloc(0))
	]);
}

/** @param {number} colour */
function channels(colour) {
	return [colour >> 16, (colour >> 8) & 255, colour & 255];
}

/**
 * Colours that are near one another. The box that is longest is cut in the middle, until there are enough: so that no colour, however
 * rare, becomes one that is far from it.
 *
 * @typedef {{ readonly colours: readonly number[], readonly length: number, readonly along: number, readonly middle: number }} Box
 * @param {readonly number[]} colours @returns {readonly Box[]}
 */
function boxesOf(colours) {
	const boxes = [boxOf(colours)];
	while (boxes.length < COLOURS_MAX) {
		const longest = boxes.reduce((most, one) => (one.length > most.length ? one : most));
		if (longest.length === 0) break;
		const { along, middle } = longest;
		const isBelow = (/** @type {number} */ colour) => (channels(colour)[along] ?? 0) <= middle;
		boxes.splice(
			boxes.indexOf(longest),
			1,
			boxOf(longest.colours.filter(isBelow)),
			boxOf(longest.colours.filter((colour) => !isBelow(colour)))
		);
	}
	return boxes;
}

/** @param {readonly number[]} colours @returns {Box} */
function boxOf(colours) {
	const spans = [0, 1, 2].map((along) => {
		let [low, high] = [255, 0];
		for (const colour of colours) {
			const value = channels(colour)[along] ?? 0;
			low = Math.min(low, value);
			high = Math.max(high, value);
		}
		return { colours, along, length: high - low, middle: Math.floor((low + high) / 2) };
	});
	return spans.reduce((most, one) => (one.length > most.length ? one : most));
}

/** @param {string} type @param {Buffer} body */
function chunk(type, body) {
	const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
	const framed = Buffer.alloc(typed.length + 8);
	framed.writeUInt32BE(body.length, 0);
	framed.set(typed, 4);
	framed.writeUInt32BE(crc32(typed), typed.length + 4);
	return framed;
}
