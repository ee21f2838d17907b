// The state machine of a run and of every step in it, as a pure function of what happened.
import type { Pipeline, Step } from './pipeline.ts';
import { behind, inOrderOfNeeds } from './step-graph.ts';
import { trigger, type TriggerRule, type Upstream } from './trigger-rule.ts';

export type StepState =
	/** For steps it needs. */
	| 'waiting'
	/** May start as soon as there is room. */
	| 'queued'
	| 'running'
	/** Failed, and starts again at `retryAtMs`. */
	| 'retrying'
	| 'succeeded'
	/** Its output stands: same code, same inputs. Counts as a success. */
	| 'unchanged'
	| 'failed'
	| 'timed_out'
	| 'skipped'
	| 'upstream_failed'
	| 'cancelled';

export type StepStatus = {
	readonly state: StepState;
	/** Attempts that began, interrupted ones too. */
	readonly attempts: number;
	/** Attempts that failed by themselves: what the retry policy counts. */
	readonly failures: number;
	readonly retryAtMs: number | null;
	/** Of a for-each, once its items are known. */
	readonly children: readonly string[] | null;
};

type Node = {
	readonly id: string;
	readonly needs: readonly string[];
	readonly trigger: TriggerRule;
	readonly isBranch: boolean;
	/** Runs only after a failure of the others. */
	readonly isHandler: boolean;
	/** The for-each that made it. */
	readonly parent: string | null;
};

export type RunState = {
	/** Every one behind those it needs. */
	readonly nodes: readonly Node[];
	readonly steps: ReadonlyMap<string, StepStatus>;
	readonly isCancelled: boolean;
};

export type RunEvent =
	| { readonly kind: 'started'; readonly step: string }
	| {
			readonly kind: 'succeeded';
			readonly step: string;
			readonly isUnchanged: boolean;
			/** Of a branch: the steps that go on. */
			readonly chosen?: readonly string[] | null;
			/** Of a for-each: how many children it has. */
			readonly itemCount?: number | null;
	  }
	| {
			readonly kind: 'failed';
			readonly step: string;
			readonly isTimeout: boolean;
			/** Null: it was the last attempt. */
			readonly retryAtMs: number | null;
	  }
	/** The page was closed while it ran; it starts again. */
	| { readonly kind: 'interrupted'; readonly step: string }
	| { readonly kind: 'retry-due'; readonly step: string }
	/** A step that ran when the run was cancelled has ended. */
	| { readonly kind: 'stopped'; readonly step: string }
	| { readonly kind: 'cancelled' };

export type RunOutcome = 'running' | 'succeeded' | 'failed' | 'cancelled';

const fresh: StepStatus = { state: 'waiting', attempts: 0, failures: 0, retryAtMs: null, children: null };

export function startRun(pipeline: Pick<Pipeline, 'steps' | 'onFailure'>): RunState {
	const node = (step: Step, isHandler: boolean): Node => ({
		id: step.id,
		needs: step.needs,
		trigger: step.trigger,
		isBranch: step.work.kind === 'branch',
		isHandler,
		parent: null
	});
	const nodes = [
		...inOrderOfNeeds(pipeline.steps).map((step) => node(step, false)),
		...inOrderOfNeeds(pipeline.onFailure).map((step) => node(step, true))
	];
	return settle({ nodes, steps: new Map(nodes.map(({ id }) => [id, fresh])), isCancelled: false });
}

/** What follows from an event. One that does not fit the state it meets, such as the end of a step that has ended, changes nothing. */
export function reduce(state: RunState, event: RunEvent): RunState {
	if (event.kind === 'cancelled') return settle(cancel(state));
	const status = state.steps.get(event.step);
	if (!status || isTerminal(status.state)) return state;
	const next = (change: Partial<StepStatus>): RunState => withStep(state, event.step, { ...status, ...change });
	switch (event.kind) {
		case 'started':
			if (status.state !== 'queued') return state;
			return next({ state: 'running', attempts: status.attempts + 1, retryAtMs: null });
		case 'interrupted':
			return status.state === 'running' && !status.children ? next({ state: 'queued' }) : state;
		case 'retry-due':
			return status.state === 'retrying' ? next({ state: 'queued', retryAtMs: null }) : state;
		case 'stopped':
			return settle(next({ state: 'cancelled' }));
		case 'failed': {
			if (status.state !== 'running') return state;
			const failures = status.failures + 1;
			if (event.retryAtMs !== null && !state.isCancelled)
				return next({ state: 'retrying', failures, retryAtMs: event.retryAtMs });
			return settle(next({ state: event.isTimeout ? 'timed_out' : 'failed', failures }));
		}
		case 'succeeded': {
			if (status.state !== 'running') return state;
			if (typeof event.itemCount === 'number') return settle(expand(state, event.step, status, event.itemCount));
			const ended = next({ state: event.isUnchanged ? 'unchanged' : 'succeeded' });
			return settle(event.chosen ? leaveOut(ended, event.step, event.chosen) : ended);
		}
	}
}

export function isTerminal(state: StepState): boolean {
	return state !== 'waiting' && state !== 'queued' && state !== 'running' && state !== 'retrying';
}

/** Steps that may start now, in the order of the text. */
export function queuedSteps(state: RunState): readonly string[] {
	return state.nodes.filter(({ id }) => state.steps.get(id)?.state === 'queued').map(({ id }) => id);
}

