// What `window.weir` offers for reports besides the verbs of all documents.
import type { Edition } from '../core/report/edition.ts';
import type { InvalidReport } from '../core/report/problem.ts';
import type { InputValue } from '../core/report/report.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Answer } from './console-answer.ts';
import type { GivenMark } from './console-marks.ts';
import type { RenderFailure } from './render-report.ts';
import type { BlockFailure } from './report-rows.ts';

export type ReportFacts = {
	readonly title: string | null;
	readonly layout: 'page' | 'dashboard';
	readonly blocks: readonly { readonly kind: string; readonly line: number; readonly name: string | null }[];
};

export type ReportConsole = {
	/** Reads a report, given by its name or its text; nothing is asked. */
	checkReport(nameOrText: string): Answer<ReportFacts, InvalidReport | StoreFailure>;
	/** Every block with its rows and the versions they come from; a block that fails says so in its own place. */
	renderReport(
		nameOrText: string,
		options?: {
			/** By the names of inputs. */
			readonly inputs?: Readonly<Record<string, InputValue>>;
			/** What is marked in charts: every other block over the same rows shows what lies in it. */
			readonly marked?: readonly GivenMark[];
			/** Which versions datasets mean, by name; their ids. The newest where none is said. */
			readonly versions?: Readonly<Record<string, string>>;
			readonly signal?: AbortSignal;
		}
	): Answer<Edition<BlockFailure>, InvalidReport | RenderFailure>;
	/** A whole report from a dataset, kept as a document. */
	makeReport(
		template: string,
		dataset: string,
		options?: { readonly name?: string }
	): Answer<{ readonly name: string; readonly version: string }, StoreFailure>;
};
