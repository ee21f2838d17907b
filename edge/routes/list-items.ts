// GET /api/v1/workspaces/{workspace}/spaces/{space}/inbox/items.
import type { listItems } from '#core/contract/inbox.ts';
import { ok } from '#core/result.ts';
import { readItems } from '../d1/inbox-items.ts';
import type { Handler } from '../mount.ts';

const PAGE = 500;

export const answerListItems: Handler<typeof listItems> = async ({ workspace, space, waiting }, env) => {
	const db = env.DB.withSession('first-primary');
	const found = await readItems(db, workspace, space, waiting === 'only', PAGE + 1);
	return ok({ items: found.slice(0, PAGE), isMore: found.length > PAGE });
};
