// Reads a REST connection page by page: when it is asked, how often again, and when that is enough. See note: what ends a read.
// Over 300 lines: one conversation, whose token, waits and counts belong together.
//
// Note: what ends a read. An answer that is none (its status, an error inside it, HTML, a cut-off body) is asked for again at most
// `TRIES` times, then the read fails at that page and nothing of it counts. A page whose rows came before, a cursor that stays, too many
// empty pages and the bound on pages end it as a loop. Only an answer that says so, or a page without rows, is its end.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { originOf } from '../core/source/origin.ts';
import type { Pages, RestConnection } from '../core/source/rest/rest-connection.ts';
import type { Asked, SourceQuestion, SourceSilent } from '../core/source/asked.ts';
import { backoffMs, meaningOf, retryAfterMs, takeToken, type Bucket } from '../core/source/rest/patience.ts';
import {
	detectPages,
	FIRST,
	nextPosition,
	positionIn,
	type NextFailure,
	type Position
} from '../core/source/rest/paging.ts';
import { at, type Mark, type Page, type Wanted } from '../core/source/rest/page.ts';
import { pageRequest, tokenRequest, withAuth, withoutParam, type SourceRequest } from '../core/source/rest/request.ts';
import type { Breakers } from './breakers.ts';
import { askGuarded } from './guarded-ask.ts';
import type {
	ReadFrom,
	SourceBatch,
	SourceEntry,
	SourceFacts,
	SourceFile,
	SourceReader,
	SourceRows
} from './source-reader.ts';

export type ReaderEffects = {
	readonly ask: (question: SourceQuestion) => Promise<Result<Asked, SourceSilent | Failure>>;
	readonly now: () => number;
	readonly random: () => number;
	readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
	readonly breakers: Pick<Breakers, 'call'>;
	/** By host, for as long as the page is open. */
	readonly buckets: Map<string, Bucket>;
};

export type RestReaderInput = {
	readonly connection: RestConnection;
	/** By name, see its `secrets`. */
	readonly secrets: ReadonlyMap<string, string>;
	readonly signal: AbortSignal;
};

const TRIES = 6;
const TIMEOUT_MS = 30_000;
const LIMIT_BYTES = 64 * 1024 * 1024;
/** What a source may ask to wait for while somebody waits. */
const PATIENCE_MS = 120_000;
const EMPTY_PAGES = 20;
const TOKEN_EARLY_MS = 30_000;

type Answered = { readonly page: Page; readonly hash: string; readonly link: string | null };

export class RestReader implements SourceReader {
	readonly #input: RestReaderInput;
	readonly #effects: ReaderEffects;
	readonly #source: string;
	#token: { readonly text: string; readonly endsAtMs: number } | null = null;
	#found: { readonly pages: Pages; readonly records: string } | null = null;
	#requests = 0;
	#retries = 0;
	#waitedMs = 0;

	constructor(input: RestReaderInput, effects: ReaderEffects) {
		this.#input = input;
		this.#effects = effects;
		this.#source = input.connection.place;
	}

