// The rows against a check: a sample with what names them, and one SELECT of them all.
import { quoteName } from '../sql/quote.ts';
import { typeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import { ROW, rowsOf, type ReadyPlan } from './compile-suite.ts';
import { told, type Told } from './told.ts';
import type { OffendingRow } from './verdict.ts';

export const SAMPLE_ROWS = 20;
/** Of a COMPLETE result. */
export const COMPLETE_ROWS = 10_000;

/** All of them with all their columns; null where a check is not about rows. */
export function offendingRowsSql(ready: ReadyPlan): string | null {
	return ready.plan.unexpected && !ready.plan.fn ? ready.plan.unexpected.select(rowsOf(ready)) : null;
}

/** `key` names rows; without one it is their number. `rows` gives the rows with `@row`. */
export function sampleSql(
	ready: ReadyPlan,
	schema: readonly Column[],
	{ key, limit }: { readonly key: readonly string[] | null; readonly limit: number },
	rows: string = rowsOf(ready, key === null)
): string | null {
	const { unexpected } = ready.plan;
	if (!unexpected) return null;
	const selected = unexpected.select(rows);
	const columns = unexpected.columns;
	if (columns === null) return `SELECT * FROM (${selected}\n) LIMIT ${limit}`;
	const shown = columns.length > 0 ? columns : schema.slice(0, 5).map(({ name }) => name);
	const values = [...(key ?? [ROW]), ...shown].map((name, at) => `${cellSql(name, schema)} AS c${at}`);
	return `SELECT ${values.join(', ')} FROM (${selected}\n) LIMIT ${limit}`;
}

function cellSql(name: string, schema: readonly Column[]): string {
	const quoted = quoteName(name);
	const type = schema.find((column) => column.name === name)?.type;
	if (name === ROW) return `CAST(${quoted} AS BIGINT)`;
	const family = typeFamily(type ?? 'VARCHAR');
	return family === 'number' || family === 'boolean' ? quoted : `CAST(${quoted} AS VARCHAR)`;
}

/** From the answer to `sampleSql`. */
export function readSample(
	answer: readonly Readonly<Record<string, unknown>>[],
	{ plan }: ReadyPlan,
	schema: readonly Column[],
	key: readonly string[] | null
): readonly OffendingRow[] {
	const columns = plan.unexpected?.columns ?? null;
	if (columns === null) return answer.map((row) => freeRow(row, key));
	const shown = columns.length > 0 ? columns : schema.slice(0, 5).map(({ name }) => name);
	const names = key ?? [ROW];
	return answer.map((row) => {
		const cell = (at: number): Told => told(row[`c${at}`]);
		return {
			key: Object.fromEntries(names.map((name, at) => [keyName(name), cell(at)])),
			values: Object.fromEntries(shown.map((name, at) => [name, cell(names.length + at)]))
		};
	});
}

/** Of a query of one's own, whose columns are its own too. */
function freeRow(row: Readonly<Record<string, unknown>>, key: readonly string[] | null): OffendingRow {
	const entries = Object.entries(row);
	const isKey = (name: string): boolean => (key ?? [ROW]).includes(name);
	const number = (name: string, value: unknown): Told => (name === ROW ? Number(value) : told(value));
	return {
		key: Object.fromEntries(
			entries.filter(([name]) => isKey(name)).map(([name, value]) => [keyName(name), number(name, value)])
		),
		values: Object.fromEntries(
			entries.filter(([name]) => name !== ROW && !isKey(name)).map(([name, value]) => [name, told(value)])
		)
	};
}

function keyName(name: string): string {
	return name === ROW ? 'row' : name;
}
