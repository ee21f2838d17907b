// What a run would do, told before it does it: which steps run, which are left out, and why.
import type { Pipeline, Step } from './pipeline.ts';
import { outputOf, stepsOf } from './pipeline.ts';
import { faultsOf, type Fault } from './fault.ts';
import type { FailureFacts, FingerprintParts, OutputRecord, TableFacts } from './run-record.ts';
import { before, inOrderOfNeeds } from './step-graph.ts';

export type PlanReason =
	| { readonly kind: 'unchanged' }
	/** Its tests run: before it, or alone where its output stands and they did not pass with the same text before. */
	| { readonly kind: 'tests-run'; readonly count: number }
	| { readonly kind: 'tests-stand'; readonly count: number }
	/** Its end is taken over from the run that is replayed. */
	| { readonly kind: 'kept' }
	| { readonly kind: 'forced' }
	| { readonly kind: 'meets-fault' }
	| { readonly kind: 'never-run' }
	| { readonly kind: 'work-changed' }
	| { readonly kind: 'engine-changed' }
	| { readonly kind: 'inputs-changed'; readonly datasets: readonly string[] }
	/** Somebody else changed what it made. */
	| { readonly kind: 'output-changed'; readonly dataset: string }
	| { readonly kind: 'unrepeatable'; readonly why: string }
	/** Left out after all if these come out as they were. */
	| { readonly kind: 'inputs-may-change'; readonly steps: readonly string[] }
	| { readonly kind: 'branch-decides'; readonly branches: readonly string[] }
	/** Joins, branches on a verdict and subpipelines cost nothing of their own. */
	| { readonly kind: 'no-output' }
	| { readonly kind: 'after-failure' }
	| { readonly kind: 'cannot-be-known'; readonly failure: FailureFacts };

export type PlannedStep = {
	readonly step: string;
	readonly work: Step['work']['kind'];
	readonly action: 'run' | 'skip' | 'perhaps';
	readonly reasons: readonly PlanReason[];
	readonly inputs: readonly TableFacts[];
	readonly into: string | null;
	/** Of its inputs as they are now, and of what it made last; null where there is none. */
	readonly readBytes: number | null;
	readonly writtenBytes: number | null;
};

export type RunPlan = {
	readonly pipeline: string;
	/** In the order they may run. */
	readonly steps: readonly PlannedStep[];
	/** Of steps that run or may run. */
	readonly estimatedBytes: number;
};

/** What is known of a step before the run. */
export type StepFacts = {
	readonly studied: {
		readonly fingerprint: string;
		readonly parts: FingerprintParts;
		readonly inputs: readonly TableFacts[];
		readonly unrepeatable: string | null;
	} | null;
	readonly failure: FailureFacts | null;
	/** Of the same fingerprint. */
	readonly known: OutputRecord | null;
	readonly stands: boolean;
	/** The newest of the step. */
	readonly last: OutputRecord | null;
	/** Of its tests and of what they test; null where none would be run. */
	readonly tests: string | null;
	/** With its references filled in. */
	readonly into: string | null;
	/** Names in its queries that stand for tables, there already or not. */
	readonly reads: readonly string[];
};

