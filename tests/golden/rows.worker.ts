// Reads Parquet blobs back as text, in an engine of its own, so that a test sees what was really written.
import { expose } from 'comlink';
import { openDuckDb } from '#workers/duckdb.ts';

const opened = openDuckDb();
let fileCount = 0;

export type RowsApi = {
	rows(blobs: readonly Blob[], limit: number): Promise<(string | null)[][]>;
	types(blobs: readonly Blob[]): Promise<[string, string][]>;
	/** The rows of all blobs in one Parquet file, with row groups of DuckDB's own length. */
	oneFile(blobs: readonly Blob[]): Promise<Blob>;
};

const api: RowsApi = {
	async rows(blobs, limit) {
		const names = (await api.types(blobs)).map(([name]) => `"${name.replaceAll('"', '""')}"`);
		const columns = names.map((name, index) => `${name}::VARCHAR AS c${index}`).join(', ');
		const found = await query(blobs, (files) => `SELECT ${columns} FROM read_parquet([${files}]) LIMIT ${limit}`);
		return found as (string | null)[][];
	},
	async types(blobs) {
		const found = await query(blobs, (files) => `DESCRIBE SELECT * FROM read_parquet([${files}])`);
		return found.map((row) => [String(row[0]), String(row[1])]);
	},
	async oneFile(blobs) {
		const name = `${fileCount++}.parquet`;
		await query(blobs, (files) => `COPY (SELECT * FROM read_parquet([${files}])) TO '${name}' (FORMAT parquet)`);
		const db = await opened;
		const bytes = db.copyFileToBuffer(name).slice();
		db.dropFile(name);
		return new Blob([bytes]);
	}
};

async function query(blobs: readonly Blob[], sql: (files: string) => string): Promise<unknown[][]> {
	const db = await opened;
	const connection = db.connect();
	connection.query("SET TimeZone='UTC'");
	const names = blobs.map(() => `${fileCount++}.parquet`);
	try {
		for (const [index, blob] of blobs.entries()) {
			db.registerFileBuffer(names[index] ?? '', new Uint8Array(await blob.arrayBuffer()));
		}
		const table = connection.query(sql(names.map((name) => `'${name}'`).join(', ')));
		return table.toArray().map((row: { toArray(): unknown[] }) => Array.from(row.toArray()));
	} finally {
		connection.close();
		for (const name of names) db.dropFile(name);
	}
}

expose(api);
