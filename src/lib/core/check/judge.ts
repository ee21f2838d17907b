// From what was measured to a check's verdict, told as its result format says.
import type { Judged } from './plan.ts';
import { SAMPLE_ROWS } from './offending-rows.ts';
import type { Check } from './suite.ts';
import { told, type Told } from './told.ts';
import type { CheckVerdict, EvaluationProblem, OffendingRow } from './verdict.ts';

/** What judging needs of the rows besides their number. */
export type Found = {
	/** As many as the result format tells. */
	readonly rows: readonly OffendingRow[];
	readonly rowsSql: string | null;
	/** Columns that name them. */
	readonly key: readonly string[];
};

export function verdictOf(check: Check, judged: Judged, { rows, rowsSql, key }: Found): CheckVerdict {
	const outcome = judged.success ? 'pass' : check.severity;
	const isTold = check.resultFormat !== 'BOOLEAN_ONLY';
	return {
		...factsOf(check),
		outcome,
		result: isTold ? { ...judged.result, ...rowFacts(check, judged, rows, rowsSql, key) } : {},
		unexpectedCount: judged.unexpectedCount,
		sample: isTold ? rows.slice(0, SAMPLE_ROWS) : [],
		rowsSql: (judged.unexpectedCount ?? 0) > 0 ? rowsSql : null,
		problem: null
	};
}

export function errorOf(check: Check, problem: EvaluationProblem): CheckVerdict {
	return {
		...factsOf(check),
		outcome: 'error',
		result: null,
		unexpectedCount: null,
		sample: [],
		rowsSql: null,
		problem
	};
}

function factsOf({ name, expectation, kwargs, severity, description }: Check) {
	const kept = Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, told(value)]));
	return { check: name, expectation, kwargs: kept, severity, description };
}

/** One value of one column is told as itself, several as a mapping. */
function valueOf({ values }: OffendingRow): Told {
	const [first, ...others] = Object.values(values);
	return first !== undefined && others.length === 0 ? first : values;
}

function rowFacts(
	{ resultFormat }: Check,
	{ unexpectedCount }: Judged,
	rows: readonly OffendingRow[],
	rowsSql: string | null,
	key: readonly string[]
): Readonly<Record<string, Told>> {
	if (unexpectedCount === null) return {};
	const partial = rows.slice(0, SAMPLE_ROWS);
	const values = partial.map(valueOf);
	if (resultFormat === 'BASIC') return { partial_unexpected_list: values };
	const summary = {
		partial_unexpected_list: values,
		partial_unexpected_counts: countsOf(values),
		partial_unexpected_index_list: partial.map((row) => row.key),
		unexpected_index_column_names: key
	};
	if (resultFormat === 'SUMMARY') return summary;
	return {
		...summary,
		unexpected_list: rows.map(valueOf),
		unexpected_index_list: rows.map((row) => row.key),
		unexpected_index_query: rowsSql
	};
}

/** Commonest first; of those as common, in the order of their texts. */
function countsOf(values: readonly Told[]): readonly { readonly value: Told; readonly count: number }[] {
	const counts = new Map<string, { value: Told; count: number }>();
	for (const value of values) {
		const text = JSON.stringify(value);
		const counted = counts.get(text) ?? { value, count: 0 };
		counted.count++;
		counts.set(text, counted);
	}
	return [...counts]
		.toSorted(([one, a], [other, b]) => b.count - a.count || (one < other ? -1 : 1))
		.map(([, it]) => it);
}
