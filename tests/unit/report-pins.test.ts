// The versions that names in an open report mean once it was rendered.
import { expect, test } from 'vitest';
import { versionId } from '#core/ids.ts';
import { pinsOf } from '#lib/state/report-pins.ts';

const source = (name: string, version: string, committedAtMs: number) => ({
	name,
	version: versionId(version),
	committedAtMs
});
const told = (pins: ReturnType<typeof pinsOf>): Readonly<Record<string, string>> => Object.fromEntries(pins);

test('a name means the version that was shown, in small letters', () => {
	expect(told(pinsOf([source('Sales', 'a', 1), source('cities', 'b', 2)], new Map()))).toEqual({
		sales: 'a',
		cities: 'b'
	});
});

test('of a dataset that is read in several versions a name means the newest, whichever comes first', () => {
	const [old, recent] = [source('sales', 'old', 1), source('sales', 'new', 2)];
	expect(told(pinsOf([old, recent], new Map()))).toEqual({ sales: 'new' });
	expect(told(pinsOf([recent, old], new Map()))).toEqual({ sales: 'new' });
});

test('a name goes on meaning what it meant, though a newer version is shown beside it', () => {
	const before = new Map([['sales', versionId('old')]]);
	expect(told(pinsOf([source('sales', 'old', 1), source('SALES', 'new', 2)], before))).toEqual({ sales: 'old' });
});

test('what is not read any more is let go, so that it comes back as its newest version', () => {
	const before = new Map([
		['sales', versionId('old')],
		['cities', versionId('b')]
	]);
	expect(told(pinsOf([source('cities', 'b', 2)], before))).toEqual({ cities: 'b' });
	expect(told(pinsOf([], before))).toEqual({});
});
