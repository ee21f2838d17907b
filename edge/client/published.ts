// Queries a version that was published openly: no token, no key.
import {
	array,
	nullable,
	object,
	record,
	safeParse,
	string,
	unknown,
	type GenericSchema,
	type InferOutput
} from 'valibot';
import { failureAnswerSchema, type ApiFailure } from '../../src/lib/core/contract/failure.ts';
import { getPublished } from '../../src/lib/core/contract/published.ts';
import { getPublishedQuery } from '../../src/lib/core/contract/published-queries.ts';
import { err, ok, type Result } from '../../src/lib/core/result.ts';

export type PublishedFailure =
	ApiFailure | { readonly kind: 'unreachable' } | { readonly kind: 'unreadable-answer'; readonly status: number };

/** As `docs/edge.md` says what each may be. */
export type RowsQuery = {
	readonly columns?: readonly string[];
	readonly where?: string;
	readonly order?: string;
	/** Of a page. */
	readonly limit?: number;
};
/** By the names of parameters. A list is an array; what is `undefined` or null is left out, and is the parameter's default. */
export type QueryValues = Readonly<Record<string, QueryValue | readonly Exclude<QueryValue, null | undefined>[]>>;
type QueryValue = string | number | bigint | boolean | Date | null | undefined;
export type AboutQuery = InferOutput<typeof getPublishedQuery.response>;
export type Row = Readonly<Record<string, unknown>>;
export type RowsPage = {
	readonly version: string;
	readonly columns: readonly { readonly name: string; readonly type: string }[];
	readonly rows: readonly Row[];
};
export type About = {
	readonly name: string;
	readonly version: string;
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly publishedAtMs: number;
	readonly columns: readonly { readonly name: string; readonly type: string }[];
};

const page = object({
	version: string(),
	columns: array(object({ name: string(), type: string() })),
	rows: array(record(string(), unknown())),
	next: nullable(string())
});

export type Published = {
	about(): Promise<Result<About, PublishedFailure>>;
	/** Page by page, of one version; it ends with `version-moved` when another one is published meanwhile. */
	pages(query?: RowsQuery): AsyncGenerator<Result<RowsPage, PublishedFailure>>;
	/** Rows of a named query that was published beside it, page by page, of one version of rows and query. */
	ask(
		query: string,
		values?: QueryValues,
		options?: { readonly limit?: number }
	): AsyncGenerator<Result<RowsPage, PublishedFailure>>;
	/** What a named query takes and answers. */
	aboutQuery(query: string): Promise<Result<AboutQuery, PublishedFailure>>;
	/** All of the version, or a range of its bytes. */
	parquet(range?: {
		readonly startByte: number;
		readonly endByte: number;
	}): Promise<Result<Uint8Array<ArrayBuffer>, PublishedFailure>>;
};

/** `address` is what the page Programs shows: `https://weir.example.org/api/v1/published/…`. */
export function openPublished(address: string, ask: Ask = (url, init) => fetch(url, init)): Published {
	return {
		about: () => described(ask, address, getPublished.response),
		pages: ({ columns, where, order, limit } = {}) => {
			const asked = { columns: columns?.map(quoted).join(','), where, order, limit: limit?.toString() };
			const said = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
			return pagesFrom(ask, `${address}/rows?${new URLSearchParams(said).toString()}`);
		},
		ask: (query, values = {}, { limit } = {}) => {
			const said = Object.entries(values).flatMap(([name, value]) => textsOf(value).map((text) => [name, text]));
			const asked = new URLSearchParams(limit === undefined ? said : [...said, ['limit', String(limit)]]);
			return pagesFrom(ask, `${address}/queries/${encodeURIComponent(query)}/rows?${asked.toString()}`);
		},
		aboutQuery: (query) =>
			described(ask, `${address}/queries/${encodeURIComponent(query)}`, getPublishedQuery.response),
		parquet: async (range) => {
			const headers: Record<string, string> = range ? { range: `bytes=${range.startByte}-${range.endByte - 1}` } : {};
			const answer = await answered(ask, `${address}/file.parquet`, headers);
			return answer.ok ? ok(new Uint8Array(await answer.value.arrayBuffer())) : answer;
		}
	};
}

type Ask = (url: string, init?: RequestInit) => Promise<Response>;

async function described<S extends GenericSchema>(
	ask: Ask,
	url: string,
	schema: S
): Promise<Result<InferOutput<S>, PublishedFailure>> {
	const answer = await answered(ask, url);
	if (!answer.ok) return answer;
	const parsed = safeParse(schema, await answer.value.json());
	return parsed.success ? ok(parsed.output) : err({ kind: 'unreadable-answer', status: answer.value.status });
}

async function* pagesFrom(ask: Ask, first: string): AsyncGenerator<Result<RowsPage, PublishedFailure>> {
	let next: string | null = first;
	while (next !== null) {
		const answer: Result<Response, PublishedFailure> = await answered(ask, next);
		if (!answer.ok) {
			yield answer;
			return;
		}
		const parsed = safeParse(page, await answer.value.json());
		if (!parsed.success) {
			yield err({ kind: 'unreadable-answer', status: answer.value.status });
			return;
		}
		const { next: following, ...rows } = parsed.output;
		yield ok(rows);
		next = following;
	}
}

function textsOf(value: QueryValues[string]): readonly string[] {
	if (value === null || value === undefined) return [];
	const members = Array.isArray(value) ? value : [value];
	return members.map((one: unknown) => (one instanceof Date ? one.toISOString() : String(one)));
}

async function answered(
	ask: Ask,
	url: string,
	headers: Record<string, string> = {}
): Promise<Result<Response, PublishedFailure>> {
	let answer: Response;
	try {
		answer = await ask(url, { headers });
	} catch {
		// fetch tells nothing apart that a caller could act on.
		return err({ kind: 'unreachable' });
	}
	if (answer.ok) return ok(answer);
	const refused = safeParse(failureAnswerSchema, await answer.json().catch(() => null));
	return err(refused.success ? refused.output.error : { kind: 'unreadable-answer', status: answer.status });
}

function quoted(name: string): string {
	return /[",]/.test(name) || name === '' ? `"${name.replaceAll('"', '""')}"` : name;
}
