// Plans of published queries without an engine: orders, what of a file is left unread, and how others ask. `tests/browser/published-queries.test.ts`
// holds plans against the engine.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparedAs, comparisonOf } from '#core/query/compared-as.ts';
import { addressText, clientText, curlText } from '#core/query/given-text.ts';
import type { ParameterType } from '#core/query/named-query.ts';
import { isLike } from '#core/query/like.ts';
import { readPlan, type ParameterValues } from '#core/query/plan-tests.ts';
import { planTests, type PlanCondition, type QueryPlan } from '#core/query/query-plan.ts';
import { compareCells, compareTimes, type Cell } from '#core/share/cells.ts';

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

test('texts are in the order of their bytes, as the engine has them', () => {
	const text = fc.string({
		unit: fc.constantFrom('a', 'é', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{1f500}')
	});
	fc.assert(
		fc.property(text, text, (one, other) => {
			expect(Math.sign(compareCells(one, other))).toBe(Buffer.compare(utf8(one), utf8(other)));
		})
	);
});

test('times follow one another across years of other lengths', () => {
	const inOrder = ['-infinity', '-000043-03-15', '0000-01-01', '0999-12-31', '2024-02-29', '+012345-01-01', 'infinity'];
	expect(inOrder.toReversed().toSorted(compareTimes)).toEqual(inOrder);
});

test('a type is compared with what the engine compares it with alike, and with nothing else', () => {
	const alike = (type: string): string => {
		const as = comparedAs(type);
		const types = ['text', 'integer', 'decimal', 'exact', 'date', 'timestamp', 'boolean'] as const;
		return as === null ? 'nothing' : types.filter((one) => comparisonOf(as, one)).join(' ');
	};
	expect(alike('BIGINT')).toBe('integer decimal exact');
	expect(alike('FLOAT')).toBe('decimal');
	expect(alike('DECIMAL(15,2)')).toBe('integer decimal exact');
	expect(alike('VARCHAR')).toBe('text');
	expect(alike('TIMESTAMP')).toBe('date timestamp');
	expect(alike('DATE')).toBe('date');
	for (const type of [
		'DECIMAL(16,2)',
		'UBIGINT',
		'HUGEINT',
		'TIMESTAMP WITH TIME ZONE',
		'UUID',
		'INTEGER[]',
		"ENUM('a')"
	])
		expect(alike(type), type).toBe('nothing');
});

describe('a condition', () => {
	const numbers: fc.Arbitrary<Cell> = fc.option(fc.constantFrom(-1, 0, 1, 2, 3, 2 ** 53));
	const values = fc.constantFrom('-1', '0', '1', '2', '9007199254740993');
	const planned = (condition: PlanCondition, type: ParameterType, isList: boolean): QueryPlan => ({
		parameters: [
			{
				...{ name: 'p', type, isList, description: null, default: null, isRequired: false },
				...{ allowed: null, min: null, max: null }
			}
		],
		columns: [{ column: 'a', as: 'a' }],
		where: [condition],
		...{ order: [], limit: null, pageRows: 10 }
	});

	test('leaves no group of rows unread of which a row meets it', () => {
		const tests = planTests.filter((one) => !/like|contains|starts-with/.test(one));
		fc.assert(
			fc.property(
				fc.array(numbers, { minLength: 1, maxLength: 6 }),
				fc.constantFrom(...tests),
				fc.uniqueArray(values, { maxLength: 3 }),
				fc.constantFrom<ParameterType>('integer', 'decimal'),
				(cells, test, list, type) => {
					const isMember = test === 'in';
					const operands = test.startsWith('is-') ? [] : [{ parameter: 'p' }];
					const plan = planned({ column: 'a', test, operands, unlessNull: null }, type, isMember);
					const given: ParameterValues = new Map([['p', isMember ? list : (list[0] ?? null)]]);
					const read = readPlan(plan, given, new Map([['a', 'integer']]));
					if (!read.ok) return expect.unreachable(JSON.stringify(read.error));
					const asked = read.value.tests[0]?.[0];
					const known = cells.filter((cell) => cell !== null).toSorted(compareCells);
					const bounds = known.length > 0 ? { min: known[0] ?? null, max: known.at(-1) ?? null } : {};
					const range = { ...bounds, nullCount: cells.length - known.length };
					if (cells.some((cell) => asked?.holds(cell))) expect(asked?.mayHold(range, cells.length)).toBe(true);
				}
			)
		);
	});

	test('asks nothing where its value is not given, if it says so, and else of nothing holds', () => {
		const condition: PlanCondition = { column: 'a', test: '>=', operands: [{ parameter: 'p' }], unlessNull: 'p' };
		const none: ParameterValues = new Map([['p', null]]);
		const columns = new Map([['a', 'integer' as const]]);
		const free = readPlan(planned(condition, 'integer', false), none, columns);
		expect(free.ok && free.value.tests).toEqual([]);
		const bound = readPlan(planned({ ...condition, unlessNull: null }, 'integer', false), none, columns);
		expect(bound.ok && [null, 0, 1].some((cell) => bound.value.tests[0]?.some(({ holds }) => holds(cell)))).toBe(false);
	});
});

test('a pattern fits what the same one fits as a regular expression, and takes its time', () => {
	const signs = fc.array(fc.constantFrom('%', '_', 'a', 'b', '\u{1f500}'), { maxLength: 8 });
	const texts = fc.array(fc.constantFrom('a', 'b', '\u{1f500}', '\n'), { maxLength: 8 });
	fc.assert(
		fc.property(signs, texts, (pattern, text) => {
			const expression = pattern.join('').replaceAll('%', '.*').replaceAll('_', '.');
			const fits = new RegExp(`^(?:${expression})$`, 'su').test(text.join(''));
			expect(isLike(text.join(''), pattern.join(''))).toBe(fits);
		})
	);
	expect(isLike('a'.repeat(5000), `${'%a'.repeat(200)}%b`)).toBe(false);
});

test('an address has each value as it was given, and a list as often as it has members', () => {
	const values = { city: "Bodø & 'co'", kinds: ['sun', 'a,b'], since: undefined };
	const address = addressText('https://weir.example.org/q', values);
	expect(address).toBe("https://weir.example.org/q/rows?city=Bod%C3%B8%20%26%20'co'&kinds=sun&kinds=a%2Cb");
	expect(addressText('/q', {})).toBe('/q/rows');
	expect(curlText(address)).toBe(`curl '${address.replaceAll("'", '%27')}'\n`);
	expect(clientText('https://weir.example.org/p', 'q', values)).toContain('.ask("q", { city: ');
});
