// The shapes that a map of a person's own regions is drawn with: read once for the versions they are of, and kept while the same report is rendered again.
import { findColumn, valueSql } from '../core/report/column-sql.ts';
import type { RegionShapes } from '../core/report/edition.ts';
import { SHAPES_MAX } from '../core/report/region-shapes.ts';
import type { OwnShapes } from '../core/report/report.ts';
import type { VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Effects } from './effects.ts';
import { wholeSql, type BlockFailure, type ReportRows } from './report-rows.ts';

export type ReadShapes = { readonly shapes: RegionShapes; readonly inputs: readonly VersionId[] };
/** By what they are read with. */
export type SeenShapes = Map<string, Promise<Result<ReadShapes, BlockFailure>>>;

/** What an import of GeoJSON calls them. */
const GEOMETRY = 'geometry';

export async function readShapes(
	shapes: OwnShapes,
	rows: ReportRows,
	seen: SeenShapes,
	{ engine }: Pick<Effects, 'engine'>
): Promise<Result<ReadShapes, BlockFailure>> {
	const { from } = shapes;
	const over = await rows.over(from);
	if (!over.ok) return over;
	const { columns, relation } = over.value;
	const key = findColumn(shapes.key, columns, from);
	if (!key.ok) return key;
	const geometry = findColumn(GEOMETRY, columns, from);
	if (!geometry.ok) return geometry;
	const name = quoteName(geometry.value.name);
	const text = /^(VARCHAR|JSON)$/.test(geometry.value.type) ? name : `to_json(${name})`;
	const named = valueSql(key.value);
	const selected = `SELECT ${named.sql} AS "key", CAST(${text} AS VARCHAR) AS "shape" FROM ${relation.name} LIMIT ${SHAPES_MAX + 1}`;
	const sql = wholeSql(over.value, selected);
	const known = seen.get(sql);
	if (known) return known;
	const reading = rows.ask(sql, (bound) => engine.shapes({ ...bound, keyType: named.type }));
	const checked = reading.then((read): Result<ReadShapes, BlockFailure> => {
		if (!read.ok) return read;
		const { value, inputs } = read.value;
		if (value.rowCount > SHAPES_MAX) return err({ kind: 'too-many-shapes', from, limit: SHAPES_MAX });
		if (value.table.rowCount === 0) return err({ kind: 'no-shapes', from, unread: value.unread });
		return ok({ shapes: value, inputs });
	});
	seen.set(sql, checked);
	// What failed may come right the next time.
	if (!(await checked).ok) seen.delete(sql);
	return checked;
}
