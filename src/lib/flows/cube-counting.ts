// Counts many cubes over the same rows: those are read once, into a table of the engine's own that says of each row its cells and groups.
import type { ResultId } from '../core/ids.ts';
import { cubeSql } from '../core/report/cube.ts';
import { stageCubes, type Counted, type StagedCubes } from '../core/report/staged-cubes.ts';
import { ok, type Result } from '../core/result.ts';
import { heldTableSql } from '../core/sql/held.ts';
import type { Effects } from './effects.ts';
import { wholeSql, type BlockFailure, type ReportRows, type Rows } from './report-rows.ts';
import { whileCancellable } from './run-sql.ts';

type Bytes = Uint8Array<ArrayBuffer>;

type CountingInput = {
	/** Of the engine's answers. */
	readonly id: ResultId;
	readonly signal: AbortSignal | undefined;
	readonly source: ReportRows;
	/** What sets the filters that nothing is counted under. */
	readonly filtering: readonly string[];
};

type Over = { readonly from: string; readonly rows: Rows };
type Staged = { readonly table: string; readonly cubes: StagedCubes };

/** Of a table of the engine's own, which has 2,500 MB for everything; rows that would be more are read for each cube. */
const STAGED_BYTES = 900 * 1024 * 1024;

export class CubeCounting {
	readonly #input: CountingInput;
	readonly #effects: Pick<Effects, 'engine'>;
	/** By the names of rows; null where there is no room for it. */
	readonly #staged = new Map<string, Staged | null>();

	constructor(input: CountingInput, effects: Pick<Effects, 'engine'>) {
		this.#input = input;
		this.#effects = effects;
	}

	/** `all` is everything that will be counted of these rows. */
	async count(over: Over, counted: Counted, all: () => readonly Counted[]): Promise<Result<Bytes, BlockFailure>> {
		const { from } = over;
		if (!this.#staged.has(from)) this.#staged.set(from, await this.#stage(over, all()));
		const staged = this.#staged.get(from);
		if (staged) {
			const { groups, cuts } = staged.cubes.over(counted);
			const answered = await this.#answer(cubeSql(groups, cuts, staged.table));
			if (answered.ok || answered.error.kind === 'cancelled' || answered.error.kind === 'result-too-large')
				return answered;
			// The engine was replaced, and its tables with it: rows are read for each cube from here on.
			this.#staged.set(from, null);
		}
		const sql = wholeSql(over.rows, cubeSql(counted.groups, counted.cuts, this.#filtered(over)));
		const answered = await this.#input.source.ask(sql, (bound) => this.#effects.engine.answer(bound));
		return answered.ok ? ok(answered.value.value) : answered;
	}

	/** The engine's tables go. */
	async end(): Promise<void> {
		const { id } = this.#input;
		for (const staged of this.#staged.values())
			if (staged) await this.#effects.engine.answer({ id, sql: dropSql(staged), params: [], relations: [] });
		this.#staged.clear();
	}

	/** What could not be made, for want of memory for one, is done without. */
	async #stage(over: Over, all: readonly Counted[]): Promise<Staged | null> {
		const cubes = stageCubes(all);
		if (cubes.rowBytes * over.rows.domains.rowCount > STAGED_BYTES) return null;
		const { id, source } = this.#input;
		const staged = { table: heldTableSql(`cells-${id}-${this.#staged.size}`), cubes };
		const rows = wholeSql(over.rows, `SELECT ${cubes.selected} FROM ${this.#filtered(over)}`);
		const made = await source.ask(rows, (bound) =>
			this.#effects.engine.answer({ ...bound, sql: `CREATE OR REPLACE TABLE ${staged.table} AS ${bound.sql}` })
		);
		if (made.ok) return staged;
		await this.#effects.engine.answer({ id, sql: dropSql(staged), params: [], relations: [] });
		return null;
	}

	#filtered({ from, rows }: Over): string {
		return this.#input.source.filtered(from, rows, this.#input.filtering);
	}

	#answer(sql: string): Promise<Result<Bytes, BlockFailure>> {
		const { id, signal } = this.#input;
		return whileCancellable(id, signal, this.#effects, () =>
			this.#effects.engine.answer({ id, sql, params: [], relations: [] })
		);
	}
}

function dropSql({ table }: Staged): string {
	return `DROP TABLE IF EXISTS ${table}`;
}
