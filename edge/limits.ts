// How much anyone may ask for and store; an operator sets some of it.
import type { LimitEnv } from './env.ts';

/** Of one workspace. */
export const MAX_TOKENS = 1000;
export const MAX_SLOTS = 32;
export const MAX_OBJECTS = 2_000_000;
export const MAX_INBOXES = 1000;
/** Waiting in one inbox. */
export const MAX_ITEMS = 10_000;
export const MAX_PUBLICATIONS = 1000;
/** Of one publication: what it shows, what it showed last, and what is on its way. */
export const MAX_FILES = 4;
/** Published, of one workspace. */
export const MAX_QUERIES = 1000;
/** That have not ended, of one workspace. */
export const MAX_SHARES = 1000;
/** Wrong tries of one share in an hour, and all in all, after which nobody opens it any more. */
export const SHARE_TRIES_PER_HOUR = 5;
export const SHARE_TRIES = 20;
/** Of one inbox's address, and of one address that reads publications, in a minute. */
export const HOOKS_PER_MINUTE = 600;
export const READS_PER_MINUTE = 600;
/** Of one token, that the edge asks sources for. */
export const RELAYS_PER_MINUTE = 600;

/** Connections to databases of one workspace, in a minute. */
export const DATABASES_PER_MINUTE = 300;

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
