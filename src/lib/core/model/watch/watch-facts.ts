// What is known of a version that a model scored: how far its rows are from those it learnt from, and how good it was.
import type { Interval } from '../metrics/bootstrap.ts';

/** Drifts are in units of their thresholds; the others are metrics on rows whose labels have arrived. */
export const watchMeasures = [
	'input_drift',
	'prediction_drift',
	'labelled_r2',
	'labelled_rmse',
	'labelled_mae',
	'labelled_auc',
	'labelled_log_loss',
	'labelled_accuracy',
	'labelled_macro_f1',
	'labelled_precision',
	'labelled_recall',
	'labelled_f1'
] as const;
export type WatchMeasure = (typeof watchMeasures)[number];

/** What is known of one class against all others. */
export const classMeasureNames = ['labelled_precision', 'labelled_recall', 'labelled_f1'] as const;
export type ClassMeasure = (typeof classMeasureNames)[number];

export type WatchFacts = {
	readonly model: string;
	/** Of the model's version. */
	readonly number: number;
	/** Those that could be told. */
	readonly measures: Readonly<Partial<Record<WatchMeasure, number>>>;
	/** In which each lies in 95 of 100 cases; left out of drifts, and by older pages. */
	readonly intervals?: Readonly<Partial<Record<WatchMeasure, Pick<Interval, 'low' | 'high'>>>>;
	/** Of the classes that occur, the largest first; left out of models that answer numbers, and by older pages. */
	readonly classes?: Readonly<Record<string, Readonly<Record<ClassMeasure, number>>>>;
	/** The drift of each column that the model takes. */
	readonly inputs: Readonly<Record<string, number>>;
	/** Rows whose labels are known. */
	readonly labelledRows: number;
	/** Names the labels it was judged by; null without. */
	readonly labels: string | null;
};

/** Metrics of held-out rows by the measure that follows them. */
export const metricOfMeasure: Readonly<Partial<Record<WatchMeasure, string>>> = {
	labelled_r2: 'r2',
	labelled_rmse: 'rmse',
	labelled_mae: 'mae',
	labelled_auc: 'auc',
	labelled_log_loss: 'logLoss',
	labelled_accuracy: 'accuracy',
	labelled_macro_f1: 'macroF1',
	labelled_precision: 'precision',
	labelled_recall: 'recall',
	labelled_f1: 'f1'
};

export const labelledMeasures = watchMeasures.filter((measure) => metricOfMeasure[measure] !== undefined);

export function isWatchMeasure(name: string): name is WatchMeasure {
	return watchMeasures.some((measure) => measure === name);
}

export function isClassMeasure(name: string): name is ClassMeasure {
	return classMeasureNames.some((measure) => measure === name);
}
