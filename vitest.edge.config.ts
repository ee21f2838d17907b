import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const MIGRATIONS = await readD1Migrations('./edge/migrations');

export default defineConfig({
	plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.toml' }, miniflare: { bindings: { MIGRATIONS } } })],
	test: {
		name: 'edge',
		include: ['tests/edge/**/*.test.ts'],
		globalSetup: ['./tests/mail-server.ts', './tests/database-server.ts'],
		// For what hangs: a loaded machine needs its time.
		testTimeout: 60_000
	}
});