	get counts() {
		return { requests: this.#requests, retries: this.#retries, waitedMs: this.#waitedMs };
	}

	list(): Promise<Result<readonly SourceEntry[], Failure>> {
		const { url } = this.#input.connection;
		return Promise.resolve(ok([{ name: url, kind: 'answers', rowCount: null, sizeBytes: null }]));
	}

	async describe(): Promise<Result<SourceFacts, Failure>> {
		const answered = await this.#page(FIRST, null, null, 1);
		if (!answered.ok) return answered;
		const { page } = answered.value;
		return ok({ first: this.#content(page), total: page.total, paging: this.#find(answered.value) });
	}

	async *read({
		position: text,
		batches: before,
		since,
		columns
	}: ReadFrom): AsyncGenerator<Result<SourceBatch, Failure>> {
		const { connection } = this.#input;
		const from = positionIn(text);
		if (from.kind !== 'first' && !this.#pages) {
			// How it pages is told by a first page alone.
			const described = await this.describe();
			if (!described.ok) {
				yield described;
				return;
			}
		}
		const seen = new Set<string>();
		const cursors = new Set<string>();
		let position: Position | null = from;
		let empty = 0;
		for (let number = before + 1; position; number++) {
			if (number > connection.maxPages) {
				yield this.#loops(number, 'too-many-pages');
				return;
			}
			const answered: Result<Answered, Failure> = await this.#page(position, since, columns, number);
			if (!answered.ok) {
				yield answered;
				return;
			}
			const { page, hash, link } = answered.value;
			const { pages } = this.#find(answered.value);
			empty = page.rows.length === 0 ? empty + 1 : 0;
			if (empty > EMPTY_PAGES) {
				yield this.#loops(number, 'empty-pages');
				return;
			}
			if (page.rows.length > 0 && seen.has(hash)) {
				yield this.#loops(number, 'same-page');
				return;
			}
			seen.add(hash);
			const next = nextPosition({ pages, url: connection.url, position, page, link });
			if (!next.ok) {
				yield err(this.#nextFailure(next.error, number));
				return;
			}
			const following: Position | null = next.value && this.#kept(next.value);
			const cursor = following && JSON.stringify(following);
			if (cursor !== null && cursors.has(cursor)) {
				yield this.#loops(number, 'same-cursor');
				return;
			}
			if (cursor !== null) cursors.add(cursor);
			const content = this.#content(page);
			yield ok({ content, number, position: JSON.stringify(position), isLast: following === null });
			position = following;
		}
	}

	#content({ rows, keys, marks }: Page): SourceRows | SourceFile {
		if (this.#input.connection.format !== 'csv') return { kind: 'rows', rows, keys, marks };
		const overrides = { format: 'csv' } as const;
		return { kind: 'file', name: 'answer.csv', blob: new Blob([...rows]), overrides, highest: null };
	}

	get #pages(): Pages | null {
		return this.#input.connection.pages ?? this.#found?.pages ?? null;
	}

	#find({ page, link }: Answered): { readonly pages: Pages; readonly records: string } {
		const { connection } = this.#input;
		this.#found ??= { pages: connection.pages ?? detectPages(connection, page, link), records: page.records };
		return this.#found;
	}

	/** Without a key in its query. */
	#kept(position: Position): Position {
		const { auth } = this.#input.connection;
		if (position.kind !== 'address' || auth.kind !== 'api-key' || auth.in !== 'query') return position;
		return { ...position, at: withoutParam(position.at, auth.name) };
	}

	async #page(
		position: Position,
		since: Mark | null,
		columns: readonly string[] | null,
		number: number
	): Promise<Result<Answered, Failure>> {
		const { connection } = this.#input;
		const pages = this.#pages;
		const request = pageRequest(connection, { pages: pages ?? { kind: 'none' }, position, since });
		const next = pages?.kind === 'cursor' || pages?.kind === 'next' ? pages.path : null;
		const wanted: Wanted = {
			format: connection.format,
			records: connection.records ?? this.#found?.records ?? null,
			error: connection.error,
			key: connection.load.key,
			mark: connection.since?.field ?? null,
			next,
			total: pages?.kind === 'offset' ? (pages.total ?? null) : null,
			columns
		};
		const answered = await this.#patiently(request, wanted, number);
		if (!answered.ok || pages) return answered;
		// How it pages is known only now: the same answer is read for what says so.
		const found = this.#find(answered.value);
		const path = found.pages.kind === 'cursor' || found.pages.kind === 'next' ? found.pages.path : null;
		const { page } = answered.value;
		return ok({ ...answered.value, page: { ...page, ...valuesIn(page, path, found.pages) } });
	}

