// A map of a person's own regions on the built page: GeoJSON that was imported, joined by a name, and what is told of shapes that are none.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-report-regions-'));
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const square = (x: number, y: number): readonly (readonly number[])[] => [
	[x, y],
	[x + 1, y],
	[x + 1, y + 1],
	[x, y + 1],
	[x, y]
];
const district = (code: string, name: string, x: number, y: number): object => ({
	type: 'Feature',
	properties: { code, name, remark: 'not for readers' },
	geometry: { type: 'Polygon', coordinates: [square(x, y)] }
});
const districts = JSON.stringify({
	type: 'FeatureCollection',
	features: [
		district('01', 'Nord', 8, 50),
		district('02', 'Süd', 8, 49),
		district('03', 'West', 7, 49),
		district('04', 'Ost', 9, 49)
	]
});

const report = (...lines: readonly string[]): string =>
	`# Rents\n\n\`\`\`chart\ntype: regions\nfrom: rents\nx: district\ny: avg(rent)\ntitle: Rent by district\n${lines.join('\n')}\n\`\`\`\n`;

test('a person imports districts, maps rents over them, and sends the map as a file that holds no more than is seen', async ({
	page,
	browser
}) => {
	test.setTimeout(180_000);
	await openWorkspace(page);
	await page.evaluate(
		async (text) => {
			const { weir } = globalThis as unknown as WithWeir;
			const rows = new Blob(['district,rent\nnord,10\nnord,14\nSüd,9\nWest,21\nElsewhere,5\n']);
			await weir.ingest(rows, { name: 'rents' });
			await weir.saveDocument('report', 'rents by district', text);
		},
		report('shapes: districts', 'shape_key: name')
	);
	await page
		.locator('input[type=file]')
		.first()
		.setInputFiles({ name: 'districts.geojson', mimeType: 'application/geo+json', buffer: Buffer.from(districts) });
	await patient(page.getByRole('textbox', { name: 'Name of geometry' })).toBeVisible();
	await page
		.getByRole('button', { name: /^Import/ })
		.last()
		.click();
	await patient(page.getByRole('tab', { name: /districts/ })).toBeVisible();

	await page.getByRole('link', { name: 'Reports' }).click();
	await page.getByRole('button', { name: /^rents by district/ }).click();
	const map = page.getByRole('region', { name: 'The report' }).getByRole('figure', { name: 'Rent by district' });
	await patient(map.locator('.host g.regions path')).toHaveCount(3);
	await expect(map.getByText('Not on the map: Elsewhere.')).toBeVisible();
	await expectClean(page, 'a map of own regions');
	await expect(page.getByText(/^From rents v1, districts v1/)).toBeVisible();
	await map.getByText('Rows and summary').click();
	await expect(map.getByText(/3 of 4 regions have a value\. 1 row is of none of them\./).last()).toBeVisible();
	await map.getByRole('slider').focus();
	await page.keyboard.press('ArrowRight');
	await expect(map.getByRole('slider')).toHaveAttribute('aria-valuetext', /nord|Süd|West/);

	await page.getByRole('button', { name: 'Share…' }).click();
	const downloading = page.waitForEvent('download');
	await page.getByRole('button', { name: 'Download as HTML' }).click();
	const path = join(folder, 'rents.html');
	await (await downloading).saveAs(path);
	expect(readFileSync(path, 'utf8')).toContain('id="bundle"');
	const reader = await browser.newPage();
	await reader.goto(pathToFileURL(path).href);
	await patient(reader.getByRole('figure', { name: 'Rent by district' }).locator('g.regions path')).toHaveCount(3);
	const shared = await page.evaluate(async () => {
		const { weir } = globalThis as unknown as WithWeir;
		const rendered = await weir.renderReport('rents by district');
		const [, map] = rendered.ok ? rendered.value.blocks : [];
		return map && 'shapes' in map ? map.shapes.table.columns.map(({ name }) => name) : rendered;
	});
	expect(shared).toEqual(['key', 'shape']);
	await reader.close();
});

test('shapes that are none say what they are, and 50 MB of outlines become a map', async ({ page }) => {
	test.setTimeout(300_000);
	await openWorkspace(page);
	const told = await page.evaluate(
		async ({ districts, texts }) => {
			const { weir } = globalThis as unknown as WithWeir;
			await weir.ingest(new Blob(['district,rent\nNord,10\nr7,9\n']), { name: 'rents' });
			await weir.ingest(new Blob([districts]), { name: 'districts' });
			await weir.ingest(new Blob(['name,geometry\nNord,POINT (1 2)\nSüd,\n']), { name: 'wkt' });
			const ring = (at: number): number[][] => {
				const points = Array.from({ length: 3000 }, (_, number) => {
					const angle = (number / 3000) * 2 * Math.PI;
					return [(at % 20) + 0.5 * Math.cos(angle), Math.floor(at / 20) + 0.5 * Math.sin(angle)];
				});
				return [...points, points[0] ?? []];
			};
			const many = Array.from({ length: 450 }, (_, at) =>
				JSON.stringify({
					type: 'Feature',
					properties: { name: `r${at}` },
					geometry: { type: 'Polygon', coordinates: [ring(at)] }
				})
			);
			const large = new Blob([`{"type":"FeatureCollection","features":[${many.join(',')}]}`]);
			const ingested = await weir.ingest(large, { name: 'large' });
			const shown = [];
			for (const text of texts) {
				const rendered = await weir.renderReport(text);
				const block = rendered.ok ? rendered.value.blocks[1] : null;
				if (!block || !('shown' in block)) shown.push(rendered);
				else if (!block.shown.ok) shown.push(block.shown.failure);
				else {
					const shapes = 'shapes' in block ? block.shapes.table : null;
					shown.push({ count: shapes?.rowCount, sizeBytes: JSON.stringify(shapes).length });
				}
			}
			return { sizeBytes: large.size, ingested: ingested.ok, shown };
		},
		{
			districts,
			texts: [
				report('shapes: nowhere'),
				report('shapes: districts'),
				report('shapes: rents'),
				report('shapes: wkt', 'shape_key: name'),
				report('shapes: large', 'shape_key: name')
			]
		}
	);
	expect(told.sizeBytes).toBeGreaterThan(50_000_000);
	expect(told.ingested).toBe(true);
	expect(told.shown.slice(0, 4)).toMatchObject([
		{ kind: 'unknown-rows', name: 'nowhere' },
		{ kind: 'no-such-column', column: 'district', from: 'districts' },
		{ kind: 'no-such-column', column: 'geometry', from: 'rents' },
		{ kind: 'no-shapes', from: 'wkt', unread: { noGeometry: 2 } }
	]);
	const drawn = told.shown[4];
	expect(drawn).toMatchObject({ count: 450 });
	expect(drawn && 'sizeBytes' in drawn && drawn.sizeBytes).toBeLessThan(2_000_000);
});
