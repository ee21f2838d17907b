// Loads from an API that misbehaves, killed at random: what is kept in the end is what the API has, every row once.
import { describe, expect, it } from 'vitest';
import type { Failure } from '#core/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import { parseConnection } from '#core/source/connection.ts';
import type { RestConnection } from '#core/source/rest/rest-connection.ts';
import type { LoadState } from '#core/source/load-state.ts';
import { isWholeLoad, type LoadMode } from '#core/source/load-terms.ts';
import { positionIn } from '#core/source/rest/paging.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import { runLoad, type LoadCounts, type LoadSink } from '#lib/flows/load-run.ts';
import { RestReader } from '#lib/flows/rest-reader.ts';
import type { SourceReader } from '#lib/flows/source-reader.ts';
import { ask } from '#workers/ingest/ask.ts';
import { API, misbehavingApi, overNetwork, type ApiPaging, type ApiRow } from '../misbehaving-api.ts';
import { seeded } from '../seeded.ts';

class Killed extends Error {}

type Plant = 'none' | 'state-before-rows' | 'rows-before-state' | 'next-page-kept' | 'mark-too-soon';

/** What is kept, by whatever the rows are matched by. */
class Kept {
	rows: ApiRow[] = [];
	state: LoadState | null = null;
	isFull = false;
}

class Simulation {
	readonly random: () => number;
	readonly mode: LoadMode;
	readonly paging: ApiPaging;
	readonly hasSince: boolean;
	readonly source: ApiRow[] = [];
	readonly kept = new Kept();
	readonly #plant: Plant;
	readonly #connection: RestConnection;
	#nowMs = 1_700_000_000_000;
	#newest = 0;

	constructor(seed: number, plant: Plant) {
		this.random = seeded(seed);
		this.#plant = plant;
		this.mode = this.#pick(['full', 'append', 'merge', 'history'] as const);
		this.paging = this.#pick(['offset', 'page', 'cursor', 'link', 'next'] as const);
		this.hasSince = this.mode === 'append' || this.random() < 0.5;
		const names: Readonly<Record<ApiPaging, string>> = {
			offset: 'pages: { kind: offset, offset: offset }',
			page: 'pages: { kind: page, page: page }',
			cursor: 'pages: { kind: cursor, param: after, path: next_cursor }',
			link: 'pages: { kind: link }',
			next: 'pages: { kind: next, path: next }'
		};
		const late = this.mode === 'merge' || this.mode === 'history' ? ', late: 10m' : '';
		const text = [
			'kind: rest',
			`url: ${API}`,
			names[this.paging],
			...(this.hasSince ? [`since: { field: at, param: since${late} }`] : []),
			`load: { mode: ${this.mode}${this.mode === 'append' ? '' : ', key: [id]'} }`
		].join('\n');
		const parsed = parseConnection(text);
		if (!parsed.ok || parsed.value.kind !== 'rest') throw new Error(JSON.stringify(parsed));
		this.#connection = parsed.value;
		this.#grow(20 + Math.floor(this.random() * 60));
	}

