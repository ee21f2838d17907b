// Partitioned Parquet through the page and the console: written to a folder or a ZIP, and read back as one dataset.
import { mkdir, writeFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { chooseAction, expectRows, patient, test, type WithWeir } from './workspace.ts';

test('a script exports a ZIP and reads it back, and is told what it asked wrongly', async ({ scripted: page }) => {
	const told = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const all = async (sql: string) => {
			const answer = await weir.sql(sql);
			if (!answer.ok) throw new Error(JSON.stringify(answer.error));
			return answer.value.rows();
		};
		await weir.save(
			'events',
			"SELECT i AS id, ['a/b', 'null', NULL, 'c'][1 + i % 4] AS place, DATE '2024-02-27' + (i % 3)::INTEGER AS day FROM range(600) AS r(i)"
		);
		const exported = await weir.export('events', 'hive', { partitionBy: ['place', 'day'], rowsPerFile: 40 });
		if (!exported.ok) throw new Error(JSON.stringify(exported.error));
		const zip = new File([exported.value], 'events again.zip');
		const preview = await weir.preview(zip);
		const ingested = await weir.ingest(zip);
		const [differ] = await all(
			'SELECT count(*)::INTEGER AS n FROM (FROM events EXCEPT ALL SELECT id, place, day FROM events_again)'
		);
		const versions = await weir.versions('events_again');
		const part = await weir.export('SELECT 1 AS v', 'parquet');
		if (!part.ok) throw new Error(JSON.stringify(part.error));
		const folder = await weir.ingest([{ path: 'a=x/part-0.parquet', file: part.value }], { name: 'given' });
		const wrong = [
			await weir.export('events', 'hive'),
			await weir.export('events', 'hive', { partitionBy: ['day'], compression: 'lzma' as never }),
			await weir.export('events', 'hive', { partitionBy: ['day'], rowsPerFile: 0 }),
			await weir.export('events', 'hive', { partitionBy: ['nope'] }),
			await weir.export('nobody', 'hive', { partitionBy: ['day'] }),
			await weir.export('events', 'lotus' as never),
			await weir.ingest([] as never)
		];
		const controller = new AbortController();
		const cancelled = weir.export('events', 'hive', { partitionBy: ['day'], signal: controller.signal });
		controller.abort();
		return {
			columns: preview.ok && preview.value.options.columns.map(({ name, type }) => `${name} ${type ?? ''}`),
			ingested,
			differ,
			source: versions.ok && versions.value[0]?.lineage.source,
			sizeBytes: zip.size,
			given: folder.ok && (await all('SELECT v::INTEGER AS v, a FROM given')),
			wrong: wrong.map((answer) => (answer.ok ? 'ok' : answer.error)),
			cancelled: await cancelled
		};
	});
	expect(told.columns).toEqual(['id BIGINT', 'place VARCHAR', 'day DATE']);
	expect(told.ingested).toMatchObject({ ok: true, value: { dataset: 'events_again', rowCount: 600, rejectCount: 0 } });
	expect(told.differ).toEqual({ n: 0 });
	expect(told.source).toMatchObject({ name: 'events again.zip', sizeBytes: told.sizeBytes });
	expect(told.given).toEqual([{ v: 1, a: 'x' }]);
	expect(told.wrong).toMatchObject([
		{ kind: 'invalid-argument', argument: 'partitionBy' },
		{ kind: 'invalid-argument', argument: 'compression' },
		{ kind: 'invalid-argument', argument: 'rowsPerFile' },
		{ kind: 'unknown-column', column: 'nope' },
		{ kind: 'sql-error' },
		{ kind: 'invalid-argument', argument: 'format' },
		{ kind: 'invalid-argument', argument: 'source' }
	]);
	expect(told.cancelled).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
});

/** The folder dialog gives a real folder of the browser's own file system, by this name. */
async function chooseFolders(page: Page, name: string): Promise<void> {
	await page.evaluate((chosen) => {
		const showDirectoryPicker = async () =>
			(await navigator.storage.getDirectory()).getDirectoryHandle(chosen, { create: true });
		Object.assign(globalThis, { showDirectoryPicker });
	}, name);
}

const listing = (page: Page, name: string): Promise<readonly string[]> =>
	page.evaluate(async (chosen) => {
		const found: string[] = [];
		const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
			const entries = folder as unknown as AsyncIterable<[string, FileSystemHandle]>;
			for await (const [entry, handle] of entries) {
				if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle, `${path}${entry}/`);
				else found.push(`${path}${entry}`);
			}
		};
		await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle(chosen, { create: true }), '');
		return found.sort();
	}, name);

