// The audit log: what happened is in it, in order, and a change of it shows.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, test } from 'vitest';
import { auditBytes, listAudit, type AuditEntry } from '#core/contract/audit.ts';
import { beginGc, endGc } from '#core/contract/gc.ts';
import { appendMember, listMembers } from '#core/contract/members.ts';
import { getObject } from '#core/contract/objects.ts';
import { deleteSlot, putSlot } from '#core/contract/slots.ts';
import { revokeToken } from '#core/contract/tokens.ts';
import { getWorkspace } from '#core/contract/workspaces.ts';
import { hashOf } from '#edge/bytes.ts';
import { tidy } from '#edge/tidy.ts';
import {
	clock,
	grant,
	makeWorkspace,
	move,
	randomHash,
	randomId,
	randomText,
	stepAfter,
	type TestWorkspace
} from './edge.ts';

beforeAll(() => applyD1Migrations(env.DB, env.MIGRATIONS));

async function auditOf({ call }: TestWorkspace) {
	const listed = await call(listAudit, {});
	if (!listed.ok) throw new Error(listed.error.kind);
	return listed.value;
}

/** Where the chain breaks; null where it holds. */
async function brokenAt(workspace: string, entries: readonly AuditEntry[]): Promise<number | null> {
	let prev: string | null = null;
	for (const { hash, ...entry } of entries) {
		if ((await hashOf(auditBytes(workspace, entry, prev))) !== hash) return entry.seq;
		prev = hash;
	}
	return null;
}

test('everything done to a workspace is in its audit log, with who did it, once', async () => {
	const made = await makeWorkspace();
	const { workspace, space, call, token } = made;
	const [slot, cycle, ref] = [randomId(), randomId(), randomHash()];
	const reader = await grant(made, {});
	await call(putSlot, { slot, sealed: randomText(100) });
	await call(deleteSlot, { slot });
	await call(deleteSlot, { slot });
	const members = await call(listMembers, {});
	const prev = members.ok ? (members.value.entries[0]?.hash ?? null) : null;
	const appended = await call(appendMember, { prev, entry: randomText(100) });
	const step = await stepAfter(null);
	await move(made, ref, step);
	await move(made, ref, step);
	await call(beginGc, { cycle });
	await call(endGc, { cycle });
	await call(endGc, { cycle });
	await call(putSlot, { slot, sealed: randomText(100) }, reader.text);
	await call(revokeToken, { id: reader.id });
	await call(getWorkspace, {}, reader.text);
	const { entries, tip } = await auditOf(made);
	expect(entries.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
		[token.id, 'workspace-created', workspace],
		[token.id, 'token-created', reader.id],
		[token.id, 'slot-written', slot],
		[token.id, 'slot-removed', slot],
		[token.id, 'member-appended', appended.ok && appended.value.hash],
		[token.id, 'ref-moved', `${space}.${ref}.1`],
		[token.id, 'gc-ended', cycle],
		[reader.id, 'access-denied', 'putSlot'],
		[token.id, 'token-revoked', reader.id],
		[reader.id, 'access-denied', 'getWorkspace']
	]);
	expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, at) => at + 1));
	expect(tip).toEqual({ seq: 10, hash: entries.at(-1)?.hash });
	expect(await brokenAt(workspace, entries)).toBe(null);
});

test('an entry that was changed, left out or added breaks the chain', async () => {
	const made = await makeWorkspace();
	for (let at = 0; at < 4; at++) await move(made, randomHash(), await stepAfter(null));
	const { entries } = await auditOf(made);
	expect(await brokenAt(made.workspace, entries)).toBe(null);
	expect(await brokenAt(randomId(), entries)).toBe(1);
	expect(await brokenAt(made.workspace, entries.with(2, { ...(entries[2] as AuditEntry), atMs: 1 }))).toBe(3);
	expect(await brokenAt(made.workspace, entries.toSpliced(1, 1))).toBe(3);
	expect(await brokenAt(made.workspace, entries.toSpliced(3, 0, { ...(entries[2] as AuditEntry), seq: 4 }))).toBe(4);
});

test('what nobody reads is chained within the hour', async () => {
	const made = await makeWorkspace();
	await tidy(env, clock.nowMs);
	const open = await env.DB.prepare('SELECT count(*) AS open FROM audit WHERE workspace = ? AND hash IS NULL')
		.bind(made.workspace)
		.first('open');
	expect(open).toBe(0);
	expect(await brokenAt(made.workspace, (await auditOf(made)).entries)).toBe(null);
});

test('denials fill no log: 100 an hour are told', async () => {
	const made = await makeWorkspace({ REQUESTS_PER_MINUTE: '100000' });
	const deny = () =>
		made.call(getObject, { space: made.space, id: randomHash() }, `weir1.${made.token.id}.${randomText(32)}`);
	for (let at = 0; at < 12; at++) {
		await Promise.all(Array.from({ length: 10 }, deny));
		clock.nowMs += 60_000;
	}
	const { entries } = await auditOf(made);
	expect(entries.filter(({ action }) => action === 'access-denied').length).toBeLessThanOrEqual(200);
	expect(entries.filter(({ action }) => action === 'access-denied').length).toBeGreaterThanOrEqual(100);
});
