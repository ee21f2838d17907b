// What each way of writing a dataset would save, measured on its own rows. Nothing is stored.
import type { ResultId, VersionId } from '../core/ids.ts';
import { err, ok, type Result } from '../core/result.ts';
import { quoteName } from '../core/sql/quote.ts';
import {
	chosenLayout,
	layoutOf,
	type LayoutChoices,
	type OrderColumn,
	type WriterSettings
} from '../core/version/layout.ts';
import { clusterOrder, recommended, settingChoices, type MeasuredChoice } from '../core/version/layout-choices.ts';
import { distinctCountsSql } from '../core/version/layout-sql.ts';
import type { Narrowed, Narrowing } from '../core/version/narrow.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { findNarrowings } from './find-narrowings.ts';
import { asJob, type JobHandle } from './jobs.ts';
import { LayoutSample, sum, type Measured, type SampleLayout } from './layout-sample.ts';
import type { CatalogueItem } from './list-datasets.ts';
import type { RunSqlFailure } from './run-sql.ts';
import { SegmentWork } from './segment-work.ts';

export type ProposeLayoutInput = {
	readonly id: ResultId;
	readonly item: CatalogueItem;
	/** How far to narrow; `storage` when nothing is said. */
	readonly narrowing?: Narrowing | undefined;
	/** An order to measure besides the one that suggests itself. */
	readonly order?: readonly OrderColumn[] | undefined;
	readonly signal?: AbortSignal | undefined;
};

export type ProposeLayoutFailure = RunSqlFailure | { readonly kind: 'unknown-column'; readonly column: string };

export type LayoutProposal = {
	readonly version: VersionId;
	/** Of the table as it is stored. */
	readonly sizeBytes: number;
	/** What the figures were measured on; those of a part are scaled to the whole. */
	readonly measured: Measured;
	/** What writing the table anew saves by itself, as where many small versions left short segments. */
	readonly anew: number;
	/** Each by itself; negative where it takes more. */
	readonly narrow: readonly MeasuredChoice<Narrowed>[];
	readonly settings: readonly MeasuredChoice<Partial<WriterSettings>>[];
	readonly orders: readonly MeasuredChoice<readonly OrderColumn[]>[];
	readonly recommended: LayoutChoices;
};

export type MeasureLayoutInput = Pick<ProposeLayoutInput, 'id' | 'item' | 'signal'> & {
	readonly choices: LayoutChoices;
};

const TABLE_VIEW = '@table';

export async function proposeLayout(
	input: ProposeLayoutInput,
	effects: Pick<Effects, 'engine' | 'store' | 'jobs'>
): Promise<Result<LayoutProposal, ProposeLayoutFailure>> {
	const { id, item, order = [] } = input;
	const { version } = item;
	const unknown = unknownColumn(version, { order });
	if (unknown !== null) return err({ kind: 'unknown-column', column: unknown });
	return asJob(effects.jobs, `Measure ${item.dataset.name}`, input.signal, async (job) => {
		const work = new SegmentWork(id, job, effects);
		const relations = [{ name: TABLE_VIEW, version: version.id, rows: 'data' }] as const;
		const rows = { table: quoteName(TABLE_VIEW), schema: version.schema, relations };
		const narrowings = await findNarrowings(rows, input.narrowing ?? 'storage', work);
		if (!narrowings.ok) return narrowings;
		return LayoutSample.using({ id, version }, job, effects, (sample) =>
			new Measuring(input, sample, work, job).proposal(narrowings.value)
		);
	});
}

/** What all the choices save together; of a table that is measured in part, about. */
export async function measureLayout(
	{ id, item, choices, signal }: MeasureLayoutInput,
	effects: Pick<Effects, 'engine' | 'store' | 'jobs'>
): Promise<Result<{ readonly savedBytes: number; readonly measured: Measured }, ProposeLayoutFailure>> {
	const { version, dataset } = item;
	const unknown = unknownColumn(version, choices);
	if (unknown !== null) return err({ kind: 'unknown-column', column: unknown });
	return asJob(effects.jobs, `Measure ${dataset.name}`, signal, (job) =>
		LayoutSample.using({ id, version }, job, effects, async (sample) => {
			const sizes = await sample.sizes(sampleLayout(version, choices));
			if (!sizes.ok) return sizes;
			const savedBytes = Math.round((sum(sample.stored) - sum(sizes.value)) * sample.scale);
			return ok({ savedBytes, measured: sample.measured });
		})
	);
}