function bytesOf(page: Page, name: string, path: string): Promise<readonly number[]> {
	return page.evaluate(
		async (names) => {
			let folder = await navigator.storage.getDirectory();
			for (const one of names.slice(0, -1)) folder = await folder.getDirectoryHandle(one);
			const file = await (await folder.getFileHandle(names.at(-1) ?? '')).getFile();
			return [...new Uint8Array(await file.arrayBuffer())];
		},
		[name, ...path.split('/')]
	);
}

async function saveSales(page: Page): Promise<void> {
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		await weir.save('sales', "SELECT i AS id, ['DE', 'AT', NULL][1 + i % 3] AS country FROM range(90) AS r(i)");
	});
}

async function openPartitions(page: Page): Promise<Locator> {
	await chooseAction(page, 'sales', 'Export…');
	const dialog = page.getByRole('dialog', { name: 'Export sales' });
	await dialog.getByRole('radio', { name: /^Partitioned Parquet/ }).check();
	await patient(dialog.getByText('Choose columns; the first')).toBeVisible();
	return dialog;
}

test('the dialog writes a folder, which is picked and read back as one dataset', async ({ scripted: page }, {
	outputDir
}) => {
	await chooseFolders(page, 'chosen');
	await saveSales(page);
	const dialog = await openPartitions(page);
	await expect(dialog.getByRole('button', { name: 'Export', exact: true })).toBeDisabled();
	await dialog.getByRole('checkbox', { name: 'country' }).check();
	await expect(dialog.getByText('country=…/part-0.parquet')).toBeVisible();
	await expectClean(page, 'partition choices');
	await dialog.getByRole('button', { name: 'Export', exact: true }).click();
	await patient(page.getByText('90 rows, 3 partitions, 3 files')).toBeVisible();
	const paths = await listing(page, 'chosen');
	expect(paths).toEqual([
		'sales/country=AT/part-0.parquet',
		'sales/country=DE/part-0.parquet',
		'sales/country=__HIVE_DEFAULT_PARTITION__/part-0.parquet'
	]);

	for (const path of paths) {
		await mkdir(`${outputDir}/${path.replace(/\/[^/]*$/, '')}`, { recursive: true });
		await writeFile(`${outputDir}/${path}`, Uint8Array.from(await bytesOf(page, 'chosen', path)));
	}
	await page.getByLabel('Folder to import').setInputFiles(`${outputDir}/sales`);
	const preview = page.getByRole('dialog', { name: 'Import sales' });
	await patient(preview.getByText('90 rows')).toBeVisible();
	await preview.getByLabel('Dataset name').fill('again');
	await preview.getByRole('button', { name: 'Import', exact: true }).click();
	await expectRows(page, 90);
	const counts = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const answer = await weir.sql(
			'SELECT country, count(*)::INTEGER AS n, sum(id)::INTEGER AS ids FROM again GROUP BY country ORDER BY country'
		);
		return answer.ok ? answer.value.rows() : [];
	});
	expect(counts).toEqual([
		{ country: 'AT', n: 30, ids: 1335 },
		{ country: 'DE', n: 30, ids: 1305 },
		{ country: null, n: 30, ids: 1365 }
	]);
});

test('a folder of the same name stays as it is, and an export whose disk fails leaves nothing', async ({
	scripted: page
}) => {
	await chooseFolders(page, 'full');
	await saveSales(page);
	const exportBy = async (): Promise<void> => {
		const dialog = await openPartitions(page);
		await dialog.getByRole('checkbox', { name: 'country' }).check();
		await dialog.getByRole('button', { name: 'Export', exact: true }).click();
	};
	await exportBy();
	await patient(page.getByText('Exported sales', { exact: true })).toBeVisible();
	await exportBy();
	await patient(page.getByText('Exported sales_2', { exact: true })).toBeVisible();
	const before = await listing(page, 'full');
	expect(before).toHaveLength(6);
	await page.evaluate(() => {
		let files = 0;
		const { prototype } = FileSystemFileHandle;
		const createWritable = Reflect.get<typeof prototype, 'createWritable'>(prototype, 'createWritable');
		prototype.createWritable = function (this: FileSystemFileHandle) {
			files++;
			if (files > 2) throw new DOMException('The disk is full.', 'QuotaExceededError');
			return createWritable.call(this);
		};
		Object.assign(globalThis, { afterwards: () => (prototype.createWritable = createWritable) });
	});
	await exportBy();
	await patient(page.getByText(/country=\S+: The disk is full/)).toBeVisible();
	expect(await listing(page, 'full')).toEqual(before);
	// The page is shared with other tests.
	await page.evaluate(() => (globalThis as never as { afterwards(): void }).afterwards());
});
