// GET /api/v1/workspaces/{workspace}/audit.
import type { listAudit } from '#core/contract/audit.ts';
import { ok } from '#core/result.ts';
import { chainAudit, readAudit } from '../d1/audit.ts';
import type { Handler } from '../mount.ts';

const PAGE = 200;

export const answerListAudit: Handler<typeof listAudit> = async ({ workspace, after }, env) => {
	await chainAudit(env.DB, workspace);
	const { entries, tip } = await readAudit(env.DB, workspace, after, PAGE + 1);
	return ok({ entries: entries.slice(0, PAGE), tip, isMore: entries.length > PAGE });
};
