// The columns of a JSON source, learnt from sampled records and widened when later ones surprise.
import { quoteName, quoteText } from '#core/ingest/cast-sql.ts';
import { typeOf } from '#core/ingest/guess-csv.ts';
import { columnOf, MemberRoom } from '#core/ingest/nested-members.ts';
import type { IngestOverrides } from '#core/ingest/options.ts';
import type { Column } from '#core/version/version.ts';
import { RECORD_MAX_BYTES } from './chunks.ts';
import type { Engine, Row } from './engine.ts';
import type { JsonRecord } from './json-records.ts';

export class JsonSchema {
	readonly #engine: Engine;
	readonly #overrides: IngestOverrides;
	/** Records that between them show every key and type seen. */
	#sample: string[] = [];
	columns: readonly {
		readonly source: string;
		readonly name: string;
		readonly type: string | null;
		readonly read: string;
	}[] = [];
	#keys: ReadonlySet<string> = new Set();
	/** Of the types that the sample has, and of those that are wanted. */
	#found = new MemberRoom([]);
	#wanted = new MemberRoom([]);

	constructor(engine: Engine, overrides: IngestOverrides) {
		this.#engine = engine;
		this.#overrides = overrides;
	}

	/** A name no column has. */
	get rowName(): string {
		let name = 'row';
		while (this.columns.some(({ source }) => source.toLowerCase() === name)) name += '_';
		return name;
	}

	get kept(): readonly Column[] {
		return this.columns.flatMap(({ name, type }) => (type === null ? [] : [{ name, type }]));
	}

	learn(records: readonly JsonRecord[]): void {
		this.#sample = [...this.#sample, ...records.map(({ text }) => text)];
		const file = this.#engine.freshName('ndjson');
		this.#engine.file(file, new TextEncoder().encode(this.#sample.join('\n')));
		try {
			const found = this.#engine.query(
				`DESCRIBE SELECT * FROM read_json('${file}', ${common}, sample_size=-1, maximum_depth=-1)`
			);
			const moments = this.#moments(file, found);
			this.columns = found.map((row) => {
				const source = String(row.column_name);
				const type = moments.get(source) ?? this.#scalarType(file, source, String(row.column_type));
				const wanted = typeOf(source, type, this.#overrides);
				const name = this.#overrides.names?.[source] ?? source;
				return { source, name, type: wanted, read: wanted === null || wanted === type ? type : plainer(type) };
			});
			this.#keys = new Set(this.columns.map(({ source }) => source));
			this.#found = new MemberRoom(
				found.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }))
			);
			this.#wanted = new MemberRoom(this.columns.map(({ source, type }) => ({ name: source, type: type ?? 'JSON' })));
		} finally {
			this.#engine.drop(file);
		}
	}

	/** Columns whose texts are all ISO 8601 moments, and the type those have: the engine takes such with a `Z` only for more than texts. */
	#moments(file: string, found: readonly Row[]): ReadonlyMap<string, string> {
		const names = found.filter((row) => row.column_type === 'VARCHAR').map((row) => String(row.column_name));
		if (names.length === 0) return new Map();
		const all = names.flatMap((name, index) => {
			const value = quoteName(name);
			const is = (zone: string): string =>
				`bool_and(regexp_full_match(${value}, '${LOCAL_MOMENT}${zone}') AND TRY_CAST(${value} AS TIMESTAMPTZ) IS NOT NULL)
				 FILTER (WHERE ${value} IS NOT NULL)`;
			return [`${is('')} AS local${index}`, `${is(ZONE)} AS zoned${index}`];
		});
		const columns = names.map((name) => `${quoteText(name)}: 'VARCHAR'`);
		const [told] = this.#engine.query(
			`SELECT ${all.join(', ')} FROM read_json('${file}', ${common}, columns={${columns.join(', ')}})`
		);
		return new Map(
			names.flatMap((name, index): [string, string][] => {
				if (told?.[`local${index}`] === true) return [[name, 'TIMESTAMP']];
				return told?.[`zoned${index}`] === true ? [[name, 'TIMESTAMP WITH TIME ZONE']] : [];
			})
		);
	}

	/** A column of differing scalars is text; only where objects or arrays are among them it stays JSON. */
	#scalarType(file: string, column: string, type: string): string {
		if (type !== 'JSON') return type;
		const value = quoteName(column);
		const [found] = this.#engine.query(
			`SELECT count(*) AS n FROM read_json('${file}', ${common}, columns={${quoteText(column)}: 'JSON'})
			 WHERE json_type(${value}) IN ('OBJECT', 'ARRAY')`
		);
		return Number(found?.n ?? 0) === 0 ? 'VARCHAR' : type;
	}

	surprises(record: JsonRecord): boolean {
		return record.keys.some((key) => !this.#keys.has(key)) || this.#found.stray(record.members) !== null;
	}

	/** The name of a column whose type has no room for a member that the record has there; null where all have. */
	strayColumn({ members }: JsonRecord): string | null {
		const path = this.#wanted.stray(members);
		if (path === null) return null;
		const column = columnOf(path);
		return this.columns.find(({ source }) => source.toLowerCase() === column)?.name ?? column;
	}

	readCall(file: string): string {
		const columns = this.columns.map(({ source, read }) => `${quoteText(source)}: ${quoteText(read)}`);
		return `read_json('${file}', ${common}, columns={${columns.join(', ')}})`;
	}
}

const LOCAL_MOMENT = '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,9})?)?';
const ZONE = '(Z|[+-]\\d\\d:?\\d\\d)';

const common = `format='newline_delimited', records=true, map_inference_threshold=-1, maximum_object_size=${RECORD_MAX_BYTES}`;

/** What a column is read as before it is cast to another type than its own. */
const plainer = (type: string): string => (/[[(]/.test(type) ? 'JSON' : 'VARCHAR');
