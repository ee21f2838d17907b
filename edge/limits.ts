// How much anyone may ask for and store; an operator sets some of it.
import type { LimitEnv } from './env.ts';

/** Of one workspace. */
export const MAX_TOKENS = 1000;
export const MAX_SLOTS = 32;
export const MAX_REFS = 10_000;
export const MAX_OBJECTS = 2_000_000;

export type Limits = {
	readonly quotaBytes: number;
	readonly requestsPerMinute: number;
	readonly workspacesPerHour: number;
};

export function limitsOf(env: LimitEnv): Limits {
	return {
		quotaBytes: Number(env.QUOTA_BYTES ?? 5 * 1024 ** 3),
		requestsPerMinute: Number(env.REQUESTS_PER_MINUTE ?? 1200),
		workspacesPerHour: Number(env.WORKSPACES_PER_HOUR ?? 20)
	};
}
