// Numbers for whoever runs the edge.
import { object, string } from 'valibot';
import { endpoint } from './endpoint.ts';

export const metrics = endpoint({
	name: 'metrics',
	summary:
		'What the edge stores and what it was asked, as Prometheus reads it. For whoever sends `METRICS_TOKEN` as a bearer token; where none is set there are no metrics.',
	method: 'GET',
	path: '/api/v1/metrics',
	access: 'operator',
	answers: 'text/plain; version=0.0.4; charset=utf-8',
	request: object({}),
	response: string(),
	failures: []
});
