// Why a report, or one of its blocks, cannot be shown.
import type { ColumnFailure } from './column-sql.ts';
import type { PlanFailure } from './plan-chart.ts';
import type { InvalidReport } from './problem.ts';
import type { RelationFailure } from './relation-sql.ts';

export type ReportFailure =
	| InvalidReport
	| ColumnFailure
	| PlanFailure
	| RelationFailure
	/** `from` names neither a query of the report nor a dataset. */
	| {
			readonly kind: 'unknown-rows';
			readonly name: string;
			readonly nearest: string | null;
			readonly known: readonly string[];
	  };
