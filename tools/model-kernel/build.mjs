// Compiles the kernel of models into workers/model/kernel/kernel.wasm. Needed only after a change of the sources beside it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const folder = join(here, '../../workers/model/kernel');

if (!existsSync(join(here, 'node_modules')))
	execFileSync('npm', ['install', '--no-audit', '--no-fund'], {
		cwd: here,
		stdio: 'inherit',
		shell: process.platform === 'win32'
	});

const output = join(folder, 'kernel.wasm');
execFileSync(
	process.execPath,
	[
		join(here, 'node_modules/assemblyscript/bin/asc.js'),
		'kernel.ts',
		...['--outFile', output, '--runtime', 'stub', '--importMemory', '--sharedMemory'],
		...['--initialMemory', '1', '--maximumMemory', '65536', '--use', 'abort='],
		...['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory', '-O3', '--noAssert', '--converge']
	],
	{ cwd: here, stdio: 'inherit' }
);

/** @param {readonly string[]} paths */
const sha256 = (...paths) => {
	const hash = createHash('sha256');
	for (const path of paths) hash.update(readFileSync(path));
	return hash.digest('hex');
};
const sources = ['kernel.ts', 'training.ts', 'scoring.ts', 'leaves.ts', 'exp.ts'].map((name) => join(here, name));
writeFileSync(
	join(folder, 'kernel.json'),
	`${JSON.stringify({ sources: sha256(...sources), wasm: sha256(output) }, null, '\t')}\n`
);
