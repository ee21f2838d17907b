// What is known of a version that a model scored: how far its rows are from those it learnt from, and how good it was.

/** Drifts are in units of their thresholds; the others are metrics on rows whose labels have arrived. */
export const watchMeasures = [
	'input_drift',
	'prediction_drift',
	'labelled_r2',
	'labelled_rmse',
	'labelled_mae',
	'labelled_auc',
	'labelled_log_loss',
	'labelled_accuracy'
] as const;
export type WatchMeasure = (typeof watchMeasures)[number];

export type WatchFacts = {
	readonly model: string;
	/** Of the model's version. */
	readonly number: number;
	/** Those that could be told. */
	readonly measures: Readonly<Partial<Record<WatchMeasure, number>>>;
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
	labelled_accuracy: 'accuracy'
};

export const labelledMeasures = watchMeasures.filter((measure) => metricOfMeasure[measure] !== undefined);

export function isWatchMeasure(name: string): name is WatchMeasure {
	return watchMeasures.some((measure) => measure === name);
}
