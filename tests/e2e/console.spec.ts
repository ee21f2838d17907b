// `window.weir` on the built site: every verb does what it says, failures are values, and nothing else is contacted.
import { createServer } from 'node:http';
import { expect, type Page } from '@playwright/test';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

const sales = ['id;product;price', '1;apples;1,50', '2;=1+1;20,25', '3;broken;1,00;too;many', '4;cheese;10,00', ''];

test.setTimeout(120_000);

async function withSales(page: Page): Promise<void> {
	await openWorkspace(page);
	const report = await page.evaluate(async (text) => {
		const ingested = await (globalThis as never as WithWeir).weir.ingest(new Blob([text]), { name: 'sales' });
		if (!ingested.ok) return ingested.error;
		const { dataset, rowCount, rejectCount } = ingested.value;
		return { dataset, rowCount, rejectCount };
	}, sales.join('\n'));
	expect(report).toEqual({ dataset: 'sales', rowCount: 3, rejectCount: 1 });
}

test('what was read is listed, described, profiled, and so is what did not fit', async ({ scripted: page }) => {
	await withSales(page);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const [datasets, versions, profile, rejects] = await Promise.all([
			weir.datasets(),
			weir.versions('sales'),
			weir.profile('sales'),
			weir.rejects('sales')
		]);
		const described = await weir.describe('select price, id from sales');
		if (!datasets.ok || !versions.ok || !profile.ok || !rejects.ok || !described.ok) throw new Error('a verb failed');
		return {
			datasets: datasets.value,
			versions: versions.value,
			profile: profile.value,
			rejects: rejects.value,
			described: described.value
		};
	});
	expect(told.datasets).toMatchObject([{ name: 'sales', versionCount: 1, rowCount: 3, rejectCount: 1 }]);
	expect(told.versions).toMatchObject([{ number: 1, rowCount: 3, lineage: { operation: 'ingest' } }]);
	expect(told.profile).toMatchObject([
		{ column: 'id', rowCount: 3, nullCount: 0, min: '1', max: '4' },
		{ column: 'product', rowCount: 3, nullCount: 0 },
		{ column: 'price', rowCount: 3, min: '1.5', max: '20.25' }
	]);
	expect(told.rejects).toMatchObject([{ line: 4, text: '3;broken;1,00;too;many' }]);
	expect(told.described).toEqual([
		{ name: 'price', type: 'DOUBLE' },
		{ name: 'id', type: 'BIGINT' }
	]);
});

test('SQL takes parameters and gives exact values', async ({ scripted: page }) => {
	await withSales(page);
	const rows = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const answer = await weir.sql(
			'select ?::int + 1 as sum, ? as text, ?::date as day, ? as nothing, 9007199254740993 as big, product from sales where id = ?',
			[41, "it's", new Date('2024-07-01T00:00:00Z'), null, 4]
		);
		if (!answer.ok) throw new Error(JSON.stringify(answer.error));
		return answer.value.rows();
	});
	expect(rows).toEqual([
		{
			sum: 42,
			text: "it's",
			day: new Date('2024-07-01T00:00:00Z'),
			nothing: null,
			big: 9007199254740993n,
			product: 'cheese'
		}
	]);
});

test('a signal ends a query, and the engine answers the next one', async ({ scripted: page }) => {
	await withSales(page);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const controller = new AbortController();
		const endless = 'select count(*) from range(100000000) a, range(10000) b where a.range % 7 = b.range % 11';
		const running = weir.sql(endless, [], { signal: controller.signal });
		// The engine is asked in order: this one is queued behind, or runs between; the abort comes while it is busy.
		requestAnimationFrame(() => requestAnimationFrame(() => controller.abort()));
		const ended = await running;
		const next = await weir.sql('select 1 as one');
		return [ended.ok ? 'answered' : ended.error.kind, next.ok];
	});
	expect(told).toEqual(['cancelled', true]);
});

test('names change, go, and come back; versions stay', async ({ scripted: page }) => {
	await withSales(page);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const names = async (): Promise<string> => {
			const listed = await weir.datasets();
			return listed.ok ? listed.value.map(({ name, versionCount }) => `${name} v${versionCount}`).join() : 'failed';
		};
		const count = async (reference: string): Promise<unknown> => {
			const answer = await weir.sql(`select count(*)::int as n from ${reference}`);
			return answer.ok ? (await answer.value.rows())[0]?.['n'] : answer.error.kind;
		};
		const steps: unknown[] = [];
		await weir.rename('sales', 'ledger');
		steps.push(await names());
		await weir.remove('ledger');
		steps.push(await names());
		await weir.undo();
		steps.push(await names());
		await weir.undo();
		steps.push(await names());
		await weir.redo();
		steps.push(await names());
		const saved = await weir.save('ledger', 'select * from ledger where id < 3', {
			replace: true,
			message: 'Two only'
		});
		steps.push(saved.ok && saved.value.rowCount, await names(), await count('ledger'), await count('ledger@v1'));
		await weir.undo();
		steps.push(await names(), await count('ledger'));
		return steps;
	});
	expect(told).toEqual(['ledger v1', '', 'ledger v1', 'sales v1', 'ledger v1', 2, 'ledger v2', 2, 3, 'ledger v1', 3]);
});

