// What readers of a share mark and choose together against the report rendered anew with the same, both by their flows.
import { expect, test } from 'vitest';
import type { ChartSpan } from '#core/report/chart-span.ts';
import type { EditionBlock } from '#core/report/edition.ts';
import { parseReport } from '#core/report/parse-report.ts';
import type { ChartBlock, InputBlock, InputValue } from '#core/report/report.ts';
import { markFilters } from '#core/report/row-filter.ts';
import { resultId } from '#core/ids.ts';
import { decodeBundle, encodeBundle } from '#core/share/bundle-bytes.ts';
import { chosenSpan, chosenValue } from '#core/share/chosen-span.ts';
import { filterBlocks, openFilters, type OpenSource, type SharedMark } from '#core/share/filtered-blocks.ts';
import { minimiseEdition } from '#core/share/minimise-edition.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { renderReport } from '#lib/flows/render-report.ts';
import { shareFilters } from '#lib/flows/share-filters.ts';
import { reportEffects } from '../../report-effects.ts';
import { seeded } from '../../seeded.ts';

const effects = await reportEffects();

const block = (kind: string, fields: string): string => `\`\`\`${kind}\n${fields}\n\`\`\`\n`;
const TEXT = [
	'---\nlayout: dashboard\n---\n',
	block(
		'sql trips',
		`SELECT i % 100 AS minutes, (i % 37) / 4 AS fare, ['Oslo', 'Bergen', 'Bodø', NULL][1 + i % 4] AS city,
		DATE '2024-01-30' + CAST(i % 41 AS INTEGER) AS day, CAST(i AS VARCHAR) AS id FROM range(3000) t(i)`
	),
	block('sql few', 'SELECT * FROM trips WHERE fare < coalesce($least, 100.0)'),
	block('input town', 'type: select\nfrom: trips\ncolumn: city\nmultiple: true'),
	block('input when', 'type: date\nfrom: trips\ncolumn: day'),
	block('input span', 'type: range\nfrom: trips\ncolumn: minutes'),
	block('input find', 'type: search\nfrom: trips\ncolumn: city'),
	block('input id', 'type: search\nfrom: trips\ncolumn: id'),
	block('input least', 'type: number\nfrom: trips\ncolumn: minutes'),
	'There are {{ count(trips) }} trips.\n',
	block('chart', 'type: histogram\nfrom: trips\nx: minutes\nbins: 10'),
	block('chart', 'type: bar\nfrom: trips\nx: city\ny: [sum(fare), count()]'),
	block('chart', 'type: line\nfrom: trips\nx: day\ny: avg(fare)'),
	block('chart', 'type: heatmap\nfrom: trips\nx: fare\ny: minutes'),
	block('metric', 'from: trips\nvalue: median(fare)'),
	block('metric', 'from: few\nvalue: count()')
].join('\n');

const parsed = parseReport(TEXT);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
const report = parsed.value;

type Given = { readonly chosen: ReadonlyMap<string, InputValue>; readonly marks?: Parameters<typeof markFilters>[0] };

async function render({ chosen, marks = [] }: Given) {
	const asked = { id: resultId('r'), report, name: 'r', version: null };
	const edition = await renderReport({ ...asked, chosen, brushed: markFilters(marks) }, effects);
	if (!edition.ok) throw new Error(JSON.stringify(edition.error));
	return edition.value;
}

const hashes = () => ({ contentHash: null, fileHash: null });

/** As a reader gets it. */
async function shared(chosen: Given['chosen']) {
	const edition = await render({ chosen });
	const told: number[] = [];
	const made = await shareFilters({ id: resultId('s'), edition, onProgress: (done) => told.push(done) }, effects);
	if (!made.ok || !made.value) throw new Error(JSON.stringify(made));
	const decoded = decodeBundle(encodeBundle(minimiseEdition(edition, hashes, made.value)));
	if (!decoded.ok || !decoded.value.filters) throw new Error(JSON.stringify(decoded));
	return { bundle: decoded.value, filters: openFilters(decoded.value.filters), told };
}

const kindsOf = (blocks: readonly EditionBlock<{ readonly kind: string }>[], numbers: Iterable<number>) =>
	[...numbers].map((at) => blocks[at]?.block.kind);

