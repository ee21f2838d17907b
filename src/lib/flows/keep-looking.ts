// Goes on looking at alerts and sending notices: soon after it is asked to, and whenever time alone changes something.
import type { Effects } from './effects.ts';
import { lookAtAlerts } from './look-at-alerts.ts';
import { sendNotices } from './send-notices.ts';

/** Many changes at once are one look. */
const SETTLE_MS = 300;
/** Another page may have been at it, and closed before it was done. */
const IDLE_MS = 20_000;

/** Answers a function that asks for a look: one that is asked for while another one goes on follows it. */
export function keepLooking(effects: Effects): () => void {
	let isAsked = true;
	let waiting = new AbortController();
	const settled = new AbortController().signal;
	const goOn = async (): Promise<never> => {
		for (;;) {
			if (isAsked) await effects.sleep(SETTLE_MS, settled);
			isAsked = false;
			const looked = await lookAtAlerts(effects);
			const sent = await sendNotices(effects);
			// Storage that does not answer now may answer later: nothing is lost of what it holds.
			const times = [looked.ok ? looked.value?.nextMs : null, sent.ok ? sent.value?.nextMs : null];
			const untilMs = Math.min(...times.map((time) => time ?? Infinity)) - effects.now();
			waiting = new AbortController();
			if (!isAsked) await effects.sleep(Math.min(IDLE_MS, Math.max(SETTLE_MS, untilMs)), waiting.signal);
		}
	};
	void goOn();
	return () => {
		isAsked = true;
		waiting.abort();
	};
}
