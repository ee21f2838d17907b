// Asks a source once, through the breaker of its name: silence and answers that say that it is down count against it.
import type { Failure } from '../core/failure.ts';
import { err, type Result } from '../core/result.ts';
import type { SourceSilent } from '../core/source/asked.ts';
import type { Breakers } from './breakers.ts';

const BREAKER = { failures: 12, resetAfterMs: 60_000 };

/** An answer that says so itself is given back as it came. */
export async function askGuarded<Answer extends { readonly status: number }>(
	{ source, signal }: { readonly source: string; readonly signal: AbortSignal },
	breakers: Pick<Breakers, 'call'>,
	ask: () => Promise<Result<Answer, SourceSilent | Failure>>
): Promise<Result<Answer, Failure>> {
	let answer: Result<Answer, Failure> = err({ kind: 'source-silent', source, reason: 'network' });
	const called = await breakers.call<Answer, Failure | { readonly kind: 'source-down' }>(
		{
			source,
			settings: BREAKER,
			isFault: ({ kind }) => kind === 'source-silent' || kind === 'source-down',
			work: async () => {
				const told = await ask();
				answer = told.ok ? told : err(isSilent(told.error) ? { ...told.error, source } : told.error);
				const isDown = answer.ok && answer.value.status >= 500;
				return isDown ? err({ kind: 'source-down' }) : answer;
			}
		},
		signal
	);
	if (signal.aborted) return err({ kind: 'cancelled' });
	if (called.ok) return called;
	const { error } = called;
	return error.kind === 'source-down' ? answer : err(error);
}

function isSilent(failure: SourceSilent | Failure): failure is SourceSilent {
	return failure.kind === 'source-silent' && !('source' in failure);
}
