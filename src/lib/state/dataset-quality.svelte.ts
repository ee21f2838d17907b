// What the page knows of one dataset's quality: statistics of a version, drift between two, metrics over all, unusual rows.
import {
	datasetMetrics,
	metricSeries,
	metricsOfColumn,
	metricsOfModels,
	type MetricSeries,
	type SeriesMetric,
	type SeriesOptions,
	type VersionMetrics
} from '#core/check/anomaly/metric-series.ts';
import type { DriftRules } from '#core/check/drift-rules.ts';
import type { RelationCandidate } from '#core/check/meaning/relations.ts';
import type { VersionStatistics } from '#core/check/statistics/version-statistics.ts';
import { resultId, type VersionId } from '#core/ids.ts';
import type { WatchFacts } from '#core/model/watch/watch-facts.ts';
import { ok } from '#core/result.ts';
import type { Version } from '#core/version/version.ts';
import { baselineVersion, pinBaseline, unpinBaseline } from '#lib/flows/baseline.ts';
import { versionInSql } from '#lib/flows/change-refs.ts';
import { refTo } from '#lib/flows/dataset-history.ts';
import { setDriftRules } from '#lib/flows/drift-rules.ts';
import { drift, type DriftReport } from '#lib/flows/drift.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import { relations } from '#lib/flows/relations.ts';
import { rowAnomalies, type RowAnomalies } from '#lib/flows/row-anomalies.ts';
import { statistics } from '#lib/flows/statistics.ts';
import { watchedVersions } from '#lib/flows/watch-model.ts';
import { columnMetricsOf, manifestMetrics, type ColumnsByVersion } from '#lib/flows/version-metrics.ts';
import { Asked } from './asked.svelte.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

/** Versions whose metrics are followed. */
const VERSIONS = 200;
const ROWS = 100;

export class DatasetQuality {
	readonly name: string;
	readonly statistics = new Asked<VersionStatistics>();
	readonly relations = new Asked<readonly RelationCandidate[]>();
	readonly drift = new Asked<DriftReport>();
	readonly columnMetrics = new Asked<ColumnsByVersion>();
	readonly rows = new Asked<RowAnomalies>();
	readonly watch = new Asked<ReadonlyMap<VersionId, WatchFacts>>();
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #toasts: Toasts;

	constructor(name: string, effects: Effects, catalogue: Catalogue, toasts: Toasts) {
		this.name = name;
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#toasts = toasts;
	}

	/** Null when there is no such dataset. */
	get item(): CatalogueItem | null {
		return this.#catalogue.find(this.name);
	}

	/** Versions of the open branch, newest first, as `name@…` in SQL names them. */
	get versions(): readonly (Version & { readonly ref: string })[] {
		const { item } = this;
		return item ? item.history.map((version) => ({ ...version, ref: refTo(version.id, item) })).toReversed() : [];
	}

	/** What names the pinned version after `@`; null when none is. */
	get baseline(): string | null {
		const { item } = this;
		const pinned = item && baselineVersion(item);
		return item && pinned ? refTo(pinned.id, item) : null;
	}

	/** The version that a reference names, the newest for null; null when there is none. */
	versionAt(ref: string | null): Version | null {
		const { item } = this;
		if (!item || ref === null) return item?.version ?? null;
		const found = versionInSql(item, ref);
		return found.ok ? found.value : null;
	}

	refOf(id: VersionId): string {
		const { item } = this;
		return item ? refTo(id, item) : '';
	}

