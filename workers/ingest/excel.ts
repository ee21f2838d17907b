// Reads .xlsx workbooks: one sheet becomes a table.
import { strFromU8, unzipSync, zipSync, type Unzipped } from 'fflate';
import readXlsx from 'read-excel-file/universal';
import { quoteName } from '#core/ingest/cast-sql.ts';
import { typeOf } from '#core/ingest/guess-csv.ts';
import type { IngestOptions, IngestOverrides, Preview, SourceTable } from '#core/ingest/options.ts';
import { planSheet, type Cell, type SheetPlan } from '#core/ingest/plan-sheet.ts';
import { readZipDirectory } from '#core/ingest/zip-directory.ts';
import type { ReadContext, ReadTable } from './csv.ts';
import type { Engine } from './engine.ts';
import { Stopped } from './failures.ts';
import { readRelation, sliceOf } from './parquet.ts';
import { readWhole, type Source } from './source.ts';

const PACKED_MAX_BYTES = 100 * 1024 * 1024;
const UNPACKED_MAX_BYTES = 600 * 1024 * 1024;

type Workbook = Awaited<ReturnType<typeof readXlsx>>;
type Opened = { readonly sheet: string; readonly tables: readonly SourceTable[]; readonly plan: SheetPlan };

export async function guessExcel(source: Source, overrides: IngestOverrides): Promise<Preview> {
	const { sheet, tables, plan } = await openSheet(source, overrides);
	const options = optionsOf(source, sheet, plan, overrides);
	const shown = plan.columns.filter((_, index) => options.columns[index]?.type !== null);
	const count = Math.min(plan.rowCount, 100);
	return {
		options,
		rows: Array.from({ length: count }, (_, row) => shown.map((cells) => cells[row] ?? null)),
		rejects: [],
		rowEstimate: plan.rowCount,
		exact: true,
		tables,
		notes: [],
		recordPaths: []
	};
}

export async function readExcel(
	engine: Engine,
	source: Source,
	overrides: IngestOverrides,
	{ onProgress }: Pick<ReadContext, 'onProgress'>
): Promise<ReadTable> {
	const { sheet, plan } = await openSheet(source, overrides);
	const options = optionsOf(source, sheet, plan, overrides);
	engine.insertTexts('sheet_texts', plan.columns, plan.rowCount);
	const typed = plan.names.map((name, index) => `c${index}::${plan.types[index]} AS ${quoteName(name)}`);
	engine.query(`CREATE TABLE sheet AS SELECT ${typed.join(', ')} FROM sheet_texts ORDER BY sheet_texts.n`);
	engine.query('DROP TABLE sheet_texts');
	try {
		const relation = {
			sql: 'sheet',
			slice: (at: number, rowCount: number) => sliceOf('sheet', at, rowCount),
			rowCount: plan.rowCount,
			rowBytes: plan.names.length * 16,
			drop: () => undefined
		};
		return readRelation(engine, { relation, source, options, types: plan.types }, onProgress);
	} finally {
		engine.query('DROP TABLE sheet');
	}
}

