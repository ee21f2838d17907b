// What the stages of the examples are called.
import type { ExampleStage } from '#core/examples/example.ts';

export const stageWords: Readonly<Record<ExampleStage, string>> = {
	source: 'Connect',
	ingest: 'Ingest',
	store: 'Store',
	transform: 'Transform',
	pipeline: 'Orchestrate',
	query: 'Access',
	lineage: 'Govern',
	version: 'Version',
	model: 'Learn',
	report: 'Report',
	check: 'Monitor',
	recover: 'Recover'
};
