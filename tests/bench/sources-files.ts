// How many bytes of remote Parquet a pruned load reads, against the file's size and against hyparquet's own reader of ranges, from the same
// S3-compatible store in the same run. Argument: --save (writes its part of SOURCES.md).
import { parquetReadObjects, parquetQuery, type AsyncBuffer, type ParquetQueryFilter } from 'hyparquet';
import { parseConnection } from '../../src/lib/core/source/connection.ts';
import type { RowFilter } from '../../src/lib/core/source/row-filter.ts';
import { ok } from '../../src/lib/core/result.ts';
import { Breakers } from '../../src/lib/flows/breakers.ts';
import { fetchFile } from '../../src/lib/flows/fetch-file.ts';
import { FileAsker } from '../../src/lib/flows/file-asker.ts';
import { S3Store } from '../../src/lib/flows/s3-store.ts';
import { askFile } from '../../workers/ingest/ask-file.ts';
import { madeRows, parquetOfRows } from '../made-parquet.ts';
import { ACCESS_KEY, BUCKET, REGION, SECRET_KEY } from '../s3-account.ts';
import { startS3 } from '../s3-server.ts';
import { conditions, loadBefore } from './conditions.ts';
import { savePart } from './save-part.ts';

const ROWS = 1_000_000;
/** As DuckDB cuts them. */
const GROUP_ROWS = 122_880;
const HEADING = '## Bytes read of remote Parquet';

type Query = {
	readonly what: string;
	readonly columns: readonly string[] | null;
	readonly filters: readonly RowFilter[];
	readonly peer: ParquetQueryFilter | undefined;
};
const queries: readonly Query[] = [
	{ what: 'one column of five', columns: ['id'], filters: [], peer: undefined },
	{
		what: 'two columns, 1 % of the rows',
		columns: ['id', 'value'],
		filters: [{ column: 'id', op: '<', values: [10_000] }],
		peer: { id: { $lt: 10_000 } }
	},
	{
		what: 'all columns, 1 % of the rows',
		columns: null,
		filters: [{ column: 'id', op: '<', values: [10_000] }],
		peer: { id: { $lt: 10_000 } }
	},
	{
		what: 'all columns, no row',
		columns: null,
		filters: [{ column: 'name', op: '>', values: ['z'] }],
		peer: { name: { $gt: 'z' } }
	},
	{ what: 'all of it', columns: null, filters: [], peer: undefined }
];

const load = loadBefore();
const s3 = await startS3();
try {
	const bytes = parquetOfRows(madeRows(0, ROWS), GROUP_ROWS);
	await s3.put('made.parquet', bytes);
	const lines: string[] = [];
	for (const query of queries) {
		const ours = await measureOurs(query);
		const peer = await measurePeer(query, bytes.length);
		const share = (read: number): string => `${((100 * read) / bytes.length).toFixed(1)} %`;
		lines.push(
			`| ${query.what} | ${megabytes(ours.readBytes)} | ${share(ours.readBytes)} | ${ours.requests} | ${megabytes(peer.readBytes)} | ${share(peer.readBytes)} | ${peer.requests} |`
		);
		if (ours.rowCount < peer.rowCount) throw new Error(`${query.what}: ${ours.rowCount} of ${peer.rowCount} rows`);
	}
	const text = `${HEADING}

One file of ${ROWS.toLocaleString('en')} rows in row groups of ${GROUP_ROWS.toLocaleString('en')}, ${megabytes(bytes.length)}, in an S3-compatible store on the same machine that checks
signatures (\`tests/bench/sources-files.ts\`). Weir's requests are those of the shipped client, its listing with them; the peer is hyparquet's \`parquetQuery\` through
the same store. Weir keeps whole row groups and asks DuckDB which of their rows are wanted; the peer reads pages where a file has an index of them, which this one does not.

| what is wanted | Weir reads | of the file | requests | hyparquet reads | of the file | requests |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}

${conditions(load)}
`;
	console.log(text);
	if (process.argv.includes('--save')) savePart('SOURCES.md', '# Sources, measured', text);
} finally {
	await s3.stop();
}

function storeOf(onBytes: (readBytes: number) => void = () => undefined): S3Store {
	const parsed = parseConnection(
		`kind: s3\nendpoint: ${s3.endpoint}\nregion: ${REGION}\nbucket: ${BUCKET}\naccess_key: ${ACCESS_KEY}\npath: "*"`
	);
	if (!parsed.ok || parsed.value.kind !== 's3') throw new Error(JSON.stringify(parsed));
	const { bucket, pattern } = parsed.value;
	const breakers = new Breakers({
		runs: { breaker: () => Promise.resolve(ok(null)), saveBreaker: () => Promise.resolve(ok(undefined)) },
		now: () => Date.now()
	});
	const asker = new FileAsker(
		{
			sign: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY, region: REGION },
			signal: new AbortController().signal,
			onBytes,
			isRelayed: false
		},
		{
			...{
				ask: (question, onBytes) => askFile(question, null, onBytes),
				now: () => Date.now(),
				random: () => Math.random(),
				breakers
			},
			sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms))
		}
	);
	return new S3Store(bucket, pattern, asker);
}

type Measured = { readonly readBytes: number; readonly requests: number; readonly rowCount: number };

async function measureOurs({ columns, filters }: Query): Promise<Measured> {
	const store = storeOf();
	const listed = await store.list();
	const file = listed.ok ? listed.value[0] : undefined;
	if (!file) throw new Error('the file is not listed');
	const fetched = await fetchFile(store, file, { columns, filters });
	if (!fetched.ok) throw new Error(JSON.stringify(fetched.error));
	const rows = await parquetReadObjects({ file: await fetched.value.blob.arrayBuffer() });
	return { ...store.counts, rowCount: rows.length };
}

async function measurePeer({ columns, peer }: Query, byteLength: number): Promise<Measured> {
	const store = storeOf();
	const listed = await store.list();
	const listing = listed.ok ? listed.value[0] : undefined;
	if (!listing) throw new Error('the file is not listed');
	const file: AsyncBuffer = {
		byteLength,
		slice: async (startByte, endByte = byteLength) => {
			const read = await store.bytes(listing, { startByte, endByte });
			if (!read.ok) throw new Error(JSON.stringify(read.error));
			return read.value.blob.arrayBuffer();
		}
	};
	const rows = await parquetQuery({ file, ...(columns && { columns: [...columns] }), ...(peer && { filter: peer }) });
	return { ...store.counts, rowCount: rows.length };
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(bytes < 1e6 ? 2 : 1)} MB`;
}
