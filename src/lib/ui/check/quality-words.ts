// Statistics, drift and metrics as people read them.
import type { SeriesMetric } from '#core/check/anomaly/metric-series.ts';
import type { Seasonality } from '#core/check/anomaly/season.ts';
import type { Meaning } from '#core/check/meaning/meaning.ts';
import type { DriftMeasure } from '#core/check/statistics/column-drift.ts';
import { bytesText, durationText } from '../amounts.ts';
import { boundText, countText, measureText, shareText } from '../grid/profile-text.ts';

export const metricWords: Readonly<Record<SeriesMetric, string>> = {
	rowCount: 'Rows',
	sizeBytes: 'Bytes stored',
	gapMs: 'Time since the version before',
	nullRatio: 'Share of nulls',
	distinctCount: 'Distinct values',
	uniqueRatio: 'Share of distinct values',
	mean: 'Mean',
	standardDeviation: 'Standard deviation',
	min: 'Least',
	median: 'Median',
	max: 'Greatest',
	meanLength: 'Mean length',
	input_drift: 'Drift of what a model was asked about',
	prediction_drift: 'Drift of what a model answered',
	labelled_r2: 'R² where labels are known',
	labelled_rmse: 'Root mean squared error where labels are known',
	labelled_mae: 'Mean absolute error where labels are known',
	labelled_auc: 'ROC AUC where labels are known',
	labelled_log_loss: 'Log loss where labels are known',
	labelled_accuracy: 'Accuracy where labels are known',
	labelled_macro_f1: 'F1, mean of the classes, where labels are known',
	labelled_precision: 'Precision where labels are known',
	labelled_recall: 'Recall where labels are known',
	labelled_f1: 'F1 where labels are known'
};

export const seasonWords: Readonly<Record<Seasonality, string>> = {
	none: 'all versions alike',
	'hour-of-day': 'by hour of the day',
	'day-of-week': 'by day of the week',
	'hour-of-week': 'by hour of the week',
	'day-of-month': 'by day of the month'
};

export const meaningWords: Readonly<Record<Meaning, string>> = {
	'e-mail': 'e-mail address',
	iban: 'IBAN',
	'card-number': 'card number',
	ipv4: 'IPv4 address',
	ipv6: 'IPv6 address',
	uuid: 'UUID',
	url: 'URL',
	phone: 'phone number',
	'date-text': 'date written as text'
};

type MeasureWords = { readonly name: string; readonly means: (limit: string) => string };

/** What reaching the threshold says. */
export const measureWords: Readonly<Record<DriftMeasure, MeasureWords>> = {
	psi: {
		name: 'PSI',
		means: (limit) =>
			`Population stability over bins of the version before: ${limit} and more is read as a large shift, 0.1 as a moderate one.`
	},
	'kolmogorov-smirnov': {
		name: 'Kolmogorov–Smirnov',
		means: (limit) => `At some value, the shares of rows up to it are ${limit} apart, of 1.`
	},
	'jensen-shannon': {
		name: 'Jensen–Shannon',
		means: (limit) => `A distance of ${limit}, where 0 is the same and 0.83 has nothing in common.`
	},
	wasserstein: {
		name: 'Wasserstein',
		means: (limit) => `Rows moved by ${limit} standard deviations of the version before, on average.`
	},
	'chi-square': {
		name: 'Cramér’s V',
		means: (limit) => `Of the chi-square test: value and version hang together by ${limit}, of 1.`
	},
	'null-ratio': {
		name: 'Nulls',
		means: (limit) => `The share of nulls changed by ${limit}, of 1.`
	}
};

/** Digits enough to tell a measure from its threshold. */
export function measuredText(value: number): string {
	return value >= 100 ? countText(Math.round(value)) : value.toFixed(value < 0.0995 ? 3 : 2);
}

export function pValueText(value: number): string {
	return value < 0.001 ? 'p < 0.001' : `p = ${value.toFixed(3)}`;
}

/** A column's number; times are dates. `type` is the column's. */
export function metricText(metric: SeriesMetric, value: number, type = ''): string {
	switch (metric) {
		case 'rowCount':
		case 'distinctCount':
			return countText(Math.round(value));
		case 'sizeBytes':
			return bytesText(value);
		case 'gapMs':
			return spanText(value);
		case 'nullRatio':
		case 'uniqueRatio':
			return shareText(value, 1);
		case 'standardDeviation':
			return isTemporal(type) ? spanText(value) : rounded(value);
		case 'meanLength':
			return rounded(value);
		default:
			return isTemporal(type) ? boundText(value, type) : rounded(value);
	}
}

/** `3.2 h`, `12 d`. */
export function spanText(ms: number): string {
	const sign = ms < 0 ? '−' : '';
	const size = Math.abs(ms);
	const hours = size / 3_600_000;
	if (hours < 1) return `${sign}${durationText(size)}`;
	return `${sign}${hours < 48 ? `${short(hours)} h` : `${short(hours / 24)} d`}`;
}

function short(value: number): string {
	return value < 10 ? String(Number(value.toFixed(1))) : countText(Math.round(value));
}

export function rounded(value: number): string {
	const size = Math.abs(value);
	return size !== 0 && (size >= 1e9 || size < 1e-3)
		? measureText(Number(value.toPrecision(4)))
		: measureText(Number(value.toPrecision(5)));
}

function isTemporal(type: string): boolean {
	return /^(DATE|TIMESTAMP)/.test(type);
}
