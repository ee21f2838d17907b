// The console's verbs for sources.
import { ok } from '../core/result.ts';
import { connect, forgetSecrets, listConnections } from './connections.ts';
import type { SourceConsole } from './console-source-types.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { loadConnection } from './load-connection.ts';
import { testConnection } from './test-connection.ts';
import { planPutBack, putBack } from './put-back.ts';

export function sourceVerbs(effects: Effects): SourceConsole {
	return {
		connect: async (name, text, options = {}) => {
			if (!isText(name)) return invalid('name', 'a name');
			if (!isText(text)) return invalid('text', 'the text of the connection');
			const { secrets, message } = options;
			if (secrets !== undefined && !isSecrets(secrets)) return invalid('secrets', 'texts by name');
			const saved = await connect({ name, text, secrets, message }, effects);
			return saved.ok ? ok({ name: saved.value.document.name, isChanged: saved.value.isChanged }) : saved;
		},
		connections: async () => {
			const items = await listConnections(effects);
			if (!items.ok) return items;
			return ok(
				items.value.map(({ item, connection, secrets }) => ({
					name: item.document.name,
					text: item.version.text,
					isValid: connection !== null,
					secrets
				}))
			);
		},
		testConnection: async (name, options = {}) => {
			const { text, secrets, signal } = options;
			if (!isText(name)) return invalid('name', 'a name');
			if (text !== undefined && !isText(text)) return invalid('text', 'the text of the connection');
			if (secrets !== undefined && !isSecrets(secrets)) return invalid('secrets', 'texts by name');
			return testConnection({ name, text, secrets, signal }, effects);
		},
		loadConnection: async (name, options = {}) =>
			isText(name) ? loadConnection({ name, signal: options.signal }, effects) : invalid('name', 'a name'),
		planPutBack: async (name, dataset) => {
			if (!isText(name)) return invalid('name', 'a name');
			return isText(dataset) ? planPutBack({ name, dataset }, effects) : invalid('dataset', 'a name');
		},
		putBack: async (name, dataset, options = {}) => {
			if (!isText(name)) return invalid('name', 'a name');
			if (!isText(dataset)) return invalid('dataset', 'a name');
			return putBack({ name, dataset, signal: options.signal }, effects);
		},
		forgetSecrets: async (name) => (isText(name) ? forgetSecrets(name, effects) : invalid('name', 'a name'))
	};
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}

function isSecrets(value: unknown): value is Readonly<Record<string, string>> {
	return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');
}
