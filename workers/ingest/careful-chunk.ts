// Reads a chunk of delimited text row by row, and knows line, column and reason of each row that does not fit.
import { quoteName, tryCast } from '#core/ingest/cast-sql.ts';
import { fitRows, misfitReason, type FittedRows } from '#core/ingest/fit-rows.ts';
import type { CsvPlan } from '#core/ingest/guess-csv.ts';
import type { Reject } from '#core/ingest/options.ts';
import { RecordReader } from '#core/ingest/record-reader.ts';
import { countLines, lastBorder } from '#core/ingest/record-splitter.ts';
import type { Column } from '#core/version/version.ts';
import type { Chunk } from './api.ts';
import { decodeText } from './decode-text.ts';
import type { Engine } from './engine.ts';
import { writeFile, type WrittenFile } from './table-writer.ts';

const FLUSH_ROWS = 100_000;
const PIECE_BYTES = 512 * 1024;

/** What a chunk became. */
export type ChunkRows = { readonly files: readonly WrittenFile[]; readonly rejects: readonly Reject[] };

/** The columns that are not dropped. */
export function keptColumns(plan: CsvPlan): readonly Column[] {
	return plan.columns.flatMap(({ name, type }) => (type === null ? [] : [{ name, type }]));
}

export function readCarefully(engine: Engine, plan: CsvPlan, chunk: Pick<Chunk, 'bytes' | 'line'>): ChunkRows {
	const columns = keptColumns(plan);
	const damaged = isUtf8(plan) && !decodes(chunk.bytes);
	const files: WrittenFile[] = [];
	const rejects: Reject[] = [];
	const empty = (): FittedRows => ({ columns: columns.map(() => []), lines: [], texts: [], rejects: [] });
	let held = empty();
	const flush = (): void => {
		const { file, misfits } = store(engine, plan, held);
		if (file) files.push(file);
		append(
			rejects,
			[...held.rejects, ...misfits].sort((a, b) => a.line - b.line)
		);
		held = empty();
	};
	for (const { bytes, line } of piecesOf(chunk, plan)) {
		const text = decodeText(new TextDecoder('utf-8', { ignoreBOM: true }), bytes);
		const fitted = fitRows(new RecordReader(text, plan.csv, line), text, plan, Infinity, damaged);
		fitted.columns.forEach((cells, index) => append(held.columns[index] ?? [], cells));
		append(held.lines, fitted.lines);
		append(held.texts, fitted.texts);
		append(held.rejects, fitted.rejects);
		if (held.lines.length >= FLUSH_ROWS) flush();
	}
	flush();
	return { files, rejects };
}

/** Casts and writes rows of text; those with a value that does not fit come back. */
function store(
	engine: Engine,
	plan: CsvPlan,
	fitted: FittedRows
): { readonly file: WrittenFile | null; readonly misfits: readonly Reject[] } {
	const rowCount = fitted.lines.length;
	if (rowCount === 0) return { file: null, misfits: [] };
	const columns = keptColumns(plan);
	engine.insertTexts('careful', fitted.columns, rowCount);
	try {
		const typed = columns.map(({ type }, index) => `${tryCast(`c${index}`, type, plan.csv)} AS t${index}`);
		const bad = columns.map((_, index) => `WHEN c${index} IS NOT NULL AND t${index} IS NULL THEN ${index}`);
		engine.query(
			`CREATE TEMP TABLE typed AS SELECT *, CASE ${bad.join(' ')} END AS bad
			 FROM (SELECT *, ${typed.join(', ')} FROM careful)`
		);
		const misfits = engine.query('SELECT n, bad FROM typed WHERE bad IS NOT NULL ORDER BY n');
		const named = columns.map(({ name }, index) => `t${index} AS ${quoteName(name)}`);
		const file =
			misfits.length < rowCount
				? writeFile(engine, `SELECT ${named.join(', ')} FROM typed WHERE bad IS NULL ORDER BY typed.n`)
				: null;
		return { file, misfits: misfits.map((row) => misfitOf(fitted, columns, Number(row.n), Number(row.bad))) };
	} finally {
		engine.query('DROP TABLE IF EXISTS careful; DROP TABLE IF EXISTS typed');
	}
}

function misfitOf(fitted: FittedRows, columns: readonly Column[], row: number, index: number): Reject {
	const column = columns[index];
	return {
		line: fitted.lines[row] ?? 0,
		column: column?.name ?? null,
		reason: misfitReason(fitted.columns[index]?.[row] ?? '', column?.type ?? ''),
		text: fitted.texts[row] ?? ''
	};
}

/** Whole records in pieces: strings much longer than this are slow to take apart. */
function* piecesOf(chunk: Pick<Chunk, 'bytes' | 'line'>, plan: CsvPlan): Generator<Pick<Chunk, 'bytes' | 'line'>> {
	let line = chunk.line;
	for (let at = 0, length = PIECE_BYTES; at < chunk.bytes.length;) {
		const whole = at + length >= chunk.bytes.length;
		const bytes = chunk.bytes.subarray(at, whole ? chunk.bytes.length : at + length);
		const border = whole ? bytes.length : lastBorder(bytes, plan.csv);
		if (border === 0) {
			length *= 2;
			continue;
		}
		const piece = bytes.subarray(0, border);
		yield { bytes: piece, line };
		line += countLines(piece).lineCount;
		at += border;
		length = PIECE_BYTES;
	}
}

function append<T>(to: T[], more: readonly T[]): void {
	for (const item of more) to.push(item);
}

const isUtf8 = (plan: CsvPlan): boolean => /^utf-?8$/i.test(plan.csv.encoding);

function decodes(bytes: Uint8Array): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return true;
	} catch {
		// The one thing a fatal decoder throws is what is asked here.
		return false;
	}
}
