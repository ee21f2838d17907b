// The text of a report: what it becomes, and every fault of it with its place.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportJsonSchema } from '#core/report/block-schemas.ts';
import { parseReport } from '#core/report/parse-report.ts';
import { measureText, parseMeasure } from '#core/report/parse-measure.ts';
import type { Report } from '#core/report/report.ts';
import { datasetTemplates } from '#core/report/templates.ts';

function reportOf(text: string): Report {
	const parsed = parseReport(text);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
}
function faultsOf(text: string): readonly string[] {
	const parsed = parseReport(text);
	return parsed.ok ? [] : parsed.error.problems.map(({ line, column, code }) => `${line}:${column} ${code}`);
}
const fence = (kind: string, ...lines: readonly string[]): string => `\`\`\`${kind}\n${lines.join('\n')}\n\`\`\`\n`;

test('a text is its head, prose and blocks, in their order and at their places', () => {
	const report = reportOf(
		[
			'---\ntitle: Sales\nlayout: dashboard\n---\n# Hello\n',
			fence('sql daily show', 'SELECT 1 AS a'),
			fence('chart', 'type: line', 'from: daily', 'x: a', 'y: avg(b)'),
			fence('metric', 'from: daily', 'value: count()'),
			fence('input city', 'type: select', 'options: [Oslo, 5]'),
			fence('sql', 'SELECT is only shown')
		].join('\n')
	);
	expect([report.title, report.layout]).toEqual(['Sales', 'dashboard']);
	expect(report.blocks.map(({ kind, place }) => `${kind} ${place.line}`)).toEqual([
		'prose 5',
		'query 7',
		'chart 11',
		'metric 18',
		'input 23',
		'prose 28'
	]);
	const [, query, chart, , input] = report.blocks;
	expect(query).toMatchObject({ name: 'daily', isShown: true, sql: 'SELECT 1 AS a' });
	// A dashboard's charts are marked to filter, and take half of the width.
	expect(chart).toMatchObject({ brush: 'x', span: 6, y: [{ kind: 'aggregate', aggregate: 'avg', column: 'b' }] });
	expect(input).toMatchObject({ name: 'city', options: ['Oslo', '5'], value: null });
});

test('each fault has its line and column in the whole text', () => {
	expect(faultsOf('---\ntitel: a\n---\n')).toEqual(['2:1 unknown-key']);
	expect(faultsOf(`# A\n\n${fence('chart', 'type: lin', 'from: t', 'x: a')}`)).toEqual(['4:7 not-allowed']);
	expect(faultsOf(`# A\n\n${fence('chart', 'type: line', 'from: t', 'x: a')}`)).toEqual(['4:1 needs']);
	expect(faultsOf(fence('chart', 'type: bar', 'from: t', 'x: a', 'y: avrg(b)'))).toEqual(['5:4 bad-measure']);
	expect(faultsOf(fence('sql 1a', 'SELECT 1') + fence('sql b', ''))).toEqual(['1:1 bad-name', '4:1 empty-query']);
	expect(faultsOf(fence('sql a', 'SELECT 1') + fence('input A', 'type: text'))).toEqual(['4:1 name-taken']);
	expect(faultsOf(fence('metric', 'from: [t'))).toEqual(['2:9 yaml-syntax']);
	expect(faultsOf('A line with {{ nothing to say }} in it')).toEqual(['1:13 bad-value']);
	expect(faultsOf(fence('input a', 'type: range', 'from: t', 'column: b', 'value: 5'))).toEqual(['5:8 out-of-range']);
	expect(faultsOf('x'.repeat(1024 * 1024 + 1))).toEqual(['1:1 too-long']);
});

test('prose is a closed tree: markup is text, and only addresses of the web are links', () => {
	const { blocks } = reportOf(
		[
			'<img src=x onerror=alert(1)> and <script>alert(2)</script>\n',
			'[a](javascript:alert(1)) [b](https://x.org/y) [c](http://u:p@x.org) ![d](https://x.org/i.png) [e][f]\n',
			'<meta http-equiv="refresh" content="0;url=https://x.org">\n\n[f]: data:text/html,x\n'
		].join('\n')
	);
	const text = JSON.stringify(blocks.map((block) => (block.kind === 'prose' ? block.node : null)));
	expect([...text.matchAll(/"url":"([^"]*)"/g)].map((match) => match[1])).toEqual(['https://x.org/y']);
	expect(text).toContain('<script>');
	expect(new Set([...text.matchAll(/"kind":"(\w+)"/g)].map((match) => match[1]))).toEqual(
		new Set(['paragraph', 'text', 'link', 'emphasis'])
	);
});

test('numbers in prose name a cell or an aggregate, with a format', () => {
	const [block] = reportOf(
		'Mean {{ avg(sensors.reading) | .2f }}, first {{daily."net weight"}}, {{ count(sensors) }} rows'
	).blocks;
	expect(block?.kind === 'prose' ? block.values : null).toEqual([
		{ from: 'sensors', value: { kind: 'aggregate', aggregate: 'avg', column: 'reading' }, format: '.2f' },
		{ from: 'daily', value: { kind: 'column', column: 'net weight' }, format: null },
		{ from: 'sensors', value: { kind: 'aggregate', aggregate: 'count', column: null }, format: null }
	]);
});

test('a measure is written as it is read', () => {
	for (const text of ['reading', 'net weight', '"a (b)"', 'avg(reading)', 'count()', 'max("a (b)")']) {
		const measure = parseMeasure(text);
		expect(measure && measureText(measure), text).toBe(text);
	}
	expect(parseMeasure('avg()')).toBeNull();
	expect(parseMeasure('sum(a')).toBeNull();
});

test('what a template writes is a report, whatever a dataset and its columns are called', () => {
	const names = ['price', 'a "b" (c)', 'yes', '- x: y', '# z', '{{ q }}', 'null', 'line\nbreak', '\n```\n'];
	for (const template of datasetTemplates)
		for (const dataset of ['sales', 'net weight', 'count']) {
			const columns = names.flatMap((name) => [
				{ name, type: 'DOUBLE' },
				{ name: `${name} t`, type: 'VARCHAR' },
				{ name: `${name} d`, type: 'DATE' }
			]);
			for (const version of [null, 2])
				for (const key of [[], ['price', '# z']]) {
					const text = template.textOf({
						dataset,
						columns,
						dimensions: columns.flatMap(({ name, type }) => (type === 'VARCHAR' ? { name, distinct: 3 } : [])),
						key,
						numbers: [1, 2],
						version,
						against: null,
						shared: names
					});
					expect(faultsOf(text), text).toEqual([]);
				}
		}
});

test('a text that nests without end is refused or read, and never a crash', () => {
	for (const text of [
		'> '.repeat(20_000),
		'- '.repeat(5000),
		'*'.repeat(50_000),
		'['.repeat(3000),
		'> - '.repeat(2000)
	])
		expect(typeof parseReport(text).ok).toBe('boolean');
});

test('the published JSON Schema is what blocks are read by', () => {
	const path = join(import.meta.dirname, '../../../static/schemas/report.json');
	expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(reportJsonSchema())));
});
