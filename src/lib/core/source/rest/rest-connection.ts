// A REST connection: an address that answers with rows, how it is asked, and how it pages.
import * as v from 'valibot';
import type { Path } from '../../document/yaml-text.ts';
import type { TellProblem } from '../connection-problem.ts';
import {
	knownLoadKeys,
	lateMsOf,
	lateSchema,
	loadSchema,
	loadTerms,
	path,
	tellLoadProblems,
	told,
	whole,
	type ConnectionBase,
	type NamedSecret,
	type Since
} from '../load-terms.ts';
import { originOf } from '../origin.ts';

/** Secrets are never in the text: each is kept under its name. */
const auth = v.variant('kind', [
	v.strictObject({ kind: v.literal('none') }),
	v.strictObject({ kind: v.literal('bearer') }),
	v.strictObject({ kind: v.literal('basic'), user: told }),
	v.strictObject({ kind: v.literal('api-key'), in: v.picklist(['header', 'query']), name: told }),
	v.strictObject({
		kind: v.literal('oauth2'),
		token_url: told,
		client_id: told,
		scope: v.optional(told)
	})
]);

const total = v.optional(v.pipe(path, v.description('Where the answer says how many rows there are in all.')));
const pages = v.variant('kind', [
	v.strictObject({ kind: v.literal('none') }),
	v.strictObject({
		kind: v.literal('offset'),
		offset: told,
		limit: v.optional(told),
		size: v.optional(whole(1, 100_000)),
		total
	}),
	v.strictObject({
		kind: v.literal('page'),
		page: told,
		first: v.optional(whole(0, 1)),
		limit: v.optional(told),
		size: v.optional(whole(1, 100_000))
	}),
	v.strictObject({ kind: v.literal('cursor'), param: told, path }),
	v.strictObject({ kind: v.literal('link') }),
	v.strictObject({ kind: v.literal('next'), path })
]);

const since = v.strictObject({
	field: path,
	param: v.optional(v.pipe(told, v.description('Sent with the greatest value that is loaded; left out, nothing is.'))),
	late: lateSchema
});

const texts = v.record(v.string(), v.string());
export const throughSchema = v.picklist(['direct', 'relay']);
export const addressShape = /^https?:\/\/[^\s/?#@]+([/?][^\s#]*)?$/i;

export const restSchema = v.strictObject({
	kind: v.literal('rest'),
	url: v.pipe(v.string(), v.regex(addressShape), v.maxLength(2000)),
	method: v.optional(v.picklist(['GET', 'POST'])),
	headers: v.optional(texts),
	query: v.optional(texts),
	body: v.optional(v.pipe(v.string(), v.maxLength(100_000))),
	format: v.optional(v.picklist(['json', 'ndjson', 'csv'])),
	records: v.optional(v.string()),
	auth: v.optional(auth),
	pages: v.optional(pages),
	max_pages: v.optional(whole(1, 1_000_000)),
	error: v.optional(path),
	since: v.optional(since),
	per_second: v.optional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(1000))),
	through: v.optional(throughSchema),
	load: v.optional(loadSchema)
});
type WrittenRest = v.InferOutput<typeof restSchema>;
export type Auth = v.InferOutput<typeof auth>;
export type Pages = v.InferOutput<typeof pages>;
export type RestFormat = 'json' | 'ndjson' | 'csv';

export type RestSince = Since & {
	/** Null: everything is asked for each time, and what is known is left out here. */
	readonly param: string | null;
};

export type RestConnection = ConnectionBase & {
	readonly kind: 'rest';
	readonly url: string;
	readonly method: 'GET' | 'POST';
	readonly headers: Readonly<Record<string, string>>;
	readonly query: Readonly<Record<string, string>>;
	readonly body: string | null;
	readonly format: RestFormat;
	/** Dotted path to the records, '' for the whole answer; null is found from the answer. */
	readonly records: string | null;
	readonly auth: Auth;
	/** Null is found from the first answer. */
	readonly pages: Pages | null;
	readonly maxPages: number;
	/** What stands here in an answer that says 200 is an error all the same. */
	readonly error: string | null;
	readonly since: RestSince | null;
	readonly perSecond: number;
	readonly through: Through;
};
/** `relay`: the edge asks, which then sees the question and the answer. */
export type Through = v.InferOutput<typeof throughSchema>;

const USUAL_PAGES = 10_000;
const USUAL_PER_SECOND = 5;

export function knownRestKeys(holder: Path): readonly string[] {
	if (holder.length === 0) return Object.keys(restSchema.entries);
	return holder[0] === 'since' ? Object.keys(since.entries) : knownLoadKeys(holder);
}

/** Names that say that what stands beside them is a secret. */
const secretName = /^(authorization|proxy-authorization|cookie|.*(secret|password|token|api[-_]?key))$/i;

export function tellRestProblems(written: WrittenRest, tell: TellProblem): void {
	for (const holder of ['headers', 'query'] as const)
		for (const name of Object.keys(written[holder] ?? {}))
			if (secretName.test(name)) tell([holder, name], { code: 'secret-in-text', name });
	tellLoadProblems(written, tell);
	if (written.body !== undefined && written.method !== 'POST') tell(['body'], { code: 'body-of-get' });
	if (written.format === 'csv')
		for (const name of ['since', 'pages', 'records'] as const)
			if (written[name] !== undefined && !(name === 'pages' && written.pages?.kind === 'none'))
				tell([name], { code: 'csv-alone', key: name });
}

export function restConnection(written: WrittenRest): RestConnection {
	const { format = 'json' } = written;
	const read = {
		kind: written.kind,
		url: written.url,
		method: written.method ?? 'GET',
		headers: written.headers ?? {},
		query: written.query ?? {},
		body: written.body ?? null,
		format,
		records: format === 'csv' ? '' : (written.records ?? null),
		auth: written.auth ?? { kind: 'none' as const },
		pages: format === 'csv' ? { kind: 'none' as const } : (written.pages ?? null),
		maxPages: written.max_pages ?? USUAL_PAGES,
		error: written.error ?? null,
		since: written.since
			? { field: written.since.field, param: written.since.param ?? null, lateMs: lateMsOf(written.since) }
			: null,
		perSecond: written.per_second ?? USUAL_PER_SECOND,
		through: written.through ?? ('direct' as const),
		load: loadTerms(written.load)
	};
	const { url, method, query, body, records, pages: by } = read;
	return {
		...read,
		place: originOf(url),
		secrets: secretsOf(read),
		asked: JSON.stringify([url, method, query, body, records, read.since?.field ?? null, by])
	};
}

function secretsOf({ auth: by, url }: Pick<RestConnection, 'auth' | 'url'>): readonly NamedSecret[] {
	switch (by.kind) {
		case 'none':
			return [];
		case 'bearer':
			return [{ name: 'token', origin: originOf(url) }];
		case 'basic':
			return [{ name: 'password', origin: originOf(url) }];
		case 'api-key':
			return [{ name: 'key', origin: originOf(url) }];
		case 'oauth2':
			return [{ name: 'client secret', origin: originOf(by.token_url) }];
	}
}
