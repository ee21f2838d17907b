// How MySQL and MariaDB are signed in to, against real servers in the real runtime: by what they know a password, and what is said where they do not.
import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, inject, test } from 'vitest';
import { listTables, type DatabaseServer } from '#core/contract/database.ts';
import type { TestDatabase } from '../database-server.ts';
import { log, makeWorkspace } from './edge.ts';
import { placeOf } from './mysql-place.ts';

const encrypted = { tls: 'verify', host: 'api.source.example' } as const;

async function signInOf(place: TestDatabase) {
	const { server, sql } = placeOf(place);
	await applyD1Migrations(env.DB, env.MIGRATIONS);
	const { resolverPort } = (inject as (key: string) => unknown)('sources') as { readonly resolverPort: number };
	const made = await makeWorkspace({
		SOURCE_RELAY: 'named',
		// Each question signs in anew.
		SOURCE_KEPT_SECONDS: '0',
		SOURCE_RESOLVER: `http://127.0.0.1:${resolverPort}/dns-query`,
		SOURCE_HOSTS: [place.host, 'api.source.example'].map((host) => `${host}:${place.port}`).join(',')
	});
	return {
		sql,
		ask: async (change: Partial<DatabaseServer>): Promise<unknown> => {
			const answer = await made.call(listTables, { server: { ...server, ...change } });
			return answer.ok || answer.error;
		},
		user: async (name: string, how: string): Promise<void> =>
			sql(`DROP USER IF EXISTS ${name}@'%'`, `CREATE USER ${name}@'%' ${how}`, `GRANT SELECT ON shop.* TO ${name}@'%'`)
	};
}

// A machine without a server has nothing to show here; see docs/databases.md.
describe.each(inject('mysqlServers'))('$name', (place) => {
	test('takes a password that it has not seen before, and again, in the clear and encrypted', async () => {
		const { ask, user } = await signInOf(place);
		for (const [name, change] of [
			['in_clear', {}],
			['in_tls', encrypted]
		] as const) {
			const password = 'pä ss "word" \\ 1';
			await user(name, `IDENTIFIED BY 'pä ss "word" \\\\ 1'`);
			expect(await ask({ ...change, user: name, password: 'wrong' })).toMatchObject({ reason: 'sign-in', words: null });
			expect(await ask({ ...change, user: name, password })).toBe(true);
			expect(await ask({ ...change, user: name, password })).toBe(true);
			expect(await ask({ ...change, user: name, password: 'wrong' })).toMatchObject({ reason: 'sign-in', words: null });
			expect(await ask({ ...change, user: name, password: '' })).toMatchObject({ reason: 'sign-in', words: null });
		}
	});

	test('takes a user without a password', async () => {
		const { ask, user } = await signInOf(place);
		await user('open', "IDENTIFIED BY ''");
		expect(await ask({ user: 'open', password: '' })).toBe(true);
		expect(await ask({ ...encrypted, user: 'open', password: '' })).toBe(true);
		expect(await ask({ user: 'open', password: 'any' })).toMatchObject({ reason: 'sign-in' });
	});

	test('says that a password has run out, an account is locked, or that it wants encryption', async () => {
		const { ask, user } = await signInOf(place);
		await user('late', "IDENTIFIED BY 'p' PASSWORD EXPIRE");
		expect(await ask({ user: 'late', password: 'p' })).toMatchObject({
			reason: 'sign-in',
			words: expect.stringMatching(/password/i) as string
		});
		await user('locked', "IDENTIFIED BY 'p' ACCOUNT LOCK");
		expect(await ask({ user: 'locked', password: 'p' })).toMatchObject({ reason: 'sign-in', words: null });
		await user('careful', "IDENTIFIED BY 'p' REQUIRE SSL");
		expect(await ask({ user: 'careful', password: 'p' })).toMatchObject({ reason: 'sign-in' });
		expect(await ask({ ...encrypted, user: 'careful', password: 'p' })).toBe(true);
	});

	test('tells no log who signed in, and with what', () => {
		for (const secret of ['ä ss', 'in_clear', 'careful']) expect(JSON.stringify(log)).not.toContain(secret);
	});
});

describe.each(inject('mysqlServers').filter(({ name }) => name === 'MySQL'))('$name alone', (place) => {
	test('takes a password as it is through encryption alone, and names a way to sign in that is off', async () => {
		const { ask, user, sql } = await signInOf(place);
		await user('digest', "IDENTIFIED WITH sha256_password BY 'p'");
		expect(await ask({ ...encrypted, user: 'digest', password: 'p' })).toBe(true);
		expect(await ask({ user: 'digest', password: 'p' })).toMatchObject({ words: 'it asks for sha256_password' });
		await user('old', "IDENTIFIED BY 'p'");
		await sql("UPDATE mysql.user SET plugin = 'mysql_native_password' WHERE user = 'old'", 'FLUSH PRIVILEGES');
		expect(await ask({ user: 'old', password: 'p' })).toMatchObject({
			reason: 'sign-in',
			words: expect.stringContaining('mysql_native_password') as string
		});
	});
});
