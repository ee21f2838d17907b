// Tables in DuckDB in Node, and suites evaluated over them as the flow does it.
import { evaluateChecks, type Evaluated } from '#lib/flows/evaluate-checks.ts';
import { atTable, type PlannedCheck } from '#core/check/compile-suite.ts';
import { USUAL_DRIFT_RULES } from '#core/check/drift-rules.ts';
import type { DriftFound } from '#core/check/plan.ts';
import { schemaDrift } from '#core/check/statistics/schema-drift.ts';
import { resultId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import { decodeRows } from '#core/sql/arrow-rows.ts';
import { quoteName, quoteValue } from '#core/sql/quote.ts';
import type { Column } from '#core/version/version.ts';
import { createCheck } from '#workers/check/check.ts';
import { createScript } from '#workers/script/script.ts';
import { nodeEngine, type NodeEngine } from './node-engine.ts';

export type GoldenTable = {
	/** The first one names a row. */
	readonly columns: Readonly<Record<string, string>>;
	readonly rows: readonly (readonly (string | number | boolean | null)[])[];
};

type Failure = { readonly kind: string; readonly message?: string };
type Rows = readonly Record<string, unknown>[];

export class CheckWorld {
	readonly #engine: NodeEngine;
	/** Texts that were run. */
	readonly asked: string[] = [];

	static async start(): Promise<CheckWorld> {
		return new CheckWorld(await nodeEngine(() => Promise.reject(new Error('there are no versions'))));
	}

	private constructor(engine: NodeEngine) {
		this.#engine = engine;
	}

	make(tables: Readonly<Record<string, GoldenTable>>): void {
		for (const [name, { columns, rows }] of Object.entries(tables)) {
			const typed = Object.entries(columns);
			const declared = typed.map(([column, type]) => `${quoteName(column)} ${type}`).join(', ');
			this.#engine.rows(`CREATE OR REPLACE TABLE ${quoteName(name)} (${declared})`);
			for (const row of rows) {
				const values = typed.map(([, type], at) => `CAST(${quoteValue(row[at] ?? null)} AS ${type})`);
				this.#engine.rows(`INSERT INTO ${quoteName(name)} VALUES (${values.join(', ')})`);
			}
		}
	}

	async evaluate({
		planned,
		schema,
		table,
		key,
		baseline = null,
		rowCount = 0,
		byValue = 'where-it-pays'
	}: {
		readonly planned: readonly PlannedCheck[];
		readonly schema: readonly Column[];
		readonly table: string;
		readonly key: readonly string[] | null;
		/** The table that is the pinned baseline. */
		readonly baseline?: string | null;
		/** What the evaluation believes: of few rows it never asks how many values there are. */
		readonly rowCount?: number;
		readonly byValue?: 'where-it-pays' | 'always';
	}): Promise<Evaluated> {
		const evaluated = await evaluateChecks<Failure>({
			planned,
			schema,
			table: quoteName(table),
			key,
			rowCount,
			byValue,
			drift: async () =>
				baseline === null ? ok({ code: 'no-baseline', reference: null }) : ok(await this.#drift(baseline, table)),
			ask: (sql) => Promise.resolve(this.#ask(sql)),
			apply: async (sql, fn, use) => {
				const id = resultId('given');
				const ran = await this.#engine.api.run?.({ id, sql, params: [], relations: [] }, () => undefined);
				const given = ran?.ok ? await this.#engine.api.arrow?.(id) : undefined;
				if (!given?.ok) return err({ kind: 'sql-error', message: 'the rows are not there' });
				const called = await createScript().call(fn, given.value, 0);
				if (!called.ok) return called;
				const holds = decodeRows(called.value.arrow).map((row) => Object.values(row)[0] === true);
				this.#engine.rows('CREATE OR REPLACE TABLE "@answers" (c BOOLEAN)');
				for (const one of holds) this.#engine.rows(`INSERT INTO "@answers" VALUES (${quoteValue(one)})`);
				const answered = `SELECT g.*, a.c AS "@holds" FROM (${sql}) AS g POSITIONAL JOIN "@answers" AS a`;
				return use(answered, (text) => Promise.resolve(this.#ask(text)));
			},
			onProgress: () => undefined
		});
		if (!evaluated.ok) throw new Error(JSON.stringify(evaluated.error));
		return evaluated.value;
	}

	async #drift(baseline: string, table: string): Promise<DriftFound> {
		const [before, after] = [await this.#sketch(baseline), await this.#sketch(table)];
		const compared = await createCheck().compare(before, after, USUAL_DRIFT_RULES);
		if (!compared.ok) throw new Error(compared.error.kind);
		const schemaOf = (name: string): readonly Column[] =>
			this.#engine
				.rows(`DESCRIBE ${quoteName(name)}`)
				.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }));
		return { ...compared.value, schema: schemaDrift(schemaOf(baseline), schemaOf(table)) };
	}

	async #sketch(table: string): Promise<Uint8Array<ArrayBuffer>> {
		const id = resultId('sketched');
		await this.#engine.api.run?.(
			{ id, sql: `SELECT * FROM ${quoteName(table)}`, params: [], relations: [] },
			() => undefined
		);
		const arrow = await this.#engine.api.arrow?.(id);
		if (!arrow?.ok) throw new Error(`no rows of ${table}`);
		const sketch = await createCheck().sketch(arrow.value);
		if (!sketch.ok) throw new Error(sketch.error.kind);
		return sketch.value;
	}

	/** Values of one column of all rows against a check, in their order. */
	column(rowsSql: string, table: string, name: string): readonly unknown[] {
		const column = quoteName(name);
		const sql = `SELECT ${column} AS v FROM (${atTable(rowsSql, quoteName(table))}\n) ORDER BY v`;
		return this.#engine.rows(sql).map(({ v }) => v);
	}

	#ask(sql: string): Result<Rows, Failure> {
		this.asked.push(sql);
		try {
			return ok(this.#engine.rows(sql));
		} catch (error) {
			return err({ kind: 'sql-error', message: error instanceof Error ? error.message : String(error) });
		}
	}
}
