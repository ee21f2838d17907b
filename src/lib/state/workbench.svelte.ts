// The page's whole state: catalogue, tabs, imports, work, and which dialog is open.
import type { DatasetId, VersionId } from '#core/ids.ts';
import { numberIn } from '#core/version/history.ts';
import type { Sample } from '#core/samples/samples.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { refTo } from '#lib/flows/dataset-history.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import { Catalogue } from './catalogue.svelte.ts';
import type { Command } from './commands.ts';
import { branchCommands, datasetCommands, type DatasetCommand } from './dataset-commands.ts';
import { Checks } from './checks.svelte.ts';
import { Examples } from './examples.svelte.ts';
import { Diffing } from './diffing.svelte.ts';
import { Imports } from './imports.svelte.ts';
import { Merging } from './merging.svelte.ts';
import { Models } from './models.svelte.ts';
import { Keyring } from './keyring.svelte.ts';
import { Programs } from './programs.svelte.ts';
import { Sharing } from './sharing.svelte.ts';
import { Syncing } from './syncing.svelte.ts';
import { Optimising } from './optimising.svelte.ts';
import { pageCommands } from './page-commands.ts';
import { Pipelines } from './pipelines.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Queries } from './queries.svelte.ts';
import { Recipes } from './recipes.svelte.ts';
import { Reports } from './reports.svelte.ts';
import { Refs } from './refs.svelte.ts';
import { Sources } from './sources.svelte.ts';
import { Storage } from './storage.svelte.ts';
import { chartedRows, type ChartedRows } from './charted-rows.ts';
import type { QueryTab } from './query-tab.svelte.ts';
import { NEWEST, Tabs, type Shown } from './tabs.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { Transfers } from './transfers.svelte.ts';
import { VersionHistory } from './version-history.svelte.ts';
import { Work } from './work.svelte.ts';
import { WorkingCopy } from './working-copy.svelte.ts';

export type Dialog =
	| { readonly kind: 'palette' | 'settings' | 'shortcuts' | 'paste' | 'url' | 'history' | 'jobs' | 'storage' }
	| { readonly kind: 'save'; readonly sql: string }
	/** `reference` names a dataset, `name@v2`; otherwise `sql` is a query. */
	| { readonly kind: 'export'; readonly title: string; readonly sql: string; readonly rowCount: number | null }
	| { readonly kind: 'chart'; readonly rows: ChartedRows }
	| { readonly kind: 'retype'; readonly item: CatalogueItem; readonly column: string }
	| { readonly kind: 'rename' | 'key' | 'optimise'; readonly item: CatalogueItem }
	| { readonly kind: 'merge'; readonly item: CatalogueItem; readonly from: string }
	| { readonly kind: 'versions'; readonly dataset: DatasetId }
	| { readonly kind: 'diff'; readonly diffing: Diffing }
	| {
			readonly kind: 'ref';
			readonly item: CatalogueItem;
			readonly ref: 'branch' | 'tag';
			/** Such as `v2`; null is the newest version. */
			readonly at: string | null;
	  };

export class Workbench {
	readonly toasts = new Toasts();
	readonly preferences: Preferences;
	readonly catalogue: Catalogue;
	readonly tabs: Tabs;
	readonly refs: Refs;
	readonly recipes: Recipes;
	readonly queries: Queries;
	readonly reports: Reports;
	readonly pipelines: Pipelines;
	readonly checks: Checks;
	readonly models: Models;
	readonly syncing: Syncing;
	readonly keyring: Keyring;
	readonly programs: Programs;
	readonly sources: Sources;
	readonly sharing: Sharing;
	readonly examples: Examples;
	readonly versions: VersionHistory;
	readonly imports: Imports;
	readonly work: Work;
	readonly transfers: Transfers;
	readonly workingCopy: WorkingCopy;
	readonly #effects: Effects;
	readonly storage: Storage;
	#dialog = $state.raw<Dialog | null>(null);
	/** What closing the dialog leads back to. */
	#behind: Dialog | null = null;
	#isDrawerOpen = $state(false);
	#navigate: (path: string) => void = () => undefined;
	/** The comparison whose rows the engine holds. */
	#diffing: Diffing | null = null;

