// What is shipped as it is: DuckDB's extensions byte for byte, and icons as the manifest names them.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): Buffer => readFileSync(join(root, path));

test('the extensions are those that were built, and there are no others', () => {
	const sums = read('tools/duckdb-extensions/SHA256SUMS').toString().trim().split('\n');
	const shaByPath = Object.fromEntries(sums.map((line) => [line.slice(64).trim(), line.slice(0, 64)]));
	const shipped = readdirSync(join(root, 'static/ext'), { recursive: true, encoding: 'utf8' })
		.map((path) => path.replaceAll('\\', '/'))
		.filter((path) => path.endsWith('.wasm'));
	expect(
		Object.fromEntries(
			shipped.map((path) => [
				path,
				createHash('sha256')
					.update(read(`static/ext/${path}`))
					.digest('hex')
			])
		)
	).toEqual(shaByPath);
});

test('the extensions carry their licence', () => {
	expect(read('static/ext/LICENSE').toString()).toMatch(/^MIT License|DuckDB Foundation/);
});

test('the manifest names icons that are there, in the sizes they are', () => {
	const manifest = JSON.parse(read('static/manifest.webmanifest').toString()) as {
		icons: readonly { src: string; sizes: string; type: string }[];
	};
	for (const { src, sizes, type } of manifest.icons) {
		const path = `static${src}`;
		expect(existsSync(join(root, path)), src).toBe(true);
		if (type !== 'image/png') continue;
		// Width and height are the first members of a PNG's first chunk.
		const [width, height] = [read(path).readUInt32BE(16), read(path).readUInt32BE(20)];
		expect(`${width}x${height}`).toBe(sizes);
	}
});

test('no static file is larger than the 25 MiB an asset may have', () => {
	const large = readdirSync(join(root, 'static'), { recursive: true, encoding: 'utf8' }).filter(
		(path) => statSync(join(root, 'static', path)).size > 25 * 1024 * 1024
	);
	expect(large).toEqual([]);
});
