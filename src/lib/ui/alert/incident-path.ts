// Where an incident leads: to what it is about, as it was judged.
import type { Incident } from '#core/alert/incident.ts';
import type { Measure } from '#core/alert/rule.ts';
import { editionPath } from '#core/report/edition-path.ts';
import type { SeriesMetric } from '#core/check/anomaly/metric-series.ts';
import { modelsPath } from '../models/model-path.ts';
import { qualityPath } from '../check/quality-path.ts';

const metrics: Readonly<Partial<Record<Measure, SeriesMetric>>> = {
	row_count: 'rowCount',
	size_bytes: 'sizeBytes',
	null_ratio: 'nullRatio',
	min: 'min',
	max: 'max'
};

export function incidentPath({ dataset, subject, facts }: Pick<Incident, 'dataset' | 'subject' | 'facts'>): string {
	if (facts.kind === 'run') {
		const run = facts.run === null ? {} : { run: facts.run };
		return `/pipelines?${new URLSearchParams({ pipeline: subject, ...run }).toString()}`;
	}
	if (facts.kind === 'edition') return editionPath(facts.report, facts.edition);
	const name = dataset ?? subject;
	switch (facts.kind) {
		case 'verdict':
			return `/check?${new URLSearchParams({ suite: facts.suite, dataset: name }).toString()}`;
		case 'drift':
			return qualityPath({ dataset: name, tab: 'drift', at: `v${facts.version}` });
		case 'age':
			return qualityPath({ dataset: name, tab: 'metrics', metric: 'gapMs' });
		default: {
			if (facts.model !== undefined) {
				const at = facts.version === null ? null : `${name}@v${facts.version}`;
				return modelsPath({ at: 'model', model: facts.model, tab: 'watch', scored: at });
			}
			const metric = metrics[facts.of];
			const isOfColumn = metric !== undefined && metric !== 'rowCount' && metric !== 'sizeBytes';
			return metric === undefined
				? qualityPath({ dataset: name })
				: qualityPath({ dataset: name, tab: 'metrics', metric, column: isOfColumn ? facts.about : null });
		}
	}
}