	async #patiently(request: SourceRequest, wanted: Wanted, number: number): Promise<Result<Answered, Failure>> {
		let failure: Failure = { kind: 'source-silent', source: this.#source, reason: 'network' };
		let wasRenewed = false;
		for (let attempt = 0; attempt < TRIES; attempt++) {
			const authorised = await this.#authorised(request, number);
			if (!authorised.ok) return authorised;
			const asked = await this.#ask(authorised.value, wanted);
			if (!asked.ok && asked.error.kind !== 'source-silent') return asked;
			let least = 0;
			if (asked.ok) {
				const { status, page, hash, link, retryAfter } = asked.value;
				const meaning = meaningOf(status);
				if (meaning === 'renew' && this.#token && !wasRenewed) {
					this.#token = null;
					wasRenewed = true;
					continue;
				}
				if (meaning === 'refused' || meaning === 'renew')
					return err({ kind: 'source-refused', source: this.#source, status, page: number });
				if (meaning === 'rows' && page?.ok) return ok({ page: page.value, hash, link });
				if (meaning === 'rows' && page && !page.ok) {
					failure = { kind: 'source-answer', source: this.#source, page: number, ...page.error };
					if (page.error.problem === 'too-large' || page.error.problem === 'no-records') return err(failure);
				} else failure = { kind: 'source-refused', source: this.#source, status, page: number };
				least = retryAfterMs(retryAfter, this.#effects.now()) ?? 0;
				if (least > PATIENCE_MS) return err({ kind: 'source-busy', source: this.#source, waitMs: least });
			} else failure = asked.error;
			if (attempt + 1 === TRIES) break;
			this.#retries++;
			const waited = await this.#wait(least + backoffMs(attempt, this.#effects.random()));
			if (!waited.ok) return waited;
		}
		return err(failure);
	}

	async #ask(request: SourceRequest, wanted: Wanted | null): Promise<Result<Asked, Failure>> {
		const { effects, signal } = { effects: this.#effects, signal: this.#input.signal };
		const host = originOf(request.url);
		const perSecond = this.#input.connection.perSecond;
		const taken = takeToken(effects.buckets.get(host) ?? null, effects.now(), perSecond);
		effects.buckets.set(host, taken.bucket);
		const waited = await this.#wait(taken.waitMs);
		if (!waited.ok) return waited;
		this.#requests++;
		const isSecret = this.#input.connection.auth.kind !== 'none';
		const question = { request, wanted, isSecret, timeoutMs: TIMEOUT_MS, limitBytes: LIMIT_BYTES };
		return askGuarded({ source: host, signal }, effects.breakers, () => effects.ask(question));
	}

	async #authorised(request: SourceRequest, number: number): Promise<Result<SourceRequest, Failure>> {
		const { connection, secrets } = this.#input;
		const { auth } = connection;
		if (auth.kind === 'none') return ok(request);
		const [needed] = connection.secrets;
		const secret = needed && secrets.get(needed.name);
		if (!needed || secret === undefined)
			return err({ kind: 'secret-missing', secret: needed?.name ?? '', origin: needed?.origin ?? '' });
		if (auth.kind === 'oauth2' && (this.#token?.endsAtMs ?? 0) <= this.#effects.now()) {
			const asked = await this.#ask(tokenRequest(auth, secret), null);
			const source = originOf(auth.token_url);
			if (!asked.ok) return asked;
			const told = asked.value.text === null ? null : tokenIn(asked.value.text);
			if (asked.value.status >= 300)
				return err({ kind: 'source-refused', source, status: asked.value.status, page: number });
			if (!told)
				return err({
					kind: 'source-answer',
					source,
					page: number,
					problem: 'unreadable',
					format: 'a token',
					reason: 'it has no access_token'
				});
			this.#token = { text: told.text, endsAtMs: this.#effects.now() + told.lastsMs - TOKEN_EARLY_MS };
		}
		return ok(withAuth(request, auth, { secret, token: this.#token?.text ?? null }));
	}

	async #wait(ms: number): Promise<Result<void, Failure>> {
		const { signal } = this.#input;
		if (ms > 0 && !signal.aborted) {
			this.#waitedMs += ms;
			await this.#effects.sleep(ms, signal);
		}
		return signal.aborted ? err({ kind: 'cancelled' }) : ok(undefined);
	}

	#loops(page: number, rule: 'same-page' | 'same-cursor' | 'too-many-pages' | 'empty-pages'): Result<never, Failure> {
		return err({ kind: 'source-loops', source: this.#source, page, rule });
	}

	#nextFailure(failure: NextFailure, page: number): Failure {
		const source = this.#source;
		switch (failure.kind) {
			case 'loops':
				return { kind: 'source-loops', source, page, rule: failure.rule };
			case 'short':
				return { kind: 'source-short', source, total: failure.total, read: failure.read };
			case 'away':
				return { kind: 'source-leads-away', source, origin: failure.origin };
		}
	}
}

function valuesIn({ envelope }: Page, path: string | null, pages: Pages): Pick<Page, 'next' | 'total'> {
	const next = path === null ? null : at(envelope, path);
	const total = pages.kind === 'offset' && pages.total !== undefined ? at(envelope, pages.total) : null;
	return {
		next: typeof next === 'number' || (typeof next === 'string' && next !== '') ? String(next) : null,
		total: typeof total === 'number' ? total : null
	};
}

function tokenIn(text: string): { readonly text: string; readonly lastsMs: number } | null {
	try {
		const told = JSON.parse(text) as { readonly access_token?: unknown; readonly expires_in?: unknown } | null;
		const seconds = Number(told?.expires_in ?? 3600);
		if (typeof told?.access_token !== 'string' || told.access_token === '') return null;
		return { text: told.access_token, lastsMs: (Number.isFinite(seconds) ? seconds : 3600) * 1000 };
	} catch {
		// No JSON is no token.
		return null;
	}
}
