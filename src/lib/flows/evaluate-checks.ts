// Evaluates planned checks: a few scans for all of them, a sample of the rows against each, and a verdict for every one.
import {
	atTable,
	collect,
	compileScans,
	costlyColumns,
	CHECKED,
	ROW,
	rowsOf,
	type PlannedCheck,
	type ReadyPlan,
	type ScanOptions
} from '../core/check/compile-suite.ts';
import { distinctSql, fewValuesIn, GROUPED_ROWS, GROUPING_COST } from '../core/check/by-value.ts';
import { errorOf, verdictOf, type Found } from '../core/check/judge.ts';
import { COMPLETE_ROWS, offendingRowsSql, readSample, SAMPLE_ROWS, sampleSql } from '../core/check/offending-rows.ts';
import type { DriftFound, DriftQuestion, Judged, Measured } from '../core/check/plan.ts';
import type { Check } from '../core/check/suite.ts';
import type { CheckVerdict, EvaluationProblem } from '../core/check/verdict.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { UserFunction } from '../core/script/user-function.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Column } from '../core/version/version.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];
type Failed = { readonly kind: string };
export type Ask<F extends Failed> = (sql: string) => Promise<Result<Rows, F>>;

export type Evaluation<F extends Failed> = {
	readonly planned: readonly PlannedCheck[];
	readonly schema: readonly Column[];
	/** As SQL reads it. */
	readonly table: string;
	/** Columns that name a row; null for its number. */
	readonly key: readonly string[] | null;
	readonly ask: Ask<F>;
	/** Calls the function for the rows of a query, and gives a query of those rows with what it answered. */
	readonly apply: <T>(
		sql: string,
		fn: UserFunction,
		use: (sql: string, ask: Ask<F>) => Promise<Result<T, F>>
	) => Promise<Result<T, F>>;
	readonly onProgress: (fraction: number) => void;
	/** How far the rows are from a trusted version, by its reference: told from sketches. */
	readonly drift: (baseline: string | null) => Promise<Result<DriftFound | EvaluationProblem, F>>;
	readonly rowCount: number;
	/** Whether columns are judged by their values, each once: `where-it-pays` asks first how many there are. */
	readonly byValue: 'where-it-pays' | 'always';
};

export type Evaluated = {
	/** In the order of the checks. */
	readonly checks: readonly CheckVerdict[];
	readonly scanCount: number;
};

type Ready = { readonly check: Check; readonly plan: ReadyPlan };

/** Fails with what ends the whole of it, such as a cancellation; what is wrong with one check is its own verdict. */
export async function evaluateChecks<F extends Failed>(evaluation: Evaluation<F>): Promise<Result<Evaluated, F>> {
	return new Evaluator(evaluation).evaluate();
}

class Evaluator<F extends Failed> {
	readonly #evaluation: Evaluation<F>;
	readonly #verdicts = new Map<Check, CheckVerdict>();
	readonly #drifts = new Map<string | null, DriftFound | EvaluationProblem>();
	#scanCount = 0;
	#done = 0;

	constructor(evaluation: Evaluation<F>) {
		this.#evaluation = evaluation;
	}

