// Sources on their way in: a queue of previews a person may correct, one shown at a time, then imports as jobs.
import { resultId } from '#core/ids.ts';
import type { IngestFailure, IngestOverrides, Preview, PreviewNote } from '#core/ingest/options.ts';
import type { PathFile } from '#core/ingest/partitioned-folder.ts';
import { freeName } from '#core/version/dataset-name.ts';
import type { Sample } from '#core/samples/samples.ts';
import type { Dataset, Version } from '#core/version/version.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { ingestInto } from '#lib/flows/ingest-into.ts';
import type { IngestMode } from '#lib/flows/intake.ts';
import { ingestSource, previewSource, sourcesOf, usualName, type Source } from '#lib/flows/ingest-source.ts';
import { unpackSources } from '#lib/flows/unpack-sources.ts';
import { openSample } from '#lib/flows/open-sample.ts';
import type { Catalogue } from './catalogue.svelte.ts';
import type { Preferences } from './preferences.svelte.ts';
import { savedWords } from './saved-words.ts';
import type { ToastAction, Toasts } from './toasts.svelte.ts';

/** A dataset that is there already, and how rows come into it. */
export type ImportTarget = { readonly dataset: string; readonly mode: IngestMode; readonly key: readonly string[] };

export type Imported = { readonly dataset: Dataset; readonly version: Version };

type Taken = Imported & { readonly notes: readonly PreviewNote[] };

export class Imports {
	#queue = $state.raw<readonly Source[]>([]);
	#source = $state.raw<Source | null>(null);
	#preview = $state.raw<Preview | null>(null);
	#failure = $state.raw<IngestFailure | null>(null);
	#overrides = $state.raw<IngestOverrides>({});
	#isGuessing = $state(false);
	#name = $state('');
	#message = $state('');
	#target = $state.raw<ImportTarget | null>(null);
	#controller: AbortController | null = null;
	readonly #effects: Effects;
	readonly #catalogue: Catalogue;
	readonly #preferences: Preferences;
	readonly #toasts: Toasts;
	readonly #onImported: (imported: Imported) => void;
	readonly #onRejects: (name: string) => void;

	constructor(
		effects: Effects,
		{ catalogue, preferences, toasts }: { catalogue: Catalogue; preferences: Preferences; toasts: Toasts },
		on: { imported: (imported: Imported) => void; rejects: (name: string) => void }
	) {
		this.#effects = effects;
		this.#catalogue = catalogue;
		this.#preferences = preferences;
		this.#toasts = toasts;
		this.#onImported = on.imported;
		this.#onRejects = on.rejects;
	}

	/** The source whose preview is shown; null when none is. */
	get source(): Source | null {
		return this.#source;
	}
	get preview(): Preview | null {
		return this.#preview;
	}
	get failure(): IngestFailure | null {
		return this.#failure;
	}
	get overrides(): IngestOverrides {
		return this.#overrides;
	}
	get isGuessing(): boolean {
		return this.#isGuessing;
	}
	get name(): string {
		return this.#name;
	}
	set name(name: string) {
		this.#name = name;
	}
	/** Of the version that is made; empty says what was imported. */
	get message(): string {
		return this.#message;
	}
	set message(message: string) {
		this.#message = message;
	}
	/** Null makes a new dataset. */
	get target(): ImportTarget | null {
		return this.#target;
	}
	set target(target: ImportTarget | null) {
		this.#target = target;
	}
	/** Whether what is chosen can be read. */
	get isReady(): boolean {
		const needsKey = this.#target?.mode === 'upsert' && this.#target.key.length === 0;
		return this.#preview !== null && !this.#isGuessing && !needsKey;
	}
	/** Columns of the dataset that rows go into. */
	get targetColumns(): readonly string[] {
		return this.#catalogue.find(this.#target?.dataset ?? '')?.version.schema.map(({ name }) => name) ?? [];
	}
	/** The key that a dataset has. */
	keyOf(dataset: string): readonly string[] {
		return this.#catalogue.find(dataset)?.version.primaryKey ?? [];
	}
	/** Sources that wait behind the one shown. */
	get waiting(): number {
		return this.#queue.length;
	}
	/** Names a new dataset may not have. */
	get takenNames(): readonly string[] {
		return this.#catalogue.items.map(({ dataset }) => dataset.name);
	}

