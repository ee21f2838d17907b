// The documentation of `window.weir` for the keys and devices of a synced workspace.
import type { ConsoleVerb } from './verb.ts';

const calling = ['edge-unreachable', 'edge-unreadable', 'edge-busy', 'edge-access-refused', 'device-removed'];
const open = [...calling, 'sync-off', 'sync-busy', 'keys-locked', 'keys-outdated', 'storage-unavailable'];
const opening = ['wrong-secret', 'weak-slot', 'broken-object', 'invalid-words', 'keys-crashed'];
const passkey = ['no-passkey', 'passkey-refused', 'passkeys-unsupported'];

export const keysReference: readonly ConsoleVerb[] = [
	{
		verb: 'lockKeys',
		signature: 'lockKeys(options?: { keepsSlots?: boolean })',
		summary:
			'The keys go from this device, in all tabs: nothing syncs until it is unlocked. Datasets stay readable here. With `keepsSlots` the locked keys stay here too, so that it unlocks without the server.',
		failures: [...calling, 'sync-off', 'storage-unavailable'],
		example: 'await weir.lockKeys({ keepsSlots: true })'
	},
	{
		verb: 'unlockKeys',
		signature: 'unlockKeys(opener: { passphrase?: string, words?: string, passkey?: true })',
		summary: 'Brings the keys back, by the passphrase, the recovery words, or a passkey of this device.',
		failures: [...calling, 'sync-off', ...opening, ...passkey, 'keys-unsupported', 'storage-unavailable'],
		example: "await weir.unlockKeys({ passphrase: 'a long sentence of mine' })"
	},
	{
		verb: 'keySlots',
		signature: 'keySlots()',
		summary:
			'The ways into the workspace: of which kind, made when and by which device, and whether something is wrong.',
		failures: open,
		example: '(await weir.keySlots()).value'
	},
	{
		verb: 'changeKey',
		signature:
			"changeKey(input: { passphrase?, words?, passkey?, to: { kind: 'passphrase', passphrase } | { kind: 'words', words } | { kind: 'passkey' } })",
		summary:
			'A new passphrase or new words, or a passkey besides; what opens the workspace now is asked for. It is read back and opened before the old one goes.',
		failures: [...open, ...opening, ...passkey, 'passphrase-too-short', 'slot-not-kept', 'edge-limit-reached'],
		example:
			"await weir.changeKey({ passphrase: 'a long sentence of mine', to: { kind: 'passphrase', passphrase: 'another one, longer still' } })"
	},
	{
		verb: 'removeKey',
		signature: 'removeKey(slot: string)',
		summary: 'Removes a passkey. A passphrase and words always stay.',
		failures: [...open, 'unknown-slot', 'slot-needed'],
		example: 'await weir.removeKey((await weir.keySlots()).value[2].id)'
	},
	{
		verb: 'devices',
		signature: 'devices()',
		summary: 'The devices of the workspace, with when the server saw each for the first and for the last time.',
		failures: open,
		example: '(await weir.devices()).value'
	},
	{
		verb: 'auditLog',
		signature: 'auditLog(options?: { newest?: number })',
		summary:
			'What was done to the workspace on the server, by whom and when, newest first. Its entries are a chain of hashes, which is followed from what this device saw last: `trust` says whether it holds, was cut, or was changed, and from where.',
		failures: open,
		example: 'const log = await weir.auditLog();\nlog.ok && [log.value.trust.kind, log.value.entries[0]]'
	},
	{
		verb: 'acceptAudit',
		signature: 'acceptAudit(tip: { seq: number, hash: string } | null)',
		summary:
			'From now on this device goes on from the log as `auditLog` showed it, though it was cut or changed: for when you know why.',
		failures: ['sync-off', 'storage-unavailable'],
		example: 'const log = await weir.auditLog();\nlog.ok && await weir.acceptAudit(log.value.tip)'
	},
	{
		verb: 'renameDevice',
		signature: 'renameDevice(device: string, name: string)',
		summary: 'Another name for a device, sealed like the first one.',
		failures: [...open, 'unknown-device'],
		example: "await weir.renameDevice((await weir.devices()).value[0].id, 'Old laptop')"
	},
	{
		verb: 'rotateKeys',
		signature:
			'rotateKeys(input: { removes: string | null, passphrase: string, newPassphrase?: string, words: string })',
		summary:
			'Removes a device, or none: the others are given new keys, and what it sends from then on counts for nobody. `words` are new recovery words; old ones, passkeys and the code open nothing any more. Answers the new code. What the device has already, it keeps.',
		failures: [
			...open,
			...opening,
			'unknown-device',
			'device-is-this',
			'passphrase-too-short',
			'slot-not-kept',
			'edge-limit-reached'
		],
		example:
			"const words = (await weir.recoveryWords()).value.join(' ');\nawait weir.rotateKeys({ removes: 'DEVICE', passphrase: 'a long sentence of mine', words })"
	},
	{
		verb: 'enrolCode',
		signature: 'enrolCode()',
		summary: 'A code by which another device may ask to join, for ten minutes; on the page it is a picture, too.',
		failures: [...open, 'edge-limit-reached'],
		example: '(await weir.enrolCode()).value'
	},
	{
		verb: 'askingDevice',
		signature: 'askingDevice(code: string, options?: { signal? })',
		summary: 'Waits until a device asks by the code; answers its name and six words, which that device shows, too.',
		failures: [...calling, 'invalid-enrol-code', 'enrol-over', 'broken-object', 'cancelled'],
		example: 'const asking = (await weir.askingDevice(code)).value'
	},
	{
		verb: 'letIn',
		signature: 'letIn(code: string, words: string[], opener: { passphrase?, words?, passkey? })',
		summary:
			'Hands the keys to the device that asked, sealed to it alone, once people have compared the words. What opens the workspace is asked for.',
		failures: [...open, ...opening, ...passkey, 'invalid-enrol-code', 'enrol-over', 'cancelled'],
		example: "await weir.letIn(code, asking.words, { passphrase: 'a long sentence of mine' })"
	},
	{
		verb: 'endEnrol',
		signature: 'endEnrol(code: string)',
		summary: 'Nobody joins by this code any more.',
		failures: [...open, 'invalid-enrol-code'],
		example: 'await weir.endEnrol(code)'
	},
	{
		verb: 'askToJoin',
		signature: 'askToJoin(input: { code: string, device: string, onWords: (words: string[]) => void, signal? })',
		summary:
			'On the new device: asks by a code of `enrolCode`, shows the words to compare, and joins once it is let in. This browser must have no datasets, or have left the same workspace.',
		failures: [
			...calling,
			'sync-on',
			'sync-busy',
			'invalid-enrol-code',
			'enrol-over',
			'workspace-not-empty',
			'wrong-secret',
			'broken-object',
			'keys-unsupported',
			'keys-outdated',
			'cancelled',
			'storage-unavailable'
		],
		example: "await weir.askToJoin({ code: 'weirjoin1-…', device: 'Phone', onWords: console.log })"
	}
];
