// What is stored, whether it is whole, and its backups, as the page offers them.
import { backUp } from '#lib/flows/back-up.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { pruneDataset } from '#lib/flows/prune-dataset.ts';
import { restoreBackup } from '#lib/flows/restore-backup.ts';
import { storageReport, type StorageReport } from '#lib/flows/storage-report.ts';
import { verifyWorkspace, type Verification } from '#lib/flows/verify-workspace.ts';
import type { Toasts } from './toasts.svelte.ts';

export type StorageWork = 'verify' | 'back-up' | 'restore' | 'prune';

export class Storage {
	#report = $state.raw<StorageReport | null>(null);
	#verification = $state.raw<Verification | null>(null);
	#working = $state.raw<{ readonly what: StorageWork; readonly stop: () => void } | null>(null);
	readonly #effects: Effects;
	readonly #toasts: Toasts;
	readonly #changed: () => Promise<void>;

	constructor(effects: Effects, toasts: Toasts, changed: () => Promise<void>) {
		this.#effects = effects;
		this.#toasts = toasts;
		this.#changed = changed;
	}

	get report(): StorageReport | null {
		return this.#report;
	}
	/** Of the last check in this page. */
	get verification(): Verification | null {
		return this.#verification;
	}
	get working(): StorageWork | null {
		return this.#working?.what ?? null;
	}

	async measure(): Promise<void> {
		const report = await storageReport(this.#effects);
		if (report.ok) this.#report = report.value;
		else this.#toasts.fail(report.error);
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
			download(file, `weir-${day}.weirbackup`);
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
			if (!pruned.ok) return this.#toasts.fail(pruned.error);
			const { versionCount } = pruned.value;
			this.#toasts.show(
				'good',
				versionCount === 0
					? `${name} has no older versions`
					: `${versionCount} ${versionCount === 1 ? 'version' : 'versions'} of ${name} gone`,
				''
			);
		});
	}

	async #work(what: StorageWork, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
		if (this.#working) return;
		const controller = new AbortController();
		this.#working = { what, stop: () => controller.abort() };
		try {
			await work(controller.signal);
			await this.measure();
			await this.#changed();
		} finally {
			this.#working = null;
		}
	}
}

function download(file: Blob, name: string): void {
	const url = URL.createObjectURL(file);
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	// The download has its own hold on the bytes once it began.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
