// Does the work of a pipeline's steps over the real engine and store, through the flows that the page uses.
import type { SuiteVerdict } from '../core/check/verdict.ts';
import { resultId, type VersionId } from '../core/ids.ts';
import type { StepLineage } from '../core/lineage/step-lineage.ts';
import {
	sqlsOf,
	type BranchWork,
	type CheckWork,
	type IngestWork,
	type ReportWork,
	type SuiteGate,
	type TransformWork,
	type Work
} from '../core/pipeline/pipeline.ts';
import { PURE_FUNCTIONS_SQL, whyUnrepeatable } from '../core/pipeline/repeatable.ts';
import {
	NO_OUTCOME,
	type FailureFacts,
	type OutputRecord,
	type StepOutcome,
	type TableFacts
} from '../core/pipeline/run-record.ts';
import { err, ok, type Result } from '../core/result.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import { bindVersions } from '../core/sql/bind-versions.ts';
import { predictFunctions } from '../core/sql/find-predictions.ts';
import { writeReference } from '../core/sql/quote.ts';
import { CALLED } from '../core/transform/function-step.ts';
import type { FunctionStage } from '../core/transform/staged-sql.ts';
import type { Version } from '../core/version/version.ts';
import type { CheckpointOf, Committed } from './commit-table.ts';
import type { Effects } from './effects.ts';
import { noticingLoss } from './engine-loss.ts';
import { ingestInto } from './ingest-into.ts';
import { ingestSource } from './ingest-source.ts';
import { gateLines, gateOutcome, gateVersion } from './gate-version.ts';
import { catalogueEntries, findDataset, listDatasets, type CatalogueItem } from './list-datasets.ts';
import { answerSql, runSql } from './run-sql.ts';
import type { Done, StepWorker, Study, WorkContext } from './runner-effects.ts';
import { factsOf, itemNamed, studyIngest, tableFacts } from './step-inputs.ts';
import { itemOf, textOf } from './step-items.ts';
import { jobsOfStep } from './step-jobs.ts';
import { loadStep, stepSource } from './step-source.ts';
import { lineageOf, type LineageOf } from './step-lineage.ts';
import { publishEdition } from './publish-edition.ts';
import { rowsOfTest } from './test-model.ts';
import { compileRows, transformRows } from './transform-rows.ts';

const ITEMS_MAX = 1000;
const EACH_TIME = 'each run publishes an edition of its own';

/** One for each run: what it asks of the engine once, it remembers. */
export function createStepWorker(effects: Effects): StepWorker {
	const worker = new RealWorker(effects);
	return {
		study: (work) => noticingLoss(effects, () => worker.study(work)),
		stands: (output) => worker.stands(output),
		work: (work, context) => noticingLoss(effects, () => worker.work(work, context)),
		test: (work, test) => rowsOfTest(work, test, effects),
		killWorker: () => effects.killEngine()
	};
}

type EngineFacts = { readonly engine: string; readonly pure: ReadonlySet<string> };

class RealWorker {
	readonly #effects: Effects;
	/** The catalogue as a work was studied with it. */
	readonly #studied = new WeakMap<Work, readonly CatalogueItem[]>();
	#engine: EngineFacts | null = null;

	constructor(effects: Effects) {
		this.#effects = effects;
	}