	constructor(effects: Effects) {
		this.#effects = effects;
		this.preferences = new Preferences(effects, this.toasts);
		this.catalogue = new Catalogue(effects, this.toasts);
		this.recipes = new Recipes(effects, this.catalogue, this.toasts);
		this.queries = new Queries(effects, this.catalogue, this.toasts);
		this.reports = new Reports(effects, this.catalogue, this.toasts);
		this.pipelines = new Pipelines(effects, this.catalogue, this.toasts);
		this.checks = new Checks(effects, this.catalogue, this.toasts);
		this.models = new Models(effects, this.catalogue, this.toasts);
		this.syncing = new Syncing(effects, this.toasts);
		this.keyring = new Keyring(effects, this.toasts);
		this.programs = new Programs(effects, this.toasts);
		this.sources = new Sources(effects, this.toasts);
		this.sharing = new Sharing(effects);
		this.examples = new Examples(effects, this.catalogue, this.toasts);
		this.refs = new Refs(effects, this.catalogue, this.toasts);
		this.versions = new VersionHistory(effects, this.catalogue);
		this.tabs = new Tabs(effects, this.catalogue, this.toasts);
		this.transfers = new Transfers(effects, this.catalogue, this.toasts);
		this.workingCopy = new WorkingCopy({ effects, catalogue: this.catalogue, toasts: this.toasts });
		this.work = new Work(effects, () => {
			this.catalogue.forgetMemory();
			this.tabs.forget();
			this.queries.open?.forgetRows();
			const { active } = this.tabs;
			if (active?.kind === 'dataset') this.#reopen(active);
			this.toasts.show('plain', 'The engine was started again', 'Datasets are safe; run the query again.');
		});
		this.storage = new Storage(effects, this.toasts, {
			changed: () => this.work.measureStorage(),
			undoAction: () => this.catalogue.undoAction()
		});
		this.imports = new Imports(
			effects,
			{ catalogue: this.catalogue, preferences: this.preferences, toasts: this.toasts },
			{
				imported: ({ dataset }) => {
					this.openDataset(dataset.name);
					void this.work.measureStorage();
				},
				rejects: (name) => this.openDataset(name, { rows: 'rejects' })
			}
		);
	}

	get dialog(): Dialog | null {
		return this.#dialog;
	}
	/** On narrow screens the catalogue is a drawer. */
	get isDrawerOpen(): boolean {
		return this.#isDrawerOpen;
	}

	/** Closing the page now would end work that goes on, or lose typed text. */
	get wouldLose(): boolean {
		const { recipes, queries, reports, pipelines, checks, work } = this;
		const kinds = [recipes, queries, reports, pipelines, checks, checks.alerts];
		return work.running.length > 0 || kinds.some(({ unsaved }) => unsaved.size > 0);
	}

	async load(): Promise<void> {
		await this.catalogue.refresh();
		await Promise.all([this.preferences.load(), this.tabs.load()]);
		const { active } = this.tabs;
		if (active?.kind === 'dataset') this.#reopen(active);
		await this.pipelines.alarms.load((path) => this.goTo(path));
		await this.checks.alerts.load((path) => this.goTo(path));
		const opened = await this.work.load();
		if (!opened.ok) this.toasts.fail(opened.error);
		this.storage.tidyWhenIdle();
	}

	open(dialog: Dialog): void {
		this.#dialog = dialog;
		this.#behind = null;
	}
	/** In the place of the open dialog, which comes back when this one is closed. */
	openOver(dialog: Dialog): void {
		this.#behind = this.#dialog;
		this.#dialog = dialog;
	}
	close(): void {
		this.#dialog = this.#behind;
		this.#behind = null;
	}
	toggleDrawer(open = !this.#isDrawerOpen): void {
		this.#isDrawerOpen = open;
	}

	/** How the page goes to another address: only the app's layout knows. */
	useNavigation(navigate: (path: string) => void): void {
		this.#navigate = navigate;
	}
	goTo(path: string): void {
		this.#navigate(path);
	}

	openDataset(name: string, shown: Partial<Shown> = {}): void {
		const item = this.catalogue.find(name);
		if (item) this.tabs.openDataset(item, { ...NEWEST, ...shown });
		this.#isDrawerOpen = false;
	}

