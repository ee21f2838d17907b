// Everything the page can be told to do, whatever is open.
import type { Command } from './commands.ts';
import type { Workbench } from './workbench.svelte.ts';

export function pageCommands(workbench: Workbench): readonly Command[] {
	const { tabs, catalogue } = workbench;
	const active = tabs.active;
	const command = (id: string, title: string, shortcut: string, run: () => void, isEnabled = true, keywords = '') => ({
		id,
		title,
		shortcut,
		keywords,
		run,
		isEnabled: () => isEnabled
	});
	const isSql = active?.kind === 'sql';
	const shown = (active && catalogue.find(active.dataset)) ?? catalogue.items[0] ?? null;
	return [
		command('palette', 'Search commands, datasets and columns', 'Mod+K', () => workbench.open({ kind: 'palette' })),
		command('run', 'Run the query', 'Mod+Enter', () => active && void tabs.run(active), isSql),
		command('cancel', 'Cancel the query', '', () => active?.cancel(), active?.status === 'running', 'stop'),
		command('new-tab', 'New query', 'Alt+N', () => void tabs.openSql(), true, 'tab sql'),
		command('close-tab', 'Close the tab', 'Alt+W', () => active && tabs.close(active), active !== null),
		command('next-tab', 'Next tab', 'Alt+PageDown', () => tabs.step(1), tabs.list.length > 1),
		command('previous-tab', 'Previous tab', 'Alt+PageUp', () => tabs.step(-1), tabs.list.length > 1),
		command('history', 'History of queries', 'Alt+H', () => workbench.open({ kind: 'history' })),
		command(
			'save',
			'Save the result as a dataset',
			'Mod+S',
			() => active && workbench.open({ kind: 'save', sql: active.ran.text || active.text }),
			isSql && active.text.trim() !== ''
		),
		command(
			'export',
			'Export',
			'Alt+E',
			() => workbench.exportActive(),
			(active?.rows ?? null) !== null,
			'download csv parquet excel json arrow'
		),
		command(
			'chart',
			'Chart the selected columns',
			'Alt+C',
			() => workbench.chartActive(),
			(active?.rows ?? null) !== null && active?.status !== 'running',
			'charts plot graph cells selection report'
		),
		command(
			'import',
			'Import files',
			'Mod+O',
			() => document.getElementById('file-input')?.click(),
			true,
			'open upload csv'
		),
		command('import-folder', 'Import a folder', '', () => document.getElementById('folder-input')?.click()),
		command('import-paste', 'Import pasted text', '', () => workbench.open({ kind: 'paste' }), true, 'clipboard'),
		command(
			'import-url',
			'Import from a URL',
			'',
			() => workbench.open({ kind: 'url' }),
			true,
			'address http download'
		),
		command(
			'undo',
			`Undo${catalogue.undoLabel === null ? '' : ` ${catalogue.undoLabel}`}`,
			'Mod+Z',
			() => void catalogue.undo(),
			catalogue.undoLabel !== null
		),
		command(
			'redo',
			`Redo${catalogue.redoLabel === null ? '' : ` ${catalogue.redoLabel}`}`,
			'Mod+Shift+Z',
			() => void catalogue.redo(),
			catalogue.redoLabel !== null
		),
		command(
			'compare',
			'Compare two versions…',
			'',
			() => shown && workbench.compareNewest(shown),
			shown !== null,
			'diff difference changes branch tag'
		),
		command('reports', 'Reports', '', () => workbench.goTo('/reports'), true, 'dashboard chart page share print'),
		command(
			'print',
			'Print the report…',
			'',
			// Once the list of commands is gone.
			() => setTimeout(() => print()),
			location.pathname === '/reports' && location.search !== '',
			'pdf paper'
		),
		command('recipes', 'Recipes', '', () => workbench.goTo('/transform'), true, 'transform steps clean pipeline yaml'),
		command(
			'queries',
			'Named queries',
			'',
			() => workbench.goTo('/queries'),
			true,
			'parameters cache api saved sql ask page stream'
		),
		command(
			'pipelines',
			'Pipelines',
			'Alt+P',
			() => workbench.goTo('/pipelines'),
			true,
			'runs schedule dag steps plan backfill breaker yaml'
		),
		command(
			'checks',
			'Quality: checks and verdicts',
			'',
			() => workbench.goTo('/check'),
			true,
			'suite expectation great expectations test contract drift baseline data quality alert incident silence'
		),
		command(
			'sync',
			'Sync',
			'',
			() => workbench.goTo('/sync'),
			true,
			'devices encrypted share passphrase recovery words'
		),
		command(
			'sources',
			'Sources: connections to APIs',
			'',
			() => workbench.goTo('/sources'),
			true,
			'connect rest api load token oauth json incremental'
		),
		command(
			'programs',
			'Other programs: inboxes and publications',
			'',
			() => workbench.goTo('/programs'),
			true,
			'api push webhook inbox publish token http query read key'
		),
		command('models', 'Models', '', () => workbench.goTo('/models'), true, 'train predict onnx registry runs stage'),
		command(
			'lineage',
			'Lineage of datasets and columns',
			'',
			() => workbench.goTo('/lineage'),
			true,
			'openlineage upstream downstream graph'
		),
		command(
			'examples',
			'What Weir can do: examples',
			'',
			() => workbench.goTo('/examples'),
			true,
			'tour learn start help'
		),
		command('datasets', 'Datasets and queries', '', () => workbench.goTo('/'), true, 'home sql workbench'),
		command(
			'copy-link',
			'Copy a link to this tab',
			'',
			() => void workbench.copyLink(),
			active !== null,
			'url address'
		),
		command(
			'jobs',
			'Jobs, running and ended',
			'',
			() => workbench.open({ kind: 'jobs' }),
			true,
			'progress work cancel'
		),
		command(
			'storage',
			'Storage: verify, back up, restore',
			'',
			() => workbench.open({ kind: 'storage' }),
			true,
			'backup meter bytes prune disk quota'
		),
		command(
			'theme',
			'Switch between light and dark',
			'Alt+T',
			() => workbench.toggleTheme(),
			true,
			'colour appearance'
		),
		command(
			'settings',
			'Settings and storage',
			'Mod+,',
			() => workbench.open({ kind: 'settings' }),
			true,
			'about version'
		),
		command('shortcuts', 'Keyboard shortcuts', '?', () => workbench.open({ kind: 'shortcuts' }), true, 'help keys')
	];
}
