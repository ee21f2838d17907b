import {
	columnFromArray,
	decimal,
	float32,
	float64,
	int16,
	tableFromColumns,
	tableFromIPC,
	tableToIPC,
	utf8,
	int64,
	list,
	timestamp,
	TimeUnit
} from '@uwdata/flechette';
import { describe, expect, test } from 'vitest';
import { joinStreams } from '#core/sql/arrow-messages.ts';
import { DEFAULT_LIMITS, type UserFunction } from '#core/script/user-function.ts';
import { createScript } from '#workers/script/script.ts';
import { inlineRow } from '#workers/script/inline-row.ts';
import { spreadRow } from '#workers/script/spread-row.ts';

const script = createScript();

function fn(code: string, outputs: Readonly<Record<string, string>>, more: Partial<UserFunction> = {}): UserFunction {
	return {
		code,
		language: 'javascript',
		mode: 'row',
		inputs: null,
		outputs: Object.entries(outputs).map(([name, type]) => ({ name, type })),
		limits: DEFAULT_LIMITS,
		tests: [],
		...more
	};
}

const rows = tableFromColumns({
	n: columnFromArray([1, 2.5, null, -4], float64()),
	s: columnFromArray(['a', 'ß', null, '"\n'], utf8()),
	big: columnFromArray([1n, 2n ** 60n, null, -3n], int64()),
	t: columnFromArray([0, 86_400_000, null, 1], timestamp(TimeUnit.MILLISECOND, null)),
	l: columnFromArray([[1, 2], [], null, [3, null]], list(float64()))
});
const arrow = (): Uint8Array<ArrayBuffer> => tableToIPC(rows, { format: 'stream' }) as Uint8Array<ArrayBuffer>;

async function valuesOf(of: UserFunction): Promise<readonly unknown[][]> {
	const called = await script.call(of, arrow(), 0);
	if (!called.ok) throw new Error(JSON.stringify(called.error));
	const table = tableFromIPC(called.value.arrow, { useDate: true });
	return table.schema.fields.map((_field, index) => Array.from(table.getChildAt(index)));
}

test('a test of whole numbers expects numbers, and texts beyond 2^53', async () => {
	const tests = [4, '4', '1152921504606846976'].map((y, at) => ({
		name: `${at}`,
		rows: [{ n: at < 2 ? 2 : 0 }],
		expect: [{ y }]
	}));
	const outcomes = await script.test(
		fn('export default ({ n }) => (n === 0 ? 2n ** 60n : n * 2)', { y: 'BIGINT' }, { tests })
	);
	expect(outcomes.ok && outcomes.value.map(({ passed }) => passed)).toEqual([true, false, true]);
});

test('an answer that is no number is told by what it is, and is asked for nothing', async () => {
	const answers = ['0n', 'Symbol()', '"1"', '({ y: 1 })', '({ x: 1 })', 'NaN', 'null', 'true', '[1]'];
	const counted = `{ y: calls, valueOf: () => ++calls }`;
	const outcomes: unknown[] = [];
	for (const answer of [...answers, counted]) {
		const code = `let calls = 0;\nexport default ({ n }) => { const given = (${answer}); return given; }`;
		const called = await script.call(fn(code, { y: 'DOUBLE' }), arrow(), 0);
		const first: unknown = called.ok ? tableFromIPC(called.value.arrow).getChildAt(0).at(3) : null;
		outcomes.push(called.ok ? first : 'found' in called.error ? called.error.found : called.error);
	}
	expect(outcomes).toEqual(['a bigint', 'a symbol', 'a text', 1, 'missing', NaN, null, 'a boolean', 'a list', 0]);
});

