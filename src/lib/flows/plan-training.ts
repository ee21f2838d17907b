// Looks at the rows of a training before it begins, and makes a first plan of what is there.
import { resultId } from '../core/ids.ts';
import { guessTraining, type GivenFeature, type GuessedTraining } from '../core/model/registry/guess-training.ts';
import type { Learner } from '../core/model/training/plan.ts';
import { ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Effects } from './effects.ts';
import { describeQuery, runQuery, type RunQueryFailure } from './run-query.ts';

export type PlannedTraining = GuessedTraining & {
	/** As the rows have them; distinct values are estimates. */
	readonly columns: readonly GivenFeature[];
	readonly rowCount: number;
};

export async function planTraining(
	input: {
		readonly sql: string;
		/** Null for a learner that needs none. */
		readonly target: string | null;
		/** Null chooses one. */
		readonly learner?: Learner['kind'] | null | undefined;
		readonly signal?: AbortSignal | undefined;
	},
	effects: Effects
): Promise<Result<PlannedTraining, RunQueryFailure>> {
	const { sql, target, learner = null, signal } = input;
	const id = resultId(`plan-${effects.randomId()}`);
	const schema = await describeQuery({ id, sql }, effects);
	if (!schema.ok) return schema;
	const asked = schema.value.map(
		({ name }, index) =>
			`approx_count_distinct(${quoteName(name)}) AS d${index}, count(*) - count(${quoteName(name)}) AS n${index}`
	);
	const text = `SELECT count(*) AS rows, ${asked.join(', ')} FROM (${sql.replace(/;\s*$/, '')}\n) AS training`;
	const ran = await runQuery({ id, sql: text, signal }, effects);
	if (!ran.ok) return ran;
	const bytes = await effects.engine.arrow(id);
	await effects.engine.release(id);
	if (!bytes.ok) return bytes;
	const [counts = {}] = decodeRows(bytes.value);
	const columns = schema.value.map(({ name, type }, index) => ({
		name,
		type,
		distinctCount: Number(counts[`d${index}`] ?? 0),
		nullCount: Number(counts[`n${index}`] ?? 0)
	}));
	const rowCount = Number(counts['rows'] ?? 0);
	return ok({ ...guessTraining(columns, target, rowCount, learner), columns, rowCount });
}
