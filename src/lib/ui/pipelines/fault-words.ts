// What a fault is called, and what its time means.
import type { Fault } from '#core/pipeline/fault.ts';

export const faultWords: Readonly<Record<Fault['do'], string>> = {
	fail: 'It fails',
	slow: 'It is slow',
	'time-out': 'It never answers',
	'kill-worker': 'The engine is killed',
	'clock-jump': 'The clock jumps',
	quota: 'Storage is full'
};

/** Null where a fault has no time. */
export const faultTimes: Readonly<Record<Fault['do'], string | null>> = {
	fail: null,
	slow: 'by ms',
	'time-out': null,
	'kill-worker': 'after ms',
	'clock-jump': 'by ms',
	quota: null
};

/** As the run view tells of them. */
export function faultsText(faults: readonly Fault[]): string {
	return faults
		.map(
			({ step, do: kind, attempts }) => `${faultWords[kind].toLowerCase()} at ${step}, attempt ${attempts.join(', ')}`
		)
		.join('; ');
}
