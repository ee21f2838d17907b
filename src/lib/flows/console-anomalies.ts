// The console's verbs for anomalies: of metrics over versions, and of rows.
import {
	datasetMetrics,
	metricSeries,
	metricsOfColumn,
	seriesMetrics,
	type SeriesMetric
} from '../core/check/anomaly/metric-series.ts';
import { seasonalities } from '../core/check/anomaly/season.ts';
import type { ResultId } from '../core/ids.ts';
import { err, ok } from '../core/result.ts';
import type { AnomalyConsole } from './console-anomaly-types.ts';
import { invalid, isTexts } from './console-values.ts';
import type { Effects } from './effects.ts';
import { findVersion } from './find-version.ts';
import { findDataset } from './list-datasets.ts';
import { datasetsOutside, type KnownColumns } from './outside-now.ts';
import { rowAnomalies } from './row-anomalies.ts';
import { columnMetricsOf, manifestMetrics } from './version-metrics.ts';

const VERSIONS = 200;
const ROWS = 100;
const ROWS_MAX = 1000;
const MINUTE_MS = 60_000;

export function anomalyVerbs(effects: Effects, newId: () => ResultId): AnomalyConsole {
	return {
		metrics: async (name, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const { columns = [], metrics = seriesMetrics, limit = VERSIONS, seasonality = 'none' } = options;
			const { sensitivity = 4, utcOffsetMinutes = 0, signal } = options;
			if (!isTexts(columns)) return invalid('columns', 'a list of column names');
			if (!isTexts(metrics) || !metrics.every(isMetric)) return invalid('metrics', seriesMetrics.join(', '));
			if (!seasonalities.includes(seasonality)) return invalid('seasonality', seasonalities.join(', '));
			if (!isCount(limit)) return invalid('limit', 'a whole number above 0');
			if (!(typeof sensitivity === 'number' && sensitivity > 0)) return invalid('sensitivity', 'a number above 0');
			if (typeof utcOffsetMinutes !== 'number') return invalid('utcOffsetMinutes', 'a number');
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			const item = found.value;
			const known = item.history.flatMap(({ schema }) => schema.map((column) => column.name));
			const chosen: string[] = [];
			for (const column of columns) {
				const name = known.find((one) => one.toLowerCase() === column.toLowerCase());
				if (name === undefined) return err({ kind: 'unknown-column', column });
				chosen.push(name);
			}
			const read = chosen.length === 0 ? ok(undefined) : await columnMetricsOf({ item, limit, signal }, effects);
			if (!read.ok) return read;
			const versions = manifestMetrics(item, limit, read.value);
			const wanted = [
				...datasetMetrics.map((metric) => ({ metric, column: null })),
				...chosen.flatMap((column) => metricsOfColumn(versions, column).map((metric) => ({ metric, column })))
			].filter(({ metric }) => metrics.includes(metric));
			const judged = { seasonality, sensitivity, offsetMs: utcOffsetMinutes * MINUTE_MS };
			return ok({ dataset: item.dataset.name, series: wanted.map((one) => metricSeries(versions, one, judged)) });
		},
		metricsOutside: async () => {
			const known: KnownColumns = new Map();
			return datasetsOutside({ known }, effects);
		},
		anomalies: async (reference, options = {}) => {
			if (typeof reference !== 'string') return invalid('reference', 'the name of a dataset, or name@version');
			const { columns, limit = ROWS, seed = 1, signal } = options;
			if (columns !== undefined && !isTexts(columns)) return invalid('columns', 'a list of column names');
			if (!isCount(limit) || limit > ROWS_MAX) return invalid('limit', `a whole number from 1 to ${ROWS_MAX}`);
			if (!Number.isSafeInteger(seed)) return invalid('seed', 'a whole number');
			const found = await findVersion(reference, effects);
			if (!found.ok) return found;
			const input = { id: newId(), ...found.value, columns: columns ?? null, limit, seed, signal };
			const told = await rowAnomalies(input, effects);
			return told.ok ? ok({ dataset: found.value.item.dataset.name, ...told.value }) : told;
		}
	};
}

function isMetric(name: string): name is SeriesMetric {
	return seriesMetrics.some((metric) => metric === name);
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && Number(value) > 0;
}
