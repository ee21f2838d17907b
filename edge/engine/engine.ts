// The engine of an isolate: one instance of DuckDB, a fresh database for each question, one question at a time.
import { decodeDuckDbError } from '#core/sql/duckdb-error.ts';
import { DuckDBDataProtocol } from 'duckdb-blocking';
import { answer, OriginError, prepare } from './answer.ts';
import { openFresh, startDuckDb, type DuckDb } from './duckdb.ts';
import { limitsOf, type EngineEnv, type EngineLimits } from './limits.ts';
import { MemoryFile } from './memory-file.ts';
import type { EngineAnswer, EngineQuestion } from './question.ts';
import { wasEnded } from './steps.ts';
import { Session, TooLongError } from './session.ts';
import { Turns } from './turns.ts';

/** Reading the tables, starting the engine, and a slice that takes longer. */
const PATIENCE_SECONDS = 30;
const nowhere = { sql: '', toOriginal: () => null };

export class IsolateEngine {
	readonly #env: EngineEnv;
	readonly #limits: EngineLimits;
	readonly #turns: Turns;
	#db: DuckDb | null = null;
	#questionCount = 0;

	constructor(env: EngineEnv) {
		this.#env = env;
		this.#limits = limitsOf(env);
		this.#turns = new Turns((this.#limits.seconds + PATIENCE_SECONDS) * 1000);
	}

	async ask(question: EngineQuestion): Promise<EngineAnswer> {
		const endTurn = await this.#turns.take();
		if (!endTurn) return { kind: 'busy' };
		try {
			return await this.#answer(question);
		} finally {
			endTurn();
		}
	}

	async #answer(question: EngineQuestion): Promise<EngineAnswer> {
		const inputs = await this.#read(question);
		if (!Array.isArray(inputs)) return inputs;
		// An instance whose turn ended by time is never taken again.
		const db = this.#db ?? (await startDuckDb(this.#limits.heapBytes));
		this.#db = null;
		const files = inputs.map((_input, at) => `${crypto.randomUUID()}-${++this.#questionCount}-${at}.parquet`);
		try {
			const connection = openFresh(db);
			inputs.forEach((input, at) =>
				db.registerFileHandle(files[at] ?? '', input, DuckDBDataProtocol.BROWSER_FSACCESS, true)
			);
			const session = new Session(db, connection, Date.now() + this.#limits.seconds * 1000);
			prepare(session, question, files, this.#limits);
			const answered = await answer(session, question, this.#limits);
			this.#close(db);
			return answered;
		} catch (error) {
			const failed = this.#explain(error);
			// After a trap, with its memory full, or in the middle of a query, it is not used again.
			if (failed.kind === 'refused' && !wasEnded()) this.#close(db);
			return failed;
		} finally {
			for (const input of inputs) input.close();
		}
	}

	/** The tables' Parquet as it is stored. */
	async #read({ tables }: EngineQuestion): Promise<MemoryFile[] | EngineAnswer> {
		const limitBytes = this.#limits.inputBytes;
		const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
		if (bytes > limitBytes) return { kind: 'too-large', of: 'input', limitBytes, bytes };
		const inputs: MemoryFile[] = [];
		let readBytes = 0;
		for (const { name, key } of tables) {
			const object = await this.#env.OBJECTS.get(key);
			if (!object) return { kind: 'missing', table: name };
			readBytes += object.size;
			if (readBytes > limitBytes) return { kind: 'too-large', of: 'input', limitBytes, bytes: readBytes };
			inputs.push(new MemoryFile(new Uint8Array(await object.arrayBuffer())));
		}
		return inputs;
	}

	/** Leaves an instance with nothing in it for the next question. */
	#close(db: DuckDb): void {
		db.reset();
		db.dropFiles();
		this.#db = db;
	}

	#explain(thrown: unknown): EngineAnswer {
		const { error, origin } = thrown instanceof OriginError ? thrown : { error: thrown, origin: nowhere };
		if (error instanceof TooLongError || wasEnded()) return { kind: 'too-long', limitSeconds: this.#limits.seconds };
		const failure = decodeDuckDbError(error, origin);
		if (failure.kind === 'sql-error') return { kind: 'refused', message: failure.message, position: failure.position };
		if (failure.kind === 'out-of-memory')
			return { kind: 'too-large', of: 'memory', limitBytes: this.#limits.databaseBytes, bytes: null };
		throw error;
	}
}