/** Numbers to 12 digits, as they would be compared by eye. */
function rowsOf(one: EditionBlock<{ readonly kind: string }> | undefined): unknown {
	const shown = !one ? [] : 'values' in one ? one.values : 'shown' in one ? [one.shown] : [];
	return shown.map(
		(each) =>
			each.ok && [
				each.totalRows,
				each.table.columns.map(({ name, values }) => [
					name,
					values.map((value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value))
				])
			]
	);
}

/** Inputs of the report in the order of its blocks; queries are not in a bundle. */
const reportBlocks = report.blocks.filter(({ kind }) => kind !== 'query');

function markOf(source: OpenSource, random: () => number): SharedMark & { readonly value: InputValue } {
	const own = reportBlocks[source.at];
	const { x, y } = source.fine;
	const within = (axis: typeof x): readonly [number, number] => {
		if (axis?.kind !== 'steps') return [0, 0];
		const edge = () => (axis.first + random() * axis.count) * 2 ** axis.exponent * axis.unit;
		const [one, other] = [edge(), edge()];
		return [Math.min(one, other), Math.max(one, other)];
	};
	if (own?.kind === 'input') {
		const value = valueFor(own, x?.kind === 'names' ? x.names : [], within(x), random);
		const span = chosenSpan(own, value, source);
		return { at: source.at, span: span ?? { x: null, y: null }, value };
	}
	const axis = (one: typeof x): ChartSpan['x'] => {
		if (!one) return null;
		if (one.kind === 'names') return { kind: 'values', values: one.names.filter(() => random() < 0.6) };
		const [from, to] = within(one);
		return { kind: 'range', from, to };
	};
	return { at: source.at, span: { x: axis(x), y: axis(y) }, value: null };
}

function valueFor(
	{ type }: InputBlock,
	names: readonly string[],
	[from, to]: readonly [number, number],
	random: () => number
): InputValue {
	if (type === 'search') return random() < 0.5 ? 'b' : 'OS';
	if (type === 'select') return [...names.filter(() => random() < 0.4), names[0] ?? ''];
	const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
	return type === 'date' ? { from: day(from), to: day(to) } : { from: Math.floor(from), to: Math.ceil(to) };
}

test('what readers mark and choose, one or two at a time, gives what the report would show', async () => {
	const { bundle, filters, told } = await shared(new Map());
	expect(
		kindsOf(
			bundle.blocks,
			filters.sources.map(({ at }) => at)
		)
	).toEqual(['input', 'input', 'input', 'input', 'chart', 'chart', 'chart', 'chart']);
	expect(told.at(-1)).toBe(1);
	expect(told.every((done, at) => done >= (told[at - 1] ?? 0))).toBe(true);
	const counts = { alone: 0, together: 0 };
	for (let seed = 1; seed <= 20; seed++) {
		const random = seeded(seed);
		const pick = () => filters.sources[Math.floor(random() * filters.sources.length)];
		const picked = [...new Set([pick(), pick()])].flatMap((one) => (one ? [markOf(one, random)] : []));
		const filtered = filterBlocks(filters, { blocks: bundle.blocks, isWhole: true }, picked);
		const held = filtered.marks.map((mark) => ({
			...mark,
			value: picked.find(({ at }) => at === mark.at)?.value ?? null
		}));
		counts[held.length > 1 ? 'together' : 'alone']++;
		const chosen = new Map<string, InputValue>();
		const marks: { readonly block: ChartBlock; readonly span: ChartSpan }[] = [];
		for (const { at, span, value } of held) {
			const [own, source] = [reportBlocks[at], filters.sources.find((one) => one.at === at)];
			if (own?.kind === 'chart') marks.push({ block: own, span });
			else if (own?.kind === 'input' && source) chosen.set(own.name, chosenValue(value, span, source));
		}
		const rendered = minimiseEdition(await render({ chosen, marks }), hashes);
		const promise = `seed ${seed}: ${JSON.stringify(held)}`;
		for (const [at, one] of filtered.blocks.entries()) {
			if (one.block.kind === 'input' || filtered.left.includes(at)) continue;
			expect(rowsOf(one), `${promise}, block ${at}`).toEqual(rowsOf(rendered.blocks[at]));
		}
		// A median does not add up; the rows of another query are another matter.
		if (held.length > 0) expect(kindsOf(bundle.blocks, filtered.left)).toEqual(['metric']);
	}
	expect(counts.together).toBeGreaterThan(2);
}, 120_000);

