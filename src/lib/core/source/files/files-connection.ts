// Connections to places that keep files: what is read there, and what all of them say alike.
import * as v from 'valibot';
import type { Path } from '../../document/yaml-text.ts';
import type { IngestFormat } from '../../ingest/options.ts';
import type { TellProblem } from '../connection-problem.ts';
import {
	filterSchema,
	filtersSchema,
	knownLoadKeys,
	loadSchema,
	loadTerms,
	rowFilters,
	tellFilterProblems,
	tellLoadProblems,
	told,
	type ConnectionBase,
	type NamedSecret
} from '../load-terms.ts';
import { originOf } from '../origin.ts';
import { addressShape, throughSchema, type Through } from '../rest/rest-connection.ts';
import type { RowFilter } from '../row-filter.ts';
import { parseGlob, type Glob } from './glob.ts';
import { amazonEndpoint, s3Origin, type S3Place } from './s3-address.ts';

const address = v.pipe(v.string(), v.regex(addressShape), v.maxLength(2000));
const formats = [
	'csv',
	'json',
	'ndjson',
	'parquet',
	'arrow',
	'excel',
	'sqlite'
] as const satisfies readonly IngestFormat[];
const pattern = v.pipe(
	told,
	v.description('* and ? within a folder, ** over folders, {a,b}; a folder with / at its end is all below it.')
);
const alike = {
	format: v.optional(v.picklist(formats)),
	sheet: v.optional(v.pipe(told, v.description('Of an Excel workbook.'))),
	table: v.optional(v.pipe(told, v.description('Of a SQLite database: a table or a view.'))),
	records: v.optional(v.pipe(told, v.description('Of JSON: where its records are, dotted.'))),
	columns: v.optional(v.pipe(v.array(told), v.minLength(1), v.maxLength(1000))),
	filters: filtersSchema,
	load: v.optional(loadSchema)
};

export const s3Schema = v.strictObject({
	kind: v.literal('s3'),
	endpoint: v.optional(v.pipe(address, v.description('Left out, Amazon S3 in that region.'))),
	region: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)),
	bucket: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{1,200}$/i)),
	path_style: v.optional(v.boolean()),
	path: v.optional(pattern),
	access_key: v.optional(v.pipe(told, v.description('Left out, the bucket is read without a signature.'))),
	through: v.optional(throughSchema),
	...alike
});
export const webSchema = v.strictObject({
	kind: v.literal('web'),
	urls: v.pipe(v.array(address), v.minLength(1), v.maxLength(1000)),
	through: v.optional(throughSchema),
	...alike
});
export const folderSchema = v.strictObject({
	kind: v.literal('folder'),
	folder: v.pipe(told, v.description('The name that a folder of this machine was given.')),
	path: v.optional(pattern),
	...alike
});

/** As the page that publishes shows it. */
const publishedShape = /^https?:\/\/[^\s/?#@]+\/api\/v1\/published\/[A-Za-z0-9_-]{1,100}(\/rows|\/file\.parquet)?$/i;
export const publishedSchema = v.strictObject({
	kind: v.literal('weir'),
	url: v.pipe(v.string(), v.regex(publishedShape), v.maxLength(2000)),
	through: v.optional(throughSchema),
	...alike
});

type WrittenPublished = v.InferOutput<typeof publishedSchema>;
type WrittenS3 = v.InferOutput<typeof s3Schema>;
type WrittenWeb = v.InferOutput<typeof webSchema>;
type WrittenFolder = v.InferOutput<typeof folderSchema>;
type WrittenFiles = WrittenS3 | WrittenWeb | WrittenFolder | WrittenPublished;

export type FilesConnection = ConnectionBase &
	(
		| { readonly kind: 's3'; readonly bucket: S3Place; readonly accessKey: string | null; readonly pattern: Glob }
		| {
				readonly kind: 'web';
				readonly urls: readonly string[];
		  }
		| { readonly kind: 'folder'; readonly folder: string; readonly pattern: Glob }
		| { readonly kind: 'weir'; readonly url: string }
	) & {
		readonly since: null;
		readonly format: IngestFormat | null;
		readonly sheet: string | null;
		readonly table: string | null;
		readonly records: string | null;
		readonly columns: readonly string[] | null;
		readonly filters: readonly RowFilter[];
		/** A folder's is always direct. */
		readonly through: Through;
	};

const schemas = { s3: s3Schema, web: webSchema, folder: folderSchema, weir: publishedSchema };

/** Of a kind that keeps files. */
export function keepsFiles(kind: unknown): boolean {
	return typeof kind === 'string' && Object.hasOwn(schemas, kind);
}

export const knownFilesKeys =
	(kind: WrittenFiles['kind']) =>
	(holder: Path): readonly string[] => {
		if (holder.length === 0) return Object.keys(schemas[kind].entries);
		return holder[0] === 'filters' ? Object.keys(filterSchema.entries) : knownLoadKeys(holder);
	};

export function tellFilesProblems(written: WrittenFiles, tell: TellProblem): void {
	tellLoadProblems({ load: written.load }, tell);
	if ('path' in written && typeof parseGlob(written.path ?? '') === 'string')
		tell(['path'], { code: 'bad-pattern', value: written.path ?? '' });
	tellFilterProblems(written.filters, tell);
	if (written.kind === 's3' && written.endpoint !== undefined && /^https?:\/\/[^/]*\/.+/i.test(written.endpoint))
		tell(['endpoint'], { code: 'bad-address', value: written.endpoint });
}

export function filesConnection(written: WrittenFiles): FilesConnection {
	const common = {
		since: null,
		format: written.format ?? null,
		sheet: written.sheet ?? null,
		table: written.table ?? null,
		records: written.records ?? null,
		columns: written.columns ?? null,
		filters: rowFilters(written.filters),
		through: written.kind === 'folder' ? ('direct' as const) : (written.through ?? ('direct' as const)),
		load: loadTerms(written.load)
	};
	switch (written.kind) {
		case 's3': {
			const { kind, region, bucket: name, path_style, access_key } = written;
			const endpoint = originOf(written.endpoint ?? amazonEndpoint(region));
			const bucket: S3Place = {
				...{ endpoint, region, bucket: name },
				isPathStyle: path_style ?? written.endpoint !== undefined
			};
			const place = s3Origin(bucket);
			const secrets = access_key === undefined ? [] : [{ name: 'secret key', origin: place }];
			const asked = JSON.stringify([endpoint, name]);
			return {
				...common,
				kind,
				bucket,
				accessKey: access_key ?? null,
				pattern: patternOf(written.path),
				place,
				secrets,
				asked
			};
		}
		case 'web': {
			const { kind, urls } = written;
			return { ...common, kind, urls, place: originOf(urls[0] ?? ''), secrets: none, asked: kind };
		}
		case 'weir': {
			const { kind } = written;
			const url = written.url.replace(/\/(rows|file\.parquet)$/i, '');
			return { ...common, kind, url, place: originOf(url), secrets: none, asked: url };
		}
		case 'folder': {
			const { kind, folder, path } = written;
			const asked = JSON.stringify([kind, folder]);
			return { ...common, kind, folder, pattern: patternOf(path), place: `folder ${folder}`, secrets: none, asked };
		}
	}
}

const none: readonly NamedSecret[] = [];

/** One that cannot be read was told as a problem before. */
function patternOf(path: string | undefined): Glob {
	const parsed = parseGlob(path ?? '');
	return typeof parsed === 'string' ? { text: path ?? '', prefix: path ?? '', matches: () => false } : parsed;
}
