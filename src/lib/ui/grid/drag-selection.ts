// Follows a pressed pointer over a grid's cells, and scrolls when it leaves them.
import type { GridScroll } from './grid-scroll.svelte.ts';

/** Part of the distance outside that is scrolled each frame. */
const PULL = 1 / 3;

/** Calls `onpoint` with window coordinates until the pointer is let go. Row numbers scroll only up and down. */
export function followPointer(
	scroller: HTMLElement,
	scroll: GridScroll,
	press: PointerEvent,
	isRowNumber: boolean,
	onpoint: (xPx: number, yPx: number) => void
): void {
	let { clientX, clientY } = press;
	let frame = 0;
	const pull = (): void => {
		const { xPx, yPx } = scroll.overshoot(clientX, clientY);
		scroll.pan(isRowNumber ? 0 : xPx * PULL, yPx * PULL);
		if (xPx !== 0 || yPx !== 0) onpoint(clientX, clientY);
		frame = requestAnimationFrame(pull);
	};
	const move = (moved: PointerEvent): void => {
		({ clientX, clientY } = moved);
		onpoint(clientX, clientY);
		if (frame === 0) pull();
	};
	scroller.setPointerCapture(press.pointerId);
	scroller.addEventListener('pointermove', move);
	scroller.addEventListener(
		'lostpointercapture',
		() => {
			cancelAnimationFrame(frame);
			scroller.removeEventListener('pointermove', move);
		},
		{ once: true }
	);
}