	async study(work: Work): Promise<Result<Study, FailureFacts>> {
		const engine = await this.#engineFacts();
		if (!engine.ok) return engine;
		const items = await listDatasets(this.#effects);
		if (!items.ok) return items;
		this.#studied.set(work, items.value);
		if (work.kind === 'ingest') return studyIngest(work, items.value, engine.value.engine);
		if (work.kind === 'report')
			return ok({ inputs: [], engine: engine.value.engine, unrepeatable: EACH_TIME, source: null });
		const inputs = new Map<string, TableFacts>();
		let unrepeatable: string | null = null;
		let program: string | null = null;
		let sqls = sqlsOf(work);
		if (work.kind === 'transform') {
			const compiled = await compileRows(work.rows, resultId(`study ${this.#effects.randomId()}`), this.#effects);
			if (!compiled.ok) return compiled;
			program = compiled.value.program;
			sqls = [compiled.value.sql];
		}
		if (work.kind === 'check' && work.suite) {
			sqls = [`SELECT * FROM ${writeReference(work.suite.dataset)}`];
			unrepeatable = 'a suite may ask how old rows are';
		}
		// A name in quotes may have its version with it.
		const isDataset = (name: string): boolean =>
			[name, name.replace(/@[^@]*$/, '')].some((one) => itemNamed(one, items.value) !== undefined);
		for (const sql of sqls) {
			const bound = bindVersions(sql, catalogueEntries(items.value));
			if (!bound.ok) return bound;
			for (const relation of bound.value.relations)
				for (const facts of factsOf(relation, items.value)) inputs.set(relation.name, facts);
			unrepeatable ??= whyUnrepeatable(
				sql,
				program === null ? engine.value.pure : withProgram(engine.value.pure),
				isDataset
			);
		}
		return ok({ inputs: [...inputs.values()], engine: engine.value.engine, program, unrepeatable, source: null });
	}

	async stands({ outcome: { table } }: OutputRecord): Promise<Result<boolean, FailureFacts>> {
		if (!table) return ok(true);
		const items = await listDatasets(this.#effects);
		if (!items.ok) return items;
		return ok(itemNamed(table.dataset, items.value)?.version.contentHash === table.contentHash);
	}

	async work(work: Work, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		switch (work.kind) {
			case 'ingest':
				return this.#ingest(work, context);
			case 'transform':
				return this.#transform(work, context);
			case 'check':
				return work.suite ? this.#gate(work, work.suite, context) : this.#check(work, context);
			case 'branch':
				return this.#branch(work, context);
			case 'for-each':
				return work.items.kind === 'sql' ? this.#items(work.items.sql, work, context) : ok(plain(NO_OUTCOME));
			case 'report':
				return this.#report(work, context);
			case 'join':
			case 'pipeline':
				return ok(plain(NO_OUTCOME));
		}
	}

	async #report(work: ReportWork, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const { run, step, pipeline, signal } = context;
		const log = (text: string): void => context.log('info', text);
		const input = { id: this.#id(context), by: { pipeline, run, step }, work, signal, log };
		const published = await publishEdition(input, this.#effects);
		if (!published.ok) return published;
		const edition = published.value;
		const items = await listDatasets(this.#effects);
		if (!items.ok) return items;
		const read = items.value.flatMap(({ dataset, reached }) =>
			reached.filter(({ id }) => edition.versions.includes(id)).map((version) => tableFacts(dataset.name, version))
		);
		const shown = { id: edition.id, report: edition.report };
		return ok(plain({ ...NO_OUTCOME, inputs: read, edition: shown }));
	}

	async #transform(work: TransformWork, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const id = this.#id(context);
		const compiled = await compileRows(work.rows, id, this.#effects);
		if (!compiled.ok) return compiled;
		const stages = compiled.value.staged?.stages ?? [];
		const lineage = await this.#lineageOf(work, compiled.value.sql, context, codeOf(stages));
		if (!lineage.ok) return lineage;
		const { checkpoint, done } = new Keeper(context, lineage.value);
		const { signal, pieces } = context;
		const input = { id, work, message: messageOf(context), signal, checkpoint, pieces, compiled: compiled.value };
		const saved = await transformRows(input, this.#telling(context));
		return saved.ok ? ok(done(saved.value)) : saved;
	}

	async #ingest(work: IngestWork, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const { into, mode, key, options: overrides, source: from } = work;
		if (from.kind === 'connection') {
			const table = await loadStep({ ...from, into }, context, this.#telling(context));
			return table.ok ? ok(plain({ ...NO_OUTCOME, table: table.value })) : table;
		}
		if (into === null) return ok(plain({ ...NO_OUTCOME, inputs: context.inputs, table: context.inputs[0] ?? null }));
		const source = await stepSource(from, this.#effects);
		if (!source.ok) return source;
		const lineage = await this.#lineageOf(work, null, context);
		if (!lineage.ok) return lineage;
		const keep = new Keeper(context, lineage.value);
		const shared = {
			source: source.value,
			overrides,
			message: messageOf(context),
			signal: context.signal,
			checkpoint: keep.checkpoint
		};
		const there = await findDataset(into, this.#effects);
		if (!there.ok && there.error.kind !== 'unknown-dataset') return there;
		const committed = there.ok
			? await ingestInto({ ...shared, id: this.#id(context), into, mode, key }, this.#telling(context))
			: await ingestSource({ ...shared, name: into, primaryKey: key }, this.#telling(context));
		return committed.ok ? ok(keep.done(committed.value)) : committed;
	}

	async #check(work: CheckWork, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const { severity } = work;
		const assertions: { name: string; passed: boolean }[] = [];
		for (const { name, sql } of work.assertions) {
			const holds = await this.#condition(sql, work, context);
			if (!holds.ok) return holds;
			assertions.push({ name: name || context.step, passed: holds.value });
			const verdict = holds.value ? 'passed' : 'failed';
			context.log(
				holds.value ? 'info' : severity,
				name === '' ? `The check ${verdict}` : `The check ${name} ${verdict}`
			);
		}
		const failed = assertions.filter(({ passed }) => !passed).map(({ name }) => name);
		if (failed.length > 0 && severity === 'error')
			return err({ kind: 'check-failed', step: context.step, assertions: failed });
		const all = work.assertions.map(({ sql }) => `(${sql.replace(/;\s*$/, '')})`).join(' AND ');
		const sql = work.assertions.length === 1 ? (work.assertions[0]?.sql ?? null) : `SELECT ${all}`;
		const lineage = await this.#lineageOf(work, sql, context);
		if (!lineage.ok) return lineage;
		const verdict = failed.length > 0 ? 'failed' : 'passed';
		const { inputs } = context;
		return ok(plain({ ...NO_OUTCOME, inputs, verdict, assertions, lineage: lineage.value(null) }));
	}

	/** A quarantine commits its good rows, and its checkpoint with them. */
	async #gate(work: CheckWork, gate: SuiteGate, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const sql = `SELECT * FROM ${writeReference(gate.dataset)}`;
		const lineage = await this.#lineageOf(work, sql, context);
		if (!lineage.ok) return lineage;
		const keep = new Keeper(context, lineage.value);
		const { signal } = context;
		const onVerdict = (verdict: SuiteVerdict, failed: readonly string[]): void => {
			for (const { level, text } of gateLines(verdict)) context.log(level, text);
			keep.also = gateOutcome(verdict, failed);
		};
		const { checkpoint } = keep;
		const input = { id: this.#id(context), gate, message: messageOf(context), signal, checkpoint, onVerdict };
		const gated = await gateVersion(input, this.#effects);
		if (!gated.ok) return gated;
		const { failed, committed, isOpen } = gated.value;
		if (!isOpen) return err({ kind: 'check-failed', step: context.step, assertions: failed });
		if (committed) return ok(keep.done(committed));
		const { inputs } = context;
		return ok(plain({ ...NO_OUTCOME, ...keep.also, inputs, lineage: lineage.value(null) }));
	}

	async #lineageOf(
		work: Work,
		sql: string | null,
		context: WorkContext,
		code: StepLineage['code'] = null
	): Promise<Result<LineageOf, FailureFacts>> {
		const engine = await this.#engineFacts();
		if (!engine.ok) return engine;
		const studied = this.#studied.get(work);
		const items = studied ? ok(studied) : await listDatasets(this.#effects);
		if (!items.ok) return items;
		const input = { work, sql, code, engine: engine.value.engine, items: items.value, id: this.#id(context) };
		return lineageOf(input, this.#effects);
	}

	async #branch(work: BranchWork, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const { on, otherwise } = work;
		let chosen = otherwise;
		for (const { sql, then } of on.kind === 'sql' ? on.cases : []) {
			const holds = await this.#condition(sql, work, context);
			if (!holds.ok) return holds;
			if (!holds.value) continue;
			chosen = then;
			break;
		}
		context.log('info', `Goes on with ${chosen.join(', ') || 'nothing'}`);
		return ok(plain({ ...NO_OUTCOME, inputs: context.inputs, chosen }));
	}

	async #items(sql: string, work: Work, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const rows = await this.#rows(sql, context.signal, this.#id(context), this.#studied.get(work));
		if (!rows.ok) return rows;
		if (rows.value.length > ITEMS_MAX)
			return err({ kind: 'too-many-items', count: rows.value.length, limit: ITEMS_MAX });
		context.log('info', `${rows.value.length} items`);
		return ok(plain({ ...NO_OUTCOME, inputs: context.inputs, items: rows.value.map(itemOf) }));
	}

	async #condition(sql: string, work: Work, context: WorkContext): Promise<Result<boolean, FailureFacts>> {
		const asked = { id: this.#id(context), sql, signal: context.signal };
		const rows = await answerSql(asked, this.#effects, this.#studied.get(work));
		if (!rows.ok) return rows;
		const cells = Object.values(rows.value[0] ?? {});
		const [cell] = cells;
		if (rows.value.length !== 1 || cells.length !== 1 || (typeof cell !== 'boolean' && cell !== null))
			return err({ kind: 'no-condition', step: context.step, rowCount: rows.value.length, columnCount: cells.length });
		return ok(cell === true);
	}

	async #rows(
		sql: string,
		signal: AbortSignal | undefined,
		id: ReturnType<typeof resultId>,
		/** What was studied is what is read: else the answer would be kept as one of other rows. */
		items?: readonly CatalogueItem[]
	): Promise<Result<readonly Record<string, unknown>[], FailureFacts>> {
		const ran = await runSql({ id, sql, signal }, this.#effects, items);
		if (!ran.ok) return ran;
		try {
			const bytes = await this.#effects.engine.arrow(id);
			return bytes.ok ? ok(decodeRows(bytes.value)) : bytes;
		} finally {
			void this.#effects.engine.release(id);
		}
	}

	async #engineFacts(): Promise<Result<EngineFacts, FailureFacts>> {
		if (this.#engine) return ok(this.#engine);
		const opened = await this.#effects.engine.open();
		if (!opened.ok) return opened;
		const id = resultId(`functions-${this.#effects.randomId()}`);
		const rows = await this.#rows(PURE_FUNCTIONS_SQL, undefined, id);
		if (!rows.ok) return rows;
		const zone = textOf(rows.value[0]?.['zone']);
		this.#engine = {
			engine: `${opened.value.version}, ${zone}`,
			pure: new Set(rows.value.map((row) => textOf(row['name'])))
		};
		return ok(this.#engine);
	}

	#telling({ log }: WorkContext): Effects {
		return { ...this.#effects, jobs: jobsOfStep(this.#effects.jobs, log, this.#effects.now) };
	}

	#id({ run, step, attempt }: WorkContext): ReturnType<typeof resultId> {
		return resultId(`run ${run} ${step} ${attempt} ${this.#effects.randomId()}`);
	}
}

/** Makes the checkpoint with the commit, and remembers what it said. */
class Keeper {
	/** What the outcome tells besides. */
	also: Partial<StepOutcome> = {};
	readonly #context: WorkContext;
	readonly #lineage: LineageOf;
	constructor(context: WorkContext, lineage: LineageOf) {
		this.#context = context;
		this.#lineage = lineage;
	}

	readonly checkpoint: CheckpointOf = (committed) => {
		const { log, checkpoint } = this.#context;
		const { rowCount } = committed.version.table;
		log('info', `Writes ${committed.dataset.name}@${committed.version.id.slice(0, 8)}: ${rowCount} rows`);
		return checkpoint(this.#outcome(committed), this.#isAsStudied(committed.version));
	};

	readonly done = (committed: Committed): Done => ({ outcome: this.#outcome(committed), isCheckpointed: true });

	/** Somebody may have committed between study and work: then the output is good, but not of what was studied. */
	#isAsStudied({ lineage, parents }: Version): boolean {
		const studied = new Set<VersionId>(this.#context.inputs.map(({ version }) => version));
		return lineage.inputs.every((input) => studied.has(input) || parents.includes(input));
	}

	#outcome({ dataset, version }: Committed): StepOutcome {
		const lineage = this.#lineage(version.schema);
		const table = tableFacts(dataset.name, version);
		return { ...NO_OUTCOME, ...this.also, inputs: this.#context.inputs, table, lineage };
	}
}

/** What models are asked is told by the hashes of their files, and functions by their code, which are part of the program then. */
function withProgram(pure: ReadonlySet<string>): ReadonlySet<string> {
	return new Set([...pure, ...predictFunctions, CALLED]);
}

function messageOf({ step }: WorkContext): string {
	return `Made by the step ${step}`;
}

function codeOf(stages: readonly FunctionStage[]): StepLineage['code'] {
	const [first] = stages;
	return first ? { language: first.fn.language, source: stages.map(({ fn }) => fn.code).join('\n') } : null;
}

function plain(outcome: StepOutcome): Done {
	return { outcome, isCheckpointed: false };
}
