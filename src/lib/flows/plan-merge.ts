// Finds out whether two lines can be merged, and makes the table of rows that theirs changed, which a merge is made from.
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import type { Relation } from '../core/sql/relation.ts';
import type { MergedColumn, MergedSchema, SchemaClash } from '../core/version/merge-schema.ts';
import { changedInDroppedSql, mergeRowsSql, type MergePlan } from '../core/version/merge-sql.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import type { MergeFailure, MergeInput } from './merge-branch.ts';
import { narrowSource, sideChanges } from './merge-sides.ts';
import { mergedSchema } from './merged-schema.ts';
import type { SegmentWork } from './segment-work.ts';

export type MergeSides = { readonly base: Version; readonly ours: Version; readonly theirs: Version };

const views = { base: '@base', ours: '@ours', theirs: '@theirs', segment: '@segment' } as const;

export class MergePlanning {
	readonly #base: Version;
	readonly #ours: Version;
	readonly #theirs: Version;
	readonly #branch: string;
	readonly #work: SegmentWork;
	readonly #effects: Effects;

	/** `branch` is the name of ours. */
	constructor({ base, ours, theirs }: MergeSides, branch: string, work: SegmentWork, effects: Effects) {
		this.#base = base;
		this.#ours = ours;
		this.#theirs = theirs;
		this.#branch = branch;
		this.#work = work;
		this.#effects = effects;
	}

	/** There is the table of rows that theirs changed for as long as `work` takes. */
	async plan<T>(
		input: MergeInput,
		needs: 'every column' | 'what may change',
		work: (plan: MergePlan, schema: MergedSchema) => Promise<Result<T, MergeFailure>>
	): Promise<Result<T, MergeFailure>> {
		const merged = await mergedSchema({ base: this.#base, ours: this.#ours, theirs: this.#theirs }, this.#work);
		if (!merged.ok) return merged;
		const { columns } = merged.value;
		if (input.key.length === 0) return err({ kind: 'no-key' });
		for (const name of input.key) {
			const column = columns.find((one) => one.name === name);
			if (!column?.base || !column.ours || !column.theirs) return err({ kind: 'unknown-column', column: name });
		}
		for (const choice of input.choices)
			if (choice.column !== null && !columns.some(({ name }) => name === choice.column))
				return err({ kind: 'unknown-column', column: choice.column });
		const changes = (which: 'ours' | 'theirs') =>
			sideChanges(
				{ which, base: this.#base, side: which === 'ours' ? this.#ours : this.#theirs, columns, key: input.key },
				this.#effects
			);
		const [ours, theirs] = [await changes('ours'), await changes('theirs')];
		if (!ours.ok) return ours;
		if (!theirs.ok) return theirs;
		const isAsBase = { ours: ours.value.changed !== null, theirs: theirs.value.changed !== null };
		const wrongKey = await this.#checkKeys(input, isAsBase);
		if (wrongKey) return err(wrongKey);
		const clashes = await this.#checkDropped(input, merged.value);
		if (!clashes.ok) return clashes;
		const rows = `main.${quoteName(`@merge ${input.id}`)}`;
		const { changed } = theirs.value;
		// Where no row comes or goes, cells of other columns stay as ours has them.
		const isNarrow = needs === 'what may change' && ours.value.changed !== null && this.hasSchema(columns);
		const needed =
			isNarrow && changed ? columns.filter(({ name }) => input.key.includes(name) || changed.includes(name)) : columns;
		const choices = input.choices.filter(({ column }) => !column || needed.some(({ name }) => name === column));
		const own = ours.value.source;
		const sources = {
			ours: isNarrow ? narrowSource(own, new Set(needed.map(({ name }) => name))) : own,
			theirs: theirs.value.source
		};
		const isInPlace = isNarrow && ours.value.isInPlace && theirs.value.isInPlace;
		const relations = [...ours.value.relations, ...theirs.value.relations];
		const made = await this.#work.run(
			`CREATE OR REPLACE TABLE ${rows} AS ${mergeRowsSql(sources, { columns: needed, key: input.key })}`,
			relations
		);
		if (!made.ok) return made;
		try {
			const { key, settle } = input;
			return await work({ columns: needed, key, rows, isInPlace, choices, settle }, merged.value);
		} finally {
			await this.#work.drop(rows);
		}
	}

	/** A side whose keys are those of the base is checked with it. */
	async #checkKeys(
		{ key, from }: MergeInput,
		isAsBase: Readonly<Record<'ours' | 'theirs', boolean>>
	): Promise<MergeFailure | null> {
		for (const which of ['ours', 'theirs', 'base'] as const) {
			if (which !== 'base' && isAsBase[which]) continue;
			const version = { base: this.#base, ours: this.#ours, theirs: this.#theirs }[which];
			const relation: Relation = { name: views[which], version: version.id, rows: 'data' };
			const where = {
				ours: this.#branch,
				theirs: from,
				base: 'the version both come from'
			}[which];
			const wrong = await this.#work.checkKey({ table: quoteName(views[which]), where, key }, [relation]);
			if (wrong) return wrong;
		}
		return null;
	}

	/** A column that one line dropped may not have changed on the other. */
	async #checkDropped(input: MergeInput, { dropped }: MergedSchema): Promise<Result<void, MergeFailure>> {
		const clashes: SchemaClash[] = [];
		for (const { column, droppedBy } of dropped) {
			const keeper = droppedBy === 'ours' ? this.#theirs : this.#ours;
			const relations: readonly Relation[] = [
				{ name: views.base, version: this.#base.id, rows: 'data' },
				{ name: views.segment, version: keeper.id, rows: 'data' }
			];
			const sql = changedInDroppedSql(quoteName(views.base), quoteName(views.segment), column, input.key);
			const counted = await this.#work.rows(sql, relations);
			if (!counted.ok) return counted;
			const rowCount = Number(counted.value[0]?.['n']);
			if (rowCount > 0) clashes.push({ kind: 'dropped-and-changed', column: column.name, droppedBy, rowCount });
		}
		return clashes.length > 0 ? err({ kind: 'schemas-clash', clashes }) : ok(undefined);
	}

	/** Whether the merge has the columns of ours, and no others. */
	hasSchema(columns: readonly MergedColumn[]): boolean {
		const { schema } = this.#ours;
		return (
			columns.length === schema.length &&
			columns.every(({ name, type }, index) => name === schema[index]?.name && type === schema[index].type)
		);
	}
}
