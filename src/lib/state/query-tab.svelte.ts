// One tab: a text and the rows it gave, or a dataset's rows. Knows how to run, cancel, sort, filter and read windows.
import type { ColumnProfile } from '#core/profile/profile.ts';
import { resultId, type ResultId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { GridView } from '#core/sql/relation.ts';
import type { Column, Version } from '#core/version/version.ts';
import type { ApplyFunctionFailure } from '#lib/flows/apply-function.ts';
import { browseDataset } from '#lib/flows/browse-dataset.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import { profileColumn } from '#lib/flows/profile-version.ts';
import type { RunQueryFailure } from '#lib/flows/run-query.ts';
import { whileCancellable, type RunSqlInput } from '#lib/flows/run-sql.ts';
import { runStatement, type RunStatementOutcome } from '#lib/flows/run-statement.ts';
import { findShown, shownVersion } from './tab-version.ts';

export type TabKind = 'sql' | 'dataset';

/** What is kept of a tab across a reload. */
export type StoredTab = {
	readonly id: string;
	readonly kind: TabKind;
	readonly title: string;
	readonly text: string;
	/** A dataset tab's dataset, by name and, once it was opened, by id; its version number, 0 is the head. */
	readonly dataset: string;
	readonly datasetId: string;
	readonly versionNumber: number;
	/** A version that has no number, since another branch has it; else empty. */
	readonly versionId: string;
	readonly rows: 'data' | 'rejects';
};

type Rows = {
	readonly id: ResultId;
	readonly columns: readonly Column[];
	readonly rowCount: number;
	readonly done: boolean;
	readonly elapsedMs: number;
};

export type RunTabFailure = RunQueryFailure | ApplyFunctionFailure;
type RunTab = (input: RunSqlInput, effects: Effects) => Promise<Result<RunStatementOutcome, RunTabFailure>>;

const PLAIN: GridView = { orderBy: [], filters: [] };

export class QueryTab {
	readonly id: string;
	readonly kind: TabKind;
	readonly versionNumber: number;
	readonly versionId: string;
	readonly rowsKind: 'data' | 'rejects';
	#dataset = $state('');
	#datasetId = '';
	#title = $state('');
	#text = $state('');
	#status = $state<'idle' | 'running' | 'done' | 'failed'>('idle');
	/** Rows as the text gave them. */
	#base = $state.raw<Rows | null>(null);
	/** Rows as sorted and filtered; null while the view is plain. */
	#viewed = $state.raw<Rows | null>(null);
	#view = $state.raw<GridView>(PLAIN);
	#selectedColumns: readonly string[] = [];
	#failure = $state.raw<RunTabFailure | null>(null);
	#ranText = $state('');
	#ranOffset = $state(0);
	#version: Version | null = null;
	#controller: AbortController | null = null;
	readonly #effects: Effects;
	readonly #onchange: () => void;

	constructor(stored: StoredTab, effects: Effects, onchange: () => void) {
		this.id = stored.id;
		this.kind = stored.kind;
		this.#dataset = stored.dataset;
		this.#datasetId = stored.datasetId;
		this.versionNumber = stored.versionNumber;
		this.versionId = stored.versionId;
		this.rowsKind = stored.rows;
		this.#title = stored.title;
		this.#text = stored.text;
		this.#effects = effects;
		this.#onchange = onchange;
	}

	get dataset(): string {
		return this.#dataset;
	}
	get datasetId(): string {
		return this.#datasetId;
	}
	get title(): string {
		return this.#title;
	}
	get text(): string {
		return this.#text;
	}
	get status(): 'idle' | 'running' | 'done' | 'failed' {
		return this.#status;
	}
	get failure(): RunTabFailure | null {
		return this.#failure;
	}
	get view(): GridView {
		return this.#view;
	}
	/** Columns of which cells are selected; none while it is one cell alone. */
	get selectedColumns(): readonly string[] {
		const names = this.rows?.columns.map(({ name }) => name) ?? [];
		return this.#selectedColumns.filter((name) => names.includes(name));
	}
	select(columns: readonly string[]): void {
		this.#selectedColumns = columns;
	}
	/** What a grid shows; null before the first run. */
	get rows(): Rows | null {
		return this.#viewed ?? this.#base;
	}
	/** Rows before sorting and filtering. */
	get baseRowCount(): number {
		return this.#base?.rowCount ?? 0;
	}
	/** The text that gave the rows, or the failure, and where it began in the tab's text. */
	get ran(): { readonly text: string; readonly offset: number } {
		return { text: this.#ranText, offset: this.#ranOffset };
	}
	get version(): Version | null {
		return this.#version;
	}
	get stored(): StoredTab {
		return {
			id: this.id,
			kind: this.kind,
			title: this.#title,
			text: this.#text,
			dataset: this.#dataset,
			datasetId: this.#datasetId,
			versionNumber: this.versionNumber,
			versionId: this.versionId,
			rows: this.rowsKind
		};
	}

	edit(text: string): void {
		this.#text = text;
		this.#onchange();
	}

	/** Its dataset has another name now. */
	follow(name: string): void {
		this.#title = name + this.#title.slice(this.#dataset.length);
		this.#dataset = name;
		this.#onchange();
	}

	rename(title: string): void {
		this.#title = title.trim() === '' ? this.#title : title.trim();
		this.#onchange();
	}

	/**
	 * Runs a text, or a selected part of the tab's own, which begins at `offset`. Resolves when the last row is held, and tells
	 * what it changed; null when it failed or was followed by another run. `run` is how it is run.
	 */
	async run(
		text: string = this.#text,
		offset = 0,
		run: RunTab = runStatement
	): Promise<Pick<RunStatementOutcome, 'changed'> | null> {
		const { signal, id, isCurrent } = this.#begin();
		this.#ranText = text;
		this.#ranOffset = offset;
		const ran = await run(
			{
				id,
				sql: text,
				signal,
				onProgress: ({ columns, rowCount, elapsedMs }) => {
					if (isCurrent()) this.#base = { id, columns, rowCount, elapsedMs, done: false };
				}
			},
			this.#effects
		);
		if (!isCurrent()) return null;
		return this.#finish(ran, id) && ran.ok ? ran.value : null;
	}

	/** Whether it follows the newest version. */
	get isOfNewest(): boolean {
		return this.versionNumber === 0 && this.versionId === '';
	}

	/** The version the tab shows: the newest one where its number is not there yet, none where it is not there any more. */
	versionOf(item: CatalogueItem): Version | null {
		return shownVersion(this, item);
	}

	/** Shows a dataset's version, or the rows it refused. */
	async open(item: CatalogueItem): Promise<boolean> {
		const { id, signal, isCurrent } = this.#begin();
		this.#datasetId = item.dataset.id;
		this.#onchange();
		const found = await findShown(this, item, signal, this.#effects);
		if (!isCurrent()) return false;
		this.#version = found.ok && this.rowsKind === 'data' ? found.value.version : null;
		if (!found.ok) return this.#finish(found, id);
		const shape = await browseDataset({ id, ...found.value, rows: this.rowsKind }, this.#effects);
		if (!isCurrent()) {
			await this.#effects.engine.release(id);
			return false;
		}
		return this.#finish(shape.ok ? { ok: true, value: { ...shape.value, elapsedMs: 0 } } : shape, id);
	}

	cancel(): void {
		this.#controller?.abort();
	}

	/** Sorts and filters. A plain view shows the rows as they came. */
	async arrange(view: GridView): Promise<void> {
		const base = this.#base;
		if (!base?.done) return;
		const old = this.#viewed;
		this.#view = view;
		// One that still runs has been asked for in vain.
		this.cancel();
		this.#controller = null;
		if (view.orderBy.length === 0 && view.filters.length === 0) {
			this.#viewed = null;
			if (this.#status === 'running') this.#status = 'done';
			if (old) await this.#effects.engine.release(old.id);
			return;
		}
		const id = this.#newId();
		const controller = new AbortController();
		this.#controller = controller;
		this.#status = 'running';
		const viewed = await whileCancellable(id, controller.signal, this.#effects, () =>
			this.#effects.engine.view(base.id, id, view, () => undefined)
		);
		if (this.#view !== view) return this.#effects.engine.release(id);
		this.#controller = null;
		this.#status = viewed.ok ? 'done' : 'failed';
		this.#failure = viewed.ok ? null : viewed.error;
		if (!viewed.ok) return;
		this.#viewed = { id, ...viewed.value, done: true };
		if (old) await this.#effects.engine.release(old.id);
	}

	readonly readWindow = (startRow: number, endRow: number): Promise<Result<Uint8Array<ArrayBuffer>, SqlFailure>> => {
		const rows = this.rows;
		if (!rows) return Promise.resolve({ ok: false, error: { kind: 'unknown-result' } });
		return this.#effects.engine.window(rows.id, startRow, endRow);
	};

	readonly readProfile = async (
		column: string,
		onProfile: (profile: ColumnProfile) => void
	): Promise<Result<ColumnProfile, SqlFailure>> => {
		const rows = this.rows;
		if (!rows) return { ok: false, error: { kind: 'unknown-result' } };
		const version = this.#viewed ? null : this.#version;
		const profile = await profileColumn({ id: rows.id, version, column, onProfile }, this.#effects);
		if (profile.ok) return profile;
		const { error } = profile;
		return { ok: false, error: isSqlFailure(error) ? error : { kind: 'unknown-result' } };
	};

	async close(): Promise<void> {
		this.cancel();
		for (const rows of [this.#viewed, this.#base]) if (rows) await this.#effects.engine.release(rows.id);
	}

	/** The engine was replaced: what it held is gone, and a dataset is opened anew by whoever shows it. */
	forget(): void {
		this.#base = null;
		this.#viewed = null;
		this.#view = PLAIN;
		if (this.#status !== 'failed') this.#status = 'idle';
	}

	#begin() {
		this.cancel();
		const controller = new AbortController();
		this.#controller = controller;
		const old = [this.#base, this.#viewed];
		for (const rows of old) if (rows) void this.#effects.engine.release(rows.id);
		this.#base = null;
		this.#viewed = null;
		this.#view = PLAIN;
		this.#failure = null;
		this.#status = 'running';
		return { id: this.#newId(), signal: controller.signal, isCurrent: () => this.#controller === controller };
	}

	#finish(
		outcome: Result<
			{ readonly columns: readonly Column[]; readonly rowCount: number; readonly elapsedMs: number },
			RunTabFailure
		>,
		id: ResultId
	): boolean {
		this.#controller = null;
		this.#status = outcome.ok ? 'done' : 'failed';
		if (outcome.ok) this.#base = { id, ...outcome.value, done: true };
		else {
			this.#failure = outcome.error;
			// Rows that came before the failure stay readable.
			if (this.#base) this.#base = { ...this.#base, done: true };
		}
		return outcome.ok;
	}

	#newId(): ResultId {
		return resultId(`tab-${this.#effects.randomId()}`);
	}
}

function isSqlFailure(failure: RunQueryFailure): failure is SqlFailure {
	return !(
		failure.kind.startsWith('storage') ||
		[
			'newer-format',
			'version-elsewhere',
			'invalid-name',
			'name-taken',
			'unknown-dataset',
			'moved',
			'nothing-to-undo',
			'nothing-to-redo'
		].includes(failure.kind)
	);
}
