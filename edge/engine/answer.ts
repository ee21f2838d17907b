// Answers one question in a database that has its tables, and nothing else in reach.
import { concatBytes, batchRowCount, BatchSlicer, END_OF_STREAM } from '#core/sql/arrow-messages.ts';
import { castQuery } from '#core/sql/cast-query.ts';
import type { ErrorOrigin } from '#core/sql/duckdb-error.ts';
import { bindParams, quoteName, quoteText } from '#core/sql/quote.ts';
import { splitStatements } from '#core/sql/tokens.ts';
import { arrowType } from '#core/sql/types.ts';
import type { EngineAnswer, EngineColumn, EngineQuestion } from './question.ts';
import type { EngineLimits } from './limits.ts';
import type { RowStream, Session } from './session.ts';

/** What the engine threw at a text, and the way back from its positions to the question's. */
export class OriginError extends Error {
	readonly error: unknown;
	readonly origin: ErrorOrigin;

	constructor(error: unknown, origin: ErrorOrigin) {
		super('failed with an origin');
		this.error = error;
		this.origin = origin;
	}
}

/** `files` are what the question's tables are called as files, in their order. */
export function prepare(
	session: Session,
	question: EngineQuestion,
	files: readonly string[],
	limits: EngineLimits
): void {
	session.execute(`SET memory_limit='${Math.floor(limits.databaseBytes / 1024)}KiB'`);
	// It counts no text by its length: as usual it would hold thirty batches of whatever length.
	session.execute("SET streaming_buffer_size='32KiB'");
	session.execute(`SET TimeZone=${quoteText(question.timeZone)}`);
	question.tables.forEach(({ name }, at) => {
		session.execute(`CREATE VIEW ${quoteName(name)} AS SELECT * FROM read_parquet(${quoteText(files[at] ?? '')})`);
	});
	session.execute(`SET allowed_paths=[${files.map(quoteText).join(', ')}]`);
	session.execute('SET enable_external_access=false');
	// See steps.ts.
	session.execute("SET enable_profiling='no_output'");
	session.execute('SET lock_configuration=true');
}

/** Fails: throws OriginError for what the engine says of the question's SQL, and TooLongError */
export async function answer(session: Session, question: EngineQuestion, limits: EngineLimits): Promise<EngineAnswer> {
	const bound = bindParams(question.sql, question.params);
	if (!bound.ok) return refused('The values given do not fit the numbered parameters of the SQL.');
	const { sql, toOriginal } = bound.value;
	const [only, second] = splitStatements(sql);
	if (!only) return refused('The SQL holds no statement.');
	if (second) return refused('The SQL holds more than one statement.', toOriginal(second.start));
	const statement = sql.slice(only.start, only.end);
	const origin = (prefix: string, suffix = ''): ErrorOrigin => ({
		sql: prefix + statement + suffix,
		toOriginal: (position) =>
			position < prefix.length ? null : toOriginal(Math.min(position - prefix.length, statement.length) + only.start)
	});
	const shape = await readStatement(session, statement);
	if (shape === 'unreadable') {
		await from(origin(''), () => session.start(statement));
		return refused('The SQL cannot be read.');
	}
	if (shape !== 'one query')
		return refused('Only a statement that reads is answered, such as SELECT.', toOriginal(only.start));
	const columns = await from(origin('DESCRIBE '), () => describe(session, statement));
	const { prefix, suffix } = castQuery(columns, arrowType);
	const whole = question.take > 0 ? origin(prefix, suffix) : origin(`FROM (${prefix}`, `${suffix}\n) LIMIT 0`);
	return from(whole, async () => pageOf(await session.start(whole.sql), columns, question, limits));
}

/** The engine's own parser says what a text is: it alone knows where a statement ends. */
async function readStatement(session: Session, statement: string): Promise<'one query' | 'other' | 'unreadable'> {
	const [row] = await session.rows(`SELECT json_serialize_sql(${quoteText(statement)}) AS tree`);
	const tree = JSON.parse(String(row?.['tree'])) as {
		readonly error: boolean;
		readonly error_type?: string;
		readonly statements?: readonly unknown[];
	};
	if (!tree.error) return tree.statements?.length === 1 ? 'one query' : 'other';
	return tree.error_type === 'parser' ? 'unreadable' : 'other';
}

async function describe(session: Session, statement: string): Promise<EngineColumn[]> {
	const rows = await session.rows(`DESCRIBE ${statement}`);
	return rows.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
}

async function pageOf(
	{ header, batches }: RowStream,
	columns: readonly EngineColumn[],
	{ skip, take }: EngineQuestion,
	{ answerBytes }: EngineLimits
): Promise<EngineAnswer> {
	const slicer = new BatchSlicer(header);
	const messages = [header];
	let sizeBytes = header.byteLength + END_OF_STREAM.byteLength;
	let seen = 0;
	for await (const batch of batches) {
		const first = seen;
		seen += batchRowCount(batch);
		const [startRow, endRow] = [Math.max(skip - first, 0), Math.min(skip + take, seen) - first];
		if (startRow < endRow) {
			const rows = slicer.slice(batch, startRow, endRow);
			messages.push(rows);
			sizeBytes += rows.byteLength;
		}
		if (sizeBytes > answerBytes) return { kind: 'too-large', of: 'answer', limitBytes: answerBytes, bytes: null };
		if (seen > skip + take) break;
	}
	return { kind: 'rows', arrow: concatBytes([...messages, END_OF_STREAM]), columns, isMore: seen > skip + take };
}

async function from<T>(origin: ErrorOrigin, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw new OriginError(error, origin);
	}
}

function refused(message: string, position: number | null = null): EngineAnswer {
	return { kind: 'refused', message, position };
}
