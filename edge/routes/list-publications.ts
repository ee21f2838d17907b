// GET /api/v1/workspaces/{workspace}/publications.
import type { listPublications } from '#core/contract/publications.ts';
import { ok } from '#core/result.ts';
import { readPublications } from '../d1/publications.ts';
import type { Handler } from '../mount.ts';

export const answerListPublications: Handler<typeof listPublications> = async ({ workspace }, env) =>
	ok({ publications: await readPublications(env.DB, workspace) });
