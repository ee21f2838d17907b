// A key belongs to its table: choosing another one leaves none behind.
import { describe, expect, it } from 'vitest';
import { keyOfChosen } from '#core/source/table-key.ts';

const table = (...names: readonly string[]) => ({
	columns: names.map((name) => ({ name: name.replace('*', ''), isKey: name.endsWith('*') }))
});

describe('the key of a table that is chosen', () => {
	it('is its own, whatever stood there', () => {
		expect(keyOfChosen(table('code*', 'n'), table('id*'), ['id'])).toEqual(['code']);
	});

	it('is none where it has none and the other one had one, of columns of the same name too', () => {
		expect(keyOfChosen(table('id', 'n'), table('id*'), ['id'])).toEqual([]);
		expect(keyOfChosen(table('n'), undefined, ['id'])).toEqual([]);
	});

	it('is what somebody wrote, as long as it has such columns', () => {
		expect(keyOfChosen(table('id', 'day'), table('code*'), ['id', 'day'])).toEqual(['id', 'day']);
		expect(keyOfChosen(table('id'), table('code*'), ['id', 'day'])).toEqual([]);
	});

	it('is left as it is of a sheet, which says no columns', () => {
		expect(keyOfChosen({}, {}, ['id'])).toEqual(['id']);
	});
});
