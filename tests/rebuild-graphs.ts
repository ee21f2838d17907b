// Random graphs of SQL steps over random sources, edited again and again: what a selective run leaves is compared with a full
// rebuild by the engine alone. Shared by the test and the campaign.
import { resultId } from '#core/ids.ts';
import { quoteName } from '#core/sql/quote.ts';
import { Breakers } from '#lib/flows/breakers.ts';
import { createRunner } from '#lib/flows/pipeline-runner.ts';
import { runPipeline } from '#lib/flows/run-pipeline.ts';
import type { RunnerEffects } from '#lib/flows/runner-effects.ts';
import { findDataset } from '#lib/flows/list-datasets.ts';
import { saveQuery } from '#lib/flows/save-query.ts';
import { nodeEngine, type NodeEngine } from './node-engine.ts';
import { randomSql } from './random-sql.ts';
import { seeded } from './seeded.ts';
import { testEffects, type TestEffects } from './unit/effects.ts';

/** Ways to be wrong about what decides an output; each must be found. */
export const unsound = [
	/** A table that only a filter reads is no input. */
	'filters-read-nothing',
	/** All but the first table is no input. */
	'joins-read-nothing',
	/** Numbers in a query do not count. */
	'numbers-do-not-count',
	/** Rows of an input do not count, only its name. */
	'rows-do-not-count',
	/** What was made once is taken to be there still. */
	'outputs-stand'
] as const;
export type Unsound = (typeof unsound)[number];

export type Rebuilt = {
	readonly problems: readonly string[];
	readonly edits: number;
	/** Steps of all runs after the first, and those of them that were left out. */
	readonly steps: number;
	readonly unchanged: number;
	/** The same, counted in rows that the steps would have read. */
	readonly rows: number;
	readonly unchangedRows: number;
};

const EDITS = 4;
/** Where `randomSql` reads a table in a filter. */
const FILTER_TABLE = /\(SELECT (?:k|1|coalesce\(min\(v\), 0\)|count\(\*\)) FROM \w+/g;
let workspaces = 0;

export async function rebuild(seed: number, engine: SharedEngine, plant: Unsound | null): Promise<Rebuilt> {
	return new Graph(seed, engine, plant).play();
}

/** One engine for many graphs: it takes a second to start. */
export class SharedEngine {
	effects: TestEffects = testEffects();
	#engine: NodeEngine | null = null;

	async start(): Promise<NodeEngine> {
		this.#engine ??= await nodeEngine(async (version) => {
			const stored = await this.effects.store.version(version);
			if (!stored.ok || !stored.value) throw new Error('the version is not there');
			return this.#engine?.tableOf(stored.value.statistics) ?? '';
		});
		return this.#engine;
	}
}

/** Statistics of the newest version by name: they tell the table. */
type Heads = ReadonlyMap<string, readonly { readonly min: string | null }[]>;
type Node = { readonly name: string; sql: string; readonly reads: readonly string[] };

class Graph {
	readonly #random: () => number;
	readonly #seed: number;
	readonly #shared: SharedEngine;
	readonly #plant: Unsound | null;
	readonly #sources = new Map<string, string>();
	readonly #nodes: Node[] = [];
	readonly #prefix = `g${workspaces++}_`;
	#least = 3;
	#old: { text: string; least: number }[] = [];

	constructor(seed: number, shared: SharedEngine, plant: Unsound | null) {
		this.#random = seeded(seed);
		this.#seed = seed;
		this.#shared = shared;
		this.#plant = plant;
	}

