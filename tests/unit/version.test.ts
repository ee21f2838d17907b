import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCanonical, type Encodable } from '#core/encoding.ts';
import { freeName, nameFromSource, parseDatasetName } from '#core/version/dataset-name.ts';
import { describeSource } from '#core/ingest/source-facts.ts';
import { createJobs } from '#lib/flows/jobs.ts';

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const encodable = fc.letrec<{ value: Encodable }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 3 },
		fc.constant(null),
		fc.boolean(),
		fc.double({ noNaN: true }).map((number) => number + 0),
		fc.string({ unit: 'binary' }),
		fc.array(tie('value'), { maxLength: 4 }),
		fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 })
	)
})).value;

test('the canonical encoding has the bytes its table shows', () => {
	expect(hex(encodeCanonical({ a: [true] }))).toBe('6f00000001' + '7300000001' + '61' + '6100000001' + '74');
	expect(hex(encodeCanonical('€😀'))).toBe('7300000007' + 'e282ac' + 'f09f9880');
	expect(hex(encodeCanonical(1.5))).toBe('643ff8000000000000');
});

test('member order does not change the bytes, and different values never share them', () => {
	fc.assert(
		fc.property(encodable, encodable, (a, b) => {
			const [one, two] = [hex(encodeCanonical(a)), hex(encodeCanonical(b))];
			expect(one === two).toBe(same(a, b));
			if (typeof a === 'object' && a !== null && !Array.isArray(a)) {
				expect(hex(encodeCanonical(Object.fromEntries(Object.entries(a).reverse())))).toBe(one);
			}
		})
	);
});

/** Deep equality that does not care about the order of members. */
function same(a: Encodable, b: Encodable): boolean {
	const sorted = (value: Encodable): unknown => {
		if (value === null || typeof value !== 'object') return value;
		if (Array.isArray(value)) return value.map(sorted);
		return Object.entries(value)
			.map(([key, inner]) => [key, sorted(inner ?? null)])
			.sort(([x], [y]) => (String(x) < String(y) ? -1 : 1));
	};
	const tagged = (value: Encodable): string => JSON.stringify([typeof value, Array.isArray(value), sorted(value)]);
	return tagged(a) === tagged(b) && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)) && shape(a) === shape(b);
}

function shape(value: Encodable): string {
	if (value === null || typeof value !== 'object') return typeof value;
	if (Array.isArray(value)) return `[${value.map(shape).join()}]`;
	return `{${Object.entries(value)
		.sort(([x], [y]) => (x < y ? -1 : 1))
		.map(([, inner]) => shape(inner ?? null))
		.join()}}`;
}

test.each([
	['flights-3m.parquet', 'flights_3m'],
	['2024 Sales (EU).csv.gz', 't_2024_sales_eu'],
	['https://example.org/a/b/Données été.json', 'donnees_ete'],
	['...', 'dataset'],
	['表.csv', '表']
])('%s becomes the dataset name %s', (source, name) => {
	expect(nameFromSource(source)).toBe(name);
});

test('a made name is always one that is allowed, and free', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (source, taken) => {
			const name = freeName(nameFromSource(source), taken);
			expect(parseDatasetName(name)).toEqual({ ok: true, value: name });
			expect(taken.map((other) => other.toLowerCase())).not.toContain(name.toLowerCase());
		})
	);
});

test.each([
	['', 'empty'],
	[' a', 'space'],
	['a@v1', 'at-sign'],
	['a\nb', 'control'],
	['a\u202eb', 'control'],
	['x'.repeat(101), 'too-long']
])('the name %j is refused: %s', (name, rule) => {
	expect(parseDatasetName(name)).toEqual({ ok: false, error: { kind: 'invalid-name', name, rule } });
});

test('a source is named without credentials, query or fragment', () => {
	expect(describeSource('https://u:p@h.example/a.csv?k=1#f')).toBe('https://h.example/a.csv');
	expect(describeSource('my file?.csv')).toBe('my file?.csv');
});

test('a job tells its pace, is cancelled by its own signal, and keeps its end', () => {
	let clock = 0;
	const jobs = createJobs(() => clock);
	const job = jobs.start('Import');
	clock = 1000;
	job.progress({ fraction: 0.25, rowCount: 10 });
	expect(jobs.list()[0]).toMatchObject({ state: 'running', remainingMs: 3000, rowCount: 10 });
	jobs.cancel(job.id);
	expect(job.signal.aborted).toBe(true);
	job.end('cancelled');
	job.progress({ fraction: 1 });
	expect(jobs.list()[0]).toMatchObject({ state: 'cancelled', fraction: 0.25, remainingMs: null });
});
