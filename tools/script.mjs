// Installs what is missing, and runs one of the project's scripts under its own Node: `node tools/script.mjs FILE …arguments`.
import { install, node, run } from './toolchain.mjs';

await install();
const code = await run(node(), process.argv.slice(2), { stdio: 'inherit' });
process.exitCode ||= code;
