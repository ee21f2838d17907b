// What is kept of one training run beside its row: its curve, what held-out rows showed, and how it answers to a column.
import type { ModelDependence } from '#core/model/registry/model-dependence.ts';
import type { RunEvaluation } from '#core/model/registry/evaluation-text.ts';
import type { MetricSteps, ModelRun } from '#core/model/registry/model-run.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { modelDependence } from '#lib/flows/model-dependence.ts';
import { evaluationOf } from '#lib/flows/register-model.ts';
import { ok } from '#core/result.ts';
import { Asked } from './asked.svelte.ts';

export type CurveStep = { readonly step: number; readonly train: number; readonly valid: number | null };
export type RunReport = RunEvaluation & { readonly curve: readonly CurveStep[] };

export class ModelRunDetail {
	readonly report = new Asked<RunReport>();
	readonly dependence = new Asked<ModelDependence>();
	#column = $state('');
	#output = $state(0);
	readonly #effects: Effects;

	constructor(effects: Effects) {
		this.#effects = effects;
	}

	/** The column that was asked about last. */
	get column(): string {
		return this.#column;
	}

	/** Of several classes, the number of the one whose probability is told. */
	get output(): number {
		return this.#output;
	}

	async read({ id }: ModelRun): Promise<void> {
		await this.report.ask(id, async () => {
			const evaluation = await evaluationOf(id, this.#effects);
			if (!evaluation.ok) return evaluation;
			const metrics = await this.#effects.models.metrics(id);
			return metrics.ok ? ok({ ...evaluation.value, curve: curveOf(metrics.value) }) : metrics;
		});
	}

	async askDependence({ id }: ModelRun, column: string, output = this.#output): Promise<void> {
		[this.#column, this.#output] = [column, output];
		await this.dependence.ask(`${id} ${output} ${column}`, (signal) =>
			modelDependence({ run: id, column, output, signal }, this.#effects)
		);
	}
}

function curveOf(metrics: readonly MetricSteps[]): readonly CurveStep[] {
	const train = metrics.find(({ metric }) => metric === 'train loss');
	const valid = metrics.find(({ metric }) => metric === 'valid loss');
	const validByStep = new Map(valid?.steps.map((step, at) => [step, valid.values[at] ?? null]));
	return (train?.steps ?? []).map((step, at) => ({
		step,
		train: train?.values[at] ?? 0,
		valid: validByStep.get(step) ?? null
	}));
}