/**
 * As Airflow judges a run: by the steps that nothing waits for. A failure that another step took up (`all_done`,
 * `one_failed`) is no failure of the run.
 */
export function outcomeOf(state: RunState): RunOutcome {
	if ([...state.steps.values()].some((status) => !isTerminal(status.state))) return 'running';
	if (state.isCancelled) return 'cancelled';
	return hasFailed(state) ? 'failed' : 'succeeded';
}

export function childId(step: string, index: number): string {
	return `${step}[${index}]`;
}

function hasFailed({ nodes, steps }: RunState): boolean {
	const own = nodes.filter(({ isHandler, parent }) => !isHandler && parent === null);
	const needed = new Set(own.flatMap(({ needs }) => needs));
	return own.some(({ id }) => !needed.has(id) && isBad(steps.get(id)?.state));
}

function isBad(state: StepState | undefined): boolean {
	return state === 'failed' || state === 'timed_out' || state === 'upstream_failed' || state === 'cancelled';
}

function withStep(state: RunState, id: string, status: StepStatus): RunState {
	return { ...state, steps: new Map(state.steps).set(id, status) };
}

function cancel(state: RunState): RunState {
	const steps = new Map(state.steps);
	for (const [id, status] of steps)
		if (!isTerminal(status.state) && (status.state !== 'running' || status.children !== null))
			steps.set(id, { ...status, state: 'cancelled', retryAtMs: null });
	return { ...state, steps, isCancelled: true };
}

/** Steps directly behind a branch that it did not choose, unless they lie behind a chosen one too. */
function leaveOut(state: RunState, branch: string, chosen: readonly string[]): RunState {
	const reached = behind(state.nodes, chosen);
	const steps = new Map(state.steps);
	for (const { id, needs } of state.nodes) {
		const status = steps.get(id);
		if (!status || !needs.includes(branch) || chosen.includes(id) || reached.has(id)) continue;
		if (status.state === 'waiting') steps.set(id, { ...status, state: 'skipped' });
	}
	return { ...state, steps };
}

function expand(state: RunState, id: string, status: StepStatus, itemCount: number): RunState {
	const children = Array.from({ length: itemCount }, (_item, index) => childId(id, index));
	const steps = new Map(state.steps).set(id, { ...status, children });
	const made = children.map((child): Node => ({
		id: child,
		needs: [],
		trigger: 'all_success',
		isBranch: false,
		isHandler: false,
		parent: id
	}));
	for (const child of children) steps.set(child, fresh);
	// Before it, so that how they stand is known when it is looked at.
	const at = state.nodes.findIndex((node) => node.id === id);
	return { ...state, nodes: [...state.nodes.slice(0, at), ...made, ...state.nodes.slice(at)], steps };
}

/** Decides what can be decided, in one pass, since every step stands behind those it needs. */
function settle(state: RunState): RunState {
	const steps = new Map(state.steps);
	const branches = new Set(state.nodes.filter(({ isBranch }) => isBranch).map(({ id }) => id));
	const endParent = (id: string, status: StepStatus): void => {
		if (status.state !== 'running' || !status.children) return;
		const states = status.children.map((child) => steps.get(child)?.state ?? 'waiting');
		if (!states.every(isTerminal)) return;
		const isUnchanged = states.length > 0 && states.every((one) => one === 'unchanged');
		const bad = states.includes('cancelled') ? 'cancelled' : 'failed';
		steps.set(id, { ...status, state: states.some(isBad) ? bad : isUnchanged ? 'unchanged' : 'succeeded' });
	};
	for (const { id, needs, trigger: rule, isHandler, parent } of state.nodes) {
		const status = steps.get(id);
		if (!status) continue;
		endParent(id, status);
		if (status.state !== 'waiting') continue;
		const started = (to: StepState): void => void steps.set(id, { ...status, state: to });
		if (state.isCancelled) started('cancelled');
		else if (parent !== null) started('queued');
		else if (isHandler && !mayHandle(state, steps)) continue;
		else if (isHandler && !hasFailed({ ...state, steps })) started('skipped');
		else {
			const decided = needs.every((need) => !branches.has(need) || isTerminal(steps.get(need)?.state ?? 'waiting'));
			const next = decided ? trigger(rule, countUpstream(needs, steps)) : 'wait';
			if (next !== 'wait') started(next === 'run' ? 'queued' : next);
		}
	}
	return { ...state, steps };
}

function mayHandle({ nodes }: RunState, steps: ReadonlyMap<string, StepStatus>): boolean {
	return nodes.every(({ id, isHandler }) => isHandler || isTerminal(steps.get(id)?.state ?? 'waiting'));
}

function countUpstream(needs: readonly string[], steps: ReadonlyMap<string, StepStatus>): Upstream {
	const states = needs.map((need) => steps.get(need)?.state);
	const count = (...wanted: readonly StepState[]): number =>
		states.filter((state) => state !== undefined && wanted.includes(state)).length;
	return {
		total: needs.length,
		succeeded: count('succeeded', 'unchanged'),
		failed: count('failed', 'timed_out', 'cancelled'),
		upstreamFailed: count('upstream_failed'),
		skipped: count('skipped')
	};
}
