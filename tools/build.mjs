// `npm run build`: the site in `build/`, with a Content-Security-Policy that names what was really built.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'vite';

/** Cloudflare refuses a static asset that is larger, and so does `wrangler dev`. */
const ASSET_MAX_BYTES = 25 * 1024 * 1024;

const root = join(import.meta.dirname, '..');
const site = join(root, 'build');

process.chdir(root);
await build({ logLevel: 'warn' });
fillHeaders();
checkSizes();

/** Puts the built inline scripts' hashes and the ingest worker's path into the site's `_headers`. */
function fillHeaders() {
	const page = readFileSync(join(site, 'index.html'), 'utf8');
	const hashes = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
		([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`
	);
	if (hashes.length === 0) throw new Error('The page has no inline script to allow; has the way it starts changed?');
	const workers = files(site).filter((path) => /^_app\/immutable\/workers\/ingest[^/]*\.js$/.test(path));
	const file = join(site, '_headers');
	const template = readFileSync(file, 'utf8').replaceAll('{scripts}', hashes.join(' '));
	const [common = '', ingest = ''] = template.split(/^(?=\{ingest\}$)/m);
	writeFileSync(file, common + workers.map((path) => ingest.replace('{ingest}', `/${path}`)).join(''));
}

function checkSizes() {
	const large = files(site).filter((path) => statSync(join(site, path)).size > ASSET_MAX_BYTES);
	if (large.length > 0) throw new Error(`Larger than the 25 MiB an asset may have: ${large.join(', ')}`);
}

/** @param {string} folder */
function files(folder) {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
