// What the door does with a database, whichever it is.
import type { listTables, putRows, readRows } from '#core/contract/database.ts';
import type { AnswerOf, ParsedRequestOf } from '#core/contract/endpoint.ts';
import type { DatabaseServer } from '#core/contract/database.ts';
import type { Result } from '#core/result.ts';
import type { Env } from '../env.ts';
import type { OpenFailure } from './failure.ts';
import { mysql } from './mysql/engine.ts';
import { postgres } from './postgres/engine.ts';

export type RowsAsked = Omit<ParsedRequestOf<typeof readRows>, 'workspace'>;
export type PutAsked = Omit<ParsedRequestOf<typeof putRows>, 'workspace'>;

type Answer<T> = Promise<Result<T, OpenFailure>>;

export type Engine = {
	tables(server: DatabaseServer, env: Env): Answer<AnswerOf<typeof listTables>>;
	/** Lines of `core/source/sql/row-lines.ts`, as whoever reads them asks for more. */
	lines(asked: RowsAsked, env: Env): Answer<ReadableStream<Uint8Array>>;
	put(asked: PutAsked, env: Env): Answer<AnswerOf<typeof putRows>>;
};

export function engineOf({ engine }: Pick<DatabaseServer, 'engine'>): Engine {
	return { postgres, mysql }[engine];
}