export function planRun(input: {
	readonly pipeline: Pipeline;
	readonly facts: ReadonlyMap<string, StepFacts>;
	readonly isForced: boolean;
	/** Steps of a replayed run that stay as they ended. */
	readonly kept: ReadonlySet<string>;
	/** What the run is told to meet. */
	readonly faults?: readonly Fault[];
}): RunPlan {
	const { pipeline, facts, isForced, kept, faults = [] } = input;
	const planned = new Map<string, PlannedStep>();
	const handlers = new Set(pipeline.onFailure.map(({ id }) => id));
	for (const step of [...inOrderOfNeeds(pipeline.steps), ...inOrderOfNeeds(pipeline.onFailure)]) {
		const fact = facts.get(step.id);
		const above = [...before(stepsOf(pipeline), step.id)].flatMap((id) => planned.get(id) ?? []);
		const own = kept.has(step.id)
			? ({ action: 'skip', reasons: [{ kind: 'kept' }] } as const)
			: handlers.has(step.id)
				? ({ action: 'perhaps', reasons: [{ kind: 'after-failure' }] } as const)
				: decide(step, fact, above, { isForced, isFaulty: faultsOf(faults, step.id, 1).length > 0 });
		const branches = above.filter(({ work, action }) => work === 'branch' && action !== 'skip').map((one) => one.step);
		const isOpen = own.action === 'run' && branches.length > 0;
		const reasons = [...own.reasons, ...testReasons(step, fact, own)];
		planned.set(step.id, {
			step: step.id,
			work: step.work.kind,
			action: isOpen ? 'perhaps' : own.action,
			reasons: isOpen ? [...reasons, { kind: 'branch-decides', branches }] : reasons,
			inputs: fact?.studied?.inputs ?? [],
			into: fact?.into ?? outputOf(step.work),
			readBytes: fact?.studied?.inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) ?? null,
			writtenBytes: fact?.last?.outcome.table?.sizeBytes ?? null
		});
	}
	const steps = [...planned.values()];
	const bytes = steps
		.filter(({ action }) => action !== 'skip')
		.reduce((sum, { readBytes, writtenBytes }) => sum + (readBytes ?? 0) + (writtenBytes ?? 0), 0);
	return { pipeline: pipeline.name, steps, estimatedBytes: bytes };
}

type Decision = Pick<PlannedStep, 'action' | 'reasons'>;

function decide(
	step: Step,
	fact: StepFacts | undefined,
	above: readonly PlannedStep[],
	{ isForced, isFaulty }: { readonly isForced: boolean; readonly isFaulty: boolean }
): Decision {
	const because = (action: PlannedStep['action'], ...reasons: readonly PlanReason[]): Decision => ({ action, reasons });
	if (!fact) return because('run', { kind: 'no-output' });
	if (isForced) return because('run', { kind: 'forced' });
	if (isFaulty) return because('run', { kind: 'meets-fault' });
	const { studied, failure, known, stands, last } = fact;
	const makers = above.filter(({ into, action }) => {
		if (into === null || action === 'skip') return false;
		const names = [...fact.reads, ...(studied?.inputs.map(({ dataset }) => dataset) ?? [])];
		return studied === null || names.some((name) => isSameTable(name, into));
	});
	if (makers.length > 0) {
		const reason = { kind: 'inputs-may-change', steps: makers.map((one) => one.step) } as const;
		return because(known && stands && !studied?.unrepeatable ? 'perhaps' : 'run', reason);
	}
	if (failure) return because('run', { kind: 'cannot-be-known', failure });
	if (!studied) return because('run', { kind: 'no-output' });
	if (studied.unrepeatable !== null) return because('run', { kind: 'unrepeatable', why: studied.unrepeatable });
	if (known && stands) return because('skip', { kind: 'unchanged' });
	if (known) return because('run', { kind: 'output-changed', dataset: known.outcome.table?.dataset ?? step.id });
	if (!last) return because('run', { kind: 'never-run' });
	return because('run', ...changes(last.parts, studied.parts));
}

/** What is taken over from another run is not tested. */
function testReasons({ work }: Step, fact: StepFacts | undefined, { reasons }: Decision): readonly PlanReason[] {
	if (work.kind !== 'transform' || !fact || fact.tests === null) return [];
	if (reasons.some(({ kind }) => kind === 'kept')) return [];
	const isStanding = reasons.some(({ kind }) => kind === 'unchanged') && fact.known?.tests === fact.tests;
	return [{ kind: isStanding ? 'tests-stand' : 'tests-run', count: work.tests.length }];
}

function changes(one: FingerprintParts, now: FingerprintParts): readonly PlanReason[] {
	const names = [...new Set([...Object.keys(one.inputs), ...Object.keys(now.inputs)])];
	const datasets = names.filter((name) => one.inputs[name] !== now.inputs[name]);
	return [
		...(one.work === now.work ? [] : [{ kind: 'work-changed' } as const]),
		...(one.engine === now.engine ? [] : [{ kind: 'engine-changed' } as const]),
		...(datasets.length > 0 ? [{ kind: 'inputs-changed', datasets } as const] : [])
	];
}

/** `flights@v2` is of `flights`. */
function isSameTable(read: string, made: string): boolean {
	return (read.split('@')[0] ?? '').toLowerCase() === made.toLowerCase();
}