	#reopen({ dataset, versionNumber, versionId, rowsKind }: QueryTab): void {
		this.openDataset(dataset, { number: versionNumber, version: versionId, rows: rowsKind });
	}

	/** A new query tab that begins with the dataset. */
	query(item: CatalogueItem): void {
		const name = /^[a-z_][a-z0-9_]*$/i.test(item.dataset.name) ? item.dataset.name : `"${item.dataset.name}"`;
		const tab = this.tabs.openSql(`SELECT *\nFROM ${name}\nLIMIT 1000`, item.dataset.name);
		void this.tabs.run(tab);
		this.#isDrawerOpen = false;
	}

	/** A version in a tab: one of the open branch by its number, any other by itself. */
	openVersion(item: CatalogueItem, id: VersionId): void {
		const number = numberIn(item.line, id);
		const shown = number === null ? { version: id } : { number: id === item.version.id ? 0 : number };
		this.openDataset(item.dataset.name, shown);
	}

	/** What one version changed in another; each is named as after `@` in SQL, and null is the newest one. */
	compare({ dataset: { name } }: CatalogueItem, from: string | null, to: string | null): void {
		const side = (at: string | null): string => (at === null ? name : `${name}@${at}`);
		void this.#diffing?.close();
		this.#diffing = new Diffing(side(from), side(to), this.#effects, this.catalogue);
		this.openOver({ kind: 'diff', diffing: this.#diffing });
		void this.#diffing.start();
		this.#isDrawerOpen = false;
	}

	/** The newest version with the one before that is stored. */
	compareNewest(item: CatalogueItem): void {
		const before = item.history.at(-2);
		this.compare(item, before ? refTo(before.id, item) : null, null);
	}

	/** Brings a sample in and asks its first question. */
	async openSample(sample: Sample): Promise<void> {
		const opened = await this.imports.openSample(sample);
		if (!opened) return;
		await this.catalogue.refresh();
		const { name } = opened.dataset;
		const text = name === sample.name ? sample.query : sample.query.replaceAll(`FROM ${sample.name}`, `FROM ${name}`);
		await this.tabs.run(this.tabs.openSql(text, sample.title));
		void this.work.measureStorage();
	}

	get commands(): readonly Command[] {
		return pageCommands(this);
	}
	/** What a person can do with one dataset; `null` divides them in a menu. */
	datasetCommands(item: CatalogueItem): readonly (DatasetCommand | null)[] {
		return datasetCommands(this, item);
	}
	/** Branches to open, and to make, tag and remove. `at` is the version shown, such as `v2`; null is the newest. */
	branchCommands(item: CatalogueItem, at: string | null): readonly (DatasetCommand | null)[] {
		return branchCommands(this, item, at);
	}

	startOptimising(item: CatalogueItem): Optimising {
		return new Optimising(item, { effects: this.#effects, catalogue: this.catalogue, toasts: this.toasts });
	}

	startMerge(item: CatalogueItem, from: string): Merging {
		return new Merging(item, from, { effects: this.#effects, catalogue: this.catalogue, toasts: this.toasts });
	}

	/** The address of what is shown. A query's text stays on this device, so its link opens here only. */
	async copyLink(): Promise<void> {
		try {
			await navigator.clipboard.writeText(location.href);
			this.toasts.show('good', 'Link copied', 'It opens this tab in this browser; the data stays here.');
		} catch (error) {
			if (!(error instanceof DOMException)) throw error;
			// The browser refused the clipboard: the address bar holds the same.
			this.toasts.show('plain', 'The browser refused the clipboard', 'Copy the address from the address bar.');
		}
	}

	/** Charts of the rows in sight, of the columns that are selected. */
	chartActive(columns: readonly string[] = this.tabs.active?.selectedColumns ?? []): void {
		const { active } = this.tabs;
		const rows = active && chartedRows(active, columns);
		if (rows) this.open({ kind: 'chart', rows });
	}

	openReport(name: string): void {
		this.close();
		this.#navigate(`/reports?report=${encodeURIComponent(name)}`);
	}

	exportActive(): void {
		const { active } = this.tabs;
		if (!active) return;
		const rowCount = active.rows?.rowCount ?? null;
		if (active.kind === 'sql') {
			this.open({ kind: 'export', title: active.title, sql: active.ran.text || active.text, rowCount });
			return;
		}
		this.exportDataset(active.title, rowCount);
	}

	/** `reference` is a name, `name@v2` or `name@rejects`. */
	exportDataset(reference: string, rowCount: number | null): void {
		const [name = '', version] = reference.split('@');
		const sql = `SELECT * FROM "${name.replaceAll('"', '""')}"${version === undefined ? '' : `@${version}`}`;
		this.open({ kind: 'export', title: reference, sql, rowCount });
	}

	toggleTheme(): void {
		const isDark = document.documentElement.dataset['theme'] === 'dark';
		this.preferences.setTheme(isDark ? 'light' : 'dark');
	}
}
