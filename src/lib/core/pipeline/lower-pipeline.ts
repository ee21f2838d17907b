// From the text's own words to the typed pipeline: defaults are set, durations become milliseconds.
import { channelOf } from '../alert/parse-rule.ts';
import type { InputValue } from '../report/report.ts';
import { parseUserFunction } from '../script/parse-user-function.ts';
import { DEFAULT_LIMITS } from '../script/user-function.ts';
import type { BreakerPolicy, Pipeline, RetryPolicy, SimpleWork, Step, TransformRows, Work } from './pipeline.ts';
import type { ModelTest } from './model-test.ts';
import type { DoText, PipelineText, RetryText, StepText, TestText } from './pipeline-schema.ts';
import type { Path, YamlText } from '../document/yaml-text.ts';

const NO_RETRY: RetryPolicy = { attempts: 1, delayMs: 1000, factor: 2, maxDelayMs: 60_000, jitter: 'full' };
const KEPT_EDITIONS = 12;
const SHARED_DAYS = 7;
const BREAKER: BreakerPolicy = { failures: 5, resetAfterMs: 60_000 };

export function lowerPipeline(text: PipelineText, yaml: Pick<YamlText, 'placeOf'>): Pipeline {
	const retry = lowerRetry(text.retry, NO_RETRY);
	const timeoutMs = text.timeout === undefined ? null : durationMs(text.timeout);
	const lower = (step: StepText, list: 'steps' | 'on_failure', index: number): Step => ({
		id: step.id,
		needs: [...new Set(step.needs ?? [])],
		trigger: step.trigger ?? 'all_success',
		retry: lowerRetry(step.retry, retry),
		timeoutMs: step.timeout === undefined ? timeoutMs : durationMs(step.timeout),
		work: lowerWork(step, (path) => yaml.placeOf([list, index, ...path]).line),
		at: yaml.placeOf([list, index])
	});
	const { schedule, partitions } = text;
	return {
		name: text.name,
		description: text.description ?? '',
		params: Object.entries(text.params ?? {}).map(([name, param]) => ({
			name,
			type: param.type,
			default: param.default
		})),
		env: text.env ?? {},
		environments: text.environments ?? {},
		breaker: {
			failures: text.breaker?.failures ?? BREAKER.failures,
			resetAfterMs:
				text.breaker?.reset_after === undefined ? BREAKER.resetAfterMs : durationMs(text.breaker.reset_after)
		},
		maxParallel: text.max_parallel ?? 2,
		concurrency: { runs: text.concurrency?.runs ?? 'one', whenBusy: text.concurrency?.when_busy ?? 'wait' },
		schedule: schedule
			? {
					cron: schedule.cron ?? null,
					timeZone: schedule.time_zone ?? 'UTC',
					catchUp: schedule.catch_up ?? 'latest',
					onVersion: schedule.on_version ?? [],
					onFile: schedule.on_file
						? { folder: schedule.on_file.folder, pattern: schedule.on_file.pattern ?? '*' }
						: null
				}
			: null,
		partitions: partitions
			? {
					param: partitions.param,
					by: partitions.by,
					from: partitions.from ?? null,
					values: partitions.values ?? []
				}
			: null,
		steps: text.steps.map((step, index) => lower(step, 'steps', index)),
		onFailure: (text.on_failure ?? []).map((step, index) => lower(step, 'on_failure', index))
	};
}

function lowerRetry(text: RetryText | undefined, from: RetryPolicy): RetryPolicy {
	if (!text) return from;
	return {
		attempts: text.attempts ?? Math.max(from.attempts, 3),
		delayMs: text.delay === undefined ? from.delayMs : durationMs(text.delay),
		factor: text.factor ?? from.factor,
		maxDelayMs: text.max_delay === undefined ? from.maxDelayMs : durationMs(text.max_delay),
		jitter: text.jitter ?? from.jitter
	};
}

type LineOf = (path: Path) => number;

