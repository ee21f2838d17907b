// Databases as the edge reaches them for this device.
import type { ParsedAnswerOf, RequestOf } from '../core/contract/endpoint.ts';
import type { DatabaseServer, listTables, putRows, readRows } from '../core/contract/database.ts';
import type { Result } from '../core/result.ts';
import type { ConnectionFailure } from '../core/source/failure.ts';
import type { RowsHead } from '../core/source/sql/row-lines.ts';
import type { NetFailure } from '../core/sync/failure.ts';

export type DatabaseTable = ParsedAnswerOf<typeof listTables>['tables'][number];
export type RowsAsked = Omit<RequestOf<typeof readRows>, 'workspace' | 'server'>;
export type RowsAnswered = RowsHead & {
	/** Without the first and the last line. */
	readonly rows: Blob;
	readonly rowCount: number;
};

type Net<T> = Promise<Result<T, NetFailure | ConnectionFailure>>;

export type DatabaseNet = {
	tables(server: DatabaseServer, signal?: AbortSignal): Net<readonly DatabaseTable[]>;
	/** All that was asked for, or a failure: what was cut off is none. */
	rows(server: DatabaseServer, asked: RowsAsked, signal: AbortSignal): Net<RowsAnswered>;
	put(
		server: DatabaseServer,
		put: Omit<RequestOf<typeof putRows>, 'workspace' | 'server'>
	): Net<ParsedAnswerOf<typeof putRows>>;
};
