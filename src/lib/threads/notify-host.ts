// Starts a notify worker when there is something to post, and ends it when nothing has been posted for a while.
import { wrap, type Remote } from 'comlink';
import { err } from '#core/result.ts';
import type { NotifyApi } from '#workers/notify/api.ts';
import notifyUrl from '#workers/notify/notify.worker.ts?worker&url';
import { spawn, type Spawned } from './spawn.ts';

type Started = { readonly spawned: Spawned; readonly remote: Remote<NotifyApi> };

const KEPT_MS = 60_000;

export function createNotifyHost(): NotifyApi {
	let started: Started | null = null;
	let posting = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const start = (): Started => {
		const spawned = spawn(notifyUrl, 'notify');
		void spawned.gone.then(() => {
			if (started?.spawned === spawned) started = null;
		});
		return { spawned, remote: wrap<NotifyApi>(spawned.worker) };
	};
	return {
		post: async (url, body, id) => {
			clearTimeout(timer);
			started ??= start();
			const { spawned, remote } = started;
			posting++;
			try {
				return await Promise.race([
					remote.post(url, body, id),
					spawned.gone.then(() => err({ kind: 'sender-crashed' } as const))
				]);
			} finally {
				posting--;
				if (posting === 0) timer = setTimeout(() => started?.spawned.end(), KEPT_MS);
			}
		}
	};
}
