// Edits of a report by clicking: what they write, and that nothing else of the text changes.
import { expect, test } from 'vitest';
import { blockFields, editReport, fieldsIn, textIn, type BlockEdit } from '#core/report/edit-block.ts';
import { parseReport } from '#core/report/parse-report.ts';
import type { Report } from '#core/report/report.ts';

const TEXT = [
	'---',
	'title: Sales # of this year',
	'---',
	'# Sales',
	'',
	'[city]: https://example.org/city',
	'',
	'```sql daily',
	'SELECT 1 AS a -- one',
	'```',
	'',
	'```chart',
	'# what they ask for most',
	'type: line   # not a bar',
	'from: daily',
	'x: a',
	"y: [avg(a), 'max(a)']",
	'annotations:',
	'  - { y: 3, text: limit } # by law',
	'```',
	'',
	'The end, with *no* line break'
].join('\n');

function reportOf(text: string): Report {
	const parsed = parseReport(text);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
}
const edited = (edit: BlockEdit, text = TEXT): string => editReport(text, reportOf(text), edit);
const CHART = reportOf(TEXT).blocks.findIndex(({ kind }) => kind === 'chart');

test('a field is changed, added and taken away, and every other character stays', () => {
	expect(edited({ kind: 'field', at: CHART, key: 'type', value: 'area' })).toBe(
		TEXT.replace('type: line   # not', 'type: area   # not')
	);
	expect(edited({ kind: 'field', at: CHART, key: 'title', value: 'Yes: no' })).toBe(
		TEXT.replace("'max(a)']\n", '\'max(a)\']\ntitle: "Yes: no"\n')
	);
	expect(edited({ kind: 'field', at: CHART, key: 'y', value: ['avg(a)'] })).toBe(TEXT.replace(", 'max(a)'", ''));
	expect(edited({ kind: 'field', at: CHART, key: 'annotations', value: null })).toBe(
		TEXT.replace('annotations:\n  - { y: 3, text: limit } # by law\n', '')
	);
	expect(edited({ kind: 'field', at: CHART, key: 'height', value: null })).toBe(TEXT);
});

test('what a form shows is what the text says, of every field of the schema', () => {
	const block = reportOf(TEXT).blocks[CHART];
	if (!block) throw new Error('there is a chart');
	expect(fieldsIn(TEXT, block)).toMatchObject({ type: 'line', from: 'daily', y: ['avg(a)', 'max(a)'] });
	const fields = blockFields('chart');
	expect(fields.find(({ key }) => key === 'type')?.form).toMatchObject({ control: 'choice' });
	expect(fields.map(({ key }) => key)).toContain('y_format');
	expect(blockFields('prose')).toEqual([]);
});

test('blocks change places, and what stands between them stays between them', () => {
	const text = edited({ kind: 'swap', at: 0, to: 1 });
	expect(text.indexOf('```sql daily')).toBeLessThan(text.indexOf('[city]: https://example.org/city'));
	expect(text.indexOf('[city]: https://example.org/city')).toBeLessThan(text.indexOf('# Sales\n'));
	expect(edited({ kind: 'swap', at: 0, to: 1 }, text)).toBe(TEXT);
	expect(edited({ kind: 'swap', at: 0, to: 99 })).toBe(TEXT);
});

test('a copy of a query has a name of its own, and a removed block leaves no gap', () => {
	const query = reportOf(TEXT).blocks.findIndex(({ kind }) => kind === 'query');
	const text = edited({ kind: 'duplicate', at: query });
	expect(reportOf(text).blocks.flatMap((one) => (one.kind === 'query' ? [one.name] : []))).toEqual([
		'daily',
		'daily_2'
	]);
	const without = edited({ kind: 'remove', at: query + 1 }, text);
	expect(without).toBe(TEXT);
	const last = reportOf(TEXT).blocks.length - 1;
	expect(edited({ kind: 'remove', at: last })).toMatch(/```\n$/);
});

test('a block is added behind another one and at the end, and prose and queries are texts', () => {
	const added = '```metric\nfrom: daily\nvalue: count()\n```\n';
	const kinds = (text: string): readonly string[] => reportOf(text).blocks.map(({ kind }) => kind);
	expect(kinds(edited({ kind: 'add', at: CHART, text: added })).slice(CHART)).toEqual(['chart', 'metric', 'prose']);
	expect(kinds(edited({ kind: 'add', at: null, text: added })).at(-1)).toBe('metric');
	expect(editReport('', { blocks: [] }, { kind: 'add', at: null, text: added })).toBe(added);
	const query = reportOf(TEXT).blocks.findIndex(({ kind }) => kind === 'query');
	expect(edited({ kind: 'text', at: query, text: 'SELECT 2 AS a' })).toBe(
		TEXT.replace('SELECT 1 AS a -- one', 'SELECT 2 AS a')
	);
	const block = reportOf(TEXT).blocks[0];
	expect(block && textIn(TEXT, block)).toBe('# Sales');
	expect(edited({ kind: 'text', at: 0, text: '# Sold' })).toBe(TEXT.replace('# Sales', '# Sold'));
});

test('a fence that is empty, or that nobody closed, is filled', () => {
	for (const text of ['```input city\n```', '```input city\n', '```input city'])
		expect(
			editReport(
				text,
				{ blocks: [{ ...openInput, place: { line: 1, column: 1, from: 0, to: text.trimEnd().length } }] },
				{ kind: 'field', at: 0, key: 'type', value: 'text' }
			)
		).toMatch(/^```input city\ntype: text\n/);
});

const openInput = {
	kind: 'input',
	name: 'city',
	type: 'text',
	from: null,
	column: null,
	options: [],
	label: null,
	value: null,
	isMultiple: false,
	span: 3
} as const;
