// The console's verbs for syncing a workspace with other devices.
import { documentKinds, isDocumentKind } from '../core/document/document.ts';
import { ok } from '../core/result.ts';
import { invalid } from './console-values.ts';
import type { SyncConsole } from './console-sync-types.ts';
import { followHere } from './document-homes.ts';
import type { Effects } from './effects.ts';
import { settleDocument } from './settle-document.ts';
import { leaveSync, pauseSync, syncNow, syncState } from './sync-now.ts';
import { joinSync, newRecoveryWords, turnOnSync } from './sync-set-up.ts';

export function syncVerbs(effects: Effects): SyncConsole {
	return {
		recoveryWords: () => Promise.resolve(ok(newRecoveryWords(effects))),
		turnOnSync: async (input) => {
			const wrong = notText(input, ['passphrase', 'words', 'device']);
			return wrong ? invalid(wrong, 'a text') : turnOnSync(input, effects);
		},
		joinSync: async (input) => {
			const secret = (input as { readonly words?: unknown } | undefined)?.words === undefined ? 'passphrase' : 'words';
			const wrong = notText(input, ['code', 'device', secret]);
			return wrong ? invalid(wrong, 'a text') : joinSync(input, effects);
		},
		sync: (options = {}) => syncNow({ signal: options.signal }, effects),
		syncState: () => syncState(effects),
		pauseSync: async (isPaused) => {
			if (typeof isPaused !== 'boolean') return invalid('isPaused', 'true or false');
			return pauseSync(isPaused, effects);
		},
		settleDocument: async (kind, name, take) => {
			if (!isDocumentKind(kind)) return invalid('kind', documentKinds.join(', '));
			if (typeof name !== 'string') return invalid('name', 'the name of a document');
			if (!['this', 'other'].includes(take)) return invalid('take', 'this or other');
			const settled = await settleDocument({ kind, name, take }, effects);
			return settled.ok ? ok(settled.value.version.id) : settled;
		},
		followHere: async (kind, name) => {
			if (!['pipeline', 'alert'].includes(kind)) return invalid('kind', 'pipeline or alert');
			if (typeof name !== 'string') return invalid('name', 'the name of a pipeline or an alert');
			return followHere({ kind, name }, effects);
		},
		leaveSync: () => leaveSync(effects)
	};
}

/** The first of the members that is no text, or ''; null when all are. */
function notText(input: unknown, names: readonly string[]): string | null {
	const given = (typeof input === 'object' && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
	return names.find((name) => typeof given[name] !== 'string' || given[name] === '') ?? null;
}
