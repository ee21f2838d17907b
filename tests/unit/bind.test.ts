import fc from 'fast-check';
import { expect, test } from 'vitest';
import { versionId } from '#core/ids.ts';
import { bindVersions, type BoundSql, type CatalogueEntry } from '#core/sql/bind-versions.ts';

const entry = (
	name: string,
	ids: readonly string[],
	hasRejects = false,
	refs: CatalogueEntry['refs'] = {}
): CatalogueEntry => ({
	name,
	head: versionId(ids.at(-1) ?? ''),
	history: ids.map((id, index) => ({ id: versionId(id), createdAtMs: Date.UTC(2026, 2, index + 1, 12) })),
	refs,
	reached: [...new Set([...ids.map(versionId), ...Object.values(refs)])].map((id) => ({
		id,
		createdAtMs: Date.UTC(2026, 2, 1),
		columns: [{ name: 'id', type: 'BIGINT' }]
	})),
	hasRejects
});
const catalogue = [
	entry('flights', ['first-version-id', 'second_version--id'], true, {
		main: versionId('second_version--id'),
		'clean-up': versionId('elsewhere-version'),
		'release-1.2': versionId('first-version-id'),
		été: versionId('first-version-id')
	}),
	entry('my "birds"', ['birds-version-1']),
	entry('date', ['date-version-1'])
];

function bind(sql: string): BoundSql {
	const bound = bindVersions(sql, catalogue);
	if (!bound.ok) throw new Error(JSON.stringify(bound.error));
	return bound.value;
}

test.each([
	['SELECT * FROM flights', 'SELECT * FROM flights', ['flights'], ['second_version--id']],
	['FROM Flights@v1', 'FROM "flights@v1"', ['flights@v1'], ['first-version-id']],
	['FROM flights@V2-- newest', 'FROM "flights@v2"-- newest', ['flights@v2'], ['second_version--id']],
	['FROM flights@second_version--id x', 'FROM "flights@v2" x', ['flights@v2'], ['second_version--id']],
	['FROM flights@first-ve', 'FROM "flights@v1"', ['flights@v1'], ['first-version-id']],
	['FROM flights@clean-up', 'FROM "flights@elsewhere-ve"', ['flights@elsewhere-ve'], ['elsewhere-version']],
	['FROM flights@main-- x', 'FROM "flights@v2"-- x', ['flights@v2'], ['second_version--id']],
	['FROM flights@release-1.2 r', 'FROM "flights@v1" r', ['flights@v1'], ['first-version-id']],
	['SELECT flights@main.id', 'SELECT "flights@v2".id', ['flights@v2'], ['second_version--id']],
	['FROM flights@été', 'FROM "flights@v1"', ['flights@v1'], ['first-version-id']],
	['FROM flights@elsewher', 'FROM "flights@elsewhere-ve"', ['flights@elsewhere-ve'], ['elsewhere-version']],
	['FROM flights@2026-03-02', 'FROM "flights@v1"', ['flights@v1'], ['first-version-id']],
	['FROM flights@2026-03-02T12:00:00Z,t', 'FROM "flights@v2",t', ['flights@v2'], ['second_version--id']],
	['FROM "flights@2026-03-02T13:00+02:00"', 'FROM "flights@v1"', ['flights@v1'], ['first-version-id']],
	['FROM flights@rejects', 'FROM "flights@rejects"', ['flights@rejects'], ['second_version--id']],
	['FROM "my ""birds"""@v1', 'FROM "my ""birds""@v1"', ['my "birds"@v1'], ['birds-version-1']],
	['FROM "flights@v1"', 'FROM "flights@v1"', ['flights@v1'], ['first-version-id']],
	["SELECT 'flights@v9', $$flights@v9$$ -- flights@v9", null, [], []],
	['SELECT @-5, x @ y, flights @v9 FROM t', null, ['flights'], []],
	['SELECT date(x), date.year FROM t', null, ['date'], []],
	['SELECT x.flights FROM other.flights', null, [], []],
	[
		'SELECT a.i FROM date a, flights b WHERE a.i = flights',
		null,
		['date', 'flights'],
		['date-version-1', 'second_version--id']
	],
	[
		'SELECT (SELECT max(i) FROM flights), date FROM (t JOIN date ON i = i)',
		null,
		['flights', 'date'],
		['second_version--id', 'date-version-1']
	]
] as const)('%s', (sql, expected, relations, inputs) => {
	const bound = bind(sql);
	expect(bound.sql).toBe(expected ?? sql);
	expect(bound.relations.map(({ name }) => name)).toEqual(relations);
	expect(bound.inputs).toEqual(inputs);
});

