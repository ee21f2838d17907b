// `predict('model', …)` in SQL: its answers are computed over the table its query reads, before the query runs over them.
import { resultId, type ResultId, type VersionId } from '../core/ids.ts';
import type { ModelVersion } from '../core/model/registry/registered-model.ts';
import { givenByName, givenInOrder, type GivenColumn, type ModelInputMismatch } from '../core/onnx/serve-sql.ts';
import { err, ok, type Result } from '../core/result.ts';
import { findPredictions, type PredictCall, type PredictTable } from '../core/sql/find-predictions.ts';
import { heldTableSql } from '../core/sql/held.ts';
import { bindParams } from '../core/sql/quote.ts';
import type { SqlParam } from '../core/sql/relation.ts';
import { rewrite } from '../core/sql/rewrite.ts';
import type { Column } from '../core/version/version.ts';
import type { OnnxSession } from '../threads/onnx-session.ts';
import { answeredSql } from '../core/onnx/answered-sql.ts';
import { tellingAll } from '../core/onnx/signature.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { findModel } from './resolve-model.ts';
import { answererOf } from './answer-model.ts';
import { answerTable, withSession, type ServeEffects, type ServeFailure } from './serve-model.ts';
import { SegmentWork } from './segment-work.ts';
import type { BoundSql } from '../core/sql/bind-versions.ts';

/** What a text read of models and of versions, for its lineage. */
export type Predicted = {
	readonly sql: string;
	/** None where calls were replaced: they stand in the text as values then. */
	readonly params: readonly SqlParam[];
	readonly toOriginal: (position: number) => number;
	readonly inputs: readonly VersionId[];
	readonly models: readonly UsedModel[];
};
export type UsedModel = Pick<ModelVersion, 'model' | 'number' | 'onnx'>;

export type Bind = (sql: string) => Promise<Result<BoundSql, ServeFailure>>;

/** As it is: most texts ask no model. */
const asItIs = (sql: string, params: readonly SqlParam[]): Predicted => ({
	sql,
	params,
	toOriginal: (position) => position,
	inputs: [],
	models: []
});

type PredictInput = {
	readonly id: ResultId;
	readonly sql: string;
	readonly params?: readonly SqlParam[] | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Models of our own are asked as their files in ONNX Runtime too. */
	readonly byOnnx?: boolean | undefined;
};

/**
 * Computes what the text asks of models, then `use`s a text without calls over the answers. The tables that it reads go afterwards.
 *
 * `bind` puts versions in the place of names.
 */
export async function withPredictions<T, F>(
	input: PredictInput,
	bind: Bind,
	effects: ServeEffects,
	use: (predicted: Predicted) => Promise<Result<T, F>>
): Promise<Result<T, F | ServeFailure>> {
	const found = findPredictions(input.sql);
	if (!found.ok) return found;
	if (found.value.length === 0) return use(asItIs(input.sql, input.params ?? []));
	return asJob(effects.jobs, 'Ask a model', input.signal, async (job): Promise<Result<T, F | ServeFailure>> => {
		const planner = new PredictionWork(input, bind, job, effects);
		try {
			const predicted = await withSession(job.signal, effects, (session) => planner.predict(session));
			return predicted.ok ? await use(predicted.value) : predicted;
		} finally {
			await planner.drop();
		}
	});
}

class PredictionWork {
	readonly #input: PredictInput;
	readonly #bind: Bind;
	readonly #job: JobHandle;
	readonly #effects: ServeEffects;
	readonly #work: SegmentWork;
	readonly #tables: string[] = [];
	readonly #inputs = new Set<VersionId>();
	readonly #models = new Map<string, UsedModel>();

	constructor(input: PredictInput, bind: Bind, job: JobHandle, effects: ServeEffects) {
		this.#input = input;
		this.#bind = bind;
		this.#job = job;
		this.#effects = effects;
		this.#work = new SegmentWork(resultId(`${input.id}-predict`), job, effects);
	}