describe('values', () => {
	test('numbers, texts, nulls, moments and lists go in and come out as they are', async () => {
		const code = `export default ({ n, s, big, t, l }) => ({ n, s, big, t, l, f: n === null })`;
		const outputs = { n: 'DOUBLE', s: 'VARCHAR', big: 'BIGINT', t: 'TIMESTAMP', l: 'DOUBLE[]', f: 'BOOLEAN' };
		expect(await valuesOf(fn(code, outputs))).toEqual([
			[1, 2.5, null, -4],
			['a', 'ß', null, '"\n'],
			['1', String(2n ** 60n), null, '-3'],
			[new Date(0), new Date(86_400_000), null, new Date(1)],
			['[1,2]', '[]', null, '[3,null]'],
			[false, false, true, false]
		]);
	});

	test('one output can be given bare, and the row number is told', async () => {
		expect(await valuesOf(fn('export default (_row, index) => index * 10', { x: 'INTEGER' }))).toEqual([
			[0, 10, 20, 30]
		]);
	});

	test('a batch function gives as many rows as it likes', async () => {
		const code = `export default ({ columns, rowCount }) => ({ s: columns.s.filter((one) => one !== null).concat(String(rowCount)) })`;
		expect(await valuesOf(fn(code, { s: 'VARCHAR' }, { mode: 'batch' }))).toEqual([['a', 'ß', '"\n', '4']]);
	});

	test('answers of several batches are one stream, nulls and all', async () => {
		const code = 'export default ({ n, s }) => ({ n, s })';
		const calls = [0, 4, 8].map((startRow) => script.call(fn(code, { n: 'DOUBLE', s: 'VARCHAR' }), arrow(), startRow));
		const streams = (await Promise.all(calls)).map((called) => {
			if (!called.ok) throw new Error(JSON.stringify(called.error));
			return called.value.arrow;
		});
		const joined = joinStreams(streams);
		const table = tableFromIPC(joined ?? new Uint8Array());
		const [n, s] = [Array.from(table.getChildAt(0)), Array.from(table.getChildAt(1))];
		const once = [1, 2.5, null, -4];
		expect(n).toEqual([...once, ...once, ...once]);
		expect(s.slice(8)).toEqual(['a', 'ß', null, '"\n']);
		expect(joinStreams([])).toBeNull();
	});

	test('numbers of every width come as numbers, decimals too', async () => {
		const table = tableFromColumns({
			small: columnFromArray([1, null, -3], int16()),
			big: columnFromArray([1n, null, -3n], int64()),
			half: columnFromArray([0.5, null, 2], float32()),
			price: columnFromArray([1.25, null, -3.5], decimal(9, 2, 128))
		});
		const bytes = tableToIPC(table, { format: 'stream' }) as Uint8Array<ArrayBuffer>;
		const sum = 'export default ({ small, big, half, price }) => small === null ? null : small + big + half + price';
		const called = await script.call(fn(sum, { x: 'DOUBLE' }), bytes, 0);
		if (!called.ok) throw new Error(JSON.stringify(called.error));
		expect(Array.from(tableFromIPC(called.value.arrow).getChildAt(0))).toEqual([3.75, null, -7.5]);
	});

	test.each([
		['at once', 'export default ({ n, s }, row) => `${row} ${n} ${s}`'],
		['in lines', '// of two\nconst a = 1;\nexport default (\n\t{\n\t\ts,\n\t\tn\n\t},\n\trow\n) => `${row} ${n} ${s}`'],
		['with a default', 'export default ({ n, s = 1, none = 2 }, row) => `${row} ${n} ${none === 2 && s}`'],
		['by a function with a name', 'export default function told({ n, s }, row) { return `${row} ${n} ${s}`; }'],
		['by one without', 'export default function ({ n, s }, row) { return `${row} ${n} ${s}`; }'],
		[
			'by one that calls itself',
			'export default function told({ n, s }, row, ...more) { return more.length ? `${row} ${n} ${s}` : told({ n, s }, row, 1); }'
		],
		[
			'by one that looks at its arguments',
			'export default function ({ n, s }, row) { return `${row} ${arguments[0].n} ${arguments[0].s}`; }'
		],
		['later', 'export default (given, row) => { const { n, s } = given; return `${row} ${n} ${s}`; }'],
		[
			'by a name that calls itself',
			'const f = ({ n, s }, row) => n === 1 ? "0 1 a" : `${row} ${n} ${s}`;\nexport default f'
		],
		[
			'beside a text like it',
			'const text = `\nexport default ({ n }) => 1`;\nconst f = ({ n, s }, row) => text.includes("{ n }") && `${row} ${n} ${s}`;\nexport { f as default }'
		],
		[
			'with what is no column',
			'export default ({ n, s, toString }, row) => typeof toString === "function" && `${row} ${n} ${s}`'
		]
	])('a row is taken apart %s', async (_how, code) => {
		expect(await valuesOf(fn(code, { y: 'VARCHAR' }))).toEqual([['0 1 a', '1 2.5 ß', '2 null null', '3 -4 "\n']]);
	});

	test('a function that takes its row apart at once is given the cells, and keeps its places', () => {
		expect(spreadRow('export default ({ n,\n\ts }, row) => n', ['s', 'n'])).toEqual({
			code: 'export default (  n,\n\ts  , row) => n',
			names: ['n', 's'],
			isNumbered: true
		});
		expect(spreadRow('export default function told({ n }) { return n }', ['n'])?.code).toBe(
			'export default function told(  n  ) { return n }'
		);
		expect(spreadRow('export default function told({ n }) { return told }', ['n'])).toBeNull();
		expect(spreadRow('export default function ({ n }) { return arguments }', ['n'])).toBeNull();
		expect(spreadRow('export default ({ n }) => n', ['s'])).toBeNull();
		expect(spreadRow('export const n = 1;\nexport default ({ n }) => n', ['n'])).toBeNull();
	});

	test.each([
		['n * 2 + 1', [3, 6, 1, -7]],
		['n', [1, 2.5, null, -4]],
		['n?.toFixed(1).length ?? row', [3, 3, 102, 4]],
		['big + s', 'script-output'],
		['-n ** 2', 'script-error'],
		['Math.round(n / 2) % 3', [1, 1, 0, -2]],
		['[1, n].length - (row === 101 ? twice(1) : 0)', [2, 0, 2, 2]],
		['s === "a" ? 1 : n < 0 || typeof n === "object" ? 2 : 3', [1, 3, 2, 2]]
	])('one expression gives what the same function gives that is called: %s', async (expression, expected) => {
		const before = 'const twice = (x) => x * 2;\n';
		const inlined = `${before}export default ({ n, s, big }, row) => ${expression};\n`;
		const called = `${before}export default ({ n, s, big }, row) => { const given = ${expression}; return given }`;
		const names = ['n', 's', 'big'];
		expect(inlineRow(called, names)).toBeNull();
		expect(inlineRow(inlined, names)?.names).toEqual(names);
		const returned = `${before}export default function ({ n, s, big }, row) {\n\treturn ${expression};\n}`;
		expect(inlineRow(returned, names)?.names).toEqual(names);
		const answers = await Promise.all(
			[inlined, called, returned].map((code) => script.call(fn(code, { y: 'DOUBLE' }), arrow(), 100))
		);
		const [one, ...others] = answers.map((answer) =>
			answer.ok ? Array.from(tableFromIPC(answer.value.arrow).getChildAt(0)) : answer.error.kind
		);
		expect(one).toEqual(expected);
		expect(others).toEqual([one, one]);
	});

	test.each([
		'{ n }',
		'{ return\nn }',
		'{ return; }',
		'{ if (n) return n; return s }',
		'({ y: n })',
		'n, s',
		'n; const a = 1',
		'n = 2',
		'n++',
		'(n) + (s',
		'n) + (s',
		'`${n}`',
		'/n/.test(s)',
		'n /* of s */',
		'n // of s',
		'[n].map((x) => x)[0]',
		'function () {}',
		'new Date(n)',
		'this',
		'eval("n")',
		'await n',
		"'it\\'s'",
		'weir$i',
		'n\\u0061',
		'12n',
		''
	])('what is no simple expression is called: %s', (expression) => {
		expect(inlineRow(`export default ({ n, s }) => ${expression}`, ['n', 's'])).toBeNull();
	});

	test('an expression that fails tells the row and the place of the function as it was written', async () => {
		const code =
			'const no = (s) => {\n\tif (s === null)\n\t\tthrow new Error("no s");\n\treturn 1;\n}\nexport default ({ s }) => no(s)';
		expect(inlineRow(code, ['s'])).not.toBeNull();
		expect(await script.call(fn(code, { x: 'DOUBLE' }), arrow(), 1000)).toMatchObject({
			ok: false,
			error: { kind: 'script-error', stage: 'call', message: 'no s', line: 3, row: 1002 }
		});
		const late = 'const wait = (n) => { while (n === 2.5); return n }\nexport default ({ n }) => wait(n)';
		const limits = { ...DEFAULT_LIMITS, timeoutMs: 50 };
		expect(await script.call(fn(late, { x: 'DOUBLE' }, { limits }), arrow(), 100)).toEqual({
			ok: false,
			error: { kind: 'script-timeout', timeoutMs: 50, row: 101 }
		});
	});

	test('TypeScript is read', async () => {
		const code = `type Row = { n: number | null };\nexport default (row: Row): number | null => row.n! && (row.n as number) * 2`;
		expect(await valuesOf(fn(code, { x: 'DOUBLE' }, { language: 'typescript' }))).toEqual([[2, 5, null, -8]]);
	});

	test('a column called __proto__ is a column', async () => {
		const table = tableFromColumns([['__proto__', columnFromArray([7], float64())]]);
		const of = fn(`export default (row) => row['__proto__'] + Object.keys(row).length`, { x: 'DOUBLE' });
		const called = await script.call(of, tableToIPC(table, { format: 'stream' }) as Uint8Array<ArrayBuffer>, 0);
		expect(called.ok && Array.from(tableFromIPC(called.value.arrow).getChildAt(0))).toEqual([8]);
	});
});

