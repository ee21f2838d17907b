// A thread that helps with a training: it waits for operations, does its share of each, and says so.
import { instantiate } from './exports.ts';
import type { Layout } from './layout.ts';
import { controlOf, operations, perform, word } from './operations.ts';

export type ThreadStart = {
	readonly module: WebAssembly.Module;
	readonly memory: WebAssembly.Memory;
	readonly layout: Layout;
	/** From 1: the thread that trains is 0. */
	readonly thread: number;
};

/** A wait in the operating system takes longer than the pause between two operations mostly does. */
const SPINS = 100_000;

/** Returns when the training ends; until then the thread hears no messages. */
export function help({ module, memory, layout, thread }: ThreadStart): void {
	const kernel = instantiate(module, memory);
	const control = controlOf(memory, layout);
	const leaves = new Float64Array(memory.buffer, layout.leaves, 3 * layout.slotCount);
	const { words } = control;
	for (let done = 0; ;) {
		let spins = 0;
		while (Atomics.load(words, word.sequence) === done)
			if (++spins > SPINS) Atomics.wait(words, word.sequence, done, 1000);
		done = Atomics.load(words, word.sequence);
		if (words[word.operation] === operations.end) return;
		perform(kernel, layout, control, leaves, thread);
		Atomics.add(words, word.done, 1);
		Atomics.notify(words, word.done);
	}
}