	async play(): Promise<Rebuilt> {
		const engine = await this.#shared.start();
		engine.fresh();
		const effects = testEffects({ engine: engine.api }, `rebuild-${this.#prefix}`);
		this.#shared.effects = effects;
		const problems: string[] = [];
		let [edits, steps, unchanged, rows, unchangedRows] = [0, 0, 0, 0, 0];
		try {
			for (let index = 0; index < 2 + this.#below(2); index++) await this.#fill(`${this.#prefix}s${index}`, effects);
			for (let index = 0; index < 3 + this.#below(5); index++) this.#add(index);
			for (let round = 0; round <= EDITS && problems.length === 0; round++) {
				const what = round === 0 ? 'built' : await this.#edit(effects);
				const runner = this.#unsound(createRunner(effects, new Breakers(effects)));
				const ran = await runPipeline({ name: 'p', text: this.#text(), params: { least: this.#least } }, runner);
				if (!ran.ok || ran.value.state !== 'succeeded') {
					const attempts = ran.ok ? await effects.runs.attempts(ran.value.id) : ran;
					const failed = attempts.ok ? attempts.value.flatMap(({ failure }) => failure ?? []) : attempts.error;
					problems.push(`${what}: the run failed: ${JSON.stringify(failed)}`);
					break;
				}
				forgetTransactions(effects);
				const counts = this.#rebuild(engine, await this.#heads(effects), problems, what);
				if (round === 0) continue;
				edits++;
				for (const { name } of this.#nodes) {
					const weight = counts.get(name) ?? 0;
					steps++;
					rows += weight;
					if (ran.value.steps?.[name] !== 'unchanged') continue;
					unchanged++;
					unchangedRows += weight;
				}
			}
		} finally {
			await effects.db.delete();
		}
		const said = problems.map((problem) => `seed ${this.#seed}: ${problem}`);
		return { problems: said, edits, steps, unchanged, rows, unchangedRows };
	}

	#below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}

	#pick<T>(all: readonly T[]): T {
		return all[this.#below(all.length)] as T;
	}

	#add(index: number): void {
		const tables = [...this.#sources.keys(), ...this.#nodes.map(({ name }) => name)];
		const reads = Array.from({ length: 3 }, () => this.#pick(tables));
		this.#nodes.push({ name: `${this.#prefix}t${index}`, sql: randomSql(this.#random, reads), reads });
	}

	/** Rows of three columns, few enough to be equal now and then. */
	async #fill(name: string, effects: TestEffects): Promise<void> {
		const row = (): string => `(${this.#below(6)}, ${this.#below(20)}, '${'abc'[this.#below(3)] ?? ''}')`;
		const rows = Array.from({ length: 4 + this.#below(12) }, row);
		const sql = `SELECT * FROM (VALUES ${rows.join(', ')}) AS t(k, v, s)`;
		this.#sources.set(name, sql);
		await this.#save(name, sql, effects);
	}

	async #save(name: string, sql: string, effects: TestEffects): Promise<void> {
		const id = resultId(effects.randomId());
		const saved = await saveQuery({ id, name, sql, whenTaken: 'new-version' }, effects);
		if (!saved.ok) throw new Error(JSON.stringify(saved.error));
	}

	async #edit(effects: TestEffects): Promise<string> {
		this.#old.push({ text: JSON.stringify(this.#nodes.map(({ sql }) => sql)), least: this.#least });
		const kind = this.#below(7);
		const source = this.#pick([...this.#sources.keys()]);
		if (kind <= 1) {
			await this.#fill(source, effects);
			return `rows of ${source}`;
		}
		if (kind === 2) {
			await this.#save(source, this.#sources.get(source) ?? '', effects);
			return `the same rows of ${source} once more`;
		}
		if (kind === 3) {
			this.#least = this.#below(20);
			return 'a parameter';
		}
		if (kind === 4) {
			const before = this.#pick(this.#old);
			this.#least = before.least;
			for (const [index, sql] of (JSON.parse(before.text) as string[]).entries()) {
				const node = this.#nodes[index];
				if (node) node.sql = sql;
			}
			return 'back to an older text';
		}
		const node = this.#pick(this.#nodes);
		if (kind === 5) {
			await this.#save(node.name, "SELECT 9 AS k, 9 AS v, 'z' AS s", effects);
			return `somebody else wrote ${node.name}`;
		}
		node.sql = randomSql(this.#random, node.reads);
		return `the SQL of ${node.name}`;
	}

	#text(): string {
		const steps = this.#nodes.map(({ name, sql, reads }) => {
			const needs = [...new Set(reads)].filter((one) => !this.#sources.has(one));
			return `  - { id: ${name}, kind: transform, needs: [${needs.join(', ')}], into: ${name}, sql: ${JSON.stringify(sql)} }`;
		});
		return ['name: p', 'params: { least: { type: integer } }', 'steps:', ...steps].join('\n');
	}

	async #heads(effects: TestEffects): Promise<Heads> {
		const heads = new Map<string, readonly { readonly min: string | null }[]>();
		for (const name of [...this.#sources.keys(), ...this.#nodes.map((node) => node.name)]) {
			const found = await findDataset(name, effects);
			if (found.ok) heads.set(name, found.value.version.statistics);
		}
		return heads;
	}

	/** Builds everything anew, by the engine alone, and compares; answers with the rows that each step reads. */
	#rebuild(engine: NodeEngine, heads: Heads, problems: string[], what: string): ReadonlyMap<string, number> {
		const full = (name: string): string => `full_${name}`;
		const rowCounts = new Map<string, number>();
		const read = new Map<string, number>();
		for (const [name, sql] of this.#sources) {
			engine.rows(`CREATE OR REPLACE TABLE ${full(name)} AS ${sql}`);
			rowCounts.set(name, sql.split('), (').length);
		}
		for (const { name, sql, reads } of this.#nodes) {
			const own = reads.reduce((text, one) => text.replaceAll(new RegExp(`\\b${one}\\b`, 'g'), full(one)), sql);
			const filled = own.replaceAll('${{ params.least }}', String(this.#least));
			engine.rows(`CREATE OR REPLACE TABLE ${full(name)} AS ${filled}`);
			const made = sorted(engine.rows(`SELECT * FROM ${quoteName(engine.tableOf(heads.get(name) ?? []))}`));
			const wanted = sorted(engine.rows(`SELECT * FROM ${full(name)}`));
			rowCounts.set(name, wanted.length);
			read.set(
				name,
				[...new Set(reads)].reduce((sum, one) => sum + (rowCounts.get(one) ?? 0), 0)
			);
			if (made.join('\n') === wanted.join('\n')) continue;
			problems.push(`after ${what}, ${name} is not what a full rebuild makes of ${JSON.stringify(sql)}`);
			break;
		}
		return read;
	}

	#unsound(runner: RunnerEffects): RunnerEffects {
		const plant = this.#plant;
		const { worker, sha256 } = runner;
		if (plant === 'outputs-stand')
			return { ...runner, worker: { ...worker, stands: () => Promise.resolve({ ok: true, value: true }) } };
		if (plant === 'numbers-do-not-count') {
			const blind = (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
				const text = new TextDecoder().decode(bytes);
				return sha256(text.includes('SELECT') ? new TextEncoder().encode(text.replace(/\b\d+\b/g, '0')) : bytes);
			};
			return { ...runner, sha256: blind };
		}
		if (plant === null) return runner;
		return {
			...runner,
			worker: {
				...worker,
				study: async (work) => {
					const studied = await worker.study(work);
					if (!studied.ok || work.kind !== 'transform') return studied;
					const { inputs } = studied.value;
					const named = (name: string, text: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
					// Its hash alone is blind: an input that is left out altogether is noticed when the output is kept.
					const sql = work.rows.kind === 'sql' ? work.rows.sql : '';
					const seen = (name: string): boolean => {
						if (plant === 'joins-read-nothing') return named(name, sql.split('JOIN')[0] ?? '');
						return plant === 'filters-read-nothing' && named(name, sql.replace(FILTER_TABLE, ''));
					};
					const left = inputs.map((input) => (seen(input.dataset) ? input : { ...input, contentHash: 'any' }));
					return { ok: true, value: { ...studied.value, inputs: left } };
				}
			}
		};
	}
}

/** What stands in for IndexedDB goes through all transactions that ever were whenever one begins. */
function forgetTransactions({ db }: TestEffects): void {
	const raw = Reflect.get(db.backendDB(), '_rawDatabase') as { transactions: { readonly _state: string }[] };
	raw.transactions = raw.transactions.filter(({ _state: state }) => state !== 'finished');
}

function sorted(rows: readonly Record<string, unknown>[]): readonly string[] {
	return rows.map((row) => JSON.stringify(Object.values(row))).sort();
}