async function openSheet(source: Source, overrides: IngestOverrides): Promise<Opened> {
	const unreadable = (reason: string): Stopped =>
		new Stopped({ kind: 'unreadable-source', source: source.name, format: 'excel', reason, line: null });
	const bytes = await readWhole(source, PACKED_MAX_BYTES);
	if (bytes === null) throw new Stopped({ kind: 'too-large', source: source.name, limit: '100 MB of .xlsx' });
	const directory = readZipDirectory(bytes, bytes.length);
	if (directory === null) throw unreadable('the end of the file is missing: it is cut off or damaged');
	if (!directory.names.includes('xl/workbook.xml')) {
		throw unreadable('this ZIP holds no .xlsx workbook; unpack it and drop the files inside');
	}
	if (directory.unpackedBytes > UNPACKED_MAX_BYTES) {
		throw new Stopped({ kind: 'too-large', source: source.name, limit: '600 MB of unpacked .xlsx; save it as CSV' });
	}
	let workbook: Workbook;
	let hidden: ReadonlySet<string>;
	try {
		const files = unzipSync(bytes, { filter: ({ name }) => /\.(xml|rels)$/.test(name) });
		hidden = hiddenSheets(strFromU8(files['xl/workbook.xml'] ?? new Uint8Array()));
		workbook = await readWorkbook(files);
	} catch (thrown) {
		// What the reader did not expect: only its other errors are written for people.
		if (thrown instanceof TypeError)
			throw unreadable('its sheets are not written as Excel writes them; save it there again');
		throw unreadable(`it is damaged (${thrown instanceof Error ? thrown.message : String(thrown)})`);
	}
	const hasCells = ({ data }: Workbook[number]): boolean => data.some((row) => row.some((cell) => cell !== null));
	const asked = overrides.excel?.sheet;
	const chosen =
		asked === undefined
			? (workbook.find((one) => hasCells(one) && !hidden.has(one.sheet)) ?? workbook.find(hasCells) ?? workbook[0])
			: workbook.find(({ sheet }) => sheet === asked);
	if (!chosen) {
		const reason = `the workbook has ${workbook.map(({ sheet }) => sheet).join(', ')}`;
		throw new Stopped({ kind: 'unsupported-option', option: 'sheet', value: asked ?? '', reason });
	}
	const tables = workbook.map(({ sheet }) => ({
		...{ name: sheet, kind: 'sheet' as const, columns: [] },
		isHidden: hidden.has(sheet)
	}));
	const plan = planSheet(chosen.data as unknown as readonly (readonly Cell[])[], overrides.excel ?? {});
	if (plan.names.length === 0) throw new Stopped({ kind: 'empty-source', source: source.name });
	return { sheet: chosen.sheet, tables, plan };
}

/** Source: ECMA-376 part 1, section 18.2.19 (sheet) and 18.18.68 (its states). */
function hiddenSheets(workbook: string): ReadonlySet<string> {
	const sheets = [...workbook.matchAll(/<(?:\w+:)?sheet\s([^>]*)>/g)].map(([, attributes = '']) => attributes);
	const attribute = (of: string, name: string): string =>
		new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
			.exec(of)
			?.slice(1)
			.find((text) => text !== undefined) ?? '';
	const hidden = sheets.filter((one) => /^(veryH|h)idden$/.test(attribute(one, 'state')));
	return new Set(hidden.map((one) => plainXml(attribute(one, 'name'))));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function plainXml(text: string): string {
	return text.replace(/&(lt|gt|amp|quot|apos);/g, (whole, name: string) => entities[name] ?? whole);
}

/**
 * Note: how the reader is handled. It unpacks large files in workers of its own making, which the page's policy refuses, so it
 * is given them unpacked. And it halves what it parses at once whenever that took 7 ms, down to single bytes, each a call
 * deeper: on a busy machine 50,000 rows took minutes, and then the stack (read-excel-file 9.3.17). So its clock stands still.
 */
async function readWorkbook(files: Unzipped): Promise<Workbook> {
	const stored = new Blob([zipSync(files, { level: 0 })]);
	const { now } = Date;
	Date.now = () => 0;
	try {
		return await readXlsx(stored);
	} finally {
		Date.now = now;
	}
}

function optionsOf(source: Source, sheet: string, plan: SheetPlan, overrides: IngestOverrides): IngestOptions {
	return {
		format: 'excel',
		compression: source.compression,
		csv: null,
		json: null,
		excel: { sheet, header: plan.header, skipLines: plan.skipLines },
		columns: plan.names.map((name, index) => ({
			source: name,
			name: overrides.names?.[name] ?? name,
			type: typeOf(name, plan.types[index] ?? 'VARCHAR', overrides)
		}))
	};
}
