// Reads a chunk of delimited text with DuckDB's own reader, when every row in it is well-formed and every value fits.
import { quoteName, quoteText } from '#core/ingest/cast-sql.ts';
import type { CsvPlan } from '#core/ingest/guess-csv.ts';
import { keptColumns } from './careful-chunk.ts';
import type { Engine } from './engine.ts';
import { writeFile, type WrittenFile } from './table-writer.ts';

/** Null when something in the chunk does not fit. Throws when the engine has no memory left. */
export function readFast(engine: Engine, plan: CsvPlan, bytes: Uint8Array): WrittenFile | null {
	const file = engine.freshName('csv');
	engine.file(file, bytes);
	try {
		return writeFile(engine, `SELECT ${keptColumns(plan).map(fastColumn).join(', ')} FROM ${readCsvCall(file, plan)}`);
	} catch (thrown) {
		if (!(thrown instanceof Error) || /out of memory/i.test(thrown.message)) throw thrown;
		return null;
	} finally {
		engine.drop(file);
	}
}

const isInteger = (type: string): boolean => /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/i.test(type);

/** DuckDB rounds `6.5` to fit an integer; whole numbers come as text and are cast where no point is in them. */
function fastColumn({ name, type }: { readonly name: string; readonly type: string }): string {
	const column = quoteName(name);
	if (!isInteger(type)) return column;
	return `CASE WHEN contains(${column}, '.') THEN error('a fraction') ELSE ${column}::${type} END AS ${column}`;
}

/** Dialects DuckDB reads differently from us are not given to it. */
export function suitsDuckDb({ csv, columns, fillShort }: CsvPlan): boolean {
	return (
		csv.comment === '' && csv.escape === csv.quote && columns.length > 1 && !fillShort && csv.delimiter.length <= 4
	);
}

function readCsvCall(file: string, { csv, columns }: CsvPlan): string {
	const types = columns.map(
		({ type }, index) =>
			`${quoteText(columns[index]?.name ?? '')}: ${quoteText(type === null || isInteger(type) ? 'VARCHAR' : type)}`
	);
	const nulls = ['', ...csv.nullTexts].map(quoteText).join(', ');
	const options = [
		'auto_detect=false',
		'header=false',
		`delim=${quoteText(csv.delimiter)}`,
		`quote=${quoteText(csv.quote)}`,
		`escape=${quoteText(csv.escape)}`,
		`nullstr=[${nulls}]`,
		`columns={${types.join(', ')}}`,
		...(csv.emptyTexts ? ['allow_quoted_nulls=false'] : []),
		'strict_mode=true',
		'max_line_size=2000000',
		'buffer_size=8000000',
		...(csv.decimal === ',' ? ["decimal_separator=','"] : []),
		...(csv.dateFormat === null ? [] : [`dateformat=${quoteText(csv.dateFormat)}`]),
		...(csv.timestampFormat === null ? [] : [`timestampformat=${quoteText(csv.timestampFormat)}`])
	];
	return `read_csv('${file}', ${options.join(', ')})`;
}
