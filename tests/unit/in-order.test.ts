// What layers say while they run side by side.
import { expect, test } from 'vitest';
import { inOrder } from '../../tools/in-order.mjs';

test('the first to be shown is shown at once, the others in order once those before them ended', () => {
	const shown: string[] = [];
	const output = inOrder(['lint', 'unit', 'browser'], (text) => shown.push(String(text)));
	output.sayAs('browser')('b1');
	output.sayAs('lint')('l1');
	expect(shown).toEqual(['l1']);
	output.end('browser');
	output.sayAs('unit')('u1');
	output.sayAs('lint')('l2');
	output.end('lint');
	expect(shown).toEqual(['l1', 'l2', 'u1']);
	output.sayAs('unit')('u2');
	output.end('unit');
	expect(shown).toEqual(['l1', 'l2', 'u1', 'u2', 'b1']);
});

test('what was said by those that never ended is shown at the close, once', () => {
	const shown: string[] = [];
	const output = inOrder(['lint', 'unit'], (text) => shown.push(String(text)));
	output.sayAs('unit')('u1');
	output.sayAs('lint')('l1');
	output.close();
	output.close();
	expect(shown).toEqual(['l1', 'u1']);
});
