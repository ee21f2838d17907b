// Loads of a store whose files come, change and go, killed at any await: what is kept in the end is what files had when they were read, each once.
import { describe, expect, it } from 'vitest';
import { ok, err, type Result } from '#core/result.ts';
import type { Failure } from '#core/failure.ts';
import { parseConnection } from '#core/source/connection.ts';
import type { FileFacts, KnownFiles } from '#core/source/files/file-facts.ts';
import type { FilesConnection } from '#core/source/files/files-connection.ts';
import { withFiles } from '#core/source/files/files-state.ts';
import type { LoadMode } from '#core/source/load-terms.ts';
import type { LoadState } from '#core/source/load-state.ts';
import { FileReader } from '#lib/flows/file-reader.ts';
import type { FileStore } from '#lib/flows/file-store.ts';
import { runLoad, type LoadCounts, type LoadSink } from '#lib/flows/load-run.ts';
import { seeded } from '../seeded.ts';

class Killed extends Error {}

type Plant = 'none' | 'known-before-rows' | 'rows-before-known' | 'known-forgets';
/** Its rows are named after it and its version, so that what is kept tells what was read. */
type Stored = { version: number };

class Simulation {
	readonly mode: LoadMode;
	readonly #random: () => number;
	readonly #plant: Plant;
	readonly #connection: FilesConnection;
	readonly #store = new Map<string, Stored>();
	/** Row by key: `path`, of which `version`; appended rows have a key of their own each. */
	rows: { readonly path: string; readonly version: number }[] = [];
	known: KnownFiles = new Map();
	state: LoadState | null = null;
	#killRatio = 0;
	#isQuiet = true;
	/** Versions of files as they were when they were read for the load that is at it. */
	#made = 0;

