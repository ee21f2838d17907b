// `npm run deploy`: builds, brings the database up to date, and puts the Worker on the account that wrangler is logged in to. What is
// given besides goes to `wrangler deploy`; `-- --dry-run` says what would go, and touches nothing.
import { join } from 'node:path';
import { node, program, root, run } from './toolchain.mjs';

const given = process.argv.slice(2);
const migrate = ['d1', 'migrations', 'apply', 'weir', '--remote'];
const steps = [
	[join(root, 'tools/build.mjs')],
	...(given.includes('--dry-run') ? [] : [[program('wrangler'), ...migrate]]),
	[program('wrangler'), 'deploy', ...given]
];
for (const step of steps) {
	process.exitCode ||= await run(node(), step, { stdio: 'inherit' });
	if (process.exitCode) break;
}
