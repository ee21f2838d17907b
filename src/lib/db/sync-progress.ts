// How far the sync of one tab is, told to every tab; and, the other way, that it is to stop.
import type { SyncProgress } from '#core/sync/sync-progress.ts';

export type SyncProgressChannel = {
	/** Null: it has ended. */
	tell(progress: SyncProgress | null): void;
	/** Returns the stop function. */
	watch(onProgress: (progress: SyncProgress | null) => void): () => void;
	/** Asks whichever tab syncs to stop. */
	askToStop(): void;
	/** Returns the stop function. */
	onStop(stop: () => void): () => void;
};

type Message = { readonly kind: 'progress'; readonly progress: SyncProgress | null } | { readonly kind: 'stop' };

/** `name` is the workspace's. */
export function createSyncProgress(name: string): SyncProgressChannel {
	const channel = new BroadcastChannel(`${name}:sync-progress`);
	const watchers = new Set<(progress: SyncProgress | null) => void>();
	const stops = new Set<() => void>();
	const hear = (message: Message): void => {
		if (message.kind === 'stop') for (const stop of stops) stop();
		else for (const watcher of watchers) watcher(message.progress);
	};
	channel.onmessage = (event: MessageEvent<Message>) => hear(event.data);
	/** To this tab, too. */
	const send = (message: Message): void => {
		channel.postMessage(message);
		hear(message);
	};
	const listening = <T>(set: Set<T>, one: T): (() => void) => {
		set.add(one);
		return () => set.delete(one);
	};
	return {
		tell: (progress) => send({ kind: 'progress', progress }),
		watch: (onProgress) => listening(watchers, onProgress),
		askToStop: () => send({ kind: 'stop' }),
		onStop: (stop) => listening(stops, stop)
	};
}