describe('bounds', () => {
	const fails = async (of: UserFunction, startRow = 0): Promise<unknown> => {
		const called = await script.call(of, arrow(), startRow);
		return called.ok ? null : called.error;
	};

	test('an endless loop ends at the time limit, and the next call works', async () => {
		const limits = { ...DEFAULT_LIMITS, timeoutMs: 50 };
		const endless = fn('export default ({ n }) => { while (n === 2.5); return 1 }', { x: 'DOUBLE' }, { limits });
		expect(await fails(endless, 100)).toEqual({ kind: 'script-timeout', timeoutMs: 50, row: 101 });
		expect(await valuesOf(fn('export default () => 1', { x: 'DOUBLE' }))).toEqual([[1, 1, 1, 1]]);
	});

	test('an endless loop while the module starts ends too', async () => {
		const limits = { ...DEFAULT_LIMITS, timeoutMs: 50 };
		expect(await fails(fn('for (;;);', { x: 'DOUBLE' }, { limits }))).toMatchObject({
			kind: 'script-timeout',
			row: null
		});
	});

	test('memory beyond the limit is refused', async () => {
		const limits = { ...DEFAULT_LIMITS, memoryBytes: 24 * 1024 * 1024 };
		const greedy = fn(
			'const kept = []; export default () => { for (;;) kept.push(new Float64Array(1000)) }',
			{ x: 'DOUBLE' },
			{ limits }
		);
		expect(await fails(greedy)).toEqual({ kind: 'script-memory', memoryBytes: limits.memoryBytes, row: 0 });
	});

	test('a recursion without end is an error of the function', async () => {
		expect(await fails(fn('export default function f(r) { return f(r) + 1 }', { x: 'DOUBLE' }))).toMatchObject({
			kind: 'script-error',
			stage: 'call',
			row: 0
		});
	});

	test.each([
		'fetch',
		'XMLHttpRequest',
		'WebSocket',
		'indexedDB',
		'caches',
		'navigator',
		'self',
		'process',
		'require',
		'importScripts',
		'setTimeout',
		'performance',
		'WebAssembly'
	])('there is no %s', async (name) => {
		expect(await valuesOf(fn(`export default () => typeof ${name}`, { x: 'VARCHAR' }))).toEqual([
			Array(4).fill('undefined')
		]);
	});

	test('nothing can be imported', async () => {
		expect(
			await fails(fn(`import x from 'https://example.org/x.js'; export default () => x`, { x: 'DOUBLE' }))
		).toMatchObject({ kind: 'script-error' });
		expect(await fails(fn(`export default async () => (await import('x')).default`, { x: 'DOUBLE' }))).toMatchObject({
			kind: 'script-output',
			found: 'a promise'
		});
	});

	test('there is no time of day, and chance is the same each time', async () => {
		expect(await fails(fn('export default () => Date.now()', { x: 'DOUBLE' }))).toMatchObject({
			kind: 'script-error',
			row: 0
		});
		expect(await fails(fn('export default () => +new Date()', { x: 'DOUBLE' }))).toMatchObject({
			kind: 'script-error'
		});
		expect(await valuesOf(fn('export default () => new Date(5)', { x: 'TIMESTAMP' }))).toEqual([
			Array(4).fill(new Date(5))
		]);
		const chance = fn('export default () => Math.random()', { x: 'DOUBLE' });
		expect(await valuesOf(chance)).toEqual(await valuesOf(chance));
	});

	test('nothing is carried from one batch to the next', async () => {
		const counts = fn('globalThis.seen ??= 0; export default () => ++globalThis.seen', { x: 'INTEGER' });
		expect(await valuesOf(counts)).toEqual([[1, 2, 3, 4]]);
		expect(await valuesOf(counts)).toEqual([[1, 2, 3, 4]]);
		// However much is there that holds nothing yet, beside what does.
		const large = fn(
			'const seen = [6e5, 1e5, 1e5, 1e5].map((length) => new Float64Array(length)); const text = "a".repeat(1e6);' +
				'export default ({ n }, row) => { const found = seen.reduce((sum, list) => sum + list.reduce((one, other) => one + other, 0), 0);' +
				' for (const list of seen) list.fill(row + 1); return row === 0 ? found + text.length : 0; }',
			{ x: 'DOUBLE' }
		);
		for (let time = 0; time < 3; time++) expect(await valuesOf(large)).toEqual([[1e6, 0, 0, 0]]);
	});
});

