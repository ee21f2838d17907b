// The console's verbs for syncing a workspace with other devices.
import { documentKinds, isDocumentKind } from '../core/document/document.ts';
import { ok } from '../core/result.ts';
import type { DatasetChoice } from '../core/sync/sync-choice.ts';
import { invalid, isTexts } from './console-values.ts';
import type { SyncConsole } from './console-sync-types.ts';
import { followHere } from './document-homes.ts';
import type { Effects } from './effects.ts';
import { loadVersion } from './load-version.ts';
import { settleDocument } from './settle-document.ts';
import { chooseDataset, chooseOtherwise, findSynced } from './sync-choose.ts';
import { leaveSync, pauseSync, reseedSync, syncNow, syncState } from './sync-now.ts';
import { joinSync, newRecoveryWords, turnOnSync } from './sync-set-up.ts';
import { previewJoin } from './sync-take-names.ts';
import { collectServer, serverUsage, shortenServer } from './sync-tidy.ts';

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
			if (wrong) return invalid(wrong, 'a text');
			return input.bring === undefined || isTexts(input.bring)
				? joinSync(input, effects)
				: invalid('bring', 'names of datasets');
		},
		sync: (options = {}) => syncNow({ signal: options.signal }, effects),
		syncState: () => syncState(effects),
		chooseSync: async (dataset, choice) => {
			const wrong = notChoice(choice);
			if (typeof dataset !== 'string') return invalid('dataset', 'a dataset name');
			return wrong ?? chooseDataset(dataset, picked(choice), effects);
		},
		limitSync: async (limits) => {
			const wrong = notChoice(limits);
			if (wrong) return wrong;
			const { bytesPerSecond } = limits;
			if (bytesPerSecond !== undefined && bytesPerSecond !== null && !isCount(bytesPerSecond))
				return invalid('bytesPerSecond', 'a whole number above 0, or null');
			return chooseOtherwise(
				{ otherwise: picked(limits), ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }) },
				effects
			);
		},
		loadVersion: async (reference, { signal } = {}) => {
			if (typeof reference !== 'string' || !reference.includes('@'))
				return invalid('reference', 'a version such as sales@v2');
			const mark = reference.indexOf('@');
			return loadVersion({ dataset: reference.slice(0, mark), version: reference.slice(mark + 1), signal }, effects);
		},
		previewJoin: () => previewJoin(effects),
		reseedSync: async ({ dataset, invitation = null, signal } = {}) => {
			if (dataset === undefined) return reseedSync({ signal, invitation }, effects);
			const choice = await effects.sync.rows.choice();
			if (!choice.ok) return choice;
			const found = await findSynced(dataset, choice.value, effects);
			return found.ok ? reseedSync({ signal, invitation, only: found.value.id }, effects) : found;
		},
		collectServer: ({ signal } = {}) => collectServer({ signal }, effects),
		shortenServer: async (dataset, newest, { isPreview = false, signal } = {}) => {
			if (typeof dataset !== 'string') return invalid('dataset', 'a dataset name');
			if (!isCount(newest)) return invalid('newest', 'a whole number above 0');
			return shortenServer({ dataset, newest, isPreview, signal }, effects);
		},
		serverUsage: () => serverUsage(effects),
		watchSync: (onProgress) => effects.sync.progress.watch(onProgress),
		stopSync: () => effects.sync.progress.askToStop(),
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

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

type Given = { readonly isTaken?: unknown; readonly newest?: unknown } | undefined;

function notChoice(given: Given) {
	if (typeof given !== 'object') return invalid('choice', 'an object');
	const { isTaken, newest } = given;
	if (isTaken !== undefined && typeof isTaken !== 'boolean') return invalid('isTaken', 'true or false');
	if (newest !== undefined && newest !== null && !isCount(newest))
		return invalid('newest', 'a whole number above 0, or null');
	return null;
}

function picked({ isTaken, newest }: Partial<DatasetChoice>): Partial<DatasetChoice> {
	return { ...(isTaken === undefined ? {} : { isTaken }), ...(newest === undefined ? {} : { newest }) };
}

/** The first of the members that is no text, or ''; null when all are. */
function notText(input: unknown, names: readonly string[]): string | null {
	const given = (typeof input === 'object' && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
	return names.find((name) => typeof given[name] !== 'string' || given[name] === '') ?? null;
}