	#pick<T>(choices: readonly T[]): T {
		return choices[Math.floor(this.random() * choices.length)] as T;
	}

	/** Rows that come in order of their time, some at the same one. */
	#grow(count: number): void {
		for (let made = 0; made < count; made++) {
			const id = this.source.length;
			if (this.random() < 0.7) this.#newest += 60_000;
			const at = new Date(1_600_000_000_000 + this.#newest).toISOString();
			this.source.push({ id, name: `row ${id}`, at, ...(id > 30 && { more: 'x' }) });
		}
	}

	/** Only where rows are matched by their key may those before a page move behind it. */
	#shift(): void {
		if (this.mode === 'append') return;
		const id = this.source.length;
		this.source.unshift({ id, name: `row ${id}`, at: new Date(1_600_000_000_000 + this.#newest).toISOString() });
	}

	#reader(killRatio: number, faultRatio: number, isQuiet: boolean): SourceReader {
		const api = misbehavingApi({
			paging: this.paging,
			size: 7,
			random: this.random,
			faultRatio,
			rows: this.source,
			onAsk: () => {
				if (this.random() < killRatio) throw new Killed();
				if (!isQuiet && this.random() < 0.1) this.#shift();
			}
		});
		const breakers = new Breakers({
			runs: { breaker: () => Promise.resolve(ok(null)), saveBreaker: () => Promise.resolve(ok(undefined)) },
			now: () => this.#nowMs
		});
		return new RestReader(
			{ connection: this.#connection, secrets: new Map(), signal: new AbortController().signal },
			{
				ask: async (question) => {
					let wasKilled = false;
					const asked = await ask(question, null, (url) =>
						overNetwork(() => api(url)).catch((error: unknown) => {
							wasKilled = error instanceof Killed;
							throw error;
						})
					);
					if (wasKilled) throw new Killed();
					return asked;
				},
				now: () => this.#nowMs,
				random: this.random,
				sleep: (ms) => {
					this.#nowMs += ms;
					return Promise.resolve();
				},
				breakers,
				buckets: new Map()
			}
		);
	}

	#sink(killRatio: number): LoadSink {
		const mayDie = (): void => {
			if (this.random() < killRatio) throw new Killed();
		};
		return {
			keep: (loaded, given) => {
				if (this.kept.isFull) return Promise.resolve(err({ kind: 'storage-full', neededBytes: 1 }));
				mayDie();
				if (loaded.kind !== 'rows') throw new Error('no file was given');
				const rows = loaded.rows.map((line) => JSON.parse(line) as ApiRow);
				const state = this.#planted(given);
				if (this.#plant === 'state-before-rows') this.kept.state = state;
				if (this.#plant === 'state-before-rows') mayDie();
				// Of rows with their history, those that are as they stand: none of them ever changes.
				if (isWholeLoad(this.#connection)) this.kept.rows = rows;
				else if (this.mode === 'append') this.kept.rows.push(...rows);
				else {
					const byId = new Map(this.kept.rows.map((row) => [row.id, row]));
					for (const row of rows) byId.set(row.id, row);
					this.kept.rows = [...byId.values()];
				}
				if (this.#plant === 'rows-before-state') mayDie();
				this.kept.state = state;
				mayDie();
				return Promise.resolve(ok({ rowCount: rows.length, rejectedCount: 0 }));
			}
		};
	}

	#planted(state: LoadState): LoadState {
		const { run } = state;
		const position = run && positionIn(run.position);
		if (this.#plant === 'next-page-kept' && run && position?.kind === 'offset')
			return { ...state, run: { ...run, position: JSON.stringify({ ...position, at: position.at + 7 }) } };
		if (this.#plant === 'mark-too-soon' && run) return { ...state, mark: run.highest, run: null };
		return state;
	}

	async load(killRatio: number, faultRatio: number, isQuiet: boolean): Promise<Result<LoadCounts, Failure> | 'killed'> {
		try {
			return await runLoad(
				{
					...{ connection: this.#connection, id: 'c', asked: this.#connection.asked, name: 'rows' },
					state: this.kept.state && (JSON.parse(JSON.stringify(this.kept.state)) as LoadState),
					columns: null,
					hash: (text) => Promise.resolve(text),
					batchBytes: 400,
					onProgress: () => undefined
				},
				this.#reader(killRatio, faultRatio, isQuiet),
				this.#sink(killRatio)
			);
		} catch (error) {
			if (error instanceof Killed) return 'killed';
			throw error;
		}
	}

	/** What is wrong with what is kept. */
	async run(): Promise<string | null> {
		for (let round = 0; round < 3; round++) {
			for (let tries = 0; tries < 4; tries++) await this.load(0.04, 0.15, false);
			this.#grow(Math.floor(this.random() * 20));
		}
		// Rows that shifted have no later time: what asks by time alone cannot know of them.
		for (let tries = 0; tries < 3; tries++) {
			const loaded = await this.load(0, 0.02, true);
			if (loaded === 'killed' || !loaded.ok) return `failed: ${JSON.stringify(loaded)}`;
		}
		const ids = (rows: readonly ApiRow[]): readonly number[] => rows.map(({ id }) => id).toSorted((a, b) => a - b);
		const [kept, there] = [ids(this.kept.rows), ids(this.source)];
		return JSON.stringify(kept) === JSON.stringify(there)
			? null
			: `${this.mode} ${this.paging}: kept ${JSON.stringify(kept)} of ${JSON.stringify(there)}`;
	}
}

const RUNS = 500;

describe('loads that are killed at random', () => {
	it('keep every row of a misbehaving API once, whatever ends them', { timeout: 120_000 }, async () => {
		const wrong: string[] = [];
		for (let seed = 1; seed <= RUNS; seed++) {
			const found = await new Simulation(seed, 'none').run();
			if (found !== null) wrong.push(`seed ${seed}: ${found}`);
		}
		expect(wrong).toEqual([]);
	});

	const plants: readonly Plant[] = ['state-before-rows', 'rows-before-state', 'next-page-kept', 'mark-too-soon'];
	it.each(plants)('a planted bug is found: %s', { timeout: 120_000 }, async (plant) => {
		for (let seed = 1; seed <= RUNS; seed++) if ((await new Simulation(seed, plant).run()) !== null) return;
		expect.fail('nothing was found');
	});

	it('a batch that cannot be kept ends the load with its failure', async () => {
		const simulation = new Simulation(1, 'none');
		simulation.kept.isFull = true;
		expect(await simulation.load(0, 0, true)).toEqual(err({ kind: 'storage-full', neededBytes: 1 }));
		expect(simulation.kept).toMatchObject({ rows: [], state: null });
	});
});
