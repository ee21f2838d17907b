// What a step says, in one line.
import type { StepBody } from '#core/transform/recipe.ts';

export function stepSummary(body: StepBody): string {
	if (body.value === null) return 'whole rows';
	if (typeof body.value !== 'object') return String(body.value).split('\n')[0] ?? '';
	if (body.kind === 'window' || body.kind === 'aggregate')
		return named(body.value.columns ?? {}) || (body.value.by ?? []).join(', ');
	if (body.kind === 'join') return `${body.value.kind ?? 'left'} ${body.value.with}`;
	if (body.kind === 'derive' || body.kind === 'rename') return named(body.value);
	if (body.kind === 'javascript') return named(body.value.outputs);
	if (body.kind === 'cast') return named(body.value.columns);
	if (Array.isArray(body.value))
		return body.value.map((item) => (typeof item === 'string' ? item : item.column)).join(', ');
	return Object.values(body.value as Readonly<Record<string, unknown>>)
		.filter((value) => typeof value !== 'object' || Array.isArray(value))
		.map(String)
		.join(' · ');
}

function named(record: Readonly<Record<string, unknown>>): string {
	return Object.entries(record)
		.map(([name, value]) => `${name}: ${String(value)}`)
		.join(', ');
}