	add(sources: readonly Source[]): void {
		if (!this.#preferences.importsAsk) {
			for (const source of sources) void this.#import(source, null, {});
			return;
		}
		this.#queue = [...this.#queue, ...sources];
		if (!this.#source) this.#next();
	}

	/** Partitioned folders among them are one source each, and so is each file of an archive and each table of a database. */
	async addFiles(files: readonly PathFile<File>[]): Promise<void> {
		this.add(await unpackSources(sourcesOf(files), this.#effects));
	}

	/** A correction: the preview follows, and an older answer that comes late is dropped. */
	correct(overrides: IngestOverrides): void {
		const [source, table] = [this.#source, overrides.sqlite?.table];
		if (source?.kind === 'blob' && table !== undefined && table !== source.table) {
			const isUsual = this.#name === freeName(usualName(source), this.takenNames);
			this.#source = { ...source, table };
			if (isUsual) this.#name = freeName(usualName(this.#source), this.takenNames);
		}
		this.#overrides = overrides;
		void this.#guess();
	}

	/** Reads the shown source as the preview says, and goes on to the next. */
	accept(): void {
		const source = this.#source;
		const message = this.#message.trim() === '' ? undefined : this.#message.trim();
		if (source && this.#target) void this.#importInto(source, this.#target, this.#overrides, message);
		else if (source) void this.#import(source, this.#name, this.#overrides, message);
		this.#next();
	}

	/** Reads the shown one and all that wait, as guessed. */
	acceptAll(): void {
		this.accept();
		if (this.#source) void this.#import(this.#source, null, {});
		for (const source of this.#queue) void this.#import(source, null, {});
		this.#queue = [];
		this.#next();
	}

	skip(): void {
		this.#next();
	}

	async openSample(sample: Sample): Promise<Imported | null> {
		const opened = await openSample({ sample }, this.#effects);
		if (opened.ok) return opened.value;
		this.#toasts.fail(opened.error);
		return null;
	}

	#next(): void {
		this.#controller?.abort();
		const [source = null, ...rest] = this.#queue;
		this.#queue = rest;
		this.#source = source;
		this.#preview = null;
		this.#failure = null;
		this.#overrides = {};
		this.#target = null;
		this.#message = '';
		if (!source) return;
		this.#name = freeName(usualName(source), this.takenNames);
		void this.#guess();
	}

	async #guess(): Promise<void> {
		const source = this.#source;
		if (!source) return;
		this.#controller?.abort();
		const controller = new AbortController();
		this.#controller = controller;
		this.#isGuessing = true;
		const guessed = await previewSource(
			{ source, overrides: this.#overrides, signal: controller.signal },
			this.#effects
		);
		if (this.#controller !== controller) return;
		this.#isGuessing = false;
		this.#failure = guessed.ok ? null : guessed.error;
		if (!guessed.ok) return;
		this.#preview = guessed.value.preview;
		// A downloaded source is not fetched again for each correction.
		if (source.kind === 'url') this.#source = guessed.value.source;
	}

	async #import(source: Source, name: string | null, overrides: IngestOverrides, message?: string): Promise<void> {
		const optimise = this.#preferences.optimises;
		const imported = await ingestSource({ source, name, overrides, message, optimise }, this.#effects);
		if (!imported.ok) {
			this.#toasts.fail(imported.error);
			return;
		}
		const { dataset } = imported.value;
		await this.#tell(imported.value, imported.value.savedBytes, {
			label: 'Undo',
			run: () => void this.#catalogue.takeBack(dataset)
		});
	}

	async #importInto(source: Source, target: ImportTarget, overrides: IngestOverrides, message?: string): Promise<void> {
		const id = resultId(`import-${this.#effects.randomId()}`);
		const { dataset: into, mode } = target;
		const key = mode === 'upsert' ? target.key : [];
		const imported = await ingestInto({ id, source, into, mode, key, overrides, message }, this.#effects);
		if (imported.ok) await this.#tell(imported.value, 0, await this.#catalogue.undoAction());
		else this.#toasts.fail(imported.error);
	}

	async #tell(imported: Taken, savedBytes: number, takeBack: ToastAction): Promise<void> {
		const { dataset, version } = imported;
		const lack = imported.notes.includes('log-beside') ? ', without what is only in a log beside the database' : '';
		const rows = `${rowsWords(version.table.rowCount)}${savedWords(savedBytes, version)}${lack}`;
		const rejectCount = version.rejects?.rowCount ?? 0;
		if (rejectCount > 0) {
			const show = { label: 'Show them', run: () => this.#onRejects(dataset.name) };
			const title = `${dataset.name}: ${rows}, ${rejectCount.toLocaleString('en')} did not fit`;
			this.#toasts.show('plain', title, '', show, takeBack);
		} else this.#toasts.show('good', `Imported ${dataset.name}`, rows, takeBack);
		await this.#catalogue.refresh();
		this.#onImported(imported);
	}
}

function rowsWords(count: number): string {
	return count === 1 ? '1 row' : `${count.toLocaleString('en')} rows`;
}
