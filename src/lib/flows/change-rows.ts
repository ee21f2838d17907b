// UPDATE, DELETE and INSERT: of the segments they touch, each gets a patch or is written again, whichever costs less.
import type { ColumnSource } from '../core/parquet/parquet-file.ts';
import { ok } from '../core/result.ts';
import { hitsSql, insertedSql, withHitsSql, withoutHitsSql } from '../core/sql/change-sql.ts';
import type { ChangeStatement } from '../core/sql/change-statement.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Column, SegmentRef } from '../core/version/version.ts';
import type { TablePiece } from './compose-table.ts';
import { cutAfter, keptKey } from './cut-after.ts';
import { fitWritten, fittingSchema, widenKept } from './widen-columns.ts';
import { TOUCHED, type Change, type Hits, type Outcome, type StatementWork } from './statement-work.ts';

type Of<K extends ChangeStatement['kind']> = Extract<ChangeStatement, { readonly kind: K }>;
type Exchanged = Extract<TablePiece, { readonly kind: 'exchanged' }>;

/** Rewriting segments of which little stays would leave many that are tiny. */
const KEPT_SHARE = 0.5;

export async function update(work: StatementWork, statement: Of<'update'>): Outcome<Change> {
	const { segments } = work;
	const named = work.columns(
		statement.sets.map(({ column }) => column),
		'set'
	);
	if (!named.ok) return named;
	const types = named.value.map((column) => work.wide[work.schema.indexOf(column)]?.type ?? column.type);
	const hits = await work.findHits(hitsSql(work.input.sql, statement, types));
	if (!hits.ok) return hits;
	const { rowCount, counts } = hits.value;
	if (rowCount === 0) return ok({ rowCount, schema: work.schema, pieces: [] });
	const set = named.value.map(({ name }) => name);
	const cells = set.map((name, index) => `v${index} AS ${quoteName(name)}`).join(', ');
	const given = { table: `(SELECT ${cells} FROM ${work.hits})`, relations: [], given: set };
	const fitting = await fittingSchema(work.input.item.version, given, work.work);
	if (!fitting.ok) return fitting;
	const schema = fitting.value;
	// A column that gets wider is written whole.
	const isWider = schema !== work.schema;
	const touched = isWider ? segments.map((_ref, at) => at) : hits.value.touched;
	const values = schema.map(({ name }) => set.indexOf(name));
	const chosen = await work.patches.choose(
		isWider ? [] : touched.map((segment) => ({ segment, changed: counts.get(segment) ?? 0, removed: 0 })),
		values.flatMap((value, column) => (value < 0 ? [] : [column]))
	);
	if (!chosen.ok) return chosen;
	const by: Exchanged['by'][number][] = [];
	if (chosen.value.length > 0) {
		const cell = (column: number): string => ((values[column] ?? -1) < 0 ? `s.c${column}` : `h.v${values[column]}`);
		const piece = await work.patches.patch(chosen.value, { hits: work.hits, gone: 'false', cell });
		if (!piece.ok) return piece;
		by.push({ numbers: chosen.value, piece: piece.value });
	}
	const left = touched.filter((number) => !chosen.value.includes(number));
	const isPatched = (number: number): boolean => segments[number]?.patch !== undefined;
	const some = { schema, set, numbers: left.filter((number) => !isPatched(number)) };
	const spliced = await rewriteSet(work, some);
	if (!spliced.ok) return spliced;
	const whole = await rewriteWhole(work, { ...some, numbers: left.filter(isPatched) });
	if (!whole.ok) return whole;
	by.push(...spliced.value, ...whole.value);
	return ok({ rowCount, schema, pieces: [{ kind: 'exchanged', segments, by }] });
}

type SetColumns = {
	readonly numbers: readonly number[];
	/** Of the new table. */
	readonly schema: readonly Column[];
	/** Names of columns that are set. */
	readonly set: readonly string[];
};

/** The columns that are set alone, beside the chunks of the others. */
async function rewriteSet(work: StatementWork, { numbers, schema, set }: SetColumns): Outcome<Exchanged['by']> {
	if (numbers.length === 0) return ok([]);
	const refs = numbers.flatMap((number) => work.segments[number] ?? []);
	const shown = set.flatMap((name) => schema.find((column) => column.name === name) ?? []);
	const sql = withHitsSql(TOUCHED, work.hits, { shown, set }, work.segments, numbers);
	const counts = refs.map(({ rowCount }) => rowCount);
	const table = await work.writeTouched(sql, numbers, counts);
	if (!table.ok) return table;
	const columns = schema.map(({ name }, column): ColumnSource => {
		const written = set.indexOf(name);
		return written < 0 ? { from: 'kept', column } : { from: 'written', column: written };
	});
	const of = { kind: 'kept', segments: refs } as const;
	return ok([{ numbers, piece: { kind: 'spliced', of, columns, table: table.value } }]);
}

