// Asks the engine for a page of a query that is SQL: it reads the published files, in the versions that are shown.
import type { ApiFailure } from '#core/contract/failure.ts';
import { bindValues } from '#core/query/bind-arguments.ts';
import type { ParameterValue } from '#core/query/named-query.ts';
import type { QueryStatement } from '#core/query/query-statement.ts';
import { triedValues } from '#core/query/tried.ts';
import { err, ok, type Result } from '#core/result.ts';
import { findPublished, type Published } from '../d1/publications.ts';
import type { EngineAnswer } from '../engine/question.ts';
import type { Env } from '../env.ts';

export type StatementSource = { readonly name: string; readonly published: Published };
export type Withdrawn = { readonly kind: 'dataset-withdrawn'; readonly dataset: string };
export type StatementFailure =
	| Extract<ApiFailure, { readonly kind: 'engine-missing' | 'engine-limit' | 'dataset-withdrawn' }>
	| { readonly kind: 'unavailable'; readonly stores: ['engine'] };
/** `position` is in the SQL as it was written. */
type Refused = { readonly kind: 'refused'; readonly message: string; readonly position: number | null };
type Rows = Extract<EngineAnswer, { readonly kind: 'rows' }>;
type Asked = {
	readonly statement: QueryStatement;
	readonly sources: readonly StatementSource[];
	readonly values: ReadonlyMap<string, ParameterValue>;
	/** Rows to leave out, and to answer at most; with none the columns are told. */
	readonly skip: number;
	readonly take: number;
};

/** The version that each dataset shows now, where it is of the workspace. */
export async function findSources(
	db: D1Database,
	{ datasets }: Pick<QueryStatement, 'datasets'>,
	workspace: string
): Promise<Result<readonly StatementSource[], Withdrawn>> {
	const found = await Promise.all(datasets.map(async ({ publication }) => findPublished(db, publication)));
	const sources: StatementSource[] = [];
	for (const [at, { name }] of datasets.entries()) {
		const published = found[at];
		if (published?.workspace !== workspace) return err({ kind: 'dataset-withdrawn', dataset: name });
		sources.push({ name, published });
	}
	return ok(sources);
}

export async function runStatement(
	{ statement, sources, values, skip, take }: Asked,
	env: Env
): Promise<Result<Rows, StatementFailure | Refused>> {
	if (!env.ENGINE) return err({ kind: 'engine-missing' });
	const { sql, params, toOriginal } = bindValues(statement, values);
	const tables = sources.map(({ name, published: { r2Key, sizeBytes } }) => ({ name, key: r2Key, bytes: sizeBytes }));
	const asked = { sql, params, skip, take, tables, timeZone: statement.timeZone };
	// The runtime may end it at any time, such as by its own bounds of memory and processor time.
	const answer = await env.ENGINE.ask(asked).catch(() => ({ kind: 'ended' }) as const);
	switch (answer.kind) {
		case 'rows':
			return ok(answer);
		case 'refused':
			return err({ ...answer, position: answer.position === null ? null : toOriginal(answer.position) });
		case 'too-large':
			return err({ kind: 'engine-limit', of: answer.of, limit: answer.limitBytes });
		case 'too-long':
			return err({ kind: 'engine-limit', of: 'seconds', limit: answer.limitSeconds });
		// Between two looks at it, another version took its place.
		case 'missing':
			return err({ kind: 'dataset-withdrawn', dataset: answer.table });
		case 'busy':
		case 'ended':
			return err({ kind: 'unavailable', stores: ['engine'] });
	}
}

/** Which columns it has, whatever is given to it. */
export async function describeStatement(
	statement: QueryStatement,
	sources: readonly StatementSource[],
	env: Env
): Promise<Result<Rows['columns'], StatementFailure | Refused>> {
	const [skip, take] = [0, 0];
	const told = await runStatement({ statement, sources, values: triedValues(statement.parameters), skip, take }, env);
	if (told.ok) return ok(told.value.columns);
	if (told.error.kind !== 'refused' || statement.parameters.length === 0) return told;
	const empty = await runStatement({ statement, sources, values: new Map(), skip, take }, env);
	return empty.ok ? ok(empty.value.columns) : told;
}
