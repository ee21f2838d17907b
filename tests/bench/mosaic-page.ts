// Mosaic's own charts over the rows that Weir's dashboard has, in DuckDB-WASM as its documentation opens it.
import { AsyncDuckDB, VoidLogger } from '@duckdb/duckdb-wasm';
import wasmUrl from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
import workerUrl from '@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js?url';
import * as vg from '@uwdata/vgplot';

/** `count()` and bins as Weir's charts have them; a span marked in one filters the others. */
async function openMosaic(sql: string): Promise<void> {
	const database = new AsyncDuckDB(new VoidLogger(), new Worker(workerUrl));
	await database.instantiate(wasmUrl);
	const connection = await database.connect();
	await connection.query(`CREATE TABLE trips AS ${sql}`);
	vg.coordinator().databaseConnector(vg.wasmConnector({ duckdb: database, connection }));
	vg.coordinator().logger(null);
	const brush = vg.Selection.crossfilter();
	const from = () => vg.from('trips', { filterBy: brush });
	const histogram = (column: string) =>
		vg.plot(
			vg.rectY(from(), { x: vg.bin(column, { steps: 25 }), y: vg.count(), inset: 0.5 }),
			vg.intervalX({ as: brush }),
			vg.width(600),
			vg.height(280)
		);
	const cells = vg.plot(
		vg.rect(from(), { x: vg.bin('hour', { steps: 40 }), y: vg.bin('delay', { steps: 24 }), fill: vg.count() }),
		vg.width(600),
		vg.height(280)
	);
	for (const [number, plot] of [...['delay', 'distance', 'hour'].map(histogram), cells].entries()) {
		plot.dataset['chart'] = String(number);
		document.body.append(plot);
	}
}

Object.assign(globalThis, { bench: { openMosaic } });
