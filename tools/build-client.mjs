// `npm run build:client`: the package for other programs in `edge/client/dist`, each entry one file with all that it needs, and its types.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { node, program, run } from './toolchain.mjs';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'edge/client');
const outDir = join(folder, 'dist');

rmSync(outDir, { recursive: true, force: true });
for (const name of ['inbox', 'dataset', 'published'])
	await build({
		configFile: false,
		root,
		logLevel: 'warn',
		build: {
			outDir,
			emptyOutDir: false,
			target: 'es2022',
			minify: true,
			lib: { entry: join(folder, `${name}.ts`), formats: ['es'], fileName: () => `${name}.js` }
		}
	});
const types = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--rootDir', root];
const told = ['--project', folder, ...types, '--outDir', join(outDir, 'types')];
process.exit(await run(node(), [program('@typescript/native', 'tsc'), ...told]));