/** Of segments with a patch, whose chunks are no longer their rows. */
async function rewriteWhole(work: StatementWork, { numbers, schema, set }: SetColumns): Outcome<Exchanged['by']> {
	if (numbers.length === 0) return ok([]);
	const counts = numbers.map((number) => work.segments[number]?.rowCount ?? 0);
	const sql = withHitsSql(TOUCHED, work.hits, { shown: schema, set }, work.segments, numbers);
	const table = await work.writeTouched(sql, numbers, counts);
	return table.ok ? ok([{ numbers, piece: { kind: 'written', table: table.value } }]) : table;
}

export async function remove(work: StatementWork, statement: Of<'delete'>): Outcome<Change> {
	const { schema, segments } = work;
	const hits = await work.findHits(hitsSql(work.input.sql, statement, []));
	if (!hits.ok) return hits;
	const { rowCount, counts } = hits.value;
	const left = (number: number): number => (segments[number]?.rowCount ?? 0) - (counts.get(number) ?? 0);
	const stays = segments.flatMap((_ref, number) => (left(number) > 0 ? [number] : []));
	const refs = stays.flatMap((number): SegmentRef[] => segments.slice(number, number + 1));
	const touched = hits.value.touched.filter((number) => left(number) > 0);
	if (rowCount === 0 || touched.length === 0)
		return ok({ rowCount, schema, pieces: [{ kind: 'kept', segments: refs }] });
	const chosen = await work.patches.choose(
		touched.map((segment) => ({ segment, changed: 0, removed: counts.get(segment) ?? 0 })),
		null
	);
	if (!chosen.ok) return chosen;
	const rewritten = touched.filter((number) => !chosen.value.includes(number));
	const [stay, had] = [left, (number: number) => segments[number]?.rowCount ?? 0].map((of) =>
		rewritten.reduce((sum, number) => sum + of(number), 0)
	);
	if ((stay ?? 0) < (had ?? 0) * KEPT_SHARE && rewritten.length > 1) return removeAnew(work, hits.value);
	const place = (numbers: readonly number[]): readonly number[] => numbers.map((number) => stays.indexOf(number));
	const by: Exchanged['by'][number][] = [];
	if (chosen.value.length > 0) {
		const override = { hits: work.hits, gone: 'true', cell: () => 'NULL' };
		const piece = await work.patches.patch(chosen.value, override);
		if (!piece.ok) return piece;
		by.push({ numbers: place(chosen.value), piece: piece.value });
	}
	if (rewritten.length > 0) {
		const sql = withoutHitsSql(TOUCHED, work.hits, schema, segments, rewritten);
		const table = await work.writeTouched(sql, rewritten, rewritten.map(left));
		if (!table.ok) return table;
		by.push({ numbers: place(rewritten), piece: { kind: 'written', table: table.value } });
	}
	return ok({ rowCount, schema, pieces: [{ kind: 'exchanged', segments: refs, by }] });
}

/** All rows that stay, written anew. */
async function removeAnew(work: StatementWork, { rowCount }: Hits): Outcome<Change> {
	const { schema, segments, input } = work;
	const all = segments.map((_ref, at) => at);
	const written = await work.writeRows(withoutHitsSql(TOUCHED, work.hits, schema, segments, all), all);
	if (!written.ok) return written;
	const key = keptKey(input.item.version, schema);
	const cut = { id: input.id, table: written.value, key, earlier: input.item.version };
	const table = await cutAfter(cut, work.job, work.effects);
	return table.ok ? ok({ rowCount, schema, pieces: [{ kind: 'written', table: table.value }] }) : table;
}

export async function insert(work: StatementWork, statement: Of<'insert'>): Outcome<Change> {
	const { schema, segments } = work;
	const columns = work.columns(statement.columns ?? [], 'named');
	if (!columns.ok) return columns;
	const given = (statement.columns ? columns.value : schema).map(({ name }) => name);
	const wide = await work.write(insertedSql(work.input.sql, statement, work.wide, given));
	if (!wide.ok) return wide;
	const { id, item } = work.input;
	const fitting = { id, version: item.version, table: wide.value, given };
	const fitted = await fitWritten(fitting, work.work, work.effects);
	if (!fitted.ok) return fitted;
	const { table } = fitted.value;
	const added: readonly TablePiece[] = [
		{ kind: 'kept', segments },
		{ kind: 'written', table }
	];
	const widening = { id, version: item.version, pieces: added, schema: fitted.value.schema };
	const pieces = await widenKept(widening, work.job, work.effects);
	if (!pieces.ok) return pieces;
	return ok({ rowCount: table.rowCount, schema: fitted.value.schema, pieces: pieces.value });
}
