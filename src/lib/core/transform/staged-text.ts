// The SQL of a recipe as it grows step by step: each function ends a part of it and begins the next.
import { writeName } from '../sql/quote.ts';
import { joinParts, type RecipeSql, type StepPart } from './recipe-sql.ts';
import { stageRowsSql, type FunctionStage, type StagedSql } from './staged-sql.ts';

export class StagedText {
	readonly #source: string;
	#stages: readonly FunctionStage[] = [];
	/** Of the part that grows. */
	#parts: readonly StepPart[] = [];
	/** Of the whole, functions as calls. */
	#called: readonly StepPart[] = [];
	/** Of the parts before, as people read them. */
	#shown: readonly string[] = [];
	#noRows = new Map<string, string>();

	/** `source` is what FROM names to begin with. */
	constructor(source: string) {
		this.#source = source;
	}

	/** What FROM names: the step before, or the input. */
	get from(): string {
		const before = this.#parts.at(-1)?.name ?? this.#stages.at(-1)?.name;
		return before === undefined ? this.#source : writeName(before);
	}
	get rows(): StagedSql {
		const isInput = this.#parts.length === 0;
		return isInput ? this.below(`SELECT *\nFROM ${this.from}`) : { stages: this.#stages, sql: this.#text().sql };
	}
	/** Queries without rows, by the names of stages whose columns they have. */
	get noRows(): ReadonlyMap<string, string> {
		return this.#noRows;
	}
	get called(): string {
		return this.#called.length === 0 ? this.rows.sql : joinParts(this.#called).sql;
	}
	/** As a person reads it: SQL, and what is done between its parts. */
	get shown(): string {
		if (this.#stages.length === 0) return this.rows.sql;
		return stagedText(this.#stages, [...this.#shown, this.#own()]);
	}

	/** With one part more; none is added. */
	with(part: StepPart): RecipeSql {
		return joinParts([...this.#given(), ...this.#parts, part]);
	}

	/** A query over what there is so far. */
	below(sql: string): StagedSql {
		return { stages: this.#stages, sql: this.with({ name: '', path: [], body: { sql, marks: [] } }).sql };
	}

	add(part: StepPart): void {
		this.#parts = [...this.#parts, part];
		this.#called = [...this.#called, part];
	}

	/** A function is called over what there is so far. `called` is it as a call, `noRows` a query of its columns. */
	cut(stage: FunctionStage, called: StepPart, noRows: string): void {
		this.#shown = [...this.#shown, this.#own()];
		this.#stages = [...this.#stages, stage];
		this.#called = [...this.#called, called];
		this.#parts = [];
		this.#noRows = new Map([...this.#noRows, [stage.name, noRows]]);
	}

	#text(): RecipeSql {
		return joinParts([...this.#given(), ...this.#parts]);
	}

	/** The part that grows, as people read it: what a function gives is there by its name. */
	#own(): string {
		return this.#parts.length === 0 ? `SELECT *\nFROM ${this.from}` : joinParts(this.#parts).sql;
	}

	#given(): readonly StepPart[] {
		const stage = this.#stages.at(-1);
		if (!stage) return [];
		const { name, step } = stage;
		return [{ name, path: ['steps', step], body: { sql: stageRowsSql(name), marks: [] } }];
	}
}

/** The stages and the query as a person reads them: SQL, and what is done between its parts. `shown` are the parts' own texts. */
function stagedText(stages: readonly FunctionStage[], shown: readonly string[]): string {
	const parts = shown.flatMap((sql, at) => {
		const stage = stages[at];
		if (!stage) return [`-- What becomes of them:\n${sql}`];
		const { step, name, fn } = stage;
		const outputs = fn.outputs.map((column) => `${writeName(column.name)} ${column.type}`).join(', ');
		const called =
			fn.mode === 'row' ? 'called for each of them, it gives' : 'called for batches of them, it gives rows of';
		return [
			`-- The rows that step ${step + 1} is given:\n${sql}`,
			[
				`-- Step ${step + 1} is ${fn.language === 'typescript' ? 'TypeScript' : 'JavaScript'}: ${called} ${outputs}.`,
				`-- Its rows are ${writeName(name)}.`,
				...fn.code
					.trimEnd()
					.split('\n')
					.map((line) => `--   ${line}`.trimEnd())
			].join('\n')
		];
	});
	return parts.join('\n\n');
}
