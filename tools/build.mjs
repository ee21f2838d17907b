// `npm run build`: the site in `build/`, with a Content-Security-Policy that names what was really built, and the engine Worker beside it.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { build } from 'vite';
import { buildEngine } from './build-engine.mjs';

/** Cloudflare refuses a static asset that is larger, and so does `wrangler dev`. */
const ASSET_MAX_BYTES = 25 * 1024 * 1024;

const root = join(import.meta.dirname, '..');
const site = join(root, 'build');

process.chdir(root);
await buildEngine();
await build({ logLevel: 'warn' });
fillHeaders();
fillServiceWorker();
checkSizes();

/** Puts the built inline scripts' hashes and the paths of the workers that reach other origins into the site's `_headers`. */
function fillHeaders() {
	const page = readFileSync(join(site, 'index.html'), 'utf8');
	const scripts = hashes(page, /<script>([\s\S]*?)<\/script>/g);
	if (scripts === '') throw new Error('The page has no inline script to allow; has the way it starts changed?');
	// SvelteKit hides what it tells screen readers by a style attribute in a component of its own.
	const styles = hashes(readFileSync(join(root, '.svelte-kit/generated/root.svelte'), 'utf8'), /\bstyle="([^"{]*)"/g);
	const workers = files(site).filter((path) => /^_app\/immutable\/workers\/(ingest|notify)[^/]*\.js$/.test(path));
	const file = join(site, '_headers');
	const template = readFileSync(file, 'utf8').replaceAll('{scripts}', scripts).replaceAll('{styles}', styles);
	const [common = '', outward = ''] = template.split(/^(?=\{outward\}$)/m);
	writeFileSync(file, common + workers.map((path) => outward.replace('{outward}', `/${path}`)).join(''));
}

/** Tells the service worker every hashed file. */
function fillServiceWorker() {
	const file = join(site, 'service-worker.js');
	const script = readFileSync(file, 'utf8');
	if (!/\bHASHED_FILES\b/.test(script)) throw new Error('The service worker does not ask for HASHED_FILES.');
	const hashed = files(site).filter((path) => path.startsWith('_app/immutable/'));
	const list = JSON.stringify(hashed.map((path) => `/${path}`).sort());
	writeFileSync(file, `const HASHED_FILES=${list};\n${script}`);
}

/** @param {string} text @param {RegExp} inline captures what a policy may allow by its hash */
function hashes(text, inline) {
	return [...text.matchAll(inline)]
		.map(([, source = '']) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`)
		.join(' ');
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
