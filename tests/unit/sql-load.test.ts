// Loads from a database that are killed at random, while it gets more rows: every row is kept once, and as it was last.
import { describe, expect, it } from 'vitest';
import type { Failure } from '#core/failure.ts';
import { err, ok, type Result } from '#core/result.ts';
import { parseConnection } from '#core/source/connection.ts';
import type { LoadState } from '#core/source/load-state.ts';
import type { SqlConnection } from '#core/source/sql/sql-connection.ts';
import type { DatabaseNet, RowsAnswered, RowsAsked } from '#lib/flows/database-net.ts';
import { runLoad, type LoadCounts, type LoadSink } from '#lib/flows/load-run.ts';
import type { SourceFile } from '#lib/flows/source-reader.ts';
import { SqlReader } from '#lib/flows/sql-reader.ts';
import { seeded } from '../seeded.ts';

class Killed extends Error {}

type Row = { readonly id: number; readonly at: string | null; readonly name: string };
type Plant = 'none' | 'no-ties' | 'rows-before-state';

const server = 'kind: postgres\nhost: db.example.org\ndatabase: shop\nuser: reader\ntable: orders\n';

function sqlOf(text: string): SqlConnection {
	const parsed = parseConnection(server + text);
	if (!parsed.ok || parsed.value.kind !== 'postgres') throw new Error(JSON.stringify(parsed));
	return parsed.value;
}

class World {
	readonly random: () => number;
	readonly rows: Row[] = [];
	readonly connection: SqlConnection;
	readonly #plant: Plant;
	kept: Row[] = [];
	state: LoadState | null = null;
	killRatio = 0.06;
	#newest = 0;

	constructor(seed: number, plant: Plant = 'none') {
		this.random = seeded(seed);
		this.#plant = plant;
		const texts = [
			'since: { field: at }\nload: { mode: append }',
			'since: { field: at, late: 10m }\nload: { mode: merge, key: [id] }',
			'load: { mode: merge, key: [id] }'
		];
		this.connection = sqlOf(texts[Math.floor(this.random() * texts.length)] ?? '');
		this.grow(40);
	}

	get isAppend(): boolean {
		return this.connection.load.mode === 'append';
	}

