import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { esmExternalRequirePlugin } from 'vite';
import { configDefaults, defineConfig } from 'vitest/config';
import { mysqlPrograms } from './tests/mysql-server.ts';
import { buildEngine, engineModules } from './tools/build-engine.mjs';

// The runtime reads it when it is imported: it trusts the source of the tests besides those that all trust.
process.env['NODE_EXTRA_CA_CERTS'] = fileURLToPath(new URL('tests/edge/source-certificate.pem', import.meta.url));
const { cloudflareTest, readD1Migrations } = await import('@cloudflare/vitest-plugin');

// A file of which nothing is left would fail.
const ofMysql = mysqlPrograms().length > 0 ? [] : ['tests/edge/mysql*.test.ts'];
const ofAny = ofMysql.length === 0 || process.env['PGHOST'] ? [] : ['tests/edge/database-pool.test.ts'];

const MIGRATIONS = await readD1Migrations('./edge/migrations');

await buildEngine();
/** As its own wrangler.toml has it, with less time. */
const engine = {
	name: 'weir-engine',
	compatibilityDate: '2026-10-20',
	modulesRoot: './edge/engine/dist',
	modules: engineModules(),
	r2Buckets: { OBJECTS: 'weir-objects' },
	bindings: { ENGINE_SECONDS: '6' }
};

export default defineConfig({
	plugins: [
		cloudflareTest({
			wrangler: { configPath: './wrangler.toml' },
			miniflare: { bindings: { MIGRATIONS }, workers: [engine] }
		})
	],
	test: {
		name: 'edge',
		include: ['tests/edge/**/*.test.ts'],
		exclude: [...configDefaults.exclude, ...ofMysql, ...ofAny],
		globalSetup: ['./tests/mail-server.ts', './tests/database-server.ts', './tests/source-servers.ts'],
		// In one piece, in which what it requires of Node is imported: the runtime of the tests does not find it otherwise.
		deps: {
			optimizer: {
				ssr: {
					enabled: true,
					include: ['mysql2'],
					rolldownOptions: {
						// Colours for what it prints, which it does without.
						resolve: {
							alias: { process: fileURLToPath(new URL('tests/edge/process.cjs', import.meta.url)), cardinal: false }
						},
						plugins: [esmExternalRequirePlugin({ external: builtinModules.flatMap((name) => [name, `node:${name}`]) })]
					}
				}
			}
		},
		// For what hangs: a loaded machine needs its time.
		testTimeout: 60_000
	}
});
