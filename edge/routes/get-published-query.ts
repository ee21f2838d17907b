// GET /api/v1/published/{publication}/queries/{query}.
import type { AnswerOf } from '#core/contract/endpoint.ts';
import type { getPublishedQuery } from '#core/contract/published-queries.ts';
import { err, ok } from '#core/result.ts';
import type { Handler } from '../mount.ts';
import { findOpenQuery } from '../published/find-open.ts';

export const answerGetPublishedQuery: Handler<typeof getPublishedQuery> = async (request, env, call) => {
	const open = await findOpenQuery(request, env, call);
	if (!open.ok) return open;
	const { published, asked, version, headers, isUnchanged } = open.value;
	if (isUnchanged) return ok({ body: null, headers, status: 304 });
	const { title, description, plan, publishedAtMs } = asked;
	const columns: { name: string; type: string }[] = [];
	for (const { column, as } of plan.columns) {
		const found = published.columns.find(({ name }) => name === column);
		if (!found) return err({ kind: 'query-outdated', column });
		columns.push({ name: as, type: found.type });
	}
	const { query, publication } = request;
	const { parameters, pageRows } = plan;
	const about: AnswerOf<typeof getPublishedQuery> = {
		...{ query, title, description, publication, version, publishedAtMs },
		...{ parameters, columns, pageRows }
	};
	return ok({ body: JSON.stringify(about), headers });
};
