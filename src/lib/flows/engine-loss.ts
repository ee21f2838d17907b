// Tells what fails because the engine went away: tables and rows that it held are missing in the one that takes its place.
import type { FailureFacts } from '../core/pipeline/run-record.ts';
import { err, type Result } from '../core/result.ts';
import type { Effects } from './effects.ts';

/** What the next engine answers about something that the last one held. */
const ofWhatIsGone: ReadonlySet<string> = new Set(['sql-error', 'unknown-result']);

/**
 * Calls that wait for the engine when it goes are told so themselves. Between two calls nobody is, and the second one fails as if
 * the work were wrong: that is `engine-crashed`, too, and worth another try.
 */
export async function noticingLoss<T>(
	effects: Pick<Effects, 'watchEngine'>,
	work: () => Promise<Result<T, FailureFacts>>
): Promise<Result<T, FailureFacts>> {
	let isLost = false;
	const stop = effects.watchEngine((state) => {
		isLost ||= state === 'restarting' || state === 'failed';
	});
	try {
		const done = await work();
		if (done.ok || !isLost || !ofWhatIsGone.has(done.error.kind)) return done;
		return err({ kind: 'engine-crashed', reason: 'what it held went with it' });
	} finally {
		stop();
	}
}
