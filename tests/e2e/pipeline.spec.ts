import { expect, test } from '@playwright/test';
import { seeded } from '../seeded.ts';
import { runKilled } from './pipeline-kill.ts';

test('a pipeline whose browser is killed ends with the root hash of an undisturbed run', async ({ baseURL }) => {
	test.setTimeout(300_000);
	const seed = Date.now() % 1_000_000;
	console.log(`pipeline kill seed ${seed}`);
	const alone = await runKilled(baseURL ?? '', 0, seeded(seed), 0);
	const killed = await runKilled(baseURL ?? '', 3, seeded(seed), 4000);
	console.log(`undisturbed ${JSON.stringify(alone)}\nkilled ${JSON.stringify(killed)}`);
	expect(alone.state).toBe('succeeded');
	expect(alone.rootHash).toMatch(/^[0-9a-f]{64}$/);
	expect(killed.rootHash).toBe(alone.rootHash);
	expect(killed.attempts['succeeded']).toBe(alone.attempts['succeeded']);
	expect(killed.midRun).toBeGreaterThan(0);
});
