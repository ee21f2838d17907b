// The one list of long work in a page: what runs, how far it is, how to stop it, how it ended.
import { jobId, type JobId } from '../core/ids.ts';

export type JobProgress = {
	/** 0..1; null while unknown. */
	readonly fraction: number | null;
	readonly rowCount: number | null;
	readonly readBytes: number | null;
	readonly totalBytes: number | null;
};

export type JobEnd = 'done' | 'failed' | 'cancelled';

export type Job = JobProgress & {
	readonly id: JobId;
	readonly label: string;
	readonly state: 'running' | JobEnd;
	readonly startedAtMs: number;
	readonly endedAtMs: number | null;
	/** Estimated from the pace so far; null until there is a pace. */
	readonly remainingMs: number | null;
};

export type JobHandle = {
	readonly id: JobId;
	readonly signal: AbortSignal;
	progress(progress: Partial<JobProgress>): void;
	end(end: JobEnd): void;
};

export type Jobs = {
	/** `outer` cancels the job too, as a script's AbortSignal does. */
	start(label: string, outer?: AbortSignal): JobHandle;
	cancel(id: JobId): void;
	/** Running ones first, then the newest ended ones, at most 50. */
	list(): readonly Job[];
	/** Told after every change. Returns the stop function. */
	watch(onChange: () => void): () => void;
};

const KEPT_ENDED = 50;

export function createJobs(now: () => number): Jobs {
	let jobs: readonly Job[] = [];
	let next = 1;
	const controllers = new Map<JobId, AbortController>();
	const listeners = new Set<() => void>();
	const update = (id: JobId, change: (job: Job) => Job): void => {
		jobs = jobs.map((job) => (job.id === id && job.state === 'running' ? change(job) : job));
		for (const listener of listeners) listener();
	};
	return {
		start: (label, outer) => {
			const id = jobId(`job-${next++}`);
			const controller = new AbortController();
			controllers.set(id, controller);
			const startedAtMs = now();
			const job: Job = {
				id,
				label,
				state: 'running',
				startedAtMs,
				endedAtMs: null,
				remainingMs: null,
				fraction: null,
				rowCount: null,
				readBytes: null,
				totalBytes: null
			};
			const ended = jobs.filter((other) => other.state !== 'running');
			jobs = [...jobs.filter((other) => other.state === 'running'), job, ...ended.slice(0, KEPT_ENDED)];
			for (const listener of listeners) listener();
			const follow = (): void => controller.abort();
			if (outer?.aborted) controller.abort();
			else outer?.addEventListener('abort', follow, { once: true });
			return {
				id,
				signal: controller.signal,
				progress: (progress) => {
					update(id, (current) => {
						const merged = { ...current, ...progress };
						return { ...merged, remainingMs: remaining(merged.fraction, now() - startedAtMs) };
					});
				},
				end: (state) => {
					outer?.removeEventListener('abort', follow);
					controllers.delete(id);
					update(id, (current) => ({ ...current, state, endedAtMs: now(), remainingMs: null }));
				}
			};
		},
		cancel: (id) => controllers.get(id)?.abort(),
		list: () => jobs,
		watch: (onChange) => {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		}
	};
}

function remaining(fraction: number | null, elapsedMs: number): number | null {
	if (fraction === null || fraction < 0.02) return null;
	return Math.round((elapsedMs / fraction) * (1 - fraction));
}

/** Runs `work` as a job; its Result decides how the job is told to have ended. */
export async function asJob<T extends { readonly ok: boolean }>(
	jobs: Jobs,
	label: string,
	outer: AbortSignal | undefined,
	work: (job: JobHandle) => Promise<T>
): Promise<T> {
	const job = jobs.start(label, outer);
	try {
		const result = await work(job);
		job.end(result.ok ? 'done' : job.signal.aborted ? 'cancelled' : 'failed');
		return result;
	} catch (error) {
		job.end('failed');
		throw error;
	}
}
