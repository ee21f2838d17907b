// GET /api/v1/health.
import type { health } from '#core/contract/health.ts';
import { PROTOCOL_VERSION } from '#core/contract/protocol-version.ts';
import { err, ok } from '#core/result.ts';
import { version } from '../../package.json';
import { isDatabaseUp } from '../d1/is-up.ts';
import type { Handler } from '../mount.ts';
import { areObjectsUp } from '../r2/is-up.ts';

export const answerHealth: Handler<typeof health> = async (_request, env) => {
	const [database, objects] = await Promise.all([isDatabaseUp(env.DB), areObjectsUp(env.OBJECTS)]);
	if (database && objects) return ok({ version, protocol: PROTOCOL_VERSION, database: 'ok', objects: 'ok' });
	return err({
		kind: 'unavailable',
		stores: (['database', 'objects'] as const).filter((store) => (store === 'database' ? !database : !objects))
	});
};
