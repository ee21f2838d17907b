// Every word a person reads about keys, slots and devices of a synced workspace that are not as they were asked for.
import type { KeysClosed, KeysRefusal, NetFailure } from '#core/sync/failure.ts';
import type { PasskeyFailure } from '#core/sync/key-slot.ts';
import { say, type Explanation } from './explanation.ts';

export type KeysFailure = KeysClosed | KeysRefusal | PasskeyFailure | Extract<NetFailure, { kind: 'device-removed' }>;

export const keysKinds = [
	'device-removed',
	'keys-locked',
	'keys-outdated',
	'unknown-device',
	'unknown-slot',
	'device-is-this',
	'slot-needed',
	'no-passkey',
	'slot-not-kept',
	'invalid-enrol-code',
	'enrol-over',
	'passkeys-unsupported',
	'passkey-refused'
] as const satisfies readonly KeysFailure['kind'][];

export function explainKeys(failure: KeysFailure): Explanation {
	switch (failure.kind) {
		case 'device-removed':
			return say(
				'This device was removed from the workspace',
				'Another device ended its access. What is here stays here, readable, and is sent nowhere.',
				'To come back, leave the workspace and join it anew with its new code.'
			);
		case 'keys-locked':
			return say(
				'The workspace is locked on this device',
				'Its keys are not here, so nothing is sent or taken.',
				'Unlock it on the page Sync.'
			);
		case 'keys-outdated':
			return say(
				'The keys of the workspace were changed on another device',
				'This one has not been given the new ones.',
				'Unlock it on the page Sync with the passphrase or the words of now.'
			);
		case 'unknown-device':
			return say(
				'There is no such device in the workspace',
				'It was removed already, or the id is another one.',
				'Look at the list of devices.'
			);
		case 'unknown-slot':
			return say(
				'There is no such key',
				'It was removed already, or the id is another one.',
				'Look at the list of keys.'
			);
		case 'device-is-this':
			return say(
				'A device does not remove itself',
				'It would be left with the new keys.',
				'Leave the workspace on this device, and remove it from another one.'
			);
		case 'slot-needed':
			return say(
				'This key must stay',
				'A passphrase and recovery words always open the workspace, so that no lost device locks it for ever.',
				'Change the passphrase or the words instead.'
			);
		case 'no-passkey':
			return say('There is no passkey for this workspace', 'None was added.', 'Use the passphrase or the words.');
		case 'slot-not-kept':
			return say(
				'The server did not keep the new key as it was sent',
				'It was read back, and did not open. The old one was left as it was.',
				'Try again; if it stays so, ask whoever runs the server.'
			);
		case 'invalid-enrol-code':
			return say(
				'That is no code for a new device',
				'A code begins with weirjoin1-.',
				'Show a new one on the other device, and take the whole of it.'
			);
		case 'enrol-over':
			return say(
				'The code is over',
				'It is good for ten minutes and for one device, or the other device said no.',
				'Show a new one on the other device.'
			);
		case 'passkeys-unsupported':
			return say(
				'No passkey here keeps a secret',
				'The browser, the system or the security key lacks the extension PRF.',
				'Use the passphrase, or the recovery words.'
			);
		case 'passkey-refused':
			return say(
				'The passkey was not used',
				'It was cancelled, the time ran out, or this device has no passkey for the workspace.',
				'Try again, or use the passphrase or the words.'
			);
	}
}
