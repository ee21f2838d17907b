// The console's verbs for the keys and devices of a synced workspace.
import type { KeysConsole } from './console-keys-types.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { acceptAudit, readAudit } from './sync-audit.ts';
import { listDevices, renameDevice } from './sync-devices.ts';
import { askToJoin, beginEnrol, endEnrol, letIn, waitForDevice } from './sync-enrol.ts';
import { lockKeys } from './sync-lock.ts';
import { rotateKeys } from './sync-rotate.ts';
import { changeSlot, listSlots, removeSlot } from './sync-slots.ts';
import { unlockKeys } from './sync-unlock.ts';

export function keysVerbs(effects: Effects): KeysConsole {
	return {
		lockKeys: async (options = {}) => lockKeys({ keepsSlots: options.keepsSlots ?? false }, effects),
		unlockKeys: async (opener) => {
			if (!opens(opener)) return invalid('opener', OPENER);
			return unlockKeys(opener, effects);
		},
		keySlots: () => listSlots(effects),
		changeKey: async (input) => {
			if (!opens(input)) return invalid('input', OPENER);
			if (!isNew(input.to)) return invalid('to', 'a kind of passphrase, words or passkey, with its text');
			return changeSlot(input, effects);
		},
		removeKey: async (slot) => (isText(slot) ? removeSlot(slot, effects) : invalid('slot', 'a text')),
		devices: () => listDevices(effects),
		auditLog: async ({ newest } = {}) => {
			if (newest !== undefined && !(Number.isInteger(newest) && newest > 0))
				return invalid('newest', 'a whole number from 1');
			return readAudit({ newest }, effects);
		},
		acceptAudit: async (tip) => {
			const { seq, hash } = (tip ?? {}) as Readonly<Partial<Record<string, unknown>>>;
			if (tip !== null && !(Number.isInteger(seq) && isText(hash))) return invalid('tip', 'the tip of a log, or null');
			return acceptAudit(tip, effects);
		},
		renameDevice: async (device, name) => {
			if (!isText(device)) return invalid('device', 'a text');
			return isText(name) ? renameDevice(device, name, effects) : invalid('name', 'a text');
		},
		rotateKeys: async (input) => {
			const { passphrase, words, removes, newPassphrase } = (input ?? {}) as Partial<Record<string, unknown>>;
			if (!isText(passphrase)) return invalid('passphrase', 'a text');
			if (!isText(words)) return invalid('words', 'a text');
			if (removes !== null && !isText(removes)) return invalid('removes', 'a device, or null');
			if (newPassphrase !== undefined && !isText(newPassphrase)) return invalid('newPassphrase', 'a text');
			return rotateKeys({ passphrase, words, removes, newPassphrase }, effects);
		},
		enrolCode: () => beginEnrol(effects),
		askingDevice: async (code, { signal = new AbortController().signal } = {}) =>
			isText(code) ? waitForDevice(code, signal, effects) : invalid('code', 'a text'),
		letIn: async (code, words, opener) => {
			if (!isText(code)) return invalid('code', 'a text');
			if (!Array.isArray(words)) return invalid('words', 'the words that were compared');
			return opens(opener) ? letIn(code, opener, words, effects) : invalid('opener', OPENER);
		},
		endEnrol: async (code) => (isText(code) ? endEnrol(code, effects) : invalid('code', 'a text')),
		askToJoin: async (input) => {
			const { code, device, onWords } = (input ?? {}) as Partial<Record<string, unknown>>;
			if (!isText(code)) return invalid('code', 'a text');
			if (!isText(device)) return invalid('device', 'a text');
			return typeof onWords === 'function' ? askToJoin(input, effects) : invalid('onWords', 'a function');
		}
	};
}

const OPENER = 'one of { passphrase }, { words } and { passkey: true }';

function opens(given: unknown): boolean {
	const { passphrase, words, passkey } = (given ?? {}) as Readonly<Partial<Record<string, unknown>>>;
	return isText(passphrase) || isText(words) || passkey === true;
}

function isNew(given: unknown): boolean {
	const { kind, passphrase, words } = (given ?? {}) as Readonly<Partial<Record<string, unknown>>>;
	if (kind === 'passphrase') return isText(passphrase);
	return kind === 'words' ? isText(words) : kind === 'passkey';
}

function isText(given: unknown): given is string {
	return typeof given === 'string' && given !== '';
}
