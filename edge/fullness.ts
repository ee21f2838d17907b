// Why there is no room for an upload, with numbers.
import type { ApiFailure } from '#core/contract/failure.ts';
import { readUsage } from './d1/workspaces.ts';
import type { Env } from './env.ts';
import { limitsOf, MAX_OBJECTS } from './limits.ts';

export async function fullness(
	env: Env,
	workspace: string,
	sizeBytes: number
): Promise<Extract<ApiFailure, { readonly kind: 'limit-reached' | 'quota-full' }>> {
	const { quotaBytes } = limitsOf(env);
	const usage = await readUsage(env.DB, workspace, quotaBytes);
	if (usage && usage.objectCount >= MAX_OBJECTS) return { kind: 'limit-reached', of: 'objects', limit: MAX_OBJECTS };
	return {
		kind: 'quota-full',
		quotaBytes: usage?.quotaBytes ?? quotaBytes,
		usedBytes: usage?.usedBytes ?? 0,
		sizeBytes
	};
}
