import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The runtime reads it when it is imported: it trusts the source of the tests besides those that all trust.
process.env['NODE_EXTRA_CA_CERTS'] = fileURLToPath(new URL('tests/edge/source-certificate.pem', import.meta.url));
const { cloudflareTest, readD1Migrations } = await import('@cloudflare/vitest-plugin');

const MIGRATIONS = await readD1Migrations('./edge/migrations');

export default defineConfig({
	plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.toml' }, miniflare: { bindings: { MIGRATIONS } } })],
	test: {
		name: 'edge',
		include: ['tests/edge/**/*.test.ts'],
		globalSetup: ['./tests/mail-server.ts', './tests/database-server.ts', './tests/source-servers.ts'],
		// For what hangs: a loaded machine needs its time.
		testTimeout: 60_000
	}
});
