// Turns raw JSON texts into records: objects as they are, arrays by their places, scalars under the name `value`.
import { readJson } from '#core/ingest/json-relax.ts';
import { DEPTH_MAX } from '#core/ingest/json-splitter.ts';
import { memberPaths, type MemberPath } from '#core/ingest/nested-members.ts';
import type { Reject } from '#core/ingest/options.ts';

export type JsonRecord = {
	/** Strict JSON of an object, on one line. */
	readonly text: string;
	readonly keys: readonly string[];
	/** Of what is nested in its values. */
	readonly members: readonly MemberPath[];
	readonly line: number;
};

/** What records are: of GeoJSON, features, or geometries with them. */
export type RecordKind = 'plain' | 'features' | 'geometries';

type RawValue = { readonly text: string; readonly line: number; readonly tooDeep: boolean };

type Records = {
	readonly records: JsonRecord[];
	readonly rejects: Reject[];
	/** Each text is an object of strict JSON, which nothing was done to. */
	readonly areAsTheyStand: boolean;
};

/** Of GeoJSON (RFC 7946) a record is a feature: its properties, and its geometry as text. A geometry alone is a feature without properties. */
export function recordsOf(raw: Iterable<RawValue>, kind: RecordKind): Records {
	const records: JsonRecord[] = [];
	const rejects: Reject[] = [];
	let header: readonly string[] | null = null;
	let first = true;
	let areAsTheyStand = kind === 'plain';
	for (const { text, line, tooDeep } of raw) {
		const read = tooDeep ? null : readJson(text);
		if (read === null) {
			areAsTheyStand = false;
			const reason = tooDeep ? `nested deeper than ${DEPTH_MAX} levels` : 'this is no JSON';
			rejects.push({ line, column: null, reason, text: text.slice(0, 2000) });
			continue;
		}
		const { value } = read;
		if (kind !== 'plain') {
			const record = fromFeature(value, line, kind);
			if (record) records.push(record);
			else rejects.push({ line, column: null, reason: 'this is no GeoJSON feature', text: text.slice(0, 2000) });
			continue;
		}
		if (Array.isArray(value)) {
			areAsTheyStand = false;
			if (first && isHeader(value)) header = value;
			else records.push(fromArray(value, header, line));
		} else if (value !== null && typeof value === 'object') {
			records.push({ text: read.text, keys: Object.keys(value), members: memberPaths(value), line });
			areAsTheyStand &&= read.text === text;
		} else {
			areAsTheyStand = false;
			records.push({ text: `{"value":${read.text}}`, keys: ['value'], members: [], line });
		}
		first = false;
	}
	return { records, rejects, areAsTheyStand };
}

const isHeader = (value: readonly unknown[]): value is string[] =>
	value.length > 0 &&
	value.every((cell) => typeof cell === 'string' && cell !== '') &&
	new Set(value).size === value.length;

/** Source: RFC 7946, section 1.4. */
export const geometries = [
	'Point',
	'MultiPoint',
	'LineString',
	'MultiLineString',
	'Polygon',
	'MultiPolygon',
	'GeometryCollection'
];

/** Its identifier is the column `id` where no property is. Values are written anew, as of arrays. */
function fromFeature(value: unknown, line: number, kind: RecordKind): JsonRecord | null {
	if (typeof value !== 'object' || value === null || !('type' in value)) return null;
	const isGeometry = kind === 'geometries' && typeof value.type === 'string' && geometries.includes(value.type);
	if (value.type !== 'Feature' && !isGeometry) return null;
	const feature: Readonly<Record<string, unknown>> = isGeometry ? { geometry: value } : { ...value };
	const { properties, geometry, id } = feature;
	const told = typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
	const own = told.map(([key, cell]): readonly [string, unknown] => [
		key.toLowerCase() === 'geometry' ? `${key}_property` : key,
		cell
	]);
	const hasId = id === undefined || own.some(([key]) => key.toLowerCase() === 'id');
	const shape = geometry === null || geometry === undefined ? null : JSON.stringify(geometry);
	const entries = [...(hasId ? [] : [['id', id] as const]), ...own, ['geometry', shape] as const];
	const record = Object.fromEntries(entries);
	return { text: JSON.stringify(record), keys: entries.map(([key]) => key), members: memberPaths(record), line };
}

/** Cells are written anew, so integers beyond 2^53 in rows of arrays lose their last digits, as in any JavaScript reader. */
function fromArray(cells: readonly unknown[], header: readonly string[] | null, line: number): JsonRecord {
	const entries = cells.map((cell, index) => [header?.[index] ?? `column_${index + 1}`, cell] as const);
	const text = `{${entries.map(([key, cell]) => `${JSON.stringify(key)}:${JSON.stringify(cell)}`).join(',')}}`;
	return { text, keys: entries.map(([key]) => key), members: memberPaths(Object.fromEntries(entries)), line };
}