/** A column that is chosen but not there. */
export function unknownColumn({ schema }: Version, { order = [], narrow = [] }: LayoutChoices): string | null {
	const names = [...order.map(({ column }) => column), ...narrow.map(({ name }) => name)];
	return names.find((name) => !schema.some((column) => column.name === name)) ?? null;
}

/** An order that the table has already is not measured by itself: the sample's segments are in it. */
function sampleLayout(version: Version, choices: LayoutChoices): SampleLayout {
	const { narrow = [], order = [] } = choices;
	const schema = version.schema.map((column) => narrow.find(({ name }) => name === column.name) ?? column);
	return { writer: chosenLayout(layoutOf(version), choices, version.schema), order, schema };
}

class Measuring {
	readonly #version: Version;
	readonly #order: readonly OrderColumn[];
	readonly #narrowing: Narrowing;
	readonly #sample: LayoutSample;
	readonly #work: SegmentWork;
	readonly #job: JobHandle;

	constructor(
		{ item, order = [], narrowing = 'storage' }: ProposeLayoutInput,
		sample: LayoutSample,
		work: SegmentWork,
		job: JobHandle
	) {
		this.#version = item.version;
		this.#order = order;
		this.#narrowing = narrowing;
		this.#sample = sample;
		this.#work = work;
		this.#job = job;
	}

	async proposal(narrowings: readonly Narrowed[]): Promise<Result<LayoutProposal, RunSqlFailure>> {
		const { id, table, schema } = this.#version;
		const { measured, stored, scale } = this.#sample;
		const settings = settingChoices(layoutOf(this.#version));
		const orders = await this.#orders();
		if (!orders.ok) return orders;
		const narrow = narrowings.map(({ name, narrow: type }) => ({ name, type }));
		const variants: readonly LayoutChoices[] = [
			{},
			{ narrow },
			...settings.map(({ choice }) => choice),
			...orders.value.map((order) => ({ order }))
		];
		const sizes: (readonly number[])[] = [];
		for (const choices of variants) {
			this.#job.progress({ fraction: sizes.length / variants.length });
			// Without narrowings, the second is the first again.
			const isSame = sizes.length === 1 && narrow.length === 0;
			const written = isSame ? ok(sizes[0] ?? []) : await this.#sample.sizes(sampleLayout(this.#version, choices));
			if (!written.ok) return written;
			sizes.push(written.value);
		}
		const [asIs = [], narrowed = [], ...others] = sizes;
		const saved = (bytes: readonly number[]): number => Math.round((sum(asIs) - sum(bytes)) * scale);
		const byColumn = narrowings.map((choice) => {
			const at = schema.findIndex(({ name }) => name === choice.name);
			return { choice, savedBytes: Math.round(((asIs[at] ?? 0) - (narrowed[at] ?? 0)) * scale) };
		});
		const bySetting = settings.map(({ choice }, at) => ({ choice, savedBytes: saved(others[at] ?? []) }));
		return ok({
			version: id,
			sizeBytes: table.sizeBytes,
			measured,
			anew: Math.round((sum(stored) - sum(asIs)) * scale),
			narrow: byColumn,
			settings: bySetting,
			orders: orders.value.map((choice, at) => ({ choice, savedBytes: saved(others[settings.length + at] ?? []) })),
			recommended: recommended(byColumn, bySetting, { sizeBytes: table.sizeBytes, narrowing: this.#narrowing })
		});
	}

	/** The order that was asked for, and the one that puts equal values together. */
	async #orders(): Promise<Result<readonly (readonly OrderColumn[])[], RunSqlFailure>> {
		const { schema } = this.#version;
		const asked = this.#order.length > 0 ? [this.#order] : [];
		const counted = await this.#work.rows(distinctCountsSql(this.#sample.table, schema), []);
		if (!counted.ok) return counted;
		const distinct = schema.map((_column, index) => Number(counted.value[0]?.[`d${index}`] ?? 0));
		const cluster = clusterOrder(schema, distinct, this.#sample.measured.rowCount);
		const isKnown = cluster.length === 0 || asked.some((order) => JSON.stringify(order) === JSON.stringify(cluster));
		return ok(isKnown ? asked : [...asked, cluster]);
	}
}
