import { createHash } from 'node:crypto';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build, type Plugin } from 'vite';

const NAME = 'virtual:report-file';
const DEV_PATH = '/@report-file.json';

/** `import url from 'virtual:report-file'`: what draws a report that is one HTML file, script and styles, as JSON. */
export function reportFileAsset(): Plugin {
	let building = false;
	let built: Promise<string> | undefined;
	return {
		name: 'report-file',
		config: (_, { command }) => void (building = command === 'build'),
		resolveId: (id) => (id === NAME ? `\0${NAME}` : null),
		async load(id) {
			if (id !== `\0${NAME}`) return null;
			if (!building) return `export default ${JSON.stringify(DEV_PATH)};`;
			const ref = this.emitFile({ type: 'asset', name: 'report-file.json', source: await (built ??= buildParts()) });
			return `export default import.meta.ROLLUP_FILE_URL_${ref};`;
		},
		configureServer(server) {
			server.middlewares.use(DEV_PATH, (_request, response, next) => {
				buildParts().then((parts) => {
					response.setHeader('Content-Type', 'application/json');
					response.end(parts);
				}, next);
			});
		}
	};
}

/** One script that loads nothing, fonts and borders of countries in it. */
async function buildParts(): Promise<string> {
	const built = await build({
		configFile: false,
		logLevel: 'warn',
		root: import.meta.dirname,
		publicDir: false,
		plugins: [svelte({ configFile: false, compilerOptions: { runes: true } })],
		build: {
			write: false,
			target: 'esnext',
			assetsInlineLimit: Number.MAX_SAFE_INTEGER,
			cssCodeSplit: false,
			modulePreload: false,
			chunkSizeWarningLimit: 4000,
			rolldownOptions: {
				input: 'src/report-file/index.ts',
				output: { codeSplitting: false },
				checks: { pluginTimings: false }
			}
		}
	});
	const files = (Array.isArray(built) ? built : [built]).flatMap((one) => ('output' in one ? one.output : []));
	const scripts = files.flatMap((file) => (file.type === 'chunk' ? [file.code] : []));
	const styles = files.flatMap((file) =>
		file.type === 'asset' && file.fileName.endsWith('.css') ? [String(file.source)] : []
	);
	const [code = '', ...others] = scripts;
	if (code === '' || others.length > 0) throw new Error(`The script of a report file is ${scripts.length} scripts.`);
	const script = withoutEnds(code.trim());
	const style = styles.join('\n').trim();
	if (/<\//.test(style)) throw new Error('The styles of a report file would end their element.');
	return JSON.stringify({ script, style, scriptHash: hashOf(script), styleHash: hashOf(style) });
}

/** In texts, where alone these letters stand, the escape says the same. */
function withoutEnds(code: string): string {
	return code.replace(/<(?=\/script|!--)/gi, '\\x3c');
}

function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('base64');
}
