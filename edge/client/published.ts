// Queries a version that was published openly: no token, no key.
import { array, nullable, object, record, safeParse, string, unknown } from 'valibot';
import { failureAnswerSchema, type ApiFailure } from '../../src/lib/core/contract/failure.ts';
import { getPublished } from '../../src/lib/core/contract/published.ts';
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
	/** All of the version, or a range of its bytes. */
	parquet(range?: {
		readonly startByte: number;
		readonly endByte: number;
	}): Promise<Result<Uint8Array<ArrayBuffer>, PublishedFailure>>;
};

/** `address` is what the page Programs shows: `https://weir.example.org/api/v1/published/…`. */
export function openPublished(
	address: string,
	ask: (url: string, init?: RequestInit) => Promise<Response> = (url, init) => fetch(url, init)
): Published {
	return {
		about: async () => {
			const answer = await answered(ask, address);
			if (!answer.ok) return answer;
			const parsed = safeParse(getPublished.response, await answer.value.json());
			return parsed.success ? ok(parsed.output) : err({ kind: 'unreadable-answer', status: answer.value.status });
		},
		pages: async function* (query = {}) {
			const { columns, where, order, limit } = query;
			const asked = { columns: columns?.map(quoted).join(','), where, order, limit: limit?.toString() };
			const said = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
			let next: string | null = `${address}/rows?${new URLSearchParams(said).toString()}`;
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
		},
		parquet: async (range) => {
			const headers: Record<string, string> = range ? { range: `bytes=${range.startByte}-${range.endByte - 1}` } : {};
			const answer = await answered(ask, `${address}/file.parquet`, headers);
			return answer.ok ? ok(new Uint8Array(await answer.value.arrayBuffer())) : answer;
		}
	};
}

async function answered(
	ask: (url: string, init?: RequestInit) => Promise<Response>,
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
