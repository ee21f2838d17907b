// Runs as a table: which columns it has, in which order its rows stand, and what it takes to be found.
import type { ModelRun, RunValue } from '#core/model/registry/model-run.ts';
import { isSpread } from '#core/model/registry/fold-metrics.ts';
import { metricName } from './model-words.ts';

export type RunColumn = {
	/** `metric:auc`, `param:rounds`, `tag:team`. */
	readonly key: string;
	readonly label: string;
	readonly kind: 'metric' | 'param' | 'tag';
	readonly of: (run: ModelRun) => RunValue;
};

export type RunOrder = { readonly key: string; readonly isDescending: boolean };

/** Metrics first, then parameters, then tags, each as the runs first name it; `onlyDiffering` leaves out what is the same in all of several. */
export function runColumns(runs: readonly ModelRun[], onlyDiffering: boolean): readonly RunColumn[] {
	const namesOf = (of: (run: ModelRun) => Readonly<Record<string, unknown>>): readonly string[] => [
		...new Set(runs.flatMap((run) => Object.keys(of(run))))
	];
	const names = namesOf(({ metrics }) => metrics);
	// How sure the mean of folds is stands with its folds.
	const metricNames = names.filter((name) => !isSpread(name, Object.fromEntries(names.map((one) => [one, true]))));
	const columns: readonly RunColumn[] = [
		...metricNames.map((name) => ({
			key: `metric:${name}`,
			label: metricName(name),
			kind: 'metric' as const,
			of: ({ metrics }: ModelRun) => metrics[name] ?? null
		})),
		...namesOf(({ params }) => params).map((name) => ({
			key: `param:${name}`,
			label: name,
			kind: 'param' as const,
			of: ({ params }: ModelRun) => params[name] ?? null
		})),
		...namesOf(({ tags }) => tags).map((name) => ({
			key: `tag:${name}`,
			label: name,
			kind: 'tag' as const,
			of: ({ tags }: ModelRun) => tags[name] ?? null
		}))
	];
	if (!onlyDiffering || runs.length < 2) return columns;
	return columns.filter(({ of }) => new Set(runs.map(of)).size > 1);
}

/** `started` and `name` order by these; runs without a value stand last either way. */
export function orderRuns(
	runs: readonly ModelRun[],
	columns: readonly RunColumn[],
	{ key, isDescending }: RunOrder
): readonly ModelRun[] {
	const column = columns.find((one) => one.key === key);
	const of = (run: ModelRun): RunValue =>
		key === 'name' ? run.name : column ? column.of(run) : key === 'experiment' ? run.experiment : run.startedAtMs;
	return runs.toSorted((one, other) => {
		const [a, b] = [of(one), of(other)];
		if (a === null || b === null) return (a === null ? 1 : 0) - (b === null ? 1 : 0);
		const order =
			typeof a === 'number' && typeof b === 'number'
				? a - b
				: String(a).localeCompare(String(b), 'en', { numeric: true });
		return isDescending ? -order : order;
	});
}

/** A run, and how deep it stands under others. */
export type NestedRun = { readonly run: ModelRun; readonly depth: 0 | 1; readonly partCount: number };

/** Parts right under their run, where that is open, in the order of all; those whose run is not among them stand alone. */
export function nestRuns(runs: readonly ModelRun[], open: ReadonlySet<string>): readonly NestedRun[] {
	const ids = new Set<string>(runs.map(({ id }) => id));
	const isPart = ({ parent }: ModelRun): boolean => parent !== undefined && ids.has(parent);
	return runs
		.filter((run) => !isPart(run))
		.flatMap((run): readonly NestedRun[] => {
			const parts = runs.filter(({ parent }) => parent === run.id);
			const shown = open.has(run.id) ? parts : [];
			return [
				{ run, depth: 0, partCount: parts.length },
				...shown.map((part): NestedRun => ({ run: part, depth: 1, partCount: 0 }))
			];
		});
}

/** Every word stands in the name, experiment, state, data, a parameter or a tag. */
export function findRuns(runs: readonly ModelRun[], words: string): readonly ModelRun[] {
	const wanted = words
		.toLowerCase()
		.split(/\s+/)
		.filter((word) => word !== '');
	if (wanted.length === 0) return runs;
	return runs.filter((run) => {
		const pairs = [...Object.entries(run.params), ...Object.entries(run.tags)].map(
			([name, value]) => `${name}=${value}`
		);
		const text = [run.name, run.experiment, run.state, ...run.data.inputs.map(({ dataset }) => dataset), ...pairs]
			.join('\n')
			.toLowerCase();
		return wanted.every((word) => text.includes(word));
	});
}

/** An axis of parallel coordinates, and where each run stands on it: 0 at its lower end; null where it has no value. */
export type RunAxis = {
	readonly column: RunColumn;
	readonly low: string;
	readonly high: string;
	readonly places: readonly (number | null)[];
};

/** Only what differs can be seen. */
export function runAxes(
	runs: readonly ModelRun[],
	columns: readonly RunColumn[],
	text: (value: RunValue) => string
): readonly RunAxis[] {
	return columns.flatMap((column): readonly RunAxis[] => {
		const values = runs.map(column.of);
		const known = values.filter((value) => value !== null);
		if (new Set(known).size < 2) return [];
		if (known.every((value) => typeof value === 'number')) {
			const [low, high] = [Math.min(...known), Math.max(...known)];
			const places = values.map((value) => (typeof value === 'number' ? (value - low) / (high - low) : null));
			return [{ column, low: text(low), high: text(high), places }];
		}
		const names = [...new Set(known.map(String))].sort();
		const places = values.map((value) => (value === null ? null : names.indexOf(String(value)) / (names.length - 1)));
		return [{ column, low: names[0] ?? '', high: names.at(-1) ?? '', places }];
	});
}
