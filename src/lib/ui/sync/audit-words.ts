// What was done to a workspace on the server, as a person reads it.
import type { AuditTrust } from '#core/sync/audit-chain.ts';
import { exhaustive } from '#core/result.ts';
import type { AuditLog } from '#lib/state/keyring.svelte.ts';

type Entry = AuditLog['entries'][number];

const actions: Readonly<Record<Entry['action'], string>> = {
	'workspace-created': 'The workspace was made',
	'token-created': 'A token was made',
	'token-revoked': 'A token was revoked',
	'member-appended': 'The list of devices was changed',
	'slot-written': 'A key that opens the workspace was stored',
	'slot-removed': 'A key that opens the workspace was removed',
	'ref-moved': 'A change was sent',
	'gc-ended': 'What nothing needs was collected',
	'inbox-opened': 'An inbox was opened',
	'inbox-closed': 'An inbox was closed',
	'item-released': 'An item of an inbox was taken over from another device',
	published: 'A version, or a query of one, was opened to everybody',
	unpublished: 'A publication, or a query of one, was taken away',
	'share-created': 'A report was shared',
	'share-revoked': 'A shared report was taken away',
	'database-read': 'A database was read',
	'database-written': 'Rows were written into a database',
	'source-asked': 'A source was asked by the server',
	'access-denied': 'Something was refused'
};

export function auditText({ action, subject, about }: Entry): string {
	const isOfPlace = action === 'access-denied' || action === 'source-asked' || action.startsWith('database-');
	if (isOfPlace) return `${actions[action]}: ${subject}`;
	return about === null ? actions[action] : `${actions[action]}: ${about}`;
}

export function actorText({ by }: Entry): string {
	switch (by.kind) {
		case 'device':
			return by.name;
		case 'owner':
			return 'one of your devices';
		case 'program':
			return `a program, token ${by.id.slice(0, 6)}…`;
		default:
			return exhaustive(by);
	}
}

export function trustText(trust: AuditTrust): string {
	switch (trust.kind) {
		case 'holds':
			return 'The chain of hashes holds.';
		case 'cut':
			return trust.shownSeq === 0
				? `The log is empty. This device has seen ${trust.seenSeq.toLocaleString('en')} entries of it.`
				: `The log was cut: it ends at entry ${trust.shownSeq.toLocaleString('en')}, and this device has seen ${trust.seenSeq.toLocaleString('en')}.`;
		case 'changed':
			return `The log was changed: entry ${trust.atSeq.toLocaleString('en')} does not follow from those before it, or is not what this device has seen.`;
		default:
			return exhaustive(trust);
	}
}
