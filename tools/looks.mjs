// `npm run looks`: compares how charts and reports look with the pictures in `tests/looks`; `-- --update` makes those anew.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideChromium } from './chromium.mjs';
import { install, node, program, root, run } from './toolchain.mjs';

await install();
await provideChromium();
const code = await run(node(), [program('vitest'), 'run', '--project', 'looks', ...process.argv.slice(2)]);
process.exitCode ||= code;
if (process.argv.some((arg) => arg === '--update' || arg === '-u')) {
	// What it needs is there from here on only.
	const { withPalette } = await import('./palette-png.mjs');
	const pictures = join(root, 'tests/looks/pictures');
	for (const name of readdirSync(pictures)) {
		const path = join(pictures, name);
		const png = readFileSync(path);
		const small = withPalette(png);
		if (small !== png) writeFileSync(path, small);
	}
}