	async evaluate(): Promise<Result<Evaluated, F>> {
		const { planned } = this.#evaluation;
		const ready: Ready[] = [];
		for (const { check, planned: plan } of planned) {
			if (plan.ok) ready.push({ check, plan: plan.value });
			else this.#verdicts.set(check, errorOf(check, plan.error));
		}
		const queried = ready.filter(({ plan }) => plan.plan.fn === null && !plan.plan.drift);
		const measured = await this.#measure(queried);
		if (!measured.ok) return measured;
		for (const [at, one] of queried.entries()) {
			const values = measured.value.get(at);
			if (this.#verdicts.has(one.check)) continue;
			const judged = one.plan.plan.judge(values ?? {});
			const settled = await this.#settle(one, judged);
			if (!settled.ok) return settled;
		}
		for (const one of ready) {
			if (one.plan.plan.fn === null) continue;
			const called = await this.#call(one, one.plan.plan.fn);
			if (!called.ok) return called;
		}
		for (const { check, plan } of ready) {
			if (!plan.plan.drift) continue;
			const compared = await this.#compare(check, plan.plan.drift);
			if (!compared.ok) return compared;
		}
		const checks = planned.flatMap(({ check }) => this.#verdicts.get(check) ?? []);
		return ok({ checks, scanCount: this.#scanCount });
	}

	/** All in few scans. When one of those fails, each of its checks is measured alone, so that only the one at fault is. */
	async #measure(ready: readonly Ready[]): Promise<Result<ReadonlyMap<number, Measured>, F>> {
		const measured = new Map<number, Record<string, unknown>>();
		const plans = ready.map(({ plan }) => plan);
		const isGrouped = await this.#grouping(plans);
		if (!isGrouped.ok) return isGrouped;
		const { schema } = this.#evaluation;
		const queries = compileScans(plans, { isGrouped: isGrouped.value, schema });
		for (const query of queries) {
			const answer = await this.#ask(query.sql);
			if (answer.ok) {
				collect(measured, query, answer.value[0] ?? {});
				this.#advance(queries.length);
				continue;
			}
			if (!isOfCheck(answer.error)) return answer;
			for (const at of new Set(query.slots.map(({ check }) => check))) {
				const one = ready[at];
				if (!one || this.#verdicts.has(one.check)) continue;
				const alone = await this.#measureAlone(one);
				if (!alone.ok) return alone;
				measured.set(at, { ...alone.value });
			}
			this.#advance(queries.length);
		}
		return ok(measured);
	}

	/** Which columns have few values, where it pays to know. */
	async #grouping(plans: readonly ReadyPlan[]): Promise<Result<NonNullable<ScanOptions['isGrouped']>, F>> {
		const { byValue, rowCount } = this.#evaluation;
		if (byValue === 'always') return ok(() => true);
		const columns = rowCount < GROUPED_ROWS ? [] : costlyColumns(plans);
		if (columns.length === 0) return ok(() => false);
		const answer = await this.#ask(distinctSql(CHECKED, columns));
		if (!answer.ok && !isOfCheck(answer.error)) return answer;
		const few = answer.ok ? fewValuesIn(answer.value[0] ?? {}, columns) : new Set<string>();
		return ok((column, cost) => cost > GROUPING_COST && few.has(column));
	}

	async #measureAlone({ check, plan }: Ready): Promise<Result<Measured, F>> {
		const measured = new Map<number, Record<string, unknown>>();
		for (const query of compileScans([plan])) {
			const answer = await this.#ask(query.sql);
			if (answer.ok) collect(measured, query, answer.value[0] ?? {});
			else if (isOfCheck(answer.error)) {
				this.#verdicts.set(check, errorOf(check, problemOf(answer.error)));
				return ok({});
			} else return answer;
		}
		return ok(measured.get(0) ?? {});
	}

	async #settle({ check, plan }: Ready, judged: Judged): Promise<Result<void, F>> {
		const { key } = this.#evaluation;
		const found = await this.#sample({ check, plan }, judged, (sql) => this.#ask(sql));
		if (!found.ok) return found;
		const rowsSql = offendingRowsSql(plan);
		this.#verdicts.set(check, verdictOf(check, judged, { rows: found.value, rowsSql, key: key ?? [ROW] }));
		return ok(undefined);
	}

	async #sample({ check, plan }: Ready, judged: Judged, ask: Ask<F>, rows?: string): Promise<Result<Found['rows'], F>> {
		const { schema, key } = this.#evaluation;
		if (check.resultFormat === 'BOOLEAN_ONLY' || (judged.unexpectedCount ?? 0) === 0) return ok([]);
		const limit = check.resultFormat === 'COMPLETE' ? COMPLETE_ROWS : SAMPLE_ROWS;
		const sql = sampleSql(plan, schema, { key, limit }, rows);
		if (sql === null) return ok([]);
		const answer = await ask(sql);
		if (answer.ok) return ok(readSample(answer.value, plan, schema, key));
		// The number of rows is known all the same.
		return isOfCheck(answer.error) ? ok([]) : answer;
	}

