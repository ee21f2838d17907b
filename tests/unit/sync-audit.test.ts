// The audit log of a workspace, followed by a device: who did what, and that a log that was changed or cut is found.
import { expect, test } from 'vitest';
import { auditBytes, type AuditEntry } from '#core/contract/audit.ts';
import { checkAudit } from '#core/sync/audit-chain.ts';
import { sha256Text } from '#lib/crypto/derive.ts';
import { actorText, auditText, trustText } from '#lib/ui/sync/audit-words.ts';
import { pair, sync, type Device } from './sync-pair.ts';

type Done = Pick<AuditEntry, 'actor' | 'action' | 'subject'>;

async function chained(workspace: string, done: readonly Done[]): Promise<readonly AuditEntry[]> {
	const entries: AuditEntry[] = [];
	for (const [at, told] of done.entries()) {
		const entry = { seq: at + 1, atMs: 1000 * at, ...told };
		const hash = await sha256Text(auditBytes(workspace, entry, entries.at(-1)?.hash ?? null));
		entries.push({ ...entry, hash });
	}
	return entries;
}

const moves = (count: number, actor = 'somebody'): readonly Done[] =>
	Array.from({ length: count }, (_, at) => ({ actor, action: 'ref-moved', subject: `space.ref.${at + 1}` }));

async function accountOf({ effects }: Device) {
	const account = await effects.sync.rows.account();
	return account.ok && account.value ? account.value : expect.unreachable('sync is on');
}

async function logOf({ weir }: Device, newest?: number) {
	const log = await weir.auditLog(newest === undefined ? {} : { newest });
	return log.ok ? log.value : expect.unreachable(log.error.kind);
}

test('a chain holds from its first entry, and from any that was seen; every change of it is found where it is', async () => {
	const entries = await chained('w', moves(6));
	const check = (shown: readonly AuditEntry[], seen?: AuditEntry, workspace = 'w') =>
		checkAudit({ workspace, entries: shown, seen: seen ?? null }, sha256Text);
	expect(await check(entries)).toEqual({ kind: 'holds' });
	expect(await check([])).toEqual({ kind: 'holds' });
	expect(await check(entries.slice(2), entries[2])).toEqual({ kind: 'holds' });
	expect(await check(entries, undefined, 'another')).toEqual({ kind: 'changed', atSeq: 1 });
	expect(await check(entries.toSpliced(3, 1))).toEqual({ kind: 'changed', atSeq: 5 });
	expect(await check(entries.map((one) => (one.seq === 4 ? { ...one, atMs: 7 } : one)))).toEqual({
		kind: 'changed',
		atSeq: 4
	});
	expect(await check(entries.slice(0, 4), entries[5])).toEqual({ kind: 'cut', seenSeq: 6, shownSeq: 4 });
	expect(await check([], entries[5])).toEqual({ kind: 'cut', seenSeq: 6, shownSeq: 0 });
	// Another log of the same length, whole in itself.
	const other = await chained('w', moves(6, 'another'));
	expect(await check(other.slice(2), entries[3])).toEqual({ kind: 'changed', atSeq: 4 });
});

test('a device names who did what, follows the log from where it looked last, and goes on from another only when told', async () => {
	const { edge, one, other } = await pair();
	await sync(other);
	const { workspace, device } = await accountOf(one);
	const { device: phone } = await accountOf(other);
	const datasets = await one.effects.store.datasets();
	const people = datasets.ok ? (datasets.value[0]?.id ?? '') : '';
	const whole = await chained(workspace, [
		{ actor: device.id, action: 'ref-moved', subject: `${people}.ref.1` },
		{ actor: phone.id, action: 'token-created', subject: 'program' },
		{ actor: 'program', action: 'access-denied', subject: 'putSlot' },
		...moves(300, phone.id)
	]);
	edge.audit = whole.slice(0, 3);
	const { entries, trust } = await logOf(one);
	expect(trust).toEqual({ kind: 'holds' });
	expect(entries.map((entry) => [auditText(entry), actorText(entry)])).toEqual([
		['Something was refused: putSlot', 'a program, token progra…'],
		['A token was made', 'Phone'],
		['A change was sent: people', 'Laptop']
	]);

	edge.audit = whole;
	const later = await logOf(one, 10);
	expect([later.trust.kind, later.count, later.entries[0]?.seq, later.entries.at(-1)?.seq]).toEqual([
		...['holds', 303, 303],
		// All since the third, which this device has seen.
		4
	]);
	expect((await logOf(one, 10)).entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, at) => 303 - at));

	edge.audit = whole.slice(0, 200);
	const cut = await logOf(one);
	expect(trustText(cut.trust)).toBe('The log was cut: it ends at entry 200, and this device has seen 303.');
	expect((await logOf(one)).trust.kind).toBe('cut');
	expect(await one.weir.acceptAudit(cut.tip)).toMatchObject({ ok: true });
	expect((await logOf(one)).trust.kind).toBe('holds');
	edge.audit = [...whole.slice(0, 199), ...whole.slice(200)];
	expect((await logOf(one)).trust.kind).toBe('changed');
});