test('of what was chosen when it was shared readers go to all rows, and to others', async () => {
	const town: InputValue = ['Oslo'];
	const { bundle, filters } = await shared(new Map([['town', town]]));
	const all = minimiseEdition(await render({ chosen: new Map() }), hashes);
	const cleared = filterBlocks(filters, { blocks: bundle.blocks, isWhole: false }, []);
	for (const at of filters.sources.flatMap(({ reach }) => [...reach]))
		expect(rowsOf(cleared.blocks[at])).toEqual(rowsOf(all.blocks[at]));
	// Where two were chosen, neither can be told alone: they stay as they are.
	const both = await shared(
		new Map<string, InputValue>([
			['town', town],
			['span', { from: 10, to: 50 }]
		])
	);
	expect(
		kindsOf(
			both.bundle.blocks,
			both.filters.sources.map(({ at }) => at)
		)
	).toEqual(['input', 'input', 'chart', 'chart', 'chart', 'chart']);
});

test('making filters is cancelled where it stands, and a link has room for fewer groups', async () => {
	const edition = await render({ chosen: new Map() });
	const abort = new AbortController();
	const stopped = await shareFilters(
		{ id: resultId('s'), edition, signal: abort.signal, onProgress: (done) => done > 0.2 && abort.abort() },
		effects
	);
	expect(stopped).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
	const sizes: number[] = [];
	for (const room of [1, 0.04, 0.01]) {
		const made = await shareFilters({ id: resultId('s'), edition, room }, effects);
		if (!made.ok) throw new Error(JSON.stringify(made.error));
		sizes.push(encodeBundle(minimiseEdition(edition, hashes, made.value)).length);
	}
	expect(sizes.toSorted((one, other) => other - one)).toEqual(sizes);
	expect(sizes[2]).toBeLessThan(22_000);
}, 120_000);

test('rows are read once for all that is counted of them, and nothing of that stays in the engine', async () => {
	const edition = await render({ chosen: new Map() });
	const asked: string[] = [];
	const engine: Effects['engine'] = {
		...effects.engine,
		answer: (bound) => (asked.push(bound.sql), effects.engine.answer(bound))
	};
	const made = await shareFilters({ id: resultId('s'), edition }, { ...effects, engine });
	if (!made.ok || !made.value) throw new Error(JSON.stringify(made));
	const cubes = asked.filter((sql) => sql.includes('"cell"'));
	expect(cubes.length).toBe(made.value.cubes.length);
	expect(cubes.filter((sql) => sql.includes('range(3000)'))).toEqual([]);
	const tables = asked.flatMap((sql) => /CREATE OR REPLACE TABLE (\S+)/.exec(sql)?.[1] ?? []);
	expect(tables.length).toBe(1);
	expect(asked.at(-1)).toBe(`DROP TABLE IF EXISTS ${tables[0]}`);
});

test('what was worked out of rows is lost with the engine, and the same is counted of the rows themselves', async () => {
	const edition = await render({ chosen: new Map() });
	const whole = await shareFilters({ id: resultId('s'), edition }, effects);
	let answers = 0;
	const engine: Effects['engine'] = {
		...effects.engine,
		answer: async (bound) => {
			const table = /FROM (weir_held\S+) GROUP BY/.exec(bound.sql)?.[1];
			if (table && ++answers === 3) await effects.engine.answer({ ...bound, sql: `DROP TABLE ${table}` });
			return effects.engine.answer(bound);
		}
	};
	const made = await shareFilters({ id: resultId('s'), edition }, { ...effects, engine });
	// Within a cell groups come in any order.
	const told = (one: typeof made) =>
		one.ok && one.value?.cubes.map(({ at, by, keys, starts }) => [at, by, keys, starts]);
	expect(told(made)).toEqual(told(whole));
	expect(answers).toBe(3);
});