test('two versions are compared: by a script, in SQL, and from the page', async ({ scripted: page }) => {
	await withSales(page);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.save('sales', 'select id, product, if(id = 2, 21, price) as price from sales where id < 4', {
			replace: true
		});
		const changes = await weir.diff('sales@v1', 'sales', { key: ['id'] });
		const counted = await weir.sql(
			"select diff_type, count(*)::int as n from diff('sales@v1', 'sales@v2') group by all order by all"
		);
		const misnamed = await weir.diff('sales@v1', 'sale');
		if (!changes.ok || !counted.ok) throw new Error('no answer');
		return {
			changes: changes.value,
			counted: await counted.value.rows(),
			misnamed: misnamed.ok ? null : misnamed.error
		};
	});
	expect(told.changes).toMatchObject({
		schema: [],
		counts: { added: 0, removed: 1, changed: 1, cellsChanged: 1 },
		rows: [
			{
				kind: 'changed',
				key: { id: 2 },
				before: { price: 20.25, product: '=1+1' },
				after: { price: 21, product: '=1+1' },
				changed: ['price']
			},
			{ kind: 'removed', key: { id: 4 }, before: { price: 10 }, after: null }
		]
	});
	expect(told.counted).toEqual([
		{ diff_type: 'added', n: 1 },
		{ diff_type: 'removed', n: 2 }
	]);
	expect(told.misnamed).toEqual({ kind: 'unknown-dataset', name: 'sale' });

	await page.getByTitle(/^sales: /).click();
	await page.getByRole('button', { name: 'Compare with v1' }).click();
	await patient(page.getByRole('listbox', { name: 'Rows that differ' }).getByRole('option')).toHaveCount(2);
});

test('every format that leaves can be read again', async ({ scripted: page }) => {
	await withSales(page);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const blobs: Record<string, Blob> = {};
		for (const format of ['csv', 'json', 'ndjson', 'parquet', 'arrow', 'excel'] as const) {
			const exported = await weir.export('sales', format);
			if (!exported.ok) throw new Error(`${format}: ${exported.error.kind}`);
			blobs[format] = exported.value;
		}
		const raw = await weir.export('select product from sales where id = 2', 'csv', { formulas: 'raw' });
		const read: Record<string, unknown> = {};
		for (const [format, blob] of Object.entries(blobs)) {
			const ingested = await weir.ingest(blob, { name: `from_${format}` });
			if (!ingested.ok) throw new Error(`${format} again: ${JSON.stringify(ingested.error)}`);
			const answer = await weir.sql(
				`select id::int as id, product, price::double as price from from_${format} order by id`
			);
			if (!answer.ok) throw new Error(`${format} asked: ${JSON.stringify(answer.error)}`);
			read[format] = await answer.value.rows();
		}
		const head = async (blob: Blob | undefined): Promise<string> => (await blob?.slice(0, 6).text()) ?? '';
		return {
			csv: await blobs['csv']?.text(),
			json: await blobs['json']?.text(),
			ndjson: await blobs['ndjson']?.text(),
			raw: raw.ok ? await raw.value.text() : raw.error.kind,
			heads: [await head(blobs['parquet']), await head(blobs['arrow']), await head(blobs['excel'])],
			read
		};
	});
	const rows = [
		{ id: 1, product: 'apples', price: 1.5 },
		{ id: 2, product: '=1+1', price: 20.25 },
		{ id: 4, product: 'cheese', price: 10 }
	];
	const defused = rows.map((one) => (one.id === 2 ? { ...one, product: "'=1+1" } : one));
	expect(told.csv).toBe("id,product,price\n1,apples,1.5\n2,'=1+1,20.25\n4,cheese,10.0\n");
	expect(told.raw).toBe('product\n=1+1\n');
	expect(JSON.parse(told.json ?? '')).toEqual(rows);
	expect(
		(told.ndjson ?? '')
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as unknown)
	).toEqual(rows);
	expect(told.heads[0]?.slice(0, 4)).toBe('PAR1');
	expect(told.heads[1]).toBe('ARROW1');
	expect(told.heads[2]?.slice(0, 4)).toBe('PK\u0003\u0004');
	expect(told.read).toEqual({ csv: defused, json: rows, ndjson: rows, parquet: rows, arrow: rows, excel: defused });
});

test('a large workbook leaves and comes back', async ({ scripted: page }) => {
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const sql = `select range as id, 'word ' || (range % 99) as word, range / 4 as share,
			timestamp '2024-01-01' + interval (range) hour as at from range(40000)`;
		const exported = await weir.export(sql, 'excel');
		if (!exported.ok) throw new Error(JSON.stringify(exported.error));
		const ingested = await weir.ingest(exported.value, { name: 'large' });
		if (!ingested.ok) throw new Error(JSON.stringify(ingested.error));
		const answer = await weir.sql(
			`select count(*)::int as rows, sum(id)::int as ids, sum(share) as shares, max(word) as word,
				max(date_trunc('second', "at" + interval '1 millisecond'))::varchar as at from large`
		);
		return answer.ok ? answer.value.rows() : answer.error;
	});
	const at = '2028-07-24 15:00:00';
	expect(told).toEqual([{ rows: 40_000, ids: 799_980_000, shares: 199_995_000, word: 'word 98', at }]);
});