	/** Each trusted version is compared with once. */
	async #compare(check: Check, { baseline, judge }: DriftQuestion): Promise<Result<void, F>> {
		const known = this.#drifts.get(baseline);
		const found = known ? ok(known) : await this.#evaluation.drift(baseline);
		if (!found.ok) return found;
		this.#drifts.set(baseline, found.value);
		const judged = 'code' in found.value ? err(found.value) : judge(found.value);
		const none = { rows: [], rowsSql: null, key: [] };
		this.#verdicts.set(check, judged.ok ? verdictOf(check, judged.value, none) : errorOf(check, judged.error));
		return ok(undefined);
	}

	/** A predicate: its function runs over the rows, and what it answered is measured as a column. */
	async #call({ check, plan }: Ready, fn: UserFunction): Promise<Result<void, F>> {
		const { table, apply, key } = this.#evaluation;
		const numbered = atTable(`SELECT * FROM ${rowsOf(plan, true)}`, table);
		const called = await apply(numbered, fn, async (sql, ask) => {
			const rows = `(${sql}\n)`;
			const measured = new Map<number, Record<string, unknown>>();
			for (const query of compileScans([plan], { rows: () => rows })) {
				const answer = await ask(query.sql);
				this.#scanCount++;
				if (!answer.ok) return answer;
				collect(measured, query, answer.value[0] ?? {});
			}
			const judged = plan.plan.judge(measured.get(0) ?? {});
			const found = await this.#sample({ check, plan }, judged, ask, rows);
			if (!found.ok) return found;
			const rowsSql = await numbersSql(plan, rows, ask);
			this.#verdicts.set(check, verdictOf(check, judged, { rows: found.value, rowsSql, key: key ?? [ROW] }));
			return ok(undefined);
		});
		if (called.ok || !isOfCheck(called.error)) return called;
		this.#verdicts.set(check, errorOf(check, problemOf(called.error)));
		return ok(undefined);
	}

	#ask(sql: string): Promise<Result<Rows, F>> {
		this.#scanCount++;
		return this.#evaluation.ask(atTable(sql, this.#evaluation.table));
	}

	#advance(all: number): void {
		this.#done++;
		this.#evaluation.onProgress(this.#done / (all + 1));
	}
}

/** Rows that a function is against, by their numbers, since no SQL says which they are. */
async function numbersSql<F extends Failed>(plan: ReadyPlan, rows: string, ask: Ask<F>): Promise<string | null> {
	const select = plan.plan.unexpected?.select(rows);
	if (select === undefined) return null;
	const row = quoteName(ROW);
	const answer = await ask(`SELECT ${row} AS n FROM (${select}\n) LIMIT ${COMPLETE_ROWS}`);
	if (!answer.ok || answer.value.length === 0) return null;
	const numbers = answer.value.map(({ n }) => String(n)).join(', ');
	return `SELECT * EXCLUDE (${row}) FROM (SELECT row_number() OVER () - 1 AS ${row}, * FROM ${CHECKED}) WHERE ${row} IN (${numbers})`;
}

const ofCheck: ReadonlySet<string> = new Set([
	'sql-error',
	'unknown-version',
	'version-collected',
	'result-too-large',
	'unknown-column',
	'script-error',
	'script-timeout',
	'script-memory',
	'script-output',
	'script-crashed'
]);

function isOfCheck({ kind }: Failed): boolean {
	return ofCheck.has(kind);
}

function problemOf(failure: Failed): EvaluationProblem {
	const message = 'message' in failure && typeof failure.message === 'string' ? failure.message : failure.kind;
	return failure.kind.startsWith('script-') ? { code: 'function', reason: message } : { code: 'engine', message };
}
