// What a source is asked, and what it answers.
import type { Result } from '../result.ts';
import type { PageProblem } from './failure.ts';
import type { Page, Wanted } from './rest/page.ts';
import type { SourceRequest } from './rest/request.ts';

export type SourceQuestion = {
	readonly request: SourceRequest;
	/** Null: the answer's text is wanted, not rows. */
	readonly wanted: Wanted | null;
	/** The request carries a secret. */
	readonly isSecret: boolean;
	readonly timeoutMs: number;
	readonly limitBytes: number;
};

export type Asked = {
	readonly status: number;
	/** The headers of that name; null too when the server does not let other pages see them. */
	readonly retryAfter: string | null;
	readonly link: string | null;
	/** Null where the status says that there are no rows, or none were wanted. */
	readonly page: Result<Page, PageProblem> | null;
	/** SHA-256 of the rows, hex. */
	readonly hash: string;
	readonly text: string | null;
};

/**
 * `network`: the browser does not tell why. The others tell where the edge got no answer for it, `server` that the edge itself did not
 * answer.
 */
export type SilentReason = 'network' | 'timeout' | 'server' | 'name' | 'connect' | 'tls' | 'answer';
export type SourceSilent = { readonly kind: 'source-silent'; readonly reason: SilentReason };
