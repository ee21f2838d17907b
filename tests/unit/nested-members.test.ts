// A member that a type has no room for is found, whatever its name, and what may hold anything holds it.
import { describe, expect, it } from 'vitest';
import { columnOf, lacksMembers, memberPaths, MemberRoom } from '#core/ingest/nested-members.ts';

const room = (type: string): MemberRoom => new MemberRoom([{ name: 'o', type }]);
const strays = (type: string, value: unknown): boolean => room(type).stray(memberPaths({ o: value })) !== null;

describe('a nested value', () => {
	it.each([
		['STRUCT(a BIGINT)', { a: 1 }, false],
		['STRUCT(a BIGINT)', { A: 1 }, false],
		['STRUCT(a BIGINT)', {}, false],
		['STRUCT(a BIGINT)', { a: 1, b: null }, true],
		['STRUCT(a STRUCT(b VARCHAR, c DECIMAL(10,2)))', { a: { b: 1, c: 2 } }, false],
		['STRUCT(a STRUCT(b VARCHAR, c DECIMAL(10,2)))', { a: { d: 1 } }, true],
		['STRUCT("a, b" VARCHAR, "c ""d""" BIGINT[])', { 'a, b': 1, 'c "d"': [1] }, false],
		['STRUCT("a, b" VARCHAR)', { a: 1 }, true],
		['STRUCT(a BIGINT)[]', [{ a: 1 }, { a: 2 }], false],
		['STRUCT(a BIGINT)[]', [{ a: 1 }, { b: 2 }], true],
		['STRUCT(a BIGINT)[][3]', [[{ a: 1, b: 1 }]], true],
		['MAP(VARCHAR, BIGINT)', { any: 1 }, false],
		['JSON', { any: { deep: [{ x: 1 }] } }, false],
		['STRUCT(a JSON)', { a: { any: 1 } }, false],
		['VARCHAR', { any: 1 }, false]
	] as const)('as %s: %j strays: %j', (type, value, expected) => {
		expect(strays(type, value)).toBe(expected);
	});

	it('names the column in which it lies', () => {
		const path = room('STRUCT(a BIGINT)').stray(memberPaths({ o: { 'b.c': 1 } }));
		expect(path === null ? null : columnOf(path)).toBe('o');
	});

	it('has no paths where nothing is nested', () => {
		expect(memberPaths({ a: 1, b: null, c: 'x', d: [1, 2] })).toEqual([]);
	});

	it.each([
		['STRUCT(a BIGINT)', 'STRUCT(a INTEGER, b INTEGER)', true],
		['STRUCT(a BIGINT, b VARCHAR)', 'STRUCT(a INTEGER)', false],
		['STRUCT(a BIGINT)[]', 'STRUCT(a BIGINT, b BIGINT)[]', true],
		['JSON', 'STRUCT(a BIGINT)', false],
		['BIGINT', 'VARCHAR', false]
	] as const)('%s lacks members of %s: %j', (type, of, expected) => {
		expect(lacksMembers(type, of)).toBe(expected);
	});
});
