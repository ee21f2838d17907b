// Compares two pictures the way a person does who looks for what moved: by the mean colour of small squares, not pixel by pixel.
//
// Note: why squares. Another Chromium draws the edges of letters a little differently, all over the picture, while a mark that is lost
// or moved differs wholly at one place. A share of all pixels lets the second pass in a large picture before it forgives the first;
// a square's mean hardly knows the edges and knows the mark.

/** Four bytes a pixel: red, green, blue, and how opaque it is, which is not looked at. */
export type Picture = {
	readonly data: Uint8Array | Uint8ClampedArray;
	readonly metadata: { readonly width: number; readonly height: number };
};

type Compared = { readonly pass: boolean; readonly diff: Uint8Array | null; readonly message: string | null };

const SQUARE_PX = 8;
const STEP_PX = 4;
/** Of the 255 of a channel, how far a square's mean may be off: what Chromium 150 draws of the pictures of 156 is within it. */
const MEAN_OFF_MAX = 14;
/** What is drawn a hair aside is where it was. */
const ASIDE_PX = [0, -1, 1];

/** As vitest asks for it. The diff is the new picture, pale, with red where it differs. */
export function comparePictures(
	reference: Picture,
	actual: Picture,
	{ createDiff = false }: { readonly createDiff?: boolean } = {}
): Compared {
	const { width, height } = reference.metadata;
	if (actual.metadata.width !== width || actual.metadata.height !== height)
		return {
			pass: false,
			diff: null,
			message: `It is ${actual.metadata.width} × ${actual.metadata.height} px large, and was ${width} × ${height}.`
		};
	const off = differingSquares(reference, actual);
	const worst = off.reduce((one, other) => (other.by > one.by ? other : one), { x: 0, y: 0, by: 0 });
	return {
		pass: off.length === 0,
		diff: createDiff ? paleWith(actual, off) : null,
		message:
			off.length === 0
				? null
				: `${off.length} squares differ; most at ${worst.x}, ${worst.y} px, by ${Math.round(worst.by)} of 255.`
	};
}

type Square = { readonly x: number; readonly y: number; readonly by: number };

function differingSquares(reference: Picture, actual: Picture): readonly Square[] {
	const { width, height } = reference.metadata;
	const [before, after] = [summed(reference), summed(actual)];
	const found: Square[] = [];
	for (let y = 0; y < height; y += STEP_PX)
		for (let x = 0; x < width; x += STEP_PX) {
			const mean = meanAt(after, x, y);
			let by = Infinity;
			for (const down of ASIDE_PX)
				for (const right of ASIDE_PX)
					if (by > MEAN_OFF_MAX) by = Math.min(by, distance(mean, meanAt(before, x + right, y + down)));
			if (by > MEAN_OFF_MAX) found.push({ x, y, by });
		}
	return found;
}

type Rgb = readonly [number, number, number];

function distance(one: Rgb, other: Rgb): number {
	return Math.max(Math.abs(one[0] - other[0]), Math.abs(one[1] - other[1]), Math.abs(one[2] - other[2]));
}

/** Of each channel, at each pixel the sum of all above and left of it. */
type Sums = { readonly sums: Float64Array; readonly width: number; readonly height: number };

function summed({ data, metadata: { width, height } }: Picture): Sums {
	const stride = (width + 1) * 3;
	const sums = new Float64Array(stride * (height + 1));
	for (let y = 0; y < height; y++)
		for (let channel = 0; channel < 3; channel++) {
			let row = 0;
			for (let x = 0; x < width; x++) {
				row += data[(y * width + x) * 4 + channel] ?? 0;
				const at = (y + 1) * stride + (x + 1) * 3 + channel;
				sums[at] = row + (sums[at - stride] ?? 0);
			}
		}
	return { sums, width, height };
}

function meanAt({ sums, width, height }: Sums, x: number, y: number): Rgb {
	const stride = (width + 1) * 3;
	const [left, right] = [within(x, width), within(x + SQUARE_PX, width)];
	const [top, bottom] = [within(y, height), within(y + SQUARE_PX, height)];
	const area = Math.max(1, (right - left) * (bottom - top));
	const mean = (channel: number): number =>
		((sums[bottom * stride + right * 3 + channel] ?? 0) -
			(sums[top * stride + right * 3 + channel] ?? 0) -
			(sums[bottom * stride + left * 3 + channel] ?? 0) +
			(sums[top * stride + left * 3 + channel] ?? 0)) /
		area;
	return [mean(0), mean(1), mean(2)];
}

function within(at: number, length: number): number {
	return Math.min(length, Math.max(0, at));
}

function paleWith({ data, metadata: { width, height } }: Picture, off: readonly Square[]): Uint8Array {
	const made = Uint8Array.from(data, (value, at) => (at % 4 === 3 ? 255 : 180 + value * 0.29));
	for (const { x, y } of off)
		for (let row = y; row < Math.min(height, y + SQUARE_PX); row++)
			for (let column = x; column < Math.min(width, x + SQUARE_PX); column++)
				made.set([220, 0, 0, 255], (row * width + column) * 4);
	return made;
}
