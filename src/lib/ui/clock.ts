// The time that texts such as “3 min ago” are told by.
import { createSubscriber } from 'svelte/reactivity';

const EVERY_MS = 20_000;

const subscribe = createSubscriber((update) => {
	const timer = setInterval(update, EVERY_MS);
	return () => clearInterval(timer);
});

/** What is rendered with it is rendered anew three times a minute. */
export function clockMs(): number {
	subscribe();
	return Date.now();
}
