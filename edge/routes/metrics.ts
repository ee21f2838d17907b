// GET /api/v1/metrics.
import type { metrics } from '#core/contract/metrics.ts';
import { ok } from '#core/result.ts';
import type { Counted } from '../counts.ts';
import { readTotals, type Totals } from '../d1/totals.ts';
import type { Handler } from '../mount.ts';

export const answerMetrics: Handler<typeof metrics> = async (_request, env, { counts }) =>
	ok({ body: textOf(await readTotals(env.DB), counts.all()), headers: {} });

/** Prometheus' text format, 0.0.4. */
function textOf(totals: Totals, counted: readonly Counted[]): string {
	const stored = Object.entries(totals).flatMap(([name, value]) => [
		`# HELP weir_${name} Of all workspaces.`,
		`# TYPE weir_${name} gauge`,
		`weir_${name} ${value}`
	]);
	const labels = ({ operation, status }: Counted): string => `{operation="${operation}",status="${status}"}`;
	return [
		...stored,
		'# HELP weir_requests_total Since this instance of the Worker began.',
		'# TYPE weir_requests_total counter',
		...counted.map((one) => `weir_requests_total${labels(one)} ${one.count}`),
		'# HELP weir_request_ms_total Time that they took.',
		'# TYPE weir_request_ms_total counter',
		...counted.map((one) => `weir_request_ms_total${labels(one)} ${one.totalMs}`),
		''
	].join('\n');
}
