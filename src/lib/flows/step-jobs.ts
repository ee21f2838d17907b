// The jobs of a step: how far they are goes into its log every few seconds, so that whoever looks on sees it move.
import type { LogLine } from '../core/pipeline/run-record.ts';
import type { JobProgress, Jobs } from './jobs.ts';

const TOLD_EVERY_MS = 5000;

export function jobsOfStep(jobs: Jobs, log: (level: LogLine['level'], text: string) => void, now: () => number): Jobs {
	return {
		...jobs,
		start: (label, outer) => {
			const job = jobs.start(label, outer);
			let toldMs = now();
			return {
				...job,
				progress: (progress) => {
					job.progress(progress);
					const text = progressText(progress);
					if (text === null || now() - toldMs < TOLD_EVERY_MS) return;
					toldMs = now();
					log('info', `${label}: ${text}`);
				}
			};
		}
	};
}

function progressText({ fraction, rowCount }: Partial<JobProgress>): string | null {
	const parts = [
		...(typeof fraction === 'number' ? [`${Math.floor(100 * fraction)} %`] : []),
		...(typeof rowCount === 'number' ? [`${rowCount} rows`] : [])
	];
	return parts.length > 0 ? parts.join(', ') : null;
}