test('a version that is not there is told with its place', () => {
	for (const version of ['v3', 'v0', 'first', 'nonsense1']) {
		expect(bindVersions(`FROM flights@${version}`, catalogue)).toEqual({
			ok: false,
			error: { kind: 'unknown-version', dataset: 'flights', version, position: 13 }
		});
	}
	expect(bindVersions('FROM date@rejects', catalogue)).toMatchObject({ ok: false, error: { version: 'rejects' } });
});

test('positions lead back to what a person wrote', () => {
	const sql = 'SELECT nope FROM flights@second_version--id JOIN date@v1 USING (wrong)';
	const bound = bind(sql);
	expect(bound.toOriginal(bound.sql.indexOf('wrong'))).toBe(sql.indexOf('wrong'));
	expect(bound.toOriginal(bound.sql.indexOf('nope'))).toBe(sql.indexOf('nope'));
	expect(bound.toOriginal(bound.sql.indexOf('@v2'))).toBe(sql.indexOf('flights'));
});

test('a text without datasets stays as it is', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (sql) => {
			expect(bindVersions(sql, [])).toMatchObject({ ok: true, value: { sql, relations: [], inputs: [] } });
			const bound = bindVersions(sql, [entry('never in a random text', ['some-version'])]);
			expect(bound).toMatchObject({ ok: true, value: { sql } });
		})
	);
});

test('only references change, whatever stands around them', () => {
	fc.assert(
		fc.property(
			fc.array(fc.constantFrom('flights@v1', ' ', "'flights@v1'", '-- flights@v1\n', '"x"', ',', '(', ')', '@', '1')),
			(pieces) => {
				const sql = pieces.join(' ');
				const expected = pieces.map((piece) => (piece === 'flights@v1' ? '"flights@v1"' : piece)).join(' ');
				expect(bind(sql).sql).toBe(expected);
			}
		)
	);
});

test('diff() becomes a query over the two versions, and both are inputs', () => {
	const { sql, relations, inputs } = bind(
		"SELECT count(*) FROM diff('flights@v1', 'Flights', 'id') AS d WHERE d.id > 1"
	);
	expect(sql).toMatch(/^SELECT count\(\*\) FROM \(SELECT kind AS diff_type, [^]*FULL JOIN[^]*\) AS d WHERE d\.id > 1$/);
	expect(relations.map(({ name }) => name)).toEqual(['flights@v1 without flights', 'flights without flights@v1']);
	expect(inputs).toEqual(['first-version-id', 'second_version--id']);
});

test('diff() names what it does not know, where it stands', () => {
	const sql = "FROM diff('flights@v1', 'flight')";
	expect(bindVersions(sql, catalogue)).toMatchObject({
		ok: false,
		error: { kind: 'sql-error', position: sql.indexOf("'flight'"), candidates: ['flights', 'my "birds"', 'date'] }
	});
	expect(bindVersions("FROM diff('flights', 'flights@v7')", catalogue)).toMatchObject({
		ok: false,
		error: { kind: 'unknown-version', dataset: 'flights', version: 'v7' }
	});
	expect(bindVersions("FROM diff('flights')", catalogue)).toMatchObject({ ok: false, error: { position: 5 } });
	for (const other of ['SELECT diff(1, 2)', 'FROM diff(3)', 'FROM diff', "FROM x.diff('flights', 'flights')"])
		expect(bind(other).sql).toBe(other);
});