function lowerWork(step: StepText, lineOf: LineOf): Work {
	switch (step.kind) {
		case 'ingest':
		case 'transform':
		case 'score':
		case 'check':
			return lowerSimple(step, lineOf);
		case 'branch':
			return {
				kind: 'branch',
				on:
					step.verdict_of === undefined
						? { kind: 'sql', cases: (step.cases ?? []).map((one) => ({ sql: one.if, then: one.then })) }
						: { kind: 'verdict', check: step.verdict_of, passed: step.passed ?? [] },
				otherwise: step.else ?? []
			};
		case 'for-each':
			return {
				kind: 'for-each',
				items: step.sql === undefined ? { kind: 'list', list: step.items ?? [] } : { kind: 'sql', sql: step.sql },
				work: lowerSimple(step.do, (path) => lineOf(['do', ...path]))
			};
		case 'report': {
			const { report, inputs = {}, keep = KEPT_EDITIONS, share, notify = [] } = step;
			return {
				kind: 'report',
				report,
				inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, lowerInput(value)])),
				keep,
				share: share ? { expiresInDays: share.expires_in_days ?? SHARED_DAYS, views: share.views ?? null } : null,
				notify: notify.map(channelOf)
			};
		}
		case 'join':
			return { kind: 'join' };
		case 'pipeline':
			return { kind: 'pipeline', pipeline: step.pipeline, params: step.params ?? {} };
	}
}

type GivenInput = NonNullable<Extract<StepText, { readonly kind: 'report' }>['inputs']>[string];

function lowerInput(value: GivenInput): InputValue {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return { from: value.from ?? null, to: value.to ?? null };
}

function lowerSimple(text: DoText, lineOf: LineOf): SimpleWork {
	switch (text.kind) {
		case 'ingest':
			return {
				kind: 'ingest',
				source:
					text.url !== undefined
						? { kind: 'url', url: text.url }
						: text.sample !== undefined
							? { kind: 'sample', sample: text.sample }
							: text.folder !== undefined
								? { kind: 'file', folder: text.folder, file: text.file ?? '' }
								: text.connection !== undefined
									? { kind: 'connection', connection: text.connection }
									: { kind: 'dataset', dataset: text.dataset ?? '' },
				into: text.into ?? null,
				mode: text.mode ?? 'replace',
				key: text.key ?? [],
				// The reader checks each option when it meets it, as it does for scripts.
				options: text.options ?? {}
			};
		case 'transform':
			return {
				kind: 'transform',
				rows: lowerRows(text, lineOf),
				into: text.into,
				key: text.key ?? null,
				tests: 'tests' in text ? lowerTests(text.tests as readonly TestText[]) : []
			};
		case 'score': {
			const { model, input, into, key, prediction = 'prediction', probability = 'probability' } = text;
			return {
				kind: 'transform',
				rows: { kind: 'score', model, input, prediction, probability },
				into,
				key: key ?? null,
				tests: []
			};
		}
		case 'check':
			return {
				kind: 'check',
				assertions:
					text.suite !== undefined
						? []
						: text.assertions === undefined
							? [{ name: '', sql: text.sql ?? '' }]
							: Object.entries(text.assertions).map(([name, sql]) => ({ name, sql })),
				severity: text.severity ?? 'error',
				suite:
					text.suite === undefined
						? null
						: {
								suite: text.suite,
								dataset: text.dataset ?? '',
								gate: text.gate ?? 'block',
								into: text.into ?? null
							}
			};
	}
}

function lowerTests(texts: readonly TestText[]): readonly ModelTest[] {
	return texts.map((text, index) => ({
		name: text.name ?? `test ${index + 1}`,
		// Whatever YAML can say is a cell.
		given: (text.given ?? {}) as ModelTest['given'],
		expect: text.expect as ModelTest['expect'],
		tolerance: text.tolerance ?? 1e-9,
		params: text.params ?? {}
	}));
}

/** Of several, or of none, the check that follows tells. */
function lowerRows(text: DoText & { readonly kind: 'transform' }, lineOf: LineOf): TransformRows {
	const { sql = '', recipe, steps, input } = text;
	if (recipe !== undefined) return { kind: 'recipe', recipe, input: input ?? null };
	if (steps !== undefined)
		return { kind: 'steps', input: input ?? '', steps, lines: steps.map((_step, index) => lineOf(['steps', index])) };
	if (text.function === undefined) return { kind: 'sql', sql };
	const fn = parseUserFunction(text.function);
	const nothing = { code: '', language: 'javascript', mode: 'row', inputs: null, outputs: [], tests: [] } as const;
	return { kind: 'function', input: input ?? '', fn: fn.ok ? fn.value : { ...nothing, limits: DEFAULT_LIMITS } };
}

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Of a text that has the shape of a duration. */
export function durationMs(text: string): number {
	const unit = /[a-z]+$/.exec(text)?.[0] as keyof typeof unitMs;
	return Math.round(Number.parseFloat(text) * unitMs[unit]);
}
