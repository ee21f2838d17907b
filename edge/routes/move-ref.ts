// POST /api/v1/workspaces/{workspace}/spaces/{space}/refs/{token}.
import { MAX_REFS, type moveRef } from '#core/contract/refs.ts';
import { exhaustive, err, ok } from '#core/result.ts';
import { hashOfText } from '../bytes.ts';
import { moveRef as move } from '../d1/refs.ts';
import type { Handler } from '../mount.ts';

export const answerMoveRef: Handler<typeof moveRef> = async (step, env, { token, nowMs }) => {
	// A step is known by its hash: one that is not its own could pass for another.
	if ((await hashOfText(step.record)) !== step.hash) return err({ kind: 'invalid-request', fields: ['hash'] });
	const moved = await move(env.DB, step, MAX_REFS, token.id, nowMs);
	switch (moved.kind) {
		case 'moved':
			return ok({ isRepeated: moved.isRepeated });
		case 'elsewhere':
			return err({ kind: 'moved', tip: moved.tip });
		case 'missing':
			return err({ kind: 'objects-missing', ids: moved.ids, count: moved.count });
		case 'too-many-refs':
			return err({ kind: 'limit-reached', of: 'refs', limit: MAX_REFS });
		default:
			return exhaustive(moved);
	}
};