	constructor(seed: number, plant: Plant) {
		this.#random = seeded(seed);
		this.#plant = plant;
		this.mode = (['full', 'append', 'merge'] as const)[Math.floor(this.#random() * 3)] ?? 'full';
		const key = this.mode === 'merge' ? ', key: [path]' : '';
		const parsed = parseConnection(`kind: folder\nfolder: in\npath: "**"\nload: { mode: ${this.mode}${key} }`);
		if (!parsed.ok || parsed.value.kind !== 'folder') throw new Error(JSON.stringify(parsed));
		this.#connection = parsed.value;
		for (let made = 0; made < 4; made++) this.#change();
	}

	/** A file comes, changes or goes. */
	#change(): void {
		const paths = [...this.#store.keys()];
		const path = paths[Math.floor(this.#random() * paths.length)];
		const what = this.#random();
		if (path === undefined || what < 0.6) this.#store.set(`d/${this.#made++}.csv`, { version: 1 });
		else if (what < 0.85) this.#store.set(path, { version: (this.#store.get(path)?.version ?? 0) + 1 });
		else if (paths.length > 2) this.#store.delete(path);
	}

	async #mayDie(): Promise<void> {
		await Promise.resolve();
		if (this.#random() < this.#killRatio) throw new Killed();
		if (!this.#isQuiet && this.#random() < 0.1) this.#change();
	}

	get #files(): FileStore {
		const facts = (path: string, { version }: Stored): FileFacts => ({
			...{ path, sizeBytes: 20 * 1024 * 1024, tag: String(version), isStrong: true }
		});
		return {
			source: 'in',
			counts: { requests: 0, retries: 0, waitedMs: 0, readBytes: 0 },
			list: async () => {
				await this.#mayDie();
				return ok([...this.#store].map(([path, stored]) => facts(path, stored)));
			},
			bytes: async ({ path, tag }): Promise<Result<{ blob: Blob; isWhole: boolean }, Failure>> => {
				await this.#mayDie();
				const stored = this.#store.get(path);
				if (!stored) return err({ kind: 'folder-unreadable', folder: 'in', reason: 'NotFoundError' });
				if (String(stored.version) !== tag) return err({ kind: 'file-changed', source: 'in', file: path });
				// A file as large as it says would take the memory of hundreds of loads.
				const blob = new Blob([JSON.stringify({ path, version: stored.version })]);
				Object.defineProperty(blob, 'size', { value: 20 * 1024 * 1024 });
				return ok({ blob, isWhole: true });
			}
		};
	}

	get #sink(): LoadSink {
		return {
			keep: async (loaded, state) => {
				await this.#mayDie();
				if (loaded.kind !== 'files') throw new Error('files were read');
				const parts = loaded.files.flatMap((file) => file.parts ?? []);
				const rows = await Promise.all(
					parts.map(async ({ file }) => JSON.parse(await file.text()) as { path: string; version: number })
				);
				const read = loaded.files.flatMap((file) => file.files ?? []);
				const known = withFiles(this.mode === 'full' ? new Map() : this.known, read);
				const keepKnown = (): void => {
					this.known = this.#plant === 'known-forgets' ? withFiles(new Map(), read) : known;
					this.state = state;
				};
				if (this.#plant === 'known-before-rows') keepKnown();
				if (this.#plant === 'known-before-rows') await this.#mayDie();
				if (this.mode === 'full') this.rows = rows;
				else if (this.mode === 'append') this.rows.push(...rows);
				else this.rows = [...this.rows.filter(({ path }) => !rows.some((one) => one.path === path)), ...rows];
				if (this.#plant === 'rows-before-known') await this.#mayDie();
				keepKnown();
				await this.#mayDie();
				return ok({ rowCount: rows.length, rejectedCount: 0 });
			}
		};
	}

	async load(killRatio: number, isQuiet: boolean): Promise<Result<LoadCounts, Failure> | 'killed'> {
		this.#killRatio = killRatio;
		this.#isQuiet = isQuiet;
		const reader = new FileReader(this.#connection, this.#files, () =>
			Promise.resolve(err({ kind: 'cancelled' } as const))
		);
		try {
			return await runLoad(
				{
					...{ connection: this.#connection, id: 'c', asked: 'a', name: 'rows', columns: null },
					...{ state: this.state, known: this.known, batchBytes: 1, onProgress: () => undefined },
					hash: (text) => Promise.resolve(text)
				},
				reader,
				this.#sink
			);
		} catch (error) {
			if (error instanceof Killed) return 'killed';
			throw error;
		}
	}

	/** What is wrong with what is kept. */
	async run(): Promise<string | null> {
		for (let round = 0; round < 4; round++) {
			for (let tries = 0; tries < 4; tries++) await this.load(0.12, false);
			for (let made = 0; made < 3; made++) this.#change();
		}
		for (let tries = 0; tries < 2; tries++) {
			const loaded = await this.load(0, true);
			if (loaded === 'killed' || !loaded.ok) return `failed: ${JSON.stringify(loaded)}`;
		}
		const kept = this.rows.map(({ path, version }) => `${path} ${version}`).toSorted();
		const there = [...this.#store].map(([path, { version }]) => `${path} ${version}`).toSorted();
		const paths = this.rows.map(({ path }) => path);
		const twice = paths.filter((path, at) => paths.indexOf(path) !== at);
		if (twice.length > 0) return `${this.mode}: twice ${twice.join(', ')}`;
		// What was removed stays with append and merge, and what changed with append: its rows were read once.
		const missing =
			this.mode === 'append'
				? [...this.#store.keys()].filter((path) => !paths.includes(path))
				: there.filter((one) => !kept.includes(one));
		if (missing.length > 0) return `${this.mode}: missing ${missing.join(', ')}`;
		if (this.mode === 'full' && kept.length !== there.length) return `full: kept ${kept.join(', ')}`;
		return null;
	}
}

const RUNS = 500;

describe('loads of files that are killed at random', () => {
	it('keep the rows of every file once, whatever ends them and whatever comes, changes and goes', async () => {
		const wrong: string[] = [];
		for (let seed = 1; seed <= RUNS; seed++) {
			const found = await new Simulation(seed, 'none').run();
			if (found !== null) wrong.push(`seed ${seed}: ${found}`);
		}
		expect(wrong).toEqual([]);
	}, 120_000);

	it.each(['known-before-rows', 'rows-before-known', 'known-forgets'] as const)(
		'a planted bug is found: %s',
		async (plant) => {
			for (let seed = 1; seed <= RUNS; seed++) if ((await new Simulation(seed, plant).run()) !== null) return;
			expect.fail('nothing was found');
		},
		120_000
	);
});
