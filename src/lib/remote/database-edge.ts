// Databases through the edge, by the contract. Rows stay bytes: only the first and the last line of an answer are looked at here.
import { listTables, putRows, readRows, type DatabaseServer } from '#core/contract/database.ts';
import type { ParsedAnswerOf, RequestOf } from '#core/contract/endpoint.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { ConnectionFailure } from '#core/source/failure.ts';
import { parseEnd, parseHead, type RowsHead } from '#core/source/sql/row-lines.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import { askApi, callApi, type CallApiFailure } from './call-api.ts';
import { netFailure } from './net-failure.ts';

type Access = { readonly workspace: string; readonly token: { readonly id: string; readonly secret: string } };
type Failed = NetFailure | ConnectionFailure;
type Net<T> = Promise<Result<T, Failed>>;
type Without<T> = Omit<T, 'workspace' | 'server'>;

/** Of 1,600 columns, too. */
const HEAD_BYTES = 1024 * 1024;
const END_BYTES = 4096;
const LISTING_MS = 40_000;
/** As long as the edge reads at most, and a little more. */
const ROWS_MS = 11 * 60_000;

export class DatabaseEdge {
	readonly #access: Access;
	readonly #fetch: typeof fetch;

	constructor(access: Access, ask: typeof fetch) {
		this.#access = access;
		this.#fetch = ask;
	}

	async tables(server: DatabaseServer, signal?: AbortSignal): Net<ParsedAnswerOf<typeof listTables>['tables']> {
		const listed = await callApi(
			this.#asking(LISTING_MS, signal),
			listTables,
			{ workspace: this.#workspace, server },
			this.#by
		);
		return listed.ok ? ok(listed.value.tables) : err(failureOf(listed.error, server));
	}

	async rows(
		server: DatabaseServer,
		asked: Without<RequestOf<typeof readRows>>,
		signal: AbortSignal
	): Net<RowsHead & { readonly rows: Blob; readonly rowCount: number }> {
		const request = { ...asked, workspace: this.#workspace, server };
		const answered = await askApi(this.#asking(ROWS_MS, signal), readRows, request, this.#by);
		if (!answered.ok) return err(failureOf(answered.error, server));
		let all: Blob;
		try {
			all = await answered.value.blob();
		} catch {
			// The way to the edge was cut, or nobody wants it any more.
			return err(lost(server));
		}
		return readLines(all, server);
	}

	async put(server: DatabaseServer, put: Without<RequestOf<typeof putRows>>): Net<ParsedAnswerOf<typeof putRows>> {
		const done = await callApi(
			this.#asking(ROWS_MS),
			putRows,
			{ ...put, workspace: this.#workspace, server },
			this.#by
		);
		return done.ok ? done : err(failureOf(done.error, server));
	}

	get #workspace(): string {
		return this.#access.workspace;
	}

	get #by(): { readonly token: string } {
		const { id, secret } = this.#access.token;
		return { token: `weir1.${id}.${secret}` };
	}

	#asking(timeoutMs: number, signal?: AbortSignal): (url: string, init: RequestInit) => Promise<Response> {
		const late = AbortSignal.timeout(timeoutMs);
		return (url, init) => this.#fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, late]) : late });
	}
}

async function readLines(
	all: Blob,
	server: DatabaseServer
): Net<RowsHead & { readonly rows: Blob; readonly rowCount: number }> {
	const begun = new Uint8Array(await all.slice(0, HEAD_BYTES).arrayBuffer());
	const bodyStart = begun.indexOf(10) + 1;
	const head = parseHead(new TextDecoder().decode(begun.subarray(0, bodyStart)));
	const tailStart = Math.max(bodyStart, all.size - END_BYTES);
	const tail = new Uint8Array(await all.slice(tailStart).arrayBuffer());
	const endStart = tail.subarray(0, -1).lastIndexOf(10) + 1;
	const end = parseEnd(new TextDecoder().decode(tail.subarray(endStart)));
	if (!head || !end) return err(lost(server));
	if ('failed' in end) return err({ ...end.failed, place: placeOf(server) });
	return ok({ ...head, rows: all.slice(bodyStart, tailStart + endStart), rowCount: end.end });
}

function lost(server: DatabaseServer): ConnectionFailure {
	return { kind: 'database-failed', place: placeOf(server), reason: 'lost', code: null, words: null };
}

function placeOf({ host, port, database }: DatabaseServer): string {
	return `${host}:${port}/${database}`;
}

function failureOf(failure: CallApiFailure, server: DatabaseServer): Failed {
	const place = placeOf(server);
	switch (failure.kind) {
		case 'database-failed':
			return { ...failure, place };
		case 'place-not-allowed':
			return { kind: 'database-not-allowed', place, reason: failure.reason };
		case 'relay-not-connected':
			return { kind: 'database-not-allowed', place, reason: 'off' };
		case 'place-unknown':
			return { kind: 'database-unknown', place };
		default:
			return netFailure(failure);
	}
}
