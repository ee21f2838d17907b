// What is stored, whether it is whole, and its backups, as the page offers them.
import { backUp } from '#lib/flows/back-up.ts';
import type { Effects } from '#lib/flows/effects.ts';
import {
	previewRetention,
	readRetention,
	saveRetention,
	withRule,
	type RetentionPreview
} from '#lib/flows/retention.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { storageReport, type StorageReport } from '#lib/flows/storage-report.ts';
import { pruneDataset, tidyDaily, tidyLog, tidyStorage, type Tidied } from '#lib/flows/tidy-storage.ts';
import { verifyWorkspace, type Verification } from '#lib/flows/verify-workspace.ts';
import { resultId, type DatasetId } from '#core/ids.ts';
import { KEEP_EVERYTHING, type RetentionRule, type RetentionRules } from '#core/version/retention.ts';
import { compactDataset } from '#lib/flows/compact-dataset.ts';
import type { CatalogueItem } from '#lib/flows/list-datasets.ts';
import { downloadFile } from './download-file.ts';
import type { ToastAction, Toasts } from './toasts.svelte.ts';

export type StorageWork = 'verify' | 'back-up' | 'restore' | 'prune' | 'tidy' | 'compact';

type Around = {
	readonly changed: () => Promise<void>;
	/** Takes back what was just done. */
	readonly undoAction: () => Promise<ToastAction>;
};

/** After opening, when a person has begun to work, or has left the page to itself. */
const TIDY_AFTER_MS = 20_000;

export class Storage {
	#report = $state.raw<StorageReport | null>(null);
	#verification = $state.raw<Verification | null>(null);
	#rules = $state.raw<RetentionRules>(KEEP_EVERYTHING);
	#preview = $state.raw<RetentionPreview | null>(null);
	#log = $state.raw<readonly Tidied[]>([]);
	#working = $state.raw<{ readonly what: StorageWork; readonly stop: () => void } | null>(null);
	readonly #effects: Effects;
	readonly #toasts: Toasts;
	readonly #around: Around;

	constructor(effects: Effects, toasts: Toasts, around: Around) {
		this.#effects = effects;
		this.#toasts = toasts;
		this.#around = around;
	}

	get report(): StorageReport | null {
		return this.#report;
	}
	/** Of the last check in this page. */
	get verification(): Verification | null {
		return this.#verification;
	}
	get rules(): RetentionRules {
		return this.#rules;
	}
	/** What the rules that were asked about would let go; null until it is known. */
	get preview(): RetentionPreview | null {
		return this.#preview;
	}
	/** What went so far, the newest first. */
	get log(): readonly Tidied[] {
		return this.#log;
	}
	get working(): StorageWork | null {
		return this.#working?.what ?? null;
	}