	grow(count: number): void {
		for (let made = 0; made < count; made++) {
			if (this.random() < 0.4) this.#newest += 60_000;
			const id = this.rows.length;
			this.rows.push({ id, at: this.#now(), name: `row ${id}` });
		}
		if (this.isAppend) return;
		const at = Math.floor(this.random() * this.rows.length);
		const row = this.rows[at];
		this.#newest += 60_000;
		if (row) this.rows[at] = { ...row, at: this.#now(), name: `${row.name}!` };
	}

	#now(): string {
		return new Date(1_600_000_000_000 + this.#newest).toISOString();
	}

	#mayDie(): void {
		if (this.random() < this.killRatio) throw new Killed();
	}

	readonly #net: DatabaseNet = {
		tables: () => Promise.resolve(ok([])),
		put: () => Promise.resolve(ok({ addedCount: 0, changedCount: 0 })),
		rows: (_server, asked) => {
			this.#mayDie();
			const rows = this.#page(asked);
			const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
			return Promise.resolve(
				ok({
					columns: [
						{ name: 'id', type: 'INTEGER' },
						{ name: 'at', type: 'TIMESTAMP' },
						{ name: 'name', type: 'VARCHAR' }
					],
					format: 'ndjson',
					rows: new Blob(lines),
					rowCount: rows.length
				})
			);
		}
	};

	#page({ order = [], after, limit }: RowsAsked): readonly Row[] {
		const [by] = order as (keyof Row)[];
		if (!by) return this.rows;
		const compare = (one: unknown, other: unknown): number =>
			typeof one === 'number' ? one - Number(other) : String(one) < String(other) ? -1 : Number(one !== other);
		const sorted = this.rows.toSorted((a, b) => compare(a[by], b[by]));
		const behind = sorted.filter((row) => {
			const order = after ? compare(row[by], after.values[0]) : 1;
			return order > 0 || (order === 0 && after?.isFrom === true);
		});
		const cut = limit ?? behind.length;
		const last = behind[cut - 1];
		const ties = behind.slice(cut).filter((row) => last && row[by] === last[by]);
		return [...behind.slice(0, cut), ...(this.#plant === 'no-ties' ? [] : ties)];
	}

	readonly #sink: LoadSink = {
		keep: (loaded, state) => {
			this.#mayDie();
			if (loaded.kind !== 'rows') throw new Error('no file was given');
			const rows = loaded.rows.map((line) => JSON.parse(line) as Row);
			const ids = new Set(rows.map(({ id }) => id));
			this.kept = [...(this.isAppend ? this.kept : this.kept.filter(({ id }) => !ids.has(id))), ...rows];
			if (this.#plant === 'rows-before-state') this.#mayDie();
			this.state = JSON.parse(JSON.stringify(state)) as LoadState;
			this.#mayDie();
			return Promise.resolve(ok({ rowCount: rows.length, rejectedCount: 0 }));
		}
	};

	async load(): Promise<Result<LoadCounts, Failure> | 'killed'> {
		const { connection, state } = this;
		try {
			const secrets = new Map([['password', 'x']]);
			const reader = new SqlReader(
				{ connection, secrets, signal: new AbortController().signal, pageRows: 7 },
				this.#net
			);
			return await runLoad(
				{
					...{ connection, id: 'c', asked: connection.asked, name: 'orders', state, columns: null },
					hash: (text) => Promise.resolve(text),
					batchBytes: 400,
					onProgress: () => undefined
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
			for (let tries = 0; tries < 3; tries++) {
				await this.load();
				if (this.random() < 0.5) this.grow(Math.floor(this.random() * 10));
			}
		}
		this.killRatio = 0;
		for (let tries = 0; tries < 2; tries++) {
			const loaded = await this.load();
			if (loaded === 'killed' || !loaded.ok) return JSON.stringify(loaded);
		}
		const text = (rows: readonly Row[]): string => JSON.stringify(rows.toSorted((a, b) => a.id - b.id));
		return text(this.kept) === text(this.rows) ? null : `${this.connection.asked}: ${text(this.kept)}`;
	}
}

describe('loads from a database', () => {
	it('keep every row once, whatever ends them and whatever comes meanwhile', async () => {
		const wrong: string[] = [];
		for (let seed = 1; seed <= 300; seed++) {
			const found = await new World(seed).run();
			if (found !== null) wrong.push(`seed ${seed}: ${found}`);
		}
		expect(wrong).toEqual([]);
	});

	it.each(['no-ties', 'rows-before-state'] as const)('a planted bug is found: %s', async (plant) => {
		for (let seed = 1; seed <= 600; seed++) if ((await new World(seed, plant).run()) !== null) return;
		expect.fail('nothing was found');
	});

	it('ask for a password and a table before they ask anybody', async () => {
		const connection = sqlOf('load: { mode: full }');
		const nobody = (): never => expect.unreachable();
		const net: DatabaseNet = { tables: nobody, rows: nobody, put: nobody };
		const reader = new SqlReader({ connection, secrets: new Map(), signal: new AbortController().signal }, net);
		expect(await reader.list()).toEqual(
			err({ kind: 'secret-missing', secret: 'password', origin: 'postgres://db.example.org:5432' })
		);
	});
});

describe('a whole table', () => {
	const columns = [
		{ name: 'id', type: 'INTEGER' },
		{ name: ' a\n"b"', type: 'VARCHAR' }
	];
	type Whole = Pick<SourceFile, 'name' | 'overrides'> & { readonly asked: readonly unknown[]; readonly text: string };
	const readWhole = async (
		answer: Pick<RowsAnswered, 'format' | 'rowCount'> & { readonly text: string }
	): Promise<Whole> => {
		const asked: unknown[] = [];
		const { text, ...rest } = answer;
		const net: DatabaseNet = {
			tables: () => Promise.resolve(ok([])),
			put: () => Promise.resolve(ok({ addedCount: 0, changedCount: 0 })),
			rows: (_server, how) => {
				asked.push(how.format);
				return Promise.resolve(ok({ columns, rows: new Blob([text]), ...rest }));
			}
		};
		const secrets = new Map([['password', '']]);
		const reader = new SqlReader(
			{ connection: sqlOf('load: { mode: full }'), secrets, signal: new AbortController().signal },
			net
		);
		const from = { position: null, batches: 0, since: null, columns: null };
		for await (const batch of reader.read(from)) {
			if (!batch.ok || batch.value.content.kind !== 'file') return expect.unreachable(JSON.stringify(batch));
			const { blob, name, overrides } = batch.value.content;
			return { asked, name, overrides, text: await blob.text() };
		}
		return expect.unreachable('nothing was read');
	};

	it('is asked for as CSV where that keeps it, and is read by its own types and names', async () => {
		const whole = await readWhole({ format: 'csv', rowCount: 1, text: '1,""\n' });
		expect(whole.asked).toEqual(['any']);
		expect(whole.name).toBe('shop.csv');
		expect(whole.text).toBe('"id","a ""b"""\n1,""\n');
		expect(whole.overrides).toMatchObject({
			csv: { emptyTexts: true, nullTexts: [], header: true },
			types: { id: 'INTEGER', 'a "b"': 'VARCHAR' },
			names: { 'a "b"': ' a\n"b"' }
		});
	});

	it('comes as lines of JSON where CSV does not keep it', async () => {
		const whole = await readWhole({ format: 'ndjson', rowCount: 1, text: '{"id":1}\n' });
		expect(whole).toMatchObject({ name: 'shop.ndjson', text: '{"id":1}\n', overrides: { format: 'ndjson' } });
	});

	it('has its columns where it has no rows', async () => {
		const whole = await readWhole({ format: 'ndjson', rowCount: 0, text: '' });
		expect(whole).toMatchObject({ name: 'shop.csv', text: '"id","a ""b"""\n' });
	});
});