test('failures are values that say what was wrong', async ({ page }) => {
	await withSales(page);
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const loose = weir as never as Record<string, (...given: readonly unknown[]) => Promise<{ error?: unknown }>>;
		const failure = async (verb: string, ...given: readonly unknown[]): Promise<unknown> =>
			(await loose[verb]?.(...given))?.error;
		return {
			unknownDataset: await failure('rename', 'nobody', 'x'),
			noVersions: await failure('versions', 'nobody'),
			badName: await failure('rename', 'sales', 'a@b'),
			taken: await failure('save', 'sales', 'select 1'),
			binder: await failure('sql', 'select nope from sales'),
			parser: await failure('sql', 'select 1;\nselec 2'),
			version: await failure('sql', 'select * from sales@v9'),
			url: await failure('ingest', 'no address'),
			scheme: await failure('ingest', 'ftp://host/file.csv'),
			source: await failure('ingest', 42),
			text: await failure('sql', 42),
			params: await failure('sql', 'select 1', 'x'),
			format: await failure('export', 'sales', 'pdf'),
			sample: await failure('openSample', 'nothing'),
			empty: await failure('ingest', new Blob([]), { name: 'void' }),
			redo: await failure('redo')
		};
	});
	expect(told).toMatchObject({
		unknownDataset: { kind: 'unknown-dataset', name: 'nobody' },
		noVersions: { kind: 'unknown-dataset', name: 'nobody' },
		badName: { kind: 'invalid-name', rule: 'at-sign' },
		taken: { kind: 'name-taken', name: 'sales' },
		binder: { kind: 'sql-error', type: 'Binder', position: 7 },
		parser: { kind: 'sql-error', type: 'Parser', position: 10 },
		version: { kind: 'unknown-version', dataset: 'sales', version: 'v9' },
		url: { kind: 'url-refused', status: null },
		scheme: { kind: 'url-refused', status: null },
		source: { kind: 'invalid-argument', argument: 'source' },
		text: { kind: 'invalid-argument', argument: 'text' },
		params: { kind: 'invalid-argument', argument: 'params' },
		format: { kind: 'invalid-argument', argument: 'format' },
		sample: { kind: 'invalid-argument', argument: 'id' },
		empty: { kind: 'empty-source' },
		redo: { kind: 'nothing-to-redo' }
	});
});

test('work is told as jobs', async ({ page }) => {
	await withSales(page);
	const jobs = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.export('sales', 'csv');
		await weir.ingest('ftp://host/file.csv');
		const listed = await weir.jobs();
		return listed.ok ? listed.value.map(({ label, state }) => `${label}: ${state}`) : [];
	});
	expect(jobs).toEqual(['Import ftp://host/file.csv: failed', 'Export csv: done', 'Import sales: done']);
});

test('an address is read where its server allows it, and nobody else is contacted', async ({ page, baseURL }) => {
	await withSales(page);
	const served: string[] = [];
	const server = createServer((request, response) => {
		served.push(request.url ?? '');
		const allowed = request.url?.startsWith('/open') === true ? { 'access-control-allow-origin': '*' } : {};
		response.writeHead(request.url === '/open/gone.csv' ? 404 : 200, { 'content-type': 'text/csv', ...allowed });
		response.end('city,people\nBern,134000\nChur,38000\n');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	const origin = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
	const foreign: string[] = [];
	const own = new URL(baseURL ?? '').origin;
	page.context().on('request', (request) => {
		const { protocol, origin: asked, pathname } = new URL(request.url());
		if (/^https?:$/.test(protocol) && asked !== own) foreign.push(pathname);
	});
	try {
		const told = await page.evaluate(async (origin) => {
			const { weir } = globalThis as never as WithWeir;
			const outcomes: unknown[] = [];
			for (const path of ['/open/cities.csv', '/open/gone.csv', '/shut/cities.csv']) {
				const ingested = await weir.ingest(origin + path);
				outcomes.push(
					ingested.ok
						? [ingested.value.dataset, ingested.value.rowCount]
						: [ingested.error.kind, 'status' in ingested.error ? ingested.error.status : undefined]
				);
			}
			await weir.openSample('penguins');
			await weir.export('cities', 'excel');
			await weir.sql("select timezone('Europe/Berlin', now())");
			return outcomes;
		}, origin);
		expect(told).toEqual([
			['cities', 2],
			['url-refused', 404],
			['url-refused', null]
		]);
		expect(served).toEqual(['/open/cities.csv', '/open/gone.csv', '/shut/cities.csv']);
		expect(foreign).toEqual(served);
	} finally {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	}
});
