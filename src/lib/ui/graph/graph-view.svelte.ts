// What part of the graph is seen, and how large: panned and zoomed by pointer, wheel, pinch and keys.
import type { Size } from '#core/pipeline/graph-layout.ts';

const LEAST = 0.25;
/** Smaller than this nobody reads: a graph that is too wide begins at its left. */
const READABLE = 0.62;
/** One that is nearly narrow enough is made a little smaller, so that its last box is not cut. */
const NEARLY = 0.5;
const MOST = 2;
const MARGIN = 28;

type Spot = { readonly x: number; readonly y: number };

export class GraphView {
	#x = $state(0);
	#y = $state(0);
	#scale = $state(1);
	/** Whoever moved it keeps what he sees; until then it fits the graph. */
	#isMoved = false;

	get x(): number {
		return this.#x;
	}
	get y(): number {
		return this.#y;
	}
	get scale(): number {
		return this.#scale;
	}
	get isMoved(): boolean {
		return this.#isMoved;
	}

	/** All of it, never larger than life; not so small that it cannot be read, unless it must be whole. */
	fit(frame: Size, graph: Size, isWhole: boolean): void {
		if (frame.width === 0 || graph.width === 0) return;
		const wanted = Math.min(
			(frame.width - 2 * MARGIN) / graph.width,
			(frame.height - 2 * MARGIN) / Math.max(1, graph.height)
		);
		const least = wanted >= NEARLY ? NEARLY : READABLE;
		// Only written here: an effect that fits would otherwise fit anew whenever the scale changes.
		const scale = clamp(wanted, isWhole ? LEAST : least, 1);
		this.#scale = scale;
		this.#x = Math.max(MARGIN, (frame.width - graph.width * scale) / 2);
		this.#y = Math.max(MARGIN, (frame.height - graph.height * scale) / 2);
		this.#isMoved = false;
	}

	pan(byX: number, byY: number): void {
		this.#x += byX;
		this.#y += byY;
		this.#isMoved = true;
	}

	/** What lies at `at` stays there. */
	zoom(factor: number, at: Spot): void {
		const next = clamp(this.#scale * factor, LEAST, MOST);
		const ratio = next / this.#scale;
		this.#x = at.x - (at.x - this.#x) * ratio;
		this.#y = at.y - (at.y - this.#y) * ratio;
		this.#scale = next;
		this.#isMoved = true;
	}

	/** Moves just so far that a box is inside. */
	reveal(frame: Size, box: Spot & Size): void {
		const left = this.#x + box.x * this.#scale;
		const top = this.#y + box.y * this.#scale;
		this.#x += inside(left, left + box.width * this.#scale, frame.width);
		this.#y += inside(top, top + box.height * this.#scale, frame.height);
	}

	/** A place in the frame as one in the graph. */
	toGraph({ x, y }: Spot): Spot {
		return { x: (x - this.#x) / this.#scale, y: (y - this.#y) / this.#scale };
	}
}

function inside(start: number, end: number, limit: number): number {
	if (start < MARGIN) return MARGIN - start;
	return end > limit - MARGIN ? limit - MARGIN - end : 0;
}

function clamp(value: number, least: number, most: number): number {
	return Math.min(most, Math.max(least, value));
}
