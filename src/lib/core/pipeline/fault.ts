// Faults that a run can be told to meet, so that a person sees what their pipeline does then. Part of the run's record.

export const faultKinds = ['fail', 'slow', 'time-out', 'kill-worker', 'clock-jump', 'quota'] as const;

export type Fault = {
	readonly step: string;
	readonly do: (typeof faultKinds)[number];
	/** The attempts it meets, from 1. */
	readonly attempts: readonly number[];
	/** How slow, how far the clock jumps, or when the worker is killed. */
	readonly ms: number;
};

export function faultsOf(faults: readonly Fault[], step: string, attempt: number): readonly Fault[] {
	return faults.filter((fault) => fault.step === step && fault.attempts.includes(attempt));
}
