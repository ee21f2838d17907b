// What `window.weir` offers for reports besides the verbs of all documents.
import type { Edition } from '../core/report/edition.ts';
import type { NumberPlace } from '../core/report/number-rows.ts';
import type { InvalidReport } from '../core/report/problem.ts';
import type { InputValue } from '../core/report/report.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Answer } from './console-answer.ts';
import type { EditionChanges } from '../core/report/edition-changes.ts';
import type { ChartProposals } from './propose-charts.ts';
import type { ExplainedNumber, ExplainNumberFailure } from './explain-number.ts';
import type { MakeReportFailure } from './make-report.ts';
import type { GivenMark } from './console-marks.ts';
import type { RenderFailure } from './render-report.ts';
import type { BlockFailure } from './report-rows.ts';

export type ReportFacts = {
	readonly title: string | null;
	readonly layout: 'page' | 'dashboard';
	readonly blocks: readonly { readonly kind: string; readonly line: number; readonly name: string | null }[];
};

export type ReportOptions = {
	/** By the names of inputs. */
	readonly inputs?: Readonly<Record<string, InputValue>>;
	/** What is marked in charts: every other block over the same rows shows what lies in it. */
	readonly marked?: readonly GivenMark[];
	/** Which versions datasets mean, by name; their ids. The newest where none is said. */
	readonly versions?: Readonly<Record<string, string>>;
	readonly signal?: AbortSignal;
};

export type ReportConsole = {
	/** Reads a report, given by its name or its text; nothing is asked. */
	checkReport(nameOrText: string): Answer<ReportFacts, InvalidReport | StoreFailure>;
	/** Every block with its rows and the versions they come from; a block that fails says so in its own place. */
	renderReport(
		nameOrText: string,
		options?: ReportOptions
	): Answer<Edition<BlockFailure>, InvalidReport | RenderFailure>;
	/** From a number of a report to its rows, the query that gave it, the versions it comes from, and the hashes of the files behind them. */
	explainNumber(
		nameOrText: string,
		at: NumberPlace,
		options?: ReportOptions
	): Answer<ExplainedNumber, InvalidReport | ExplainNumberFailure>;
	/** A report of the newest versions, and what is not the same any more as with `versions`: ids by name, as an edition's sources tell them. */
	refreshReport(
		nameOrText: string,
		versions: Readonly<Record<string, string>>,
		options?: Omit<ReportOptions, 'versions'>
	): Answer<
		{ readonly edition: Edition<BlockFailure>; readonly changes: EditionChanges },
		InvalidReport | RenderFailure
	>;
	/** Charts that suit a dataset, or columns of it, the most telling first; `text` is the block for a report. */
	proposeCharts(
		dataset: string,
		options?: { readonly columns?: readonly string[]; readonly signal?: AbortSignal }
	): Answer<ChartProposals['charts'], BlockFailure>;
	/** A whole report from a dataset, or from a model's version, kept as a document. */
	makeReport(
		template: string,
		of: string,
		options?: {
			readonly name?: string;
			/** What it is about; all where none are said. */
			readonly columns?: readonly string[];
			/** 3 is v3; the newest where none is said. */
			readonly version?: number;
			/** What that is held against; the one before where none is said. */
			readonly against?: number;
		}
	): Answer<{ readonly name: string; readonly version: string }, MakeReportFailure>;
};
