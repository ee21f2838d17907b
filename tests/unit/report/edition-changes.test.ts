// What a refresh tells: numbers old and new, and rows that came, went and changed.
import { expect, test } from 'vitest';
import type { DatasetId, VersionId } from '#core/ids.ts';
import { compareEditions } from '#core/report/edition-changes.ts';
import type { Edition, EditionBlock, EditionTable, Shown } from '#core/report/edition.ts';
import { parseReport } from '#core/report/parse-report.ts';

const TEXT = [
	'Mean {{ avg(sales.price) }}',
	'```metric\nfrom: sales\nvalue: count()\n```',
	'```chart\ntype: bar\nfrom: sales\nx: city\n```',
	'```table\nfrom: sales\n```'
].join('\n\n');

type Cells = Readonly<Record<string, readonly (string | number | null)[]>>;
function tableOf(cells: Cells): EditionTable {
	const columns = Object.entries(cells).map(([name, values]) => ({
		name,
		type: values.some((value) => typeof value === 'string') ? ('text' as const) : ('number' as const),
		values
	}));
	return { rowCount: columns[0]?.values.length ?? 0, columns };
}
function shown(cells: Cells | null): Shown {
	if (!cells) return { ok: false, failure: { kind: 'unknown-rows' } };
	const table = tableOf(cells);
	return { ok: true, table, totalRows: table.rowCount, sources: [0], sql: null, elapsedMs: 0 };
}

function editionOf(version: string, parts: readonly (Cells | null)[]): Edition {
	const parsed = parseReport(TEXT);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	const blocks = parsed.value.blocks.map((block, at) => {
		const one = shown(parts[at] ?? null);
		return (block.kind === 'prose' ? { block, values: [one] } : { block, shown: one }) as EditionBlock;
	});
	const facts = { number: 1, rowCount: 1, committedAtMs: 0, message: '' };
	return {
		report: 'r',
		version: null,
		title: null,
		description: null,
		layout: 'page',
		renderedAtMs: 0,
		sources: [{ name: 'sales', dataset: 'd' as DatasetId, version: version as VersionId, ...facts }],
		blocks
	};
}

const OLD = [{ value: [2.5] }, { value: [4] }, { x: ['Bern', 'Basel'], y: [1, 3] }, { a: [1, 1, 2] }];

test('equal editions have no changes', () => {
	expect(compareEditions(editionOf('one', OLD), editionOf('one', OLD))).toEqual({ sources: [], blocks: [] });
});

test('numbers are told old and new, marks by what they are of, rows by what they hold', () => {
	const now = [{ value: [3] }, { value: [4] }, { x: ['Basel', 'Chur'], y: [5, 1] }, { a: [1, 2, 3, 3] }];
	const { sources, blocks } = compareEditions(editionOf('one', OLD), editionOf('two', now));
	expect(sources.map(({ name, before, after }) => [name, before?.version, after?.version])).toEqual([
		['sales', 'one', 'two']
	]);
	expect(blocks).toMatchObject([
		{ block: 0, kind: 'number', title: 'Mean of price', before: 2.5, after: 3, difference: 0.5 },
		{ block: 2, kind: 'rows', of: 'chart', added: 1, removed: 1, changed: 1 },
		{ block: 3, kind: 'rows', of: 'table', before: 3, after: 4, added: 2, removed: 1, changed: 0 }
	]);
});

test('what can not be shown any more, and what can be again, is told', () => {
	const { blocks } = compareEditions(
		editionOf('one', [...OLD.slice(0, 2), null, OLD[3] ?? null]),
		editionOf('two', [null, ...OLD.slice(1)])
	);
	expect(blocks).toMatchObject([
		{ block: 0, kind: 'failed' },
		{ block: 2, kind: 'mended' }
	]);
});