	async measure(): Promise<void> {
		const report = await storageReport(this.#effects);
		if (report.ok) this.#report = report.value;
		else this.#toasts.fail(report.error);
		const [rules, log] = [await readRetention(this.#effects), await tidyLog(this.#effects)];
		// The same rules stay the same, under the hands of whoever edits them.
		if (rules.ok && JSON.stringify(rules.value) !== JSON.stringify(this.#rules)) this.#rules = rules.value;
		if (log.ok) this.#log = log.value;
	}

	/** What the rules would let go if they were changed so; undefined stands for what all datasets have. */
	async ask(change: RuleChange): Promise<void> {
		const preview = await previewRetention(this.#with(change), this.#effects);
		if (preview.ok) this.#preview = preview.value;
		else this.#toasts.fail(preview.error);
	}

	async setRule(change: RuleChange): Promise<void> {
		const rules = this.#with(change);
		const saved = await saveRetention(rules, this.#effects);
		if (!saved.ok) return this.#toasts.fail(saved.error);
		this.#rules = rules;
		this.#toasts.show('good', 'Saved the rules', 'They run by themselves once a day, when the page is idle.');
	}

	#with({ dataset, rule, undoSteps }: RuleChange): RetentionRules {
		return { ...withRule(this.#rules, dataset, rule), undoSteps };
	}

	/** By the rules, now. */
	tidy(): Promise<void> {
		return this.#work('tidy', async (signal) => {
			const tidied = await tidyStorage({ cause: 'request', signal }, this.#effects);
			if (tidied.ok) this.#toasts.show('good', ...wordsOf(tidied.value));
			else this.#toasts.fail(tidied.error);
		});
	}

	/** Once a day in one tab, when nothing else is done. */
	tidyWhenIdle(): void {
		setTimeout(() => {
			if (this.#working || this.#effects.jobs.list().some(({ state }) => state === 'running')) this.tidyWhenIdle();
			else void this.#tidyDaily();
		}, TIDY_AFTER_MS);
	}

	async #tidyDaily(): Promise<void> {
		const tidied = await tidyDaily(this.#effects);
		if (!tidied.ok) return this.#toasts.fail(tidied.error);
		if (!tidied.value || tidied.value.versionCount === 0) return;
		this.#toasts.show('plain', ...wordsOf(tidied.value));
		await this.#around.changed();
	}

	stop(): void {
		this.#working?.stop();
	}

	verify(): Promise<void> {
		return this.#work('verify', async (signal) => {
			this.#verification = null;
			const verified = await verifyWorkspace({ signal }, this.#effects);
			if (verified.ok) this.#verification = verified.value;
			else this.#toasts.fail(verified.error);
		});
	}

	backUp(): Promise<void> {
		return this.#work('back-up', async (signal) => {
			const made = await backUp({ signal }, this.#effects);
			if (!made.ok) return this.#toasts.fail(made.error);
			const { file, datasetCount } = made.value;
			const day = new Date(this.#effects.now()).toISOString().slice(0, 10);
			downloadFile(file, `weir-${day}.weirbackup`);
			const datasets = `${datasetCount} ${datasetCount === 1 ? 'dataset' : 'datasets'}`;
			this.#toasts.show(
				'good',
				`Backed up ${datasets}`,
				'The file is not encrypted: keep it where only you can read it.'
			);
		});
	}

	restore(file: Blob): Promise<void> {
		return this.#work('restore', async (signal) => {
			const restored = await restoreBackup({ file, signal }, this.#effects);
			if (!restored.ok) return this.#toasts.fail(restored.error);
			const { datasets } = restored.value;
			const other = datasets.filter(({ name, was }) => name !== was).map(({ name, was }) => `${was} is now ${name}`);
			this.#toasts.show(
				'good',
				`Restored ${datasets.length} ${datasets.length === 1 ? 'dataset' : 'datasets'}`,
				['Its content is what was backed up, to the byte.', ...other].join(' ')
			);
		});
	}

	prune(name: string, keep: number): Promise<void> {
		return this.#work('prune', async () => {
			const pruned = await pruneDataset({ name, keep }, this.#effects);
			if (pruned.ok) this.#toasts.show('good', ...wordsOf(pruned.value));
			else this.#toasts.fail(pruned.error);
		});
	}

	compact(item: CatalogueItem): Promise<void> {
		return this.#work('compact', async (signal) => {
			const id = resultId(`compact-${this.#effects.randomId()}`);
			const compacted = await compactDataset({ id, item, signal }, this.#effects);
			if (!compacted.ok) return this.#toasts.fail(compacted.error);
			const { name } = item.dataset;
			if (compacted.value === null) return this.#toasts.show('plain', `${name} is compact already`);
			const detail = 'A new version with the same rows.';
			this.#toasts.show('good', `Compacted ${name}`, detail, await this.#around.undoAction());
		});
	}

	async #work(what: StorageWork, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
		if (this.#working) return;
		const controller = new AbortController();
		this.#working = { what, stop: () => controller.abort() };
		try {
			await work(controller.signal);
			await this.measure();
			await this.#around.changed();
		} finally {
			this.#working = null;
		}
	}
}

export type RuleChange = {
	/** Null for all that have none of their own. */
	readonly dataset: DatasetId | null;
	/** Null keeps everything; undefined takes a dataset's own away. */
	readonly rule: RetentionRule | null | undefined;
	readonly undoSteps: number;
};

function wordsOf({ gone, versionCount, freedBytes }: Tidied): readonly [string, string] {
	const freed = `${(freedBytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB came free.`;
	if (versionCount === 0) return ['No version had to go', freedBytes > 0 ? freed : ''];
	const of = gone.length === 1 ? ` of ${gone[0]?.dataset ?? ''}` : '';
	return [`Collected ${versionCount} ${versionCount === 1 ? 'version' : 'versions'}${of}`, freed];
}
