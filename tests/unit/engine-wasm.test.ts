// Modules of WebAssembly as the engine Worker gets them.
import { describe, expect, test } from 'vitest';
import { outline, slim, trampolines } from '../../tools/engine-wasm.mjs';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

const list = (items: readonly (readonly number[])[]): number[] => [items.length, ...items.flat()];
const section = (id: number, body: readonly number[]): number[] => [id, body.length, ...body];
const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];

/** Functions `main`, which calls `_ZUsed`, then `_ZShared` and `_ZUnused`, all exported; each but the first gives its place. */
const library = Uint8Array.from([
	...HEADER,
	...section(1, list([[0x60, 0, 1, 0x7f]])),
	...section(3, list([[0], [0], [0], [0]])),
	...section(7, list(['main', '_ZUsed', '_ZShared', '_ZUnused'].map((name, at) => [...text(name), 0, at]))),
	...section(10, list([[4, 0, 0x10, 1, 0x0b], ...[1, 2, 3].map((place) => [4, 0, 0x41, place, 0x0b])]))
]);
/** Imports `_ZShared`, and has a custom section. */
const extension = Uint8Array.from([
	...HEADER,
	...section(0, [...text('told'), 7]),
	...section(1, list([[0x60, 0, 1, 0x7f]])),
	...section(2, list([[...text('env'), ...text('_ZShared'), 0, 0]])),
	...section(7, list([[...text('shared'), 0, 0]]))
]);

function instanceOf(bytes: Uint8Array | undefined, imports: WebAssembly.Imports = {}): Record<string, () => number> {
	const module = new WebAssembly.Module(new Uint8Array(bytes ?? []));
	return new WebAssembly.Instance(module, imports).exports as Record<string, () => number>;
}

describe('slim', () => {
	const modules = slim({ library, extension });

	test('what another module imports is found under the same name in both', () => {
		const { main, ...rest } = instanceOf(modules['library']);
		expect(main?.()).toBe(1);
		expect(Object.keys(rest)).toHaveLength(1);
		expect(instanceOf(modules['extension'], { env: rest })['shared']?.()).toBe(2);
	});

	test('what is only called inside stays, what nothing reaches has no body', () => {
		const code = (bytes: Uint8Array | undefined): string => Array.from(bytes ?? []).join(' ');
		expect(code(modules['library'])).toContain('4 0 65 1 11');
		expect(code(modules['library'])).not.toContain('4 0 65 3 11');
	});
});

test('an outline is the header and the custom sections', () => {
	expect([...outline(extension)]).toEqual([...HEADER, ...section(0, [...text('told'), 7])]);
});

test('a trampoline of a signature calls what it was made of', () => {
	const js = { vi: (value: number) => void heard.push(value), di: (value: number) => value / 2 };
	const heard: number[] = [];
	const made = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(trampolines(['vi', 'di']))), { js });
	const { vi, di } = made.exports as Record<string, (value: number) => number>;
	vi?.(3);
	expect(heard).toEqual([3]);
	expect(di?.(5)).toBe(2.5);
});
