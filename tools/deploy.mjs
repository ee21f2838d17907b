// `npm run deploy`: builds, brings the database up to date, and puts the Workers on the account that wrangler is logged in to: the engine
// first, since the edge has a binding to it. What is given besides goes to `wrangler deploy`; `-- --dry-run` says what would go, and touches
// nothing.
import { join } from 'node:path';
import { engineConfigs, node, program, root, run } from './toolchain.mjs';

const given = process.argv.slice(2);
const migrate = ['d1', 'migrations', 'apply', 'weir', '--remote'];
/** Not after one that failed. @param {readonly string[]} step */
const take = async (step) => (process.exitCode ||= await run(node(), step, { stdio: 'inherit' }));

await take([join(root, 'tools/build.mjs')]);
if (!given.includes('--dry-run')) await take([program('wrangler'), ...migrate]);
for (const config of [...engineConfigs(), join(root, 'wrangler.toml')])
	await take([program('wrangler'), 'deploy', '--config', config, ...given]);