	async drop(): Promise<void> {
		for (const table of this.#tables) await this.#work.drop(heldTableSql(table));
	}

	async predict(session: OnnxSession): Promise<Result<Predicted, ServeFailure>> {
		const valued = bindParams(this.#input.sql, this.#input.params ?? []);
		if (!valued.ok) return valued;
		let { sql, toOriginal } = valued.value;
		for (;;) {
			const found = findPredictions(sql);
			if (!found.ok) return found;
			const [table] = found.value;
			if (!table)
				return ok({ sql, params: [], toOriginal, inputs: [...this.#inputs], models: [...this.#models.values()] });
			const edits = await this.#answer(table, session);
			if (!edits.ok) return edits;
			const before = toOriginal;
			const rewritten = rewrite(
				sql,
				edits.value.toSorted((one, other) => one.start - other.start)
			);
			sql = rewritten.sql;
			toOriginal = (position) => before(rewritten.toOriginal(position));
		}
	}

	/** What stands in the place of the table and of the calls. */
	async #answer(table: PredictTable, session: OnnxSession) {
		const held = this.#newTable('given');
		const given = await this.#give(table, heldTableSql(held));
		if (!given.ok) return given;
		const edits = [{ start: table.start, end: table.end, text: `${heldTableSql(held)} AS ${table.alias}` }];
		const answersByCall = new Map<string, string>();
		for (const call of table.calls) {
			const version = await findModel(call.model, this.#effects);
			if (!version.ok) return version;
			const { model, number, onnx } = version.value;
			const keyOf = (one: PredictCall): string => JSON.stringify([one.model, one.arguments]);
			const tellsAll = table.calls.some(
				(one) => one.function === 'predict_probabilities' && keyOf(one) === keyOf(call)
			);
			const asked = tellsAll ? { ...version.value, signature: tellingAll(version.value.signature) } : version.value;
			const key = JSON.stringify([onnx, model, number, call.arguments, tellsAll]);
			let answers = answersByCall.get(key);
			if (answers === undefined) {
				answers = this.#newTable('answers');
				answersByCall.set(key, answers);
				const columns = await this.#columns(call, version.value, table, { held, ...given.value });
				if (!columns.ok) return columns;
				const wanted = {
					id: `${this.#input.id}-${answers}`,
					table: heldTableSql(held),
					alias: table.alias,
					rowCount: given.value.rowCount,
					given: columns.value,
					answers
				};
				const answerer = await answererOf(asked, session, this.#effects, this.#input.byOnnx);
				if (!answerer.ok) return answerer;
				const answered = await answerTable(asked, wanted, answerer.value, this.#job, this.#effects);
				if (!answered.ok) return answered;
				this.#models.set(onnx, { model, number, onnx });
			}
			const text = answeredSql(call, asked.signature, { answers: heldTableSql(answers), alias: table.alias });
			edits.push({ start: call.start, end: call.end, text });
		}
		return ok(edits);
	}

	/** Makes the table of rows that models are asked about. */
	async #give(table: PredictTable, held: string) {
		const bound = await this.#bind(`${table.prefix}SELECT * FROM ${table.sql}`);
		if (!bound.ok) return bound;
		for (const input of bound.value.inputs) this.#inputs.add(input);
		const { engine } = this.#effects;
		const { id } = this.#input;
		const sql = `CREATE OR REPLACE TABLE ${held} AS ${bound.value.sql}`;
		const made = await engine.run(
			{ id: resultId(`${id}-give`), sql, params: [], relations: bound.value.relations },
			() => undefined
		);
		if (!made.ok) return made.error.kind === 'sql-error' ? err({ ...made.error, position: table.start }) : made;
		const schema = await this.#describe(`SELECT * FROM ${held}`);
		if (!schema.ok) return schema;
		const counted = await this.#work.rows(`SELECT count(*) AS n FROM ${held}`, []);
		if (!counted.ok) return counted;
		return ok({ schema: schema.value, rowCount: Number(counted.value[0]?.['n']) });
	}

	async #columns(
		call: PredictCall,
		version: ModelVersion,
		table: PredictTable,
		given: { readonly held: string; readonly schema: readonly Column[] }
	): Promise<Result<readonly GivenColumn[], ServeFailure | ModelInputMismatch>> {
		const { signature } = version;
		if (call.arguments.length === 0) return givenByName(signature, given.schema, call.model);
		const wanted = signature.columns.length;
		if (call.arguments.length !== wanted) {
			const names = signature.columns.map(({ name }) => name).join(', ');
			const message = `"${call.model}" takes ${wanted} columns (${names}), and ${call.arguments.length} are given`;
			return err({ kind: 'sql-error', type: 'Binder', message, position: call.start, candidates: [] });
		}
		const list = call.arguments.map((sql, index) => `${sql} AS a${index}`).join(', ');
		const types = await this.#describe(`SELECT ${list} FROM ${heldTableSql(given.held)} AS ${table.alias}`);
		if (!types.ok) return types.error.kind === 'sql-error' ? err({ ...types.error, position: call.start }) : types;
		const columns = call.arguments.map((sql, index) => ({
			name: signature.columns[index]?.name ?? sql,
			type: types.value[index]?.type ?? 'VARCHAR',
			sql: `(${sql})`
		}));
		return givenInOrder(signature, columns, call.model);
	}

	#describe(sql: string) {
		return this.#effects.engine.describe({ id: resultId(`${this.#input.id}-predict`), sql, params: [], relations: [] });
	}

	#newTable(of: string): string {
		const name = `${of}-${this.#tables.length}-${this.#input.id}`;
		this.#tables.push(name);
		return name;
	}
}
