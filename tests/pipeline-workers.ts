// Whoever works for the runner's world: steps read tables, fail, take too long and commit, and what should not have been asked is told.
import type { Work } from '#core/pipeline/pipeline.ts';
import { NO_OUTCOME, type FailureFacts, type TableFacts } from '#core/pipeline/run-record.ts';
import { versionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { Done, StepWorker, WorkContext } from '#lib/flows/runner-effects.ts';
import type { WorldEditions } from './pipeline-editions.ts';
import type { Page, Pages } from './pipeline-pages.ts';
import type { WorldPieces } from './pipeline-pieces.ts';
import type { Plant } from './pipeline-plants.ts';
import { hash, readsOf, type Behaviour } from './pipeline-reads.ts';
import type { WorldRuns } from './pipeline-runs.ts';

/** How long a breaker stays open, at least. */
export const BREAKER_RESET_MS = 20_000;

export type Table = { readonly version: string; readonly content: string };

export type WorkersInput = {
	readonly pages: Pages;
	readonly runs: WorldRuns;
	readonly pieces: WorldPieces;
	readonly editions: WorldEditions;
	readonly behaviours: Map<string, Behaviour>;
	readonly plant: Plant | null;
	readonly violations: string[];
};

export class WorldWorkers {
	readonly tables = new Map<string, Table>();
	readonly commits = new Map<string, number>();
	readonly #input: WorkersInput;
	#versions = 0;
	readonly #working = new Map<string, Page>();
	readonly #tried = new Set<string>();
	readonly #closedUntil = new Map<string, number>();

	constructor(input: WorkersInput) {
		this.#input = input;
		input.pages.onDeath((page) => {
			this.#tried.clear();
			this.#closedUntil.clear();
			for (const [key, worker] of this.#working) if (worker === page) this.#working.delete(key);
		});
	}

	table(name: string): Table | null {
		return this.tables.get(name.toLowerCase()) ?? null;
	}

	/** A stranger commits a table that no step makes. */
	change(name: string): void {
		const version = `v${this.#versions++}`;
		this.tables.set(name, { version, content: hash(version) });
	}

	worker(page: Page): StepWorker {
		const facts = (name: string): TableFacts | null => {
			const table = this.table(name);
			return (
				table && {
					dataset: name,
					version: versionId(table.version),
					contentHash: table.content,
					rowCount: 1,
					sizeBytes: 100
				}
			);
		};
		return {
			study: (work) =>
				this.#input.pages.io(page, () =>
					ok({
						inputs: readsOf(work).flatMap((name) => facts(name) ?? []),
						engine: 'test',
						unrepeatable: work.kind === 'ingest' ? 'a source' : work.kind === 'report' ? 'each time' : null,
						source: work.kind === 'ingest' && work.source.kind === 'url' ? work.source.url : null
					})
				),
			stands: ({ outcome: { table } }) =>
				this.#input.pages.io(page, () =>
					ok(table === null || this.table(table.dataset)?.content === table.contentHash)
				),
			work: (work, context) => this.#work(page, work, context),
			test: () => this.#input.pages.io(page, () => ok([])),
			killWorker: () => undefined
		};
	}

	async #work(page: Page, work: Work, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const { run, step } = context;
		const key = `${run} ${step}`;
		this.#checkWork(page, key, context);
		this.#working.set(key, page);
		const id = step.replace(/\[.*/, '');
		const behaviour = this.#input.behaviours.get(id) ?? { failures: 0, how: 'fail', source: null, workMs: 10 };
		const own = [...this.#input.runs.attempts.values()].filter((one) => one.run === run && one.step === step);
		const failed = own.filter(
			({ state, failure }) => (state === 'failed' || state === 'timed_out') && failure?.kind !== 'source-open'
		);
		const isBad = failed.length < behaviour.failures;
		const tries = behaviour.source !== null && this.#checkBreaker(behaviour.source);
		if (isBad && behaviour.how === 'slow') await this.#input.pages.io(page, () => undefined, 3000 + behaviour.workMs);
		else await this.#input.pages.io(page, () => undefined, behaviour.workMs);
		if (this.#working.get(key) === page) this.#working.delete(key);
		if (tries && behaviour.source !== null) {
			this.#tried.delete(behaviour.source);
			if (isBad) this.#closedUntil.set(behaviour.source, this.#input.pages.nowMs + BREAKER_RESET_MS);
		}
		if (isBad && behaviour.how !== 'slow')
			return err(behaviour.how === 'for-good' ? { kind: 'sql-error' } : { kind: 'url-refused', status: 503 });
		const inputs = context.inputs.map(({ dataset, contentHash }) => `${dataset}=${contentHash}`).join(';');
		if (work.kind === 'check') {
			const verdict = hash(`${step}${inputs}`).charCodeAt(0) % 2 === 0 ? 'passed' : 'failed';
			return ok({ outcome: { ...NO_OUTCOME, inputs: context.inputs, verdict }, isCheckpointed: false });
		}
		if (work.kind === 'branch' && work.on.kind === 'sql') {
			const chosen = work.on.cases[0]?.then ?? [];
			return ok({ outcome: { ...NO_OUTCOME, inputs: context.inputs, chosen }, isCheckpointed: false });
		}
		if (work.kind === 'for-each') return ok({ outcome: { ...NO_OUTCOME, items: [1, 2] }, isCheckpointed: false });
		if (work.kind === 'report') return this.#input.editions.publish(page, work, context);
		if (work.kind !== 'ingest' && work.kind !== 'transform') return err({ kind: 'no-such-work' });
		// A source has other rows each time; what is read from nothing stays the same.
		const told = work.kind === 'ingest' ? run : inputs;
		const content = hash(`${JSON.stringify(work)}${told}`);
		if (work.kind === 'transform' && work.rows.kind === 'function') {
			const call = (): Promise<void> => this.#input.pages.io(page, () => undefined, behaviour.workMs);
			const called = await this.#input.pieces.callFunction(content, context, call);
			if (!called.ok) return called;
			this.#input.violations.push(...called.value);
		}
		return this.#commit(page, work.into ?? '', content, context);
	}

	async #commit(page: Page, into: string, content: string, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const version = `v${this.#versions++}`;
		const facts = { dataset: into, version: versionId(version), contentHash: content, rowCount: 1, sizeBytes: 100 };
		const outcome = { ...NO_OUTCOME, inputs: context.inputs, table: facts };
		const put = (): void => {
			this.tables.set(into.toLowerCase(), { version, content });
			const key = `${context.run} ${context.step}`;
			this.commits.set(key, (this.commits.get(key) ?? 0) + 1);
		};
		const check = (): Result<void, StoreFailure> => this.#input.runs.finish(context.checkpoint(outcome, true));
		const together = (): Result<void, StoreFailure> => {
			const finished = check();
			if (!finished.ok) return finished;
			put();
			this.#input.pieces.drop(context.run, context.step);
			return finished;
		};
		const { plant } = this.#input;
		if (plant === 'checkpoint-after') await this.#input.pages.io(page, put);
		const isApart = plant === 'checkpoint-after' || plant === 'checkpoint-before';
		const finished = await this.#input.pages.io(page, isApart ? check : together);
		if (!finished.ok) return finished;
		// Others may decide before it is heard of.
		await this.#input.pages.io(page, plant === 'checkpoint-before' ? put : () => undefined);
		return ok({ outcome, isCheckpointed: true });
	}

	#checkWork(page: Page, key: string, { run, step }: WorkContext): void {
		const other = this.#working.get(key);
		if (other && other !== page && other.isAlive) this.#input.violations.push(`${key} runs in two pages`);
		for (const one of this.#input.runs.attempts.values())
			if (one.run === run && one.step === step && (one.state === 'succeeded' || one.state === 'unchanged'))
				this.#input.violations.push(`${key} runs again after it was done`);
	}

	/** Whether this call is the one that tries. */
	#checkBreaker(source: string): boolean {
		const breaker = this.#input.runs.breakersAsTold.get(source);
		if (breaker?.state === 'open' && (breaker.retryAtMs ?? 0) > this.#input.pages.nowMs)
			this.#input.violations.push(
				`${source} is asked ${(breaker.retryAtMs ?? 0) - this.#input.pages.nowMs} ms before its breaker lets it`
			);
		if (breaker?.state !== 'open') return false;
		if ((this.#closedUntil.get(source) ?? 0) > this.#input.pages.nowMs)
			this.#input.violations.push(`${source} is asked again at once`);
		if (this.#tried.has(source)) this.#input.violations.push(`${source} is tried twice at once`);
		this.#tried.add(source);
		return true;
	}
}
