// Finds the MariaDB that tests start, or installs one where that is easy. Without one, its tests are left out, and that is said.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './toolchain.mjs';

export async function provideMariaDb() {
	if (findMariaDb()) return;
	if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
		console.error('No MariaDB found; installing one…');
		await run('apt-get', ['update', '--quiet'], { stdio: ['ignore', 'ignore', 'inherit'] });
		const install = ['install', '--yes', '--quiet', '--no-install-recommends', 'mariadb-server-core'];
		await run('apt-get', install, { stdio: ['ignore', 'ignore', 'inherit'] });
	}
	if (!findMariaDb())
		console.error('No MariaDB: what is tested against one is left out. MARIADB names one, and MYSQLD a MySQL.');
}

function findMariaDb() {
	const folders = ['/usr/sbin', '/usr/local/sbin', ...(process.env.PATH ?? '').split(delimiter)];
	return process.env.MARIADB ?? folders.map((folder) => join(folder, 'mariadbd')).find((path) => existsSync(path));
}