	async askStatistics(ref: string | null): Promise<void> {
		const [item, version] = [this.item, this.versionAt(ref)];
		if (!item || !version) return;
		await this.statistics.ask(version.id, (signal) =>
			statistics({ dataset: item.dataset, version, signal }, this.#effects)
		);
	}

	/** Reads the newest versions of all datasets. */
	async askRelations(): Promise<void> {
		const { item } = this;
		if (!item) return;
		await this.relations.ask(item.version.id, (signal) => relations({ item, signal }, this.#effects));
	}

	/** Null is the baseline, else the version before; and the newest. */
	async askDrift(before: string | null, after: string | null): Promise<void> {
		const { item } = this;
		if (!item) return;
		const [old, now] = [before === null ? null : this.versionAt(before), this.versionAt(after)];
		const question = [old?.id ?? before, now?.id ?? after, this.baseline, item.version.id, item.dataset.driftRules];
		await this.drift.ask(JSON.stringify(question), (signal) =>
			drift({ item, before: old, after: now, signal }, this.#effects)
		);
	}

	async pinBaseline(ref: string): Promise<void> {
		const pinned = await pinBaseline({ dataset: this.name, at: ref }, this.#effects);
		if (!pinned.ok) return this.#toasts.fail(pinned.error);
		await this.#catalogue.refresh();
		const detail = `Later versions are compared with it. In SQL it is ${this.name}@baseline.`;
		this.#toasts.show('good', `${ref} is the baseline of ${this.name}`, detail, await this.#catalogue.undoAction());
	}

	async unpinBaseline(): Promise<void> {
		const unpinned = await unpinBaseline({ dataset: this.name }, this.#effects);
		if (!unpinned.ok) return this.#toasts.fail(unpinned.error);
		await this.#catalogue.refresh();
		this.#toasts.show('good', `${this.name} has no baseline now`, '', await this.#catalogue.undoAction());
	}

	/** Null goes back to the usual ones. */
	async setDriftRules(rules: DriftRules | null): Promise<void> {
		const set = await setDriftRules({ dataset: this.name, rules }, this.#effects);
		if (!set.ok) return this.#toasts.fail(set.error);
		await this.#catalogue.refresh();
		const title = rules ? `Drift thresholds of ${this.name} are set` : `${this.name} has the usual drift thresholds`;
		this.#toasts.show('good', title, '', await this.#catalogue.undoAction());
	}

	/** Oldest first; of columns once they were asked for. */
	get metrics(): readonly VersionMetrics[] {
		const { item } = this;
		const [columns, watch] = [this.columnMetrics.value ?? undefined, this.watch.value ?? undefined];
		return item ? manifestMetrics(item, VERSIONS, columns, watch) : [];
	}

	/** What is known by now of those that models scored. */
	async askWatch(): Promise<void> {
		const { item } = this;
		if (!item) return;
		await this.watch.ask(item.version.id, async () => {
			const found = await watchedVersions(null, this.#effects);
			if (!found.ok) return found;
			return ok(new Map(found.value.flatMap(({ version, facts }) => (facts ? [[version.id, facts] as const] : []))));
		});
	}

	/** Reads what no version was asked about before. */
	async askColumnMetrics(): Promise<void> {
		const { item } = this;
		if (!item) return;
		const known = this.columnMetrics.value ?? undefined;
		const input = { item, limit: VERSIONS, ...(known ? { known } : {}) };
		await this.columnMetrics.ask(item.history.map(({ id }) => id).join(), (signal) =>
			columnMetricsOf({ ...input, signal }, this.#effects)
		);
	}

	/** Metrics of the dataset, or of a column. */
	metricsOf(column: string | null): readonly SeriesMetric[] {
		if (column !== null) return metricsOfColumn(this.metrics, column);
		return [...datasetMetrics, ...metricsOfModels(this.metrics)];
	}

	series(metric: SeriesMetric, column: string | null, options: SeriesOptions): MetricSeries {
		return metricSeries(this.metrics, { metric, column }, options);
	}

	/** Columns of all those versions, those of the newest first. */
	get columns(): readonly string[] {
		return [
			...new Set((this.item?.history ?? []).toReversed().flatMap(({ schema }) => schema.map(({ name }) => name)))
		];
	}

	/** Columns are chosen by themselves where none are given. */
	async askRows(ref: string | null, columns: readonly string[], seed: number): Promise<void> {
		const [item, version] = [this.item, this.versionAt(ref)];
		if (!item || !version) return;
		const id = resultId(`unusual-${this.#effects.randomId()}`);
		const chosen = columns.length === 0 ? null : columns;
		const input = { id, item, version, columns: chosen, limit: ROWS, seed };
		await this.rows.ask(JSON.stringify([version.id, columns, seed]), (signal) =>
			rowAnomalies({ ...input, signal }, this.#effects)
		);
	}

	close(): void {
		for (const asked of [this.statistics, this.relations, this.drift, this.columnMetrics, this.rows, this.watch])
			asked.cancel();
	}
}