describe('errors', () => {
	test('a syntax error tells its place', async () => {
		expect(await script.test(fn('export default () => {\n\tlet x = = 1;\n}', { x: 'DOUBLE' }))).toMatchObject({
			ok: false,
			error: { kind: 'script-error', stage: 'syntax', line: 2 }
		});
		expect(
			await script.test(fn('export default (x: number => 1', { x: 'DOUBLE' }, { language: 'typescript' }))
		).toMatchObject({
			ok: false,
			error: { kind: 'script-error', stage: 'syntax', line: 1 }
		});
	});

	test('what a function throws tells the row and its place', async () => {
		const code = 'export default ({ n }) => {\n\tif (n === null)\n\t\tthrow new Error("no n");\n\treturn n;\n}';
		expect(await script.call(fn(code, { x: 'DOUBLE' }), arrow(), 1000)).toMatchObject({
			ok: false,
			error: { kind: 'script-error', stage: 'call', message: 'no n', line: 3, row: 1002 }
		});
	});

	test('a module without a function says what is missing', async () => {
		expect(await script.test(fn('const f = () => 1', { x: 'DOUBLE' }))).toMatchObject({
			ok: false,
			error: { stage: 'start' }
		});
		expect(await script.test(fn('export default 5', { x: 'DOUBLE' }))).toMatchObject({
			ok: false,
			error: { stage: 'start' }
		});
		expect(await script.test(fn('await null; export default () => 1', { x: 'DOUBLE' }))).toMatchObject({ ok: false });
	});

	test.each([
		['DOUBLE', '"1"', 'a text'],
		['INTEGER', '1.5', 'a fraction'],
		['TINYINT', '200', 'a whole number out of range'],
		['VARCHAR', '1', 'a whole number out of range'],
		['BOOLEAN', '1', 'a whole number out of range'],
		['TIMESTAMP', 'new Date(NaN)', 'an invalid date'],
		['BIGINT', '2 ** 60', 'a whole number out of range'],
		['DOUBLE[]', '() => 1', 'a function']
	])('%s does not take %s', async (type, value, found) => {
		expect(await script.call(fn(`export default () => (${value})`, { x: type }), arrow(), 0)).toEqual({
			ok: false,
			error: { kind: 'script-output', column: 'x', type, found, row: 0 }
		});
	});

	test('an output column that is not given is an error, null is not', async () => {
		const outputs = { x: 'DOUBLE', y: 'DOUBLE' };
		expect(await script.call(fn('export default () => ({ x: 1 })', outputs), arrow(), 0)).toMatchObject({
			ok: false,
			error: { kind: 'script-output', column: 'y', found: 'missing' }
		});
		expect(await valuesOf(fn('export default () => null', outputs))).toEqual([
			Array(4).fill(null),
			Array(4).fill(null)
		]);
	});
});

test('tests beside a function pass, fail with what came out, and fail with what was thrown', async () => {
	const of = fn('export default ({ a, b }) => { if (b === "x") throw new Error("x"); return { sum: a + b } }', {
		sum: 'DOUBLE'
	});
	const outcomes = await script.test({
		...of,
		tests: [
			{
				name: 'adds',
				rows: [
					{ a: 1, b: 2 },
					{ a: 0.1, b: 0.2 }
				],
				expect: [{ sum: 3 }, { sum: 0.3 }]
			},
			{ name: 'wrong', rows: [{ a: 1, b: 1 }], expect: [{ sum: 3 }] },
			{ name: 'throws', rows: [{ a: 1, b: 'x' }], expect: [{ sum: 3 }] }
		]
	});
	expect(outcomes.ok && outcomes.value).toMatchObject([
		{ name: 'adds', passed: true, failure: null },
		{ name: 'wrong', passed: false, got: [{ sum: 2 }], failure: null },
		{ name: 'throws', passed: false, got: null, failure: { kind: 'script-error', message: 'x', row: 0 } }
	]);
});
