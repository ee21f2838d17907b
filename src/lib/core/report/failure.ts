// Why a report, or one of its blocks, cannot be shown.
import type { ColumnFailure } from './column-sql.ts';
import type { PlanFailure } from './plan-chart.ts';
import type { InvalidReport } from './problem.ts';
import type { RegionShapesFailure } from './region-shapes.ts';
import type { RelationFailure } from './relation-sql.ts';
import type { TemplateNeed } from './templates.ts';

/** Why a template makes no report. */
export type TemplateFailure =
	| { readonly kind: 'unknown-template'; readonly template: string; readonly known: readonly string[] }
	| { readonly kind: 'template-needs'; readonly template: string; readonly of: string; readonly needs: TemplateNeed }
	| { readonly kind: 'template-columns'; readonly unknown: string; readonly nearest: string | null }
	| {
			readonly kind: 'template-version';
			readonly of: string;
			readonly number: number;
			readonly known: readonly number[];
	  };

/** There is no number at that place of the report. */
export type NoSuchNumber = { readonly kind: 'no-such-number'; readonly block: number; readonly row: number };

export type ReportFailure =
	| InvalidReport
	| ColumnFailure
	| PlanFailure
	| RelationFailure
	| RegionShapesFailure
	| TemplateFailure
	| NoSuchNumber
	/** `from` names neither a query of the report nor a dataset. */
	| {
			readonly kind: 'unknown-rows';
			readonly name: string;
			readonly nearest: string | null;
			readonly known: readonly string[];
	  };
