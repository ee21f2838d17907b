// The console's verbs for other programs.
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { ProgramConsole } from './console-program-types.ts';
import { invalid } from './console-values.ts';
import { drainInboxes } from './drain-inbox.ts';
import type { Effects } from './effects.ts';
import {
	closeInbox,
	createPushToken,
	discardItem,
	listInboxes,
	openInbox,
	revokePushToken,
	takeItem,
	type ItemInput
} from './inbox-set-up.ts';
import { hookSignatures, type HookSignature } from './programs-net.ts';
import { listPublications, planPublication, publishVersion, unpublish } from './publish-version.ts';
import { createReadKey, listReadKeys, revokeReadKey, type ReadKeyInput } from './read-keys.ts';

type Answer<T> = Promise<Result<T, Failure | InvalidArgument>>;

export function programVerbs(effects: Effects): ProgramConsole {
	const withText = async <T>(name: string, value: unknown, work: (text: string) => Answer<T>): Answer<T> =>
		isText(value) ? work(value) : invalid(name, 'a text');
	const withItem = async <T>(item: unknown, work: (item: ItemInput) => Answer<T>): Answer<T> => {
		const { space, key } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
		return isText(space) && isText(key)
			? work({ space, key })
			: invalid('item', '{ space, key }, as inboxes() tells them');
	};
	return {
		openInbox: (dataset, options = {}) =>
			withText('dataset', dataset, async (name) => {
				const { hook, secret } = options;
				if (hook !== undefined && !isSignature(hook)) return invalid('hook', hookSignatures.join(', '));
				if (hook !== undefined && hook !== 'none' && !isText(secret))
					return invalid('secret', 'what the service signs with');
				return openInbox({ dataset: name, hook, secret }, effects);
			}),
		closeInbox: (dataset) => withText('dataset', dataset, (name) => closeInbox(name, effects)),
		createPushToken: async (input) => {
			const { dataset, name, expiresAtMs } = (input as Partial<typeof input> | undefined) ?? {};
			if (!isText(dataset)) return invalid('dataset', 'a text');
			if (!isText(name)) return invalid('name', 'a text');
			if (expiresAtMs !== undefined && !Number.isSafeInteger(expiresAtMs))
				return invalid('expiresAtMs', 'milliseconds since 1970');
			return createPushToken({ dataset, name, expiresAtMs }, effects);
		},
		revokePushToken: (id) => withText('id', id, (text) => revokePushToken(text, effects)),
		inboxes: () => listInboxes(effects),
		drainInboxes: () => drainInboxes(effects),
		takeItem: (item) => withItem(item, (one) => takeItem(one, effects)),
		discardItem: (item) => withItem(item, (one) => discardItem(one, effects)),
		createReadKey: async (input?: Partial<ReadKeyInput>) => {
			const { dataset, name } = input ?? {};
			if (!isText(dataset)) return invalid('dataset', 'a text');
			return isText(name) ? createReadKey({ dataset, name }, effects) : invalid('name', 'a text');
		},
		readKeys: () => listReadKeys(effects),
		revokeReadKey: (id) => withText('id', id, (text) => revokeReadKey(text, effects)),
		planPublication: (reference) => withText('reference', reference, (text) => planPublication(text, effects)),
		publish: (reference) => withText('reference', reference, (text) => publishVersion(text, effects)),
		publications: () => listPublications(effects),
		unpublish: (publication) => withText('publication', publication, (id) => unpublish(id, effects))
	};
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

function isSignature(value: unknown): value is HookSignature {
	return hookSignatures.some((one) => one === value);
}
